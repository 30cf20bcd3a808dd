"""Server defaults, identity columns and computed columns in CREATE TABLE."""

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import postgresql

from suite import Cases

CASES = case = Cases()


def default(name, dialects, type_, value):
    def function(op):
        op.create_table("t", sa.Column("c", type_(), server_default=value()))

    CASES.add("default_" + name, function, *dialects)


ALL = []
FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]
PG = ["postgresql"]

default("string", ALL, lambda: sa.String(20), lambda: "none")
default("string_with_quote", ALL, lambda: sa.String(20), lambda: "it's")
default("string_with_percent", ALL, lambda: sa.String(20), lambda: "100%")
default("string_with_backslash", ALL, lambda: sa.String(20), lambda: "a\\b")
default("string_with_colon", FIVE, lambda: sa.String(20), lambda: ":x")
default("empty_string", FIVE, lambda: sa.String(20), lambda: "")
default("number_as_string", FIVE, lambda: sa.Integer(), lambda: "5")
default("text_number", FIVE, lambda: sa.Integer(), lambda: text("5"))
default("text_string", FIVE, lambda: sa.String(20), lambda: text("'it''s 100%'"))
default("text_function", FIVE, lambda: sa.DateTime(), lambda: text("CURRENT_TIMESTAMP"))
default("text_in_parentheses", FIVE, lambda: sa.Integer(), lambda: text("(1 + 2)"))
default("now", ALL, lambda: sa.DateTime(), lambda: func.now())
default("current_timestamp", ALL, lambda: sa.DateTime(), lambda: func.current_timestamp())
default("current_date", FIVE, lambda: sa.Date(), lambda: func.current_date())
default("current_time", FIVE, lambda: sa.Time(), lambda: func.current_time())
default("sysdate", FIVE, lambda: sa.DateTime(), lambda: func.sysdate())
default("localtimestamp", FIVE, lambda: sa.DateTime(), lambda: func.localtimestamp())
default("user", FIVE, lambda: sa.String(20), lambda: func.user())
default("current_user", FIVE, lambda: sa.String(20), lambda: func.current_user())
default("session_user", FIVE, lambda: sa.String(20), lambda: func.session_user())
default("random", FIVE, lambda: sa.Integer(), lambda: func.random())
default("function_with_literal", FIVE, lambda: sa.String(20), lambda: func.lower("ABC"))
default("function_of_two", FIVE, lambda: sa.Integer(), lambda: func.coalesce(None, 5))
default("function_in_schema", PG, lambda: sa.Uuid(), lambda: func.public.uuid_generate_v4())
default("gen_random_uuid", PG, lambda: sa.Uuid(), lambda: func.gen_random_uuid())
default("true", ALL, lambda: sa.Boolean(), lambda: sa.true())
default("false", ALL, lambda: sa.Boolean(), lambda: sa.false())
default("null", ALL, lambda: sa.String(5), lambda: sa.null())
default("literal", FIVE, lambda: sa.Integer(), lambda: sa.literal(5))
default("literal_string", FIVE, lambda: sa.String(20), lambda: sa.literal("it's"))
default("literal_column", FIVE, lambda: sa.Integer(), lambda: sa.literal_column("5 + 5"))
default("cast", FIVE, lambda: sa.Integer(), lambda: sa.cast("5", sa.Integer()))
default("arithmetic", FIVE, lambda: sa.Integer(), lambda: sa.literal_column("1") + 2)
default("concatenation", FIVE, lambda: sa.String(9), lambda: sa.literal("a") + sa.literal("b"))
default("fetched_value", FIVE, lambda: sa.Integer(), lambda: sa.FetchedValue())
default("default_clause", FIVE, lambda: sa.String(5), lambda: sa.DefaultClause("x"))
default("default_clause_of_text", FIVE, lambda: sa.Integer(), lambda: sa.DefaultClause(text("7")))
default("next_value", ["postgresql", "mariadb", "mssql", "oracle"], lambda: sa.Integer(),
        lambda: sa.Sequence("s", schema="x").next_value())
