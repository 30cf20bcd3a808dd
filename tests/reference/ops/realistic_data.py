"""Scripts as projects write them, about data, models and what else they import: each case is the body of an `upgrade()`."""

import datetime
import enum
import uuid

import alembic
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.util import CommandError
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    column,
    func,
    literal,
    literal_column,
    table,
    update,
)
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import backref, relationship
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import expression

from suite import Cases

CASES = Cases()


def script(function):
    """Adds a function without parameters as a case; `alembic.op` stands for the case's operations in it."""

    def case(operations):
        with Operations.context(operations.get_context()):
            function()

    CASES.add(function.__name__, case)
    return function


Base = declarative_base()


class Role(enum.Enum):
    admin = "ADMIN"
    user = "USER"


class StrRole(str, enum.Enum):
    A = "a"
    B = "b"


class Widget(Base):
    __tablename__ = "widgets"
    id = Column(Integer, primary_key=True)
    name = Column(String(50), nullable=False, unique=True)
    parent_id = Column(Integer, ForeignKey("widgets.id"))
    params = Column(Text, default="{}")
    parent = relationship("Widget", remote_side=[id], backref=backref("children"))


@script
def model_table():
    op.execute(Widget.__table__.update().where(Widget.id == 5).values(name="x"))
    op.execute(update(Widget).where(Widget.name.ilike("%a%")).values(params="[]"))
    op.execute(sa.delete(Widget).where(Widget.parent_id.is_(None)))
    op.bulk_insert(Widget.__table__, [{"id": 1, "name": "a", "params": "x"}])


@script
def model_create():
    Widget.__table__.create(op.get_bind(), checkfirst=False)
    Widget.__table__.drop(op.get_bind(), checkfirst=False)


@script
def meta_create_all():
    Base.metadata.create_all(op.get_bind(), checkfirst=False)


@script
def pg_upsert():
    t = table("config", column("key", String), column("value", sa.JSON))
    st = pg_insert(t).values(key="a", value={"x": 1})
    op.execute(st.on_conflict_do_update(index_elements=["key"], set_={"value": st.excluded.value}))
    op.execute(pg_insert(t).values(key="b").on_conflict_do_nothing())


@script
def enum_py():
    op.create_table(
        "e",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("role", sa.Enum(Role), nullable=False, server_default="user"),
        sa.Column("r2", sa.Enum(StrRole, native_enum=False, length=20)),
        sa.Column("r3", sa.Enum(Role, values_callable=lambda e: [x.value for x in e], name="role3")),
        sa.Column("r4", sa.Enum("x", "y", native_enum=False, create_constraint=True, name="ck_r4")),
    )
    t = sa.table("e", sa.column("role", sa.Enum(Role)))
    op.execute(t.insert().values(role=Role.admin))
    op.execute(t.update().where(t.c.role == Role.user).values(role="admin"))


@script
def conditional_fk():
    naming = {
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
    with op.batch_alter_table("tbl", naming_convention=naming) as batch_op:
        batch_op.drop_constraint("fk_tbl_a_o", type_="foreignkey")


@script
def pk_change():
    op.execute("ALTER TABLE tag DROP CONSTRAINT tag_pkey")
    op.drop_constraint("tag_pkey", "tag", type_="primary")
    op.create_primary_key("tag_pkey", "tag", ["name", "id"])
    with op.batch_alter_table("tag") as b:
        b.create_primary_key(b.f("tag_pkey2"), ["name"])


@script
def raw_many():
    conn = op.get_bind()
    conn.execute(sa.text("UPDATE t SET a = :a, b = :b WHERE c = 'x:y' AND d > '12:30'").bindparams(a=None, b=5))
    conn.execute(
        sa.text("INSERT INTO t (a) VALUES (:v)").bindparams(
            sa.bindparam("v", datetime.date(2020, 1, 2), type_=sa.Date())
        )
    )
    op.execute("UPDATE t SET j = '{\"a\": 1}'::jsonb WHERE x ~ '^a\\d+$'")
    op.execute("SELECT 1; SELECT 2;")
    op.execute("  \n  DROP VIEW IF EXISTS v\n ")
    op.execute(sa.text("CREATE INDEX i ON t ((a->>'b'))"))


@script
def exec_params():
    op.get_bind().execute(sa.text("UPDATE t SET a = :a"), {"a": 5})


@script
def exec_driver():
    op.get_bind().exec_driver_sql("SELECT 1")


@script
def fetchone():
    op.get_bind().execute(sa.text("SELECT 1")).fetchone()


@script
def inspector():
    sa.inspect(op.get_bind())


@script
def inspector2():
    Inspector.from_engine(op.get_bind())


@script
def isinst():
    d = op.get_context().dialect
    op.execute(
        "-- %s %s %s"
        % (isinstance(d, MySQLDialect), isinstance(d, PGDialect), isinstance(op.get_bind().dialect, SQLiteDialect))
    )


@script
def string_default_variants():
    op.add_column("t", sa.Column("a", sa.String(), server_default="", nullable=False))
    op.add_column("t", sa.Column("b", sa.String(10), server_default=sa.text("''"), nullable=False))
    op.add_column("t", sa.Column("c", sa.Boolean(), server_default=sa.sql.expression.true(), nullable=False))
    op.add_column("t", sa.Column("d", sa.Boolean(), server_default=expression.false()))
    op.add_column("t", sa.Column("e", sa.Integer(), server_default=sa.text("0")))
    op.add_column("t", sa.Column("f", sa.Integer(), server_default="0", default=0))
    op.add_column("t", sa.Column("g", sa.DateTime(), server_default=sa.func.current_timestamp()))
    op.add_column("t", sa.Column("h", sa.JSON(), server_default=sa.text("'[]'")))
    op.add_column("t", sa.Column("i", sa.Float(), server_default=sa.literal(1.5)))
    op.add_column("t", sa.Column("j", sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False))
    op.add_column("t", sa.Column("k", sa.Uuid(), server_default=sa.text("gen_random_uuid()")))
    op.add_column(
        "t",
        sa.Column(
            "l", sa.String(3), sa.ForeignKey("o.code", ondelete="SET NULL", name="fk_l"), index=True, comment="lll"
        ),
    )
    op.add_column("t", sa.Column("m", sa.Date(), nullable=False, server_default=sa.func.current_date()))


@script
def fk_inline_sqlite_ok():
    op.create_table(
        "c",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "p",
            sa.Integer,
            sa.ForeignKey("p.id", ondelete="CASCADE", onupdate="CASCADE", name="fk_c_p"),
            nullable=False,
            index=True,
            unique=True,
        ),
        sa.Column(
            "q", sa.Integer, sa.ForeignKey("q.id", deferrable=True, initially="DEFERRED", use_alter=True, name="uq")
        ),
        sa.UniqueConstraint("p", "q", name="uu", deferrable=True, initially="DEFERRED", sqlite_on_conflict="REPLACE"),
    )


