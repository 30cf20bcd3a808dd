"""@compiles on Alembic's own constructs, for all dialects and for single ones.

What is registered stays so, for deregister() would take Alembic's own functions away too: so this is the last module, and
the cases that register more come last.
"""

import sqlalchemy as sa
from alembic.ddl import base
from alembic.ddl.base import add_column, alter_column, alter_table, format_server_default, format_type
from alembic.ddl.mysql import MySQLAlterDefault, MySQLChangeColumn, MySQLModifyColumn
from alembic.ddl.postgresql import PostgresqlColumnType
from sqlalchemy.ext.compiler import compiles

from suite import Cases

CASES = case = Cases()

CONSTRUCTS = [
    base.RenameTable, base.ColumnNullable, base.ColumnType, base.ColumnName, base.ColumnDefault, base.ComputedColumnDefault,
    base.IdentityColumnDefault, base.AddColumn, base.DropColumn, base.ColumnComment, MySQLAlterDefault, MySQLChangeColumn,
    MySQLModifyColumn, PostgresqlColumnType,
]
NAMES = (
    "table_name", "schema", "column_name", "existing_nullable", "existing_comment", "nullable", "newname", "new_table_name",
    "comment", "autoincrement", "using", "if_exists", "if_not_exists", "inline_references",
)
REGISTERED = set()


def shown(element, compiler, word):
    parts = [word, type(element).__name__]
    for name in NAMES:
        if hasattr(element, name):
            parts.append("%s=%r" % (name, None if getattr(element, name) is None else str(getattr(element, name))))
    for name in ("type_", "existing_type"):
        if getattr(element, name, None) is not None:
            parts.append("%s=%s" % (name, format_type(compiler, getattr(element, name))))
    for name in ("default", "existing_server_default"):
        given = getattr(element, name, None)
        if isinstance(given, (str, sa.sql.elements.TextClause)):
            parts.append("%s=%s" % (name, format_server_default(compiler, given)))
        else:
            parts.append("%s is %s" % (name, type(given).__name__))
    if hasattr(element, "column"):
        parts.append("column=" + element.column.name)
    return " ".join(parts)


def register(word, *dialects):
    if (word, dialects) in REGISTERED:
        return
    REGISTERED.add((word, dialects))
    for construct in CONSTRUCTS:
        compiles(construct, *dialects)(lambda element, compiler, **kw: shown(element, compiler, word))


def rename(op):
    op.rename_table("a", "b", schema="s")


def add(op):
    op.add_column("t", sa.Column("x", sa.Integer(), index=True, comment="c"), schema="s")


def add_if_not_exists(op):
    op.add_column("t", sa.Column("x", sa.ForeignKey("o.id")), if_not_exists=True, inline_references=True)


def drop(op):
    op.drop_column("t", "x", if_exists=True)


def drop_on_mssql(op):
    op.drop_column("t", "x", mssql_drop_default=True, mssql_drop_check=True)


def nullable(op):
    op.alter_column("t", "x", nullable=False, existing_type=sa.Integer())


def type_(op):
    op.alter_column("t", "x", type_=sa.String(5), existing_type=sa.Integer(), existing_nullable=False)


def type_and_nullable(op):
    op.alter_column("t", "x", type_=sa.String(5), nullable=True, existing_type=sa.Integer, existing_server_default="5")


def type_class(op):
    op.alter_column("t", "x", type_=sa.Text, postgresql_using="x::text")


def default(op):
    op.alter_column("t", "x", server_default="it's", existing_type=sa.String(9))


def default_dropped(op):
    op.alter_column("t", "x", server_default=None, existing_type=sa.String(9), existing_server_default=sa.text("5"))


def default_text(op):
    op.alter_column("t", "x", server_default=sa.text("now()"), existing_type=sa.DateTime(), schema="s")


def name(op):
    op.alter_column("t", "x", new_column_name="y", existing_type=sa.Integer(), existing_nullable=False, existing_comment="c")


def comment(op):
    op.alter_column("t", "x", comment="new", existing_type=sa.Integer(), existing_comment="old", schema="s")


def autoincrement(op):
    op.alter_column("t", "x", autoincrement=True, existing_type=sa.Integer(), existing_nullable=False)


def existing_autoincrement(op):
    op.alter_column("t", "x", nullable=False, existing_type=sa.Integer(), existing_autoincrement=True)


def identity(op):
    op.alter_column("t", "x", server_default=sa.Identity(start=5), existing_type=sa.Integer())


def computed(op):
    op.alter_column("t", "x", server_default=sa.Computed("a + 1"), existing_type=sa.Integer())


def everything(op):
    op.alter_column(
        "t", "x", nullable=False, comment="c", server_default="5", new_column_name="y", type_=sa.BigInteger(),
        existing_type=sa.Integer(), existing_nullable=True, existing_server_default=sa.text("4"), existing_comment="o", schema="s",
    )


def nothing(op):
    op.alter_column("t", "x", existing_type=sa.Integer())


RUNS = [
    rename, add, add_if_not_exists, drop, drop_on_mssql, nullable, type_, type_and_nullable, type_class, default, default_dropped,
    default_text, name, comment, autoincrement, existing_autoincrement, identity, computed, everything, nothing,
]


def add_case(prefix, run, word, *dialects):
    def function(op):
        register(word, *dialects)
        run(op)

    CASES.add(prefix + run.__name__, function)


for run in RUNS:
    add_case("general_", run, "GENERAL")
for run in RUNS:
    add_case("single_", run, "SINGLE", "mysql", "mssql", "postgresql")
for run in RUNS:
    add_case("all_", run, "ALL", "sqlite", "oracle", "mariadb")


@case()
def as_in_the_recipe(op):
    @compiles(base.AddColumn, "mysql", "mssql", "oracle", "postgresql")
    def visit_add_column(element, compiler, **kw):
        return "%s %s AFTER z" % (alter_table(compiler, element.table_name, element.schema), add_column(compiler, element.column, **kw))

    @compiles(base.ColumnNullable, "mssql", "oracle", "postgresql")
    def visit_column_nullable(element, compiler, **kw):
        return "%s %s %s %s" % (
            alter_table(compiler, element.table_name, element.schema),
            alter_column(compiler, element.column_name),
            format_type(compiler, element.existing_type),
            "NULL" if element.nullable else "NOT NULL",
        )

    op.add_column("t", sa.Column("x", sa.Integer(), server_default="4", nullable=False))
    op.alter_column("t", "x", nullable=False, existing_type=sa.Integer())
    op.alter_column("t", "x", type_=sa.String(9), nullable=True, existing_type=sa.Integer())
