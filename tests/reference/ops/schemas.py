"""Schema-qualified names everywhere, and schema_translate_map."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()

FIVE = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


@case(*FIVE)
def table_with_everything(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(9), unique=True),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("people.owner.id")),
        sa.Column("x", sa.Integer(), index=True),
        schema="ledger",
    )


@case(*FIVE)
def reference_without_schema(op):
    op.create_table(
        "account", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owner.id", name="fk")), schema="ledger"
    )


@case("mssql", "postgresql", "mysql")
def database_and_owner(op):
    op.create_table("account", sa.Column("id", sa.Integer()), schema="db.owner")
    op.drop_column("account", "id", schema="db.owner")


@case("mssql")
def mssql_bracketed_owner(op):
    op.create_table("account", sa.Column("id", sa.Integer()), schema="[db.name].owner")
    op.drop_table("account", schema="[My.Schema]")


@case("mssql")
def mssql_names_in_procedures(op):
    op.rename_table("account", "other", schema="Led ger")
    op.alter_column("account", "a", new_column_name="b", schema="db.owner")


@case("mssql")
def mssql_identity_insert_with_owner(op):
    op.bulk_insert(sa.table("t", sa.column("id", sa.Integer), schema="db.owner"), [{"id": 1}])


@case("postgresql", "mysql", "mssql", "oracle")
def constraint_operations(op):
    op.create_unique_constraint("uq", "account", ["a"], schema="ledger")
    op.create_check_constraint("ck", "account", "a > 0", schema="ledger")
    op.create_primary_key("pk", "account", ["a"], schema="ledger")
    op.create_foreign_key(
        "fk", "account", "owner", ["a"], ["b"], source_schema="ledger", referent_schema="people"
    )


@case("postgresql", "mysql", "mssql", "oracle")
def drop_operations(op):
    op.drop_index("ix", table_name="account", schema="ledger")
    op.drop_constraint("uq", "account", type_="unique", schema="ledger")
    op.drop_column("account", "a", schema="ledger")


@case("postgresql", "mysql", "mssql", "oracle")
def alterations(op):
    op.alter_column("account", "a", nullable=True, existing_type=sa.Integer(), schema="ledger")
    op.alter_column("account", "a", server_default="5", existing_type=sa.Integer(), schema="ledger")


@case(*FIVE)
def statements_on_schema_tables(op):
    t = sa.table("t", sa.column("a", sa.Integer), schema="ledger")
    op.execute(t.insert().values(a=1))
    op.execute(t.update().values(a=2).where(t.c.a == 1))
    op.execute(t.delete().where(t.c.a == 2))


@case(*FIVE)
def select_of_schema_table(op):
    t = sa.table("t", sa.column("a", sa.Integer), schema="ledger")
    op.execute(sa.select(t.c.a).where(t.c.a > 1))


def translated(op):
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("u", sa.Column("id", sa.Integer()), schema="tenant")


CASES.add("translate_map_offline", translated, "postgresql", "mysql")


@case("postgresql", "mysql")
def translate_map_as_execution_option(op):
    t = sa.table("t", sa.column("a", sa.Integer), schema="tenant")
    op.execute(t.insert().values(a=1), execution_options={"schema_translate_map": {"tenant": "real"}})


@case("postgresql", "mssql")
def index_true_in_schema(op):
    op.create_table("t", sa.Column("a", sa.Integer(), index=True), schema="ledger")
    op.add_column("t", sa.Column("b", sa.Integer(), index=True), schema="ledger")


@case("postgresql")
def enum_in_other_schema(op):
    op.create_table("t", sa.Column("a", sa.Enum("x", name="kind", schema="types")), schema="ledger")
    op.drop_table("t", schema="ledger")


@case("postgresql", target_metadata=sa.MetaData(schema="fallback"))
def enum_without_schema_and_metadata_with_one(op):
    op.create_table("t", sa.Column("a", sa.Enum("x", name="kind")))


@case("postgresql", "mysql")
def empty_schema_name(op):
    op.create_table("t", sa.Column("a", sa.Integer()), schema="")


@case("postgresql", "oracle")
def foreign_key_inside_one_schema(op):
    op.create_table(
        "child",
        sa.Column("parent_id", sa.Integer()),
        sa.ForeignKeyConstraint(["parent_id"], ["ledger.parent.id"], name="fk", ondelete="CASCADE"),
        schema="ledger",
    )
