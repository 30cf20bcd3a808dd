"""The same statements by URL: driver suffixes, and what doubles `%`."""

import datetime

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()

URLS = [
    "sqlite://",
    "sqlite+pysqlite:///file.db",
    "sqlite+aiosqlite://",
    "postgresql://scott:tiger@localhost/test",
    "postgresql+psycopg://",
    "postgresql+psycopg2://",
    "postgresql+asyncpg://",
    "postgresql+pg8000://",
    "mysql://",
    "mysql+mysqldb://",
    "mysql+pymysql://",
    "mysql+mysqlconnector://",
    "mysql+aiomysql://",
    "mysql+asyncmy://",
    "mariadb://",
    "mariadb+pymysql://",
    "mariadb+mariadbconnector://",
    "mssql://",
    "mssql+pyodbc://",
    "mssql+pymssql://",
    "mssql+aioodbc://",
    "oracle://",
    "oracle+oracledb://",
    "oracle+cx_oracle://",
]


@case(*URLS)
def percent_and_colon(op):
    op.execute("UPDATE t SET a = '100%' WHERE b LIKE '%x' AND c = ':y'")
    op.execute(sa.table("t", sa.column("a", sa.String)).update().values(a="100% :x"))
    op.create_table("t", sa.Column("a%", sa.String(5), server_default="5%"), comment="7%", schema="s")


@case(*URLS)
def types_and_values(op):
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.Column("doc", sa.JSON()),
        sa.Column("key", sa.Uuid()),
    )
    t = sa.table("t", sa.column("made", sa.DateTime), sa.column("flag", sa.Boolean))
    op.bulk_insert(t, [{"made": datetime.datetime(2024, 1, 2, 3, 4, 5), "flag": True}])


NAMED = ["sqlite://", "postgresql://", "mysql://", "mariadb://", "mssql://", "oracle://"]


def percent(op):
    op.execute("UPDATE t SET a = '100%' WHERE c = ':y'")
    op.execute(sa.text("UPDATE t SET a = '100%'"))
    op.execute(sa.table("t", sa.column("a", sa.String)).update().values(a="100%"))
    op.create_table("t", sa.Column("a", sa.Integer()), sa.CheckConstraint("a % 2 = 0", name="ck"))
    op.add_column("t", sa.Column("b%", sa.String(5), server_default="5%", comment="7%"), schema="s")


for style in ("named", "qmark", "format", "pyformat", "numeric", "numeric_dollar"):
    CASES.add("paramstyle_" + style, percent, *NAMED, dialect_opts={"paramstyle": style})


@case("postgresql", "mysql", dialect_opts={"paramstyle": "named"})
def paramstyle_by_dialect_name(op):
    op.execute(sa.table("t", sa.column("a", sa.String)).update().values(a="100%"))


@case("postgresql://", "mysql://", "mssql://", literal_binds=False)
def binds_without_literal_binds(op):
    t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer))
    op.execute(t.update().values(a="100%").where(t.c.b == 5))


@case("postgresql+asyncpg://", "mysql+pymysql://", "mssql+pymssql://", "oracle+oracledb://", literal_binds=False)
def binds_of_drivers(op):
    t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer))
    op.execute(t.update().values(a="100%").where(t.c.b == 5))


@case("postgresql://", "mysql://", dialect_opts={"nosuch": 1})
def unknown_dialect_option(op):
    op.execute("X")


@case("nosuch://", "postgresql+nosuch://", "nosuch")
def unknown_dialect(op):
    op.execute("X")


@case("mysql", dialect_opts={"is_mariadb": True})
def mysql_that_is_mariadb(op):
    op.create_table("t", sa.Column("id", sa.Uuid()))


@case("postgresql", dialect_opts={"json_serializer": lambda value: "serialised"})
def json_serializer(op):
    op.execute(sa.table("t", sa.column("a", sa.JSON)).insert().values(a={"x": 1}))


@case("oracle", "sqlite", dialect_opts={"max_identifier_length": 20})
def max_identifier_length(op):
    op.create_index("an_index_name_that_is_too_long", "t", ["a"])