@script
def schema_everything():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("o", sa.Integer(), sa.ForeignKey("other.o.id")),
        schema="app",
    )
    op.add_column("t", sa.Column("x", sa.Integer()), schema="app")
    op.alter_column("t", "x", nullable=False, existing_type=sa.Integer(), schema="app")
    op.create_index("ix", "t", ["x"], schema="app")
    op.drop_index("ix", table_name="t", schema="app")
    op.create_unique_constraint("uq", "t", ["x"], schema="app")
    op.drop_constraint("uq", "t", type_="unique", schema="app")
    op.create_check_constraint("ck", "t", "x>1", schema="app")
    op.drop_column("t", "x", schema="app")
    op.rename_table("t", "t2", schema="app") if op.get_context().dialect.name != "postgresql" else None
    op.drop_table("t2", schema="app")


@script
def alter_many():
    op.alter_column("t", "a", existing_type=sa.VARCHAR(length=255), nullable=True)
    op.alter_column(
        "t", "a", existing_type=sa.VARCHAR(length=255), type_=sa.String(length=512), existing_nullable=False
    )
    op.alter_column("t", "a", existing_type=postgresql.UUID(), type_=sa.Uuid(), existing_nullable=False)
    op.alter_column("t", "a", existing_type=sa.TEXT(), server_default="x", existing_nullable=True)
    op.alter_column(
        "t",
        "a",
        existing_type=sa.INTEGER(),
        server_default=None,
        existing_server_default=sa.text("nextval('x')"),
        existing_nullable=False,
    )
    op.alter_column("t", "a", existing_type=sa.BOOLEAN(), server_default=sa.text("false"), nullable=False)
    op.alter_column(
        "t", "a", new_column_name="b", existing_type=sa.Integer(), existing_nullable=True, existing_server_default="5"
    )
    op.alter_column(
        "t", "a", type_=sa.JSON(), existing_type=sa.Text(), postgresql_using="a::json", existing_nullable=True
    )
    op.alter_column("t", "a", existing_type=mysql.VARCHAR(length=10), type_=mysql.MEDIUMTEXT(), existing_nullable=True)
    op.alter_column(table_name="t", column_name="a", nullable=False, existing_type=sa.DateTime(timezone=True))


@script
def kwargs_style():
    op.create_index(index_name="ix", table_name="t", columns=["a"], unique=True)
    op.drop_index(index_name="ix", table_name="t")
    op.create_unique_constraint(constraint_name="uq", table_name="t", columns=["a"])
    op.drop_constraint(constraint_name="uq", table_name="t", type_="unique")
    op.create_foreign_key(
        constraint_name="fk",
        source_table="t",
        referent_table="u",
        local_cols=["a"],
        remote_cols=["b"],
        ondelete="CASCADE",
    )
    op.add_column(table_name="t", column=sa.Column("z", sa.Integer))
    op.drop_column(table_name="t", column_name="z")
    op.create_check_constraint(constraint_name="ck", table_name="t", condition="a > 1")
    op.bulk_insert(table=sa.table("t", sa.column("a", sa.Integer)), rows=[{"a": 1}])


