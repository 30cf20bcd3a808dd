"""op.create_foreign_key with all it takes."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


def create(name, dialects, **keywords):
    def function(op):
        op.create_foreign_key("fk_owner", "account", "owner", ["owner_id"], ["id"], **keywords)

    CASES.add(name, function, *dialects)


create("plain", [])
for action in ("CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT"):
    create("ondelete_" + action.lower().replace(" ", "_"), ["postgresql", "mssql"], ondelete=action)
    create("onupdate_" + action.lower().replace(" ", "_"), ["postgresql", "mysql"], onupdate=action)
create("ondelete_lower_case", ["postgresql", "mariadb"], ondelete="cascade")
create("ondelete_with_columns", ["postgresql"], ondelete="SET NULL (owner_id)")
create("ondelete_and_onupdate", [], ondelete="CASCADE", onupdate="CASCADE")
create("deferrable", ["postgresql", "mysql", "mssql", "oracle"], deferrable=True)
create("deferrable_false", ["postgresql", "oracle"], deferrable=False)
create("initially_deferred", ["postgresql", "mysql", "mssql", "oracle"], deferrable=True, initially="DEFERRED")
create("initially_immediate", ["postgresql", "oracle"], initially="IMMEDIATE")
create("match_full", [], match="FULL")
create("match_simple", ["postgresql", "mssql"], match="simple")
create("source_schema", ["postgresql", "mysql", "mssql", "oracle"], source_schema="ledger")
create("referent_schema", ["postgresql", "mysql", "mssql", "oracle"], referent_schema="people")
create("both_schemas", ["postgresql", "mysql", "mssql", "oracle"], source_schema="ledger", referent_schema="people")
create("postgresql_not_valid", ["postgresql", "oracle"], postgresql_not_valid=True)
create(
    "everything",
    ["postgresql", "oracle"],
    ondelete="CASCADE",
    onupdate="SET NULL",
    deferrable=True,
    initially="DEFERRED",
    match="FULL",
    source_schema="ledger",
    referent_schema="people",
)


@case("postgresql", "mysql", "mssql", "oracle")
def several_columns(op):
    op.create_foreign_key("fk_branch", "account", "branch", ["bank_id", "branch_id"], ["bank_id", "id"])


@case("postgresql", "mysql", "mssql", "oracle")
def unnamed(op):
    op.create_foreign_key(None, "account", "owner", ["owner_id"], ["id"])


@case("postgresql", "mysql", "mssql", "oracle")
def to_itself(op):
    op.create_foreign_key("fk_parent", "account", "account", ["parent_id"], ["id"])


@case("postgresql", "mssql", "oracle", "mysql")
def to_itself_in_schema(op):
    op.create_foreign_key(
        "fk_parent", "account", "account", ["parent_id"], ["id"], source_schema="ledger", referent_schema="ledger"
    )


@case("postgresql", "mysql", "mssql", "oracle")
def names_that_need_quotes(op):
    op.create_foreign_key("FK Owner", "Account", "order", ["ownerId"], ["select"])


@case("postgresql", "oracle", "mysql")
def constraint_object(op):
    metadata = sa.MetaData()
    sa.Table("owner", metadata, sa.Column("id", sa.Integer(), primary_key=True))
    table = sa.Table("account", metadata, sa.Column("owner_id", sa.Integer()))
    constraint = sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name="fk_owner", ondelete="CASCADE")
    table.append_constraint(constraint)
    op.execute(sa.schema.AddConstraint(constraint))
    op.execute(sa.schema.DropConstraint(constraint))


@case("postgresql", "mysql")
def columns_of_different_count(op):
    op.create_foreign_key("fk_owner", "account", "owner", ["a", "b"], ["id"])