default("json_text", ["postgresql", "mysql", "sqlite"], lambda: sa.JSON(), lambda: text("'{}'"))
default("jsonb_cast", PG, lambda: postgresql.JSONB(), lambda: text("'{}'::jsonb"))
default("array", PG, lambda: postgresql.ARRAY(sa.Integer()), lambda: "{}")
default("array_expression", PG, lambda: postgresql.ARRAY(sa.Integer()), lambda: postgresql.array([1, 2]))
default("enum_member_name", FIVE, lambda: sa.Enum("a", "b", name="kind"), lambda: "a")
default("on_update_text", ["mysql", "mariadb"], lambda: sa.TIMESTAMP(),
        lambda: text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"))
default("function_needs_parentheses", ["mysql", "sqlite", "mariadb"], lambda: sa.String(40), lambda: func.uuid())
default("integer_is_refused", PG, lambda: sa.Integer(), lambda: 5)
default("boolean_is_refused", PG, lambda: sa.Boolean(), lambda: True)


@case()
def default_not_null_and_comment(op):
    op.create_table(
        "t", sa.Column("c", sa.String(5), nullable=False, server_default="x", comment="y", unique=True), schema="s"
    )


def column(name, dialects, *items, **keywords):
    def function(op):
        made = [item() for item in items]
        op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("c", sa.Integer(), *made, **keywords))

    CASES.add(name, function, *dialects)


column("identity", ALL, lambda: sa.Identity())
column("identity_always", FIVE, lambda: sa.Identity(always=True))
column("identity_by_default", FIVE, lambda: sa.Identity(always=False))
column("identity_start", FIVE, lambda: sa.Identity(start=42))
column("identity_increment", FIVE, lambda: sa.Identity(increment=7))
column("identity_start_and_increment", FIVE, lambda: sa.Identity(start=-1, increment=-1))
column("identity_limits", FIVE, lambda: sa.Identity(minvalue=1, maxvalue=1000))
column("identity_no_limits", ["postgresql", "oracle"], lambda: sa.Identity(nominvalue=True, nomaxvalue=True))
column("identity_cycle", ["postgresql", "oracle"], lambda: sa.Identity(cycle=True))
column("identity_no_cycle", ["postgresql", "oracle"], lambda: sa.Identity(cycle=False))
column("identity_cache", ["postgresql", "oracle"], lambda: sa.Identity(cache=20))
column("identity_everything", FIVE, lambda: sa.Identity(
    always=True, start=5, increment=5, minvalue=5, maxvalue=500, cycle=True, cache=10))
column("identity_always_none", ["postgresql", "oracle"], lambda: sa.Identity(always=None))
column("identity_oracle_on_null", ["oracle"], lambda: sa.Identity(oracle_on_null=True))
column("identity_oracle_order", ["oracle"], lambda: sa.Identity(oracle_order=True, always=True))
column("identity_oracle_no_order", ["oracle"], lambda: sa.Identity(oracle_order=False))
column("identity_nullable", ["postgresql", "mssql", "oracle"], lambda: sa.Identity(), nullable=True)
column("identity_primary_key", ALL, lambda: sa.Identity(start=3), primary_key=True)
column("mssql_identity_options", ["mssql"], primary_key=True, mssql_identity_start=5, mssql_identity_increment=2)
column("computed", ALL, lambda: sa.Computed("a * 2"))
column("computed_stored", FIVE, lambda: sa.Computed("a * 2", persisted=True))
column("computed_virtual", FIVE, lambda: sa.Computed("a * 2", persisted=False))
column("computed_of_text", FIVE, lambda: sa.Computed(text("a % 2")))
column("computed_of_expression", ["sqlite", "postgresql", "mysql"],
       lambda: sa.Computed(sa.column("a", sa.Integer()) + 1, persisted=True))
column("computed_not_null", FIVE, lambda: sa.Computed("a * 2"), nullable=False)
column("identity_with_default_is_refused", PG, lambda: sa.Identity(), server_default="5")
column("computed_with_default_is_refused", PG, lambda: sa.Computed("a"), server_default="5")
column("sequence_as_default", ["postgresql", "mssql", "oracle"], lambda: sa.Sequence("s"))
column("sequence_primary_key", ["postgresql", "mssql", "oracle"], lambda: sa.Sequence("s", start=5), primary_key=True)
