"""Primary key, unique, check and exclude constraints added to tables that exist."""

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import postgresql

from suite import Cases

CASES = case = Cases()


@case()
def primary_key(op):
    op.create_primary_key("pk_account", "account", ["id"])


@case("postgresql", "mysql", "mssql", "oracle")
def primary_key_composite_in_schema(op):
    op.create_primary_key("pk_account", "account", ["bank", "Number"], schema="ledger")


@case("postgresql", "mysql", "mssql", "oracle")
def primary_key_unnamed(op):
    op.create_primary_key(None, "account", ["id"])


@case()
def unique(op):
    op.create_unique_constraint("uq_name", "account", ["name"])


@case("postgresql", "mysql", "mssql", "oracle")
def unique_several_in_schema(op):
    op.create_unique_constraint("uq_name", "account", ["name", "order"], schema="ledger")


@case("postgresql", "mysql", "mssql", "oracle")
def unique_unnamed(op):
    op.create_unique_constraint(None, "account", ["name"])


@case("postgresql", "oracle", "mssql", "mysql")
def unique_deferrable(op):
    op.create_unique_constraint("uq_name", "account", ["name"], deferrable=True, initially="DEFERRED")


@case("postgresql", "oracle")
def unique_not_deferrable(op):
    op.create_unique_constraint("uq_name", "account", ["name"], deferrable=False, initially="IMMEDIATE")


@case("postgresql")
def unique_postgresql_include_of_its_own_column(op):
    op.create_unique_constraint("uq_name", "account", ["name", "B"], postgresql_include=["B"])


@case("postgresql")
def unique_postgresql_include(op):
    op.create_unique_constraint("uq_name", "account", ["name"], postgresql_include=["a", "B"])


@case("postgresql")
def unique_postgresql_nulls_not_distinct(op):
    op.create_unique_constraint("uq_name", "account", ["name"], postgresql_nulls_not_distinct=True)


@case("postgresql")
def unique_postgresql_nulls_distinct(op):
    op.create_unique_constraint("uq_name", "account", ["name"], postgresql_nulls_not_distinct=False)


@case("mssql")
def unique_mssql_clustered(op):
    op.create_unique_constraint("uq_name", "account", ["name"], mssql_clustered=True)


@case("mssql")
def unique_mssql_nonclustered(op):
    op.create_unique_constraint("uq_name", "account", ["name"], mssql_clustered=False)


@case()
def check_string(op):
    op.create_check_constraint("ck_name", "account", "length(name) > 5")


@case("postgresql", "mysql", "mssql", "oracle")
def check_text(op):
    op.create_check_constraint("ck_name", "account", text("name LIKE 'a%' AND x > 0"))


@case("postgresql", "mysql", "mssql", "oracle")
def check_expression(op):
    op.create_check_constraint("ck_name", "account", func.len(sa.column("name")) > 5)


@case("postgresql", "mysql", "mssql", "oracle")
def check_expression_with_string_literal(op):
    op.create_check_constraint("ck_name", "account", sa.column("name") != "it's 100% \\")


@case("postgresql", "mysql", "mssql", "oracle")
def check_in_list(op):
    op.create_check_constraint("ck_kind", "account", sa.column("kind").in_(["a", "b", "c"]))


@case("postgresql", "mysql", "mssql", "oracle")
def check_between_and_or(op):
    a = sa.column("a", sa.Integer())
    op.create_check_constraint("ck_a", "account", sa.or_(a.between(1, 10), a.is_(None)))


@case("postgresql", "mysql", "mssql", "oracle")
def check_boolean_column(op):
    op.create_check_constraint("ck_open", "account", sa.column("open", sa.Boolean()) == sa.true())


@case("postgresql", "mysql", "mssql", "oracle")
def check_not(op):
    op.create_check_constraint("ck_open", "account", sa.not_(sa.column("open", sa.Boolean())))


@case("postgresql", "mysql", "mssql", "oracle")
def check_regular_expression(op):
    op.create_check_constraint("ck_name", "account", sa.column("name").regexp_match("^[a-z]+$"))


@case("postgresql", "mssql", "oracle", "mysql")
def check_in_schema(op):
    op.create_check_constraint("ck_name", "account", "x > 0", schema="ledger")


@case("postgresql", "mssql", "oracle", "mysql")
def check_unnamed(op):
    op.create_check_constraint(None, "account", "x > 0")


@case("postgresql", "oracle")
def check_deferrable(op):
    op.create_check_constraint("ck_name", "account", "x > 0", deferrable=True, initially="DEFERRED")


@case("postgresql", "sqlite")
def check_postgresql_not_valid(op):
    op.create_check_constraint("ck_name", "account", "x > 0", postgresql_not_valid=True)


@case("postgresql", "mysql", "mssql")
def check_dates(op):
    op.create_check_constraint("ck_made", "account", sa.column("made", sa.Date()) > text("'2020-01-01'"))


@case()
def exclude(op):
    op.create_exclude_constraint("no_overlap", "booking", ("room", "="), ("during", "&&"))


@case("postgresql")
def exclude_using_and_where(op):
    op.create_exclude_constraint(
        "no_overlap",
        "booking",
        (sa.column("room"), "="),
        ("during", "&&"),
        using="gist",
        where=(sa.column("room") != 5),
    )


@case("postgresql")
def exclude_of_text(op):
    op.create_exclude_constraint("no_overlap", "booking", (text("tsrange(starts, ends)"), "&&"))


@case("postgresql")
def exclude_of_literal_column(op):
    op.create_exclude_constraint("no_overlap", "booking", (sa.literal_column("tsrange(starts, ends)"), "&&"))


@case("postgresql")
def exclude_where_text(op):
    op.create_exclude_constraint("no_overlap", "booking", ("during", "&&"), where=text("room <> 'x'"))


@case("postgresql")
def exclude_deferrable_in_schema(op):
    op.create_exclude_constraint(
        "no_overlap", "booking", ("during", "&&"), schema="ledger", deferrable=True, initially="DEFERRED"
    )


@case("postgresql")
def exclude_ops(op):
    op.create_exclude_constraint(
        "no_overlap", "booking", ("Room", "="), ("during", "&&"), using="gist", ops={"Room": "int4_ops"}
    )


@case("postgresql")
def exclude_of_function(op):
    op.create_exclude_constraint("no_overlap", "booking", (func.lower(sa.column("name")), "="), using="hash")


@case("postgresql")
def exclude_unnamed(op):
    op.create_exclude_constraint(None, "booking", ("during", "&&"))


@case("postgresql", "mssql", "oracle", "mysql", "sqlite")
def constraint_objects(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()))
    op.execute(sa.schema.AddConstraint(sa.UniqueConstraint(table.c.a, table.c.b, name="uq_ab")))


@case("postgresql", "mssql", "oracle", "mysql", "sqlite")
def constraint_objects_dropped(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()))
    op.execute(sa.schema.DropConstraint(sa.UniqueConstraint(table.c.a, table.c.b, name="uq_ab")))


@case("postgresql", "oracle", "sqlite")
def constraint_objects_dropped_with_cascade(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("a", sa.Integer()))
    op.execute(sa.schema.DropConstraint(sa.CheckConstraint(table.c.a > 5, name="ck_a"), cascade=True))


@case("postgresql")
def exclude_object(op):
    table = sa.Table("booking", sa.MetaData(), sa.Column("room", sa.Integer()))
    constraint = postgresql.ExcludeConstraint((table.c.room, "="), name="no_overlap")
    table.append_constraint(constraint)
    op.execute(sa.schema.AddConstraint(constraint))
