"""op.bulk_insert."""

import datetime
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from suite import Cases

CASES = case = Cases()


@case()
def light_table(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.bulk_insert(account, [{"id": 1, "name": "one"}, {"id": 2, "name": "it's two"}])


@case("sqlite", "postgresql", "mysql", "mssql", "oracle")
def light_table_without_types(op):
    account = sa.table("account", sa.column("id"), sa.column("name"))
    op.bulk_insert(account, [{"id": 1, "name": "one"}])


@case()
def full_table(op):
    account = sa.Table(
        "account",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50)),
        sa.Column("open", sa.Boolean()),
    )
    op.bulk_insert(account, [{"id": 1, "name": "one", "open": True}, {"id": 2, "name": None, "open": False}])


@case("postgresql", "mssql", "mysql", "sqlite", "oracle")
def full_table_without_its_key(op):
    account = sa.Table(
        "account", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50))
    )
    op.bulk_insert(account, [{"name": "one"}, {"name": "two"}])


@case("postgresql", "mssql", "sqlite")
def table_in_schema(op):
    op.bulk_insert(sa.table("account", sa.column("id", sa.Integer), schema="ledger"), [{"id": 1}])


@case("postgresql", "mssql", "mysql")
def one_row_with_multiinsert_false(op):
    op.bulk_insert(sa.table("account", sa.column("id", sa.Integer)), [{"id": 1}, {"id": 2}], multiinsert=False)


@case("postgresql", "mssql", "mysql")
def inline_literals(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("made", sa.Date))
    op.bulk_insert(account, [{"id": 1, "made": op.inline_literal("2020-12-31")}], multiinsert=False)


@case("postgresql", "mssql", "oracle")
def inline_literals_with_type(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("made", sa.Date))
    op.bulk_insert(account, [{"id": op.inline_literal(5, sa.Integer()), "made": datetime.date(2020, 1, 2)}])


@case("postgresql", "mssql")
def no_rows(op):
    op.bulk_insert(sa.table("account", sa.column("id", sa.Integer)), [])


@case("postgresql", "mysql")
def rows_of_different_keys(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.bulk_insert(account, [{"id": 1}, {"id": 2, "name": "two"}])


@case("postgresql", "mysql")
def keys_in_another_order_than_columns(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.bulk_insert(account, [{"name": "one", "id": 1}])


@case("postgresql", "sqlite")
def an_unknown_key(op):
    op.bulk_insert(sa.table("account", sa.column("id", sa.Integer)), [{"id": 1, "nosuch": 2}])


@case("postgresql")
def a_single_dictionary(op):
    op.bulk_insert(sa.table("account", sa.column("id", sa.Integer)), {"id": 1})


@case("postgresql")
def a_list_of_lists(op):
    op.bulk_insert(sa.table("account", sa.column("id", sa.Integer)), [[1]])


@case("postgresql", "mysql", "oracle")
def sql_expressions_as_values(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("made", sa.DateTime))
    op.bulk_insert(account, [{"id": 1, "made": sa.func.now()}, {"id": 2, "made": sa.text("CURRENT_TIMESTAMP")}])


@case("postgresql", "mysql")
def python_side_defaults(op):
    account = sa.Table(
        "account",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(9), default="plain"),
        sa.Column("made", sa.DateTime(), default=sa.func.now()),
    )
    op.bulk_insert(account, [{"id": 1}])


@case("postgresql")
def array_and_uuid(op):
    account = sa.table(
        "account", sa.column("id", sa.Uuid()), sa.column("tags", postgresql.ARRAY(sa.String)), sa.column("n", sa.Integer)
    )
    op.bulk_insert(
        account, [{"id": uuid.UUID("0123456789abcdef0123456789abcdef"), "tags": ["a", "it's", "c"], "n": 5}]
    )


@case("postgresql", "mysql", "oracle", "mssql")
def names_that_need_quotes(op):
    op.bulk_insert(
        sa.table("Account", sa.column("order", sa.Integer), sa.column("a b", sa.Integer)), [{"order": 1, "a b": 2}]
    )


@case("mssql")
def identity_insert_of_several_tables(op):
    op.bulk_insert(sa.table("a", sa.column("id", sa.Integer), schema="x"), [{"id": 1}])
    op.bulk_insert(sa.table("b", sa.column("id", sa.Integer)), [{"id": 1}, {"id": 2}])


@case("postgresql", "mysql", "sqlite", "mssql", "oracle")
def table_from_create_table(op):
    account = op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.DateTime(), nullable=False),
    )
    op.bulk_insert(account, [{"id": 1, "made": datetime.datetime(2024, 2, 29, 12, 30)}])