@script
def case_cast():
    t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("j", postgresql.JSONB))
    op.execute(t.update().values(b=sa.cast(t.c.a, sa.Integer)))
    op.execute(t.update().values(a=sa.func.coalesce(t.c.a, literal("x")) + "y"))
    op.execute(t.update().values({"b": t.c.b + 1}).where(t.c.b.between(1, 5)))
    op.execute(t.update().where(t.c.a.startswith("abc")).values(a=sa.func.replace(t.c.a, "abc", "")))
    op.execute(t.update().where(t.c.b != 5).values(a=sa.func.substr(t.c.a, 1, 3)))
    op.execute(t.update().where(sa.func.length(t.c.a) > 10).values(a=None))
    op.execute(t.delete().where(sa.tuple_(t.c.a, t.c.b).in_([("x", 1), ("y", 2)])))
    op.execute(t.insert().values(a=sa.select(sa.func.max(t.c.a)).scalar_subquery(), b=sa.text("1")))


@script
def hints_prefix():
    t = sa.table("t", sa.column("a", sa.String))
    op.execute(
        t.insert().prefix_with("IGNORE", dialect="mysql").prefix_with("OR IGNORE", dialect="sqlite").values(a="x")
    )
    op.execute(t.delete().prefix_with("LOW_PRIORITY"))
    op.execute(t.update().prefix_with("LOW_PRIORITY").values(a="x"))
    op.execute(sa.select(t.c.a).prefix_with("SQL_NO_CACHE").distinct().suffix_with("FOR SHARE"))


@script
def multi_values():
    t = sa.table("t", sa.column("a", sa.String), sa.column("d", sa.DateTime))
    op.execute(t.insert().values([{"a": "x", "d": sa.func.now()}, {"a": "y", "d": datetime.datetime(2020, 1, 1)}]))


@script
def uuid_rows():
    t = sa.table(
        "t",
        sa.column("id", sa.Uuid()),
        sa.column("s", sa.String),
        sa.column("g", postgresql.UUID(as_uuid=True)),
        sa.column("x", sa.Uuid(as_uuid=False)),
    )
    op.bulk_insert(
        t, [{"id": uuid.UUID(int=5), "s": str(uuid.UUID(int=6)), "g": uuid.UUID(int=7), "x": str(uuid.UUID(int=8))}]
    )
    op.execute(t.delete().where(t.c.id == uuid.UUID(int=5)))


@script
def index_obj():
    m = MetaData()
    t = Table("t", m, Column("a", Integer), Column("b", String(10)), schema="s")
    Index("ix_one", t.c.a, t.c.b.desc(), unique=True, postgresql_where=t.c.a > 5)
    for i in t.indexes:
        op.execute(CreateIndex(i))
    Index("ix_two", func.lower(t.c.b)).create(op.get_bind())
    Index("ix_two2", t.c.b).drop(op.get_bind())


@script
def text_columns():
    op.execute(sa.select(sa.text("a, b")).select_from(sa.text("t")).where(sa.text("x = 1")))
    op.execute(sa.select(literal_column("1").label("one")))
    op.execute(sa.text("SELECT * FROM t").columns(sa.column("a", Integer)))


@script
def generated_loop():
    for name in ("a", "b"):
        with op.batch_alter_table(name) as batch_op:
            batch_op.add_column(sa.Column("created", sa.DateTime(), server_default="2020-01-01", nullable=False))
            batch_op.create_index(f"ix_{name}_created", ["created"])


@script
def drop_cols():
    for c in ("a", "b"):
        op.drop_column("t", c)
    op.drop_column("t", "c", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True)
    op.drop_table("t")
    op.drop_table("t", if_exists=True)
    op.drop_index("ix", if_exists=True)
    op.drop_column("t", "z", if_exists=True)
    op.drop_constraint("x", "t", if_exists=True, type_="unique")


@script
def raise_custom():
    raise CommandError("stop")


@script
def version():
    op.execute("-- " + alembic.__version__ + sa.__version__)


@script
def compile_text():
    t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("n", String(5)))
    op.execute("-- " + str(CreateTable(t).compile(dialect=op.get_bind().dialect)).replace("\n", " "))
    op.execute("-- " + str(t.insert().values(n="a").compile(dialect=op.get_bind().dialect)))
    op.execute(
        "-- "
        + str(
            sa.select(t)
            .where(t.c.n == "x")
            .compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        ).replace("\n", " ")
    )


@script
def many_types_alter():
    for ty in (
        sa.Integer(),
        sa.BigInteger(),
        sa.String(5),
        sa.Text(),
        sa.Boolean(),
        sa.Float(),
        sa.Numeric(8, 2),
        sa.Date(),
        sa.DateTime(),
        sa.Time(),
        sa.LargeBinary(),
        sa.JSON(),
        sa.Uuid(),
        sa.Enum("a", "b", name="x"),
        sa.Interval(),
    ):
        op.alter_column("t", "c", existing_type=sa.String(1), type_=ty, existing_nullable=True)
