"""Classes of user code over Alembic's implementations: which methods are called, with what, and what super() does.

The classes stay, so outside of these cases they only pass on what they are given.
"""

import sqlalchemy as sa
from alembic.ddl.impl import DefaultImpl
from alembic.ddl.mssql import MSSQLImpl
from alembic.ddl.mysql import MySQLImpl
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl

from suite import Cases

CASES = case = Cases()

FOUR = ("postgresql", "mysql", "mssql", "sqlite")
ACTIVE = []


def told(impl, method, *parts):
    if ACTIVE:
        impl.static_output("-- " + method + " " + " ".join(str(part) for part in parts))
    return bool(ACTIVE)


class Telling:
    def add_column(self, table_name, column, **kw):
        told(self, "add_column", table_name, column.name, sorted(k for k, v in kw.items() if v is not None))
        return super().add_column(table_name, column, **kw)

    def alter_column(self, table_name, column_name, **kw):
        names = sorted(name for name, value in kw.items() if value is not None and value is not False)
        if told(self, "alter_column", table_name, column_name, names) and kw.get("comment") == "replaced":
            kw["comment"] = "another"
        return super().alter_column(table_name, column_name, **kw)

    def drop_column(self, table_name, column, **kw):
        told(self, "drop_column", table_name, column.name, sorted(k for k, v in kw.items() if v is not None))
        return super().drop_column(table_name, column, **kw)

    def rename_table(self, old_table_name, new_table_name, schema=None):
        told(self, "rename_table", old_table_name, new_table_name, schema)
        return super().rename_table(old_table_name, new_table_name, schema=schema)

    def create_table(self, table, **kw):
        if told(self, "create_table", table.name, table.schema, [c.name for c in table.columns], kw):
            table.append_column(sa.Column("added", sa.Integer()))
        return super().create_table(table, **kw)

    def drop_table(self, table, **kw):
        told(self, "drop_table", table.name, kw)
        return super().drop_table(table, **kw)

    def create_index(self, index, **kw):
        told(self, "create_index", index.name, index.table.name, kw)
        return super().create_index(index, **kw)

    def drop_index(self, index, **kw):
        told(self, "drop_index", index.name, kw)
        return super().drop_index(index, **kw)

    def add_constraint(self, const, **kw):
        told(self, "add_constraint", type(const).__name__, const.name)
        return super().add_constraint(const, **kw)

    def drop_constraint(self, const, **kw):
        told(self, "drop_constraint", const.name)
        return super().drop_constraint(const, **kw)


class TellingPostgresql(Telling, PostgresqlImpl):
    __dialect__ = "postgresql"


class TellingMySQL(Telling, MySQLImpl):
    __dialect__ = "mysql"


class TellingMSSQL(Telling, MSSQLImpl):
    __dialect__ = "mssql"


class OfAnotherDatabase(DefaultImpl):
    __dialect__ = "no_such_database"
    transactional_ddl = True

    def compare_type(self, inspector_column, metadata_column):
        return False


class Quiet(SQLiteImpl):
    __dialect__ = "sqlite"


class Quieter(Quiet):
    """Without a __dialect__ of its own it is not in use."""

    def add_column(self, table_name, column, **kw):
        raise NotImplementedError("this is not called")


def telling(work):
    def function(op):
        ACTIVE.append(True)
        try:
            work(op)
        finally:
            ACTIVE.clear()

    CASES.add(work.__name__, function, *FOUR)
    return work


@telling
def add_column(op):
    op.add_column("t", sa.Column("a", sa.Integer()), schema="s")
    op.add_column("t", sa.Column("b", sa.Integer()), if_not_exists=True)


@telling
def alter_column(op):
    op.alter_column("t", "a", nullable=False, existing_type=sa.Integer(), server_default="5", existing_nullable=True)
    op.alter_column("t", "a", new_column_name="b", existing_type=sa.Integer())


@telling
def drop_column(op):
    op.drop_column("t", "a")
    op.drop_column("t", "a", schema="s", if_exists=True)


@telling
def rename_table(op):
    op.rename_table("a", "b")
    op.rename_table("a", "b", schema="s")


@telling
def create_table(op):
    op.create_table("t", sa.Column("a", sa.Integer(), primary_key=True), sa.Column("b", sa.String(5)), schema="s", if_not_exists=True)


@telling
def drop_table(op):
    op.drop_table("t")
    op.drop_table("t", if_exists=True)


@telling
def indexes(op):
    op.create_index("ix", "t", ["a"], unique=True)
    op.create_index("ix", "t", ["a"], if_not_exists=True)
    op.drop_index("ix", "t", if_exists=True)


@telling
def constraints(op):
    if op.get_context().dialect.name != "sqlite":
        op.create_unique_constraint("uq", "t", ["a"])
        op.create_foreign_key("fk", "t", "o", ["a"], ["b"])
        op.create_check_constraint("ck", "t", "a > 5")
        op.create_primary_key("pk", "t", ["a"])
        op.drop_constraint("uq", "t", type_="unique")


@telling
def others(op):
    op.execute("SELECT 1")
    op.bulk_insert(sa.table("t", sa.column("a", sa.Integer)), [{"a": 1}])


@case("postgresql")
def changed_arguments(op):
    ACTIVE.append(True)
    try:
        op.alter_column("t", "a", comment="replaced")
    finally:
        ACTIVE.clear()


@case(*FOUR)
def not_telling(op):
    op.add_column("t", sa.Column("a", sa.Integer()))
    op.create_table("t", sa.Column("a", sa.Integer(), primary_key=True))
