"""When a primary key column counts by itself: SERIAL, IDENTITY, AUTO_INCREMENT."""

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, postgresql

from suite import Cases

CASES = case = Cases()

FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]


def key(name, dialects, type_, *items, **keywords):
    def function(op):
        made = [item() for item in items]
        op.create_table("t", sa.Column("id", type_(), *made, primary_key=True, **keywords))

    CASES.add(name, function, *dialects)


key("integer", [], lambda: sa.Integer())
key("big_integer", [], lambda: sa.BigInteger())
key("small_integer", [], lambda: sa.SmallInteger())
key("numeric_without_scale", FIVE, lambda: sa.Numeric(10, 0))
key("string", FIVE, lambda: sa.String(10))
key("off", FIVE, lambda: sa.Integer(), autoincrement=False)
key("on", FIVE, lambda: sa.Integer(), autoincrement=True)
key("ignore_fk", FIVE, lambda: sa.Integer(), autoincrement="ignore_fk")
key("with_default", FIVE, lambda: sa.Integer(), server_default="5")
key("with_python_default", FIVE, lambda: sa.Integer(), default=5)
key("that_is_a_foreign_key", FIVE, lambda: sa.Integer(), lambda: sa.ForeignKey("other.id"))
key("on_for_a_string", ["postgresql", "mysql"], lambda: sa.String(10), autoincrement=True)
key("variant_for_sqlite", FIVE, lambda: sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
key("mysql_unsigned", ["mysql", "mariadb"], lambda: mysql.INTEGER(unsigned=True))
key("mysql_bigint_unsigned", ["mysql"], lambda: mysql.BIGINT(20, unsigned=True))
key("mssql_tinyint", ["mssql"], lambda: mssql.TINYINT())
key("postgresql_uuid", ["postgresql"], lambda: postgresql.UUID())
key("identity_and_off", ["postgresql", "oracle"], lambda: sa.Integer(), lambda: sa.Identity(), autoincrement=False)


@case(*FIVE)
def second_of_two_keys(op):
    op.create_table(
        "t",
        sa.Column("a", sa.Integer(), primary_key=True),
        sa.Column("b", sa.Integer(), primary_key=True, autoincrement=True),
    )


@case(*FIVE)
def two_keys_both_on(op):
    op.create_table(
        "t",
        sa.Column("a", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("b", sa.Integer(), primary_key=True, autoincrement=True),
    )


@case(*FIVE)
def key_by_constraint(op):
    op.create_table("t", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))


@case(*FIVE)
def key_by_named_constraint_of_nullable_column(op):
    op.create_table("t", sa.Column("id", sa.Integer(), nullable=True), sa.PrimaryKeyConstraint("id", name="pk_t"))


@case("postgresql", "mysql")
def on_without_a_key(op):
    op.create_table("t", sa.Column("id", sa.Integer(), autoincrement=True), sa.Column("x", sa.Integer()))


@case("sqlite")
def sqlite_autoincrement_for_a_big_integer(op):
    op.create_table("t", sa.Column("id", sa.BigInteger(), primary_key=True), sqlite_autoincrement=True)


@case("sqlite")
def sqlite_autoincrement_for_two_keys(op):
    op.create_table(
        "t",
        sa.Column("a", sa.Integer(), primary_key=True),
        sa.Column("b", sa.Integer(), primary_key=True),
        sqlite_autoincrement=True,
    )


@case("sqlite")
def sqlite_autoincrement_with_named_key(op):
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_t"),
        sqlite_autoincrement=True,
    )


@case("sqlite")
def sqlite_autoincrement_with_unnamed_key_constraint(op):
    op.create_table("t", sa.Column("id", sa.Integer()), sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True)


@case("sqlite")
def sqlite_autoincrement_with_foreign_key(op):
    op.create_table("t", sa.Column("id", sa.Integer(), sa.ForeignKey("o.id"), primary_key=True), sqlite_autoincrement=True)


@case("mssql")
def mssql_identity_of_a_non_key(op):
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer(), sa.Identity(start=0, increment=10)),
    )
