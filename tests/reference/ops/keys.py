"""Columns that Python calls by a key of their own (`Column(..., key=...)`)."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from suite import Cases

CASES = case = Cases()

CONVENTION = {
    "ix": "i_%(column_0_key)s_%(column_0_name)s_%(column_0_label)s",
    "uq": "u_%(column_0_N_key)s",
    "ck": "c_%(table_name)s_%(constraint_name)s",
}


def columns(**options):
    return [sa.Column("a", sa.Integer, key="key_a", **options), sa.Column("b", sa.Integer, key="key_b")]


def create(name, *items, **options):
    def plain(op):
        op.create_table("t", *columns(**options), *[item() for item in items])

    CASES.add(name, plain)
    CASES.add(name + "_with_convention", plain, "postgresql", "mysql", target_metadata=sa.MetaData(naming_convention=CONVENTION))


create("unique_by_key", lambda: sa.UniqueConstraint("key_a", "key_b"))
create("unique_by_name", lambda: sa.UniqueConstraint("a", "b"))
create("primary_key_by_key", lambda: sa.PrimaryKeyConstraint("key_a"))
create("primary_key_by_name", lambda: sa.PrimaryKeyConstraint("a"))
create("foreign_key_by_key", lambda: sa.ForeignKeyConstraint(["key_a"], ["other.id"], name="fk"))
create("foreign_key_to_itself", lambda: sa.ForeignKeyConstraint(["key_a"], ["t.key_b"], name="fk"))
create("foreign_key_by_name", lambda: sa.ForeignKeyConstraint(["a"], ["other.id"], name="fk"))
create("index_by_key", lambda: sa.Index("i", "key_a"))
create("index_by_name", lambda: sa.Index("i", "a"))
create("index_flag", index=True)
create("unique_flag", unique=True)
create("primary_key_flag", primary_key=True)
create("check", lambda: sa.CheckConstraint("a > 5", name="five"))
CASES.add("exclude_by_key", lambda op: op.create_table("t", *columns(), postgresql.ExcludeConstraint(("key_a", "="), name="e")), "postgresql")
CASES.add("include_by_key", lambda op: op.create_table("t", *columns(), sa.UniqueConstraint("key_a", postgresql_include=["key_b"])), "postgresql")
CASES.add("index_options_by_key", lambda op: op.create_table("t", *columns(), sa.Index("i", "key_a", postgresql_include=["key_b"], postgresql_ops={"key_a": "int4_ops"})), "postgresql")


@case()
def added(op):
    op.add_column("t", sa.Column("a", sa.Integer, key="key_a", unique=True))
    op.add_column("t", sa.Column("b", sa.Integer, key="key_b", index=True))


@case()
def bulk_insert_by_key(op):
    op.bulk_insert(op.create_table("t", *columns()), [{"key_a": 1, "key_b": 2}])


@case("postgresql", "sqlite")
def bulk_insert_by_name(op):
    op.bulk_insert(op.create_table("t", *columns()), [{"a": 1, "b": 2}])


@case("postgresql", "mysql")
def statements_by_key(op):
    table = op.create_table("t", *columns())
    op.execute(sa.select(table.c.key_a).where(table.c.key_b == 5))
    op.execute(table.insert().values(key_a=1))
    op.execute(table.update().values(key_a=1).where(table.c.key_b == 2))
    op.execute(table.delete().where(table.c.key_b == 2))
