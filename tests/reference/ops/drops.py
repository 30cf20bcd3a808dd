"""Dropping tables, columns, indexes and constraints; renaming tables."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


@case()
def table(op):
    op.drop_table("account")


@case()
def table_in_schema(op):
    op.drop_table("account", schema="ledger")


@case()
def table_if_exists(op):
    op.drop_table("account", if_exists=True)


@case("postgresql", "mysql")
def table_if_exists_false(op):
    op.drop_table("account", if_exists=False)


@case("postgresql", "oracle", "mssql")
def table_if_exists_in_schema(op):
    op.drop_table("account", schema="ledger", if_exists=True)


@case("postgresql", "mysql")
def table_with_further_keywords(op):
    op.drop_table("account", info={"a": 1}, mysql_engine="InnoDB", comment="gone")


@case()
def column(op):
    op.drop_column("account", "note")


@case()
def column_in_schema(op):
    op.drop_column("account", "note", schema="ledger")


@case()
def column_if_exists(op):
    op.drop_column("account", "note", if_exists=True)


@case("mssql", "postgresql")
def column_mssql_drop_check(op):
    op.drop_column("account", "note", mssql_drop_check=True)


@case("mssql", "postgresql")
def column_mssql_drop_default(op):
    op.drop_column("account", "note", mssql_drop_default=True)


@case("mssql", "postgresql")
def column_mssql_drop_foreign_key(op):
    op.drop_column("account", "note", mssql_drop_foreign_key=True)


@case("mssql")
def column_mssql_drop_everything_in_schema(op):
    op.drop_column(
        "account", "note", schema="ledger", mssql_drop_check=True, mssql_drop_default=True, mssql_drop_foreign_key=True
    )


@case("mssql")
def column_mssql_drop_everything_of_quoted_names(op):
    op.drop_column(
        "Account's", "the Note", mssql_drop_check=True, mssql_drop_default=True, mssql_drop_foreign_key=True
    )


@case("postgresql", "mssql")
def column_with_existing_type(op):
    op.drop_column("account", "note", existing_type=sa.String(10))


@case()
def index(op):
    op.drop_index("ix_a", "account")


@case()
def index_table_name_by_keyword(op):
    op.drop_index("ix_a", table_name="account")


@case()
def index_without_table(op):
    op.drop_index("ix_a")


@case()
def index_in_schema(op):
    op.drop_index("ix_a", table_name="account", schema="ledger")


@case("postgresql", "oracle", "sqlite", "mssql")
def index_in_schema_without_table(op):
    op.drop_index("ix_a", schema="ledger")


@case()
def index_if_exists(op):
    op.drop_index("ix_a", table_name="account", if_exists=True)


@case("postgresql", "sqlite")
def index_postgresql_concurrently(op):
    op.drop_index("ix_a", table_name="account", postgresql_concurrently=True)


@case("postgresql")
def index_postgresql_concurrently_if_exists(op):
    op.drop_index("ix_a", table_name="account", postgresql_concurrently=True, if_exists=True, schema="ledger")


@case("postgresql", "mysql", "mssql")
def index_with_options_is_dropped_the_same(op):
    op.drop_index("ix_a", table_name="account", postgresql_where=sa.text("b > 5"), mysql_length=3, mssql_include=["b"])


@case("postgresql", "sqlite", "mysql")
def index_conv_name(op):
    op.drop_index(op.f("ix_account_A"), table_name="account")


def constraint(name, dialects, *arguments, **keywords):
    def function(op):
        op.drop_constraint(*arguments, **keywords)

    CASES.add("constraint_" + name, function, *dialects)


constraint("without_type", [], "uq_name", "account")
constraint("unique", [], "uq_name", "account", type_="unique")
constraint("unique_positional", ["postgresql", "mysql"], "uq_name", "account", "unique")
constraint("check", [], "ck_name", "account", type_="check")
constraint("foreign_key", [], "fk_owner", "account", type_="foreignkey")
constraint("primary", [], "pk_account", "account", type_="primary")
constraint("if_exists", [], "uq_name", "account", type_="unique", if_exists=True)
constraint("foreign_key_if_exists", [], "fk_owner", "account", type_="foreignkey", if_exists=True)
constraint("check_if_exists", ["postgresql", "mariadb", "mysql", "mssql"], "ck", "account", type_="check", if_exists=True)
constraint("primary_if_exists", ["postgresql", "mariadb", "mysql"], "pk", "account", type_="primary", if_exists=True)
constraint("in_schema", [], "uq_name", "account", type_="unique", schema="ledger")
constraint("foreign_key_in_schema", ["mysql", "mariadb", "oracle"], "fk", "account", type_="foreignkey", schema="ledger")
constraint("primary_in_schema", ["mysql", "postgresql"], "pk", "account", type_="primary", schema="ledger")
constraint("unknown_type", [], "x", "account", type_="exclude")
constraint("quoted_names", [], "UQ Name", "Account", type_="unique")
constraint("check_in_schema", ["mysql", "mariadb", "oracle"], "ck", "account", type_="check", schema="ledger")


@case()
def rename_table(op):
    op.rename_table("account", "ledger_account")


@case()
def rename_table_in_schema(op):
    op.rename_table("account", "ledger_account", schema="ledger")


@case()
def rename_table_with_quotes(op):
    op.rename_table("Account", "New Account's")


@case()
def drop_objects(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("id", sa.Integer()), schema="ledger")
    op.execute(sa.schema.DropTable(table))
    op.execute(sa.schema.DropTable(table, if_exists=True))
