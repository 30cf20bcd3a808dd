"""Comments on tables and columns."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


@case()
def table(op):
    op.create_table_comment("account", "All accounts")


@case()
def table_in_schema(op):
    op.create_table_comment("account", "All accounts", schema="ledger")


@case("postgresql", "mysql", "mariadb", "mssql", "oracle")
def table_with_special_characters(op):
    op.create_table_comment("account", "it's 100% \\ \"done\"\nZoë :x", schema="ledger")


@case("postgresql", "mysql", "mssql", "oracle")
def table_existing_comment(op):
    op.create_table_comment("account", "new", existing_comment="old", schema="ledger")


@case("postgresql", "mysql", "oracle")
def table_comment_none(op):
    op.create_table_comment("account", None)


@case("postgresql", "mysql", "oracle")
def table_comment_empty(op):
    op.create_table_comment("account", "")


@case()
def dropped(op):
    op.drop_table_comment("account")


@case()
def dropped_in_schema(op):
    op.drop_table_comment("account", schema="ledger")


@case("postgresql", "mysql", "mssql", "oracle")
def dropped_existing_comment(op):
    op.drop_table_comment("account", existing_comment="old", schema="ledger")


@case("postgresql", "mysql", "mssql", "oracle")
def quoted_names(op):
    op.create_table_comment("Account", "x", schema="Led ger")


@case("postgresql", "mysql", "oracle")
def of_created_columns(op):
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True, comment="key"),
        sa.Column("a", sa.Integer(), comment=""),
        sa.Column("b", sa.String(5), nullable=False, server_default="x", comment="third"),
    )


@case("postgresql", "mysql", "mssql", "oracle")
def comment_objects(op):
    account = sa.Table(
        "account",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), comment="the key"),
        comment="all",
        schema="ledger",
    )
    op.execute(sa.schema.SetTableComment(account))
    op.execute(sa.schema.DropTableComment(account))
    op.execute(sa.schema.SetColumnComment(account.c.id))
    op.execute(sa.schema.DropColumnComment(account.c.id))


@case("postgresql")
def constraint_comment_object(op):
    constraint = sa.CheckConstraint("a > 0", name="ck_a", comment="it's checked")
    sa.Table("account", sa.MetaData(), sa.Column("a", sa.Integer()), constraint)
    op.execute(sa.schema.SetConstraintComment(constraint))
    op.execute(sa.schema.DropConstraintComment(constraint))
