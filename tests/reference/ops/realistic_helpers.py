"""Scripts as projects write them, with types and functions of their own: each case is the body of an `upgrade()`."""

import contextlib
import datetime
import json
import uuid

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable, FunctionElement

from suite import Cases

CASES = Cases()


def script(function):
    """Adds a function without parameters as a case; `alembic.op` stands for the case's operations in it."""

    def case(operations):
        with Operations.context(operations.get_context()):
            function()

    CASES.add(function.__name__, case)
    return function


class GUID(sa.types.TypeDecorator):
    impl = sa.types.CHAR
    cache_ok = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(36))

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if dialect.name == "postgresql":
            return str(value)
        return str(uuid.UUID(str(value)))


class UTCDateTime(sa.types.TypeDecorator):
    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))

    def process_bind_param(self, value, dialect):
        return value


class LongString(sa.types.TypeDecorator):
    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return (
            dialect.type_descriptor(mysql.LONGTEXT())
            if dialect.name in ("mysql", "mariadb")
            else dialect.type_descriptor(sa.Text())
        )


class now(FunctionElement):
    name = "now_"
    inherit_cache = True


@compiles(now, "postgresql")
def _p(element, compiler, **kw):
    return "CURRENT_TIMESTAMP(3)"


@compiles(now, "sqlite")
def _s(element, compiler, **kw):
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(now)
def _o(element, compiler, **kw):
    return "CURRENT_TIMESTAMP"


def fk(name, *a, **k):
    return sa.ForeignKey(name, *a, ondelete="CASCADE", **k)


def timestamps():
    return [
        sa.Column("created", UTCDateTime(), server_default=now(), nullable=False),
        sa.Column("updated", UTCDateTime(), server_default=now(), nullable=False),
    ]


@script
def prefect_like():
    op.create_table(
        "flow",
        sa.Column("id", GUID(), server_default=sa.text("(GEN())"), nullable=False),
        *timestamps(),
        (
            sa.Column("name", sa.String(), nullable=False)
            if op.get_context().dialect.name not in ("mysql", "mariadb")
            else sa.Column("name", sa.String(255))
        ),
        sa.Column("tags", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow")),
        sa.UniqueConstraint("name", name=op.f("uq_flow__name")),
    )
    op.create_index(op.f("ix_flow__updated"), "flow", ["updated"], unique=False)
    with op.batch_alter_table("flow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow__created"), ["created"], unique=False)
        batch_op.add_column(sa.Column("parent", GUID(), nullable=True))


@script
def self_made_helpers():
    def table_has_column(t, c):
        return False

    def create_index(table_name, *cols):
        op.create_index(f"ix_{table_name}_{'_'.join(cols)}", table_name, list(cols))

    if not table_has_column("a", "b"):
        op.add_column("a", sa.Column("b", LongString(), nullable=True))
    create_index("a", "b", "c")


@contextlib.contextmanager
def disabled_fks():
    d = op.get_bind().dialect.name
    if d == "sqlite":
        op.execute("PRAGMA foreign_keys=off")
    yield op
    if d == "sqlite":
        op.execute("PRAGMA foreign_keys=on")


@script
def ctxman():
    with disabled_fks() as o:
        o.add_column("t", sa.Column("x", sa.Integer()))


@script
def seeds():
    t = sa.table(
        "perm",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("meta", sa.JSON),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("d", sa.Date),
        sa.column("b", sa.Boolean),
        sa.column("f", sa.Float),
        sa.column("n", sa.Numeric(10, 4)),
    )
    rows = [
        dict(
            id=i,
            name=f"p{i}",
            at=datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
            d=datetime.date(2020, 1, i + 1),
            b=i % 2 == 0,
            f=i / 3,
            n=None,
        )
        for i in range(3)
    ]
    op.bulk_insert(t, rows)
    op.bulk_insert(t, rows, multiinsert=False)
    op.bulk_insert(t, [])


@script
def seeds_json():
    t = sa.table("perm", sa.column("id", sa.Integer), sa.column("meta", sa.JSON))
    op.bulk_insert(t, [{"id": 1, "meta": {"a": [1, 2]}}])


@script
def json_text():
    t = sa.table("perm", sa.column("id", sa.Integer), sa.column("meta", sa.Text))
    op.execute(t.insert().values(id=1, meta=json.dumps({"a": [1, None, True], "b": "it's é"})))
    op.execute(sa.text("INSERT INTO perm (meta) VALUES (:m)").bindparams(m=json.dumps({"k": "v"})))


@script
def executable_view():
    class CreateView(Executable, ClauseElement):
        inherit_cache = False

        def __init__(self, name, select):
            self.name = name
            self.select = select

    @compiles(CreateView)
    def visit(element, compiler, **kw):
        return "CREATE VIEW %s AS %s" % (element.name, compiler.process(element.select, literal_binds=True))

    t = sa.table("t", sa.column("id"), sa.column("x", sa.Integer))
    op.execute(CreateView("v", sa.select(t.c.id).where(t.c.x == 5)))


@script
def temp_tables():
    op.create_table("tmp", sa.Column("a", sa.Integer), prefixes=["TEMPORARY"])
    op.execute("INSERT INTO tmp SELECT a FROM t")
    op.drop_table("tmp")
    op.rename_table("tmp2", "t")


@script
def partitions():
    op.create_table(
        "part",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("d", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", "d"),
        postgresql_partition_by="RANGE (d)",
        mysql_engine="InnoDB",
        oracle_compress=True,
    )


@script
def quoting():
    op.create_table(
        "Order",
        sa.Column("user", sa.Integer, primary_key=True),
        sa.Column("select", sa.String(5), quote=True),
        sa.Column("camelCase", sa.Integer),
        sa.Column("with space", sa.Integer),
        sa.Column('quo"te', sa.Integer),
        sa.Column("percent%", sa.Integer),
        schema="My Schema",
    )
    op.create_index("Ix Order", "Order", ["camelCase", "user"], schema="My Schema")
    op.alter_column("Order", "user", new_column_name="User", existing_type=sa.Integer(), schema="My Schema")
    op.drop_column("Order", "select", schema="My Schema")


@script
def reflect_like_exists():
    bind = op.get_bind()
    result = bind.execute(sa.text("SELECT 1"))
    op.execute("-- " + str(result))


@script
def lambda_defaults():
    op.create_table(
        "t",
        sa.Column("id", sa.Uuid(), default=uuid.uuid4, primary_key=True),
        sa.Column("n", sa.Integer, default=lambda: 5, onupdate=lambda: 6),
        sa.Column("m", sa.Integer, default=5),
    )
    t = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer, default=7, onupdate=8),
        sa.Column("x", sa.Integer),
        sa.Column("d", sa.DateTime, default=sa.func.now(), onupdate=sa.func.now()),
    )
    op.execute(t.insert().values(id=1, x=2))
    op.execute(t.update().values(x=3))
    op.bulk_insert(t, [dict(id=1, x=2)])


@script
def check_exprs():
    op.create_check_constraint(
        "ck", "t", sa.and_(sa.column("a") > 5, sa.column("b").in_(["x", "y"]), sa.func.length(sa.column("c")) < 10)
    )
    op.create_table(
        "t",
        sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0", name="pos")),
        sa.CheckConstraint(sa.text("a < 100")),
        sa.CheckConstraint(sa.column("a") != 5, name="ne"),
    )


@script
def fk_options():
    op.create_foreign_key(
        "fk",
        "a",
        "b",
        ["x"],
        ["y"],
        onupdate="SET NULL",
        ondelete="RESTRICT",
        deferrable=False,
        initially="IMMEDIATE",
        match="FULL",
    )
    op.create_foreign_key("fk2", "a", "b", ["x"], ["y"], postgresql_not_valid=True)
    op.create_foreign_key("fk3", "a", "a", ["p"], ["id"], use_alter=True)


@script
def idx_mssql_etc():
    op.create_index(
        "ix", "t", ["a"], mssql_clustered=True, oracle_bitmap=True, mysql_using="btree", mysql_prefix="FULLTEXT"
    )
    op.create_index("ix2", "t", [sa.desc("a"), sa.nulls_last(sa.column("b").asc())])
    op.create_index("ix3", "t", ["a"], postgresql_tablespace="ts", postgresql_nulls_not_distinct=True, unique=True)


@script
def select_complex():
    a = sa.table("a", sa.column("id", sa.Integer), sa.column("g", sa.Integer), sa.column("t", sa.DateTime))
    sub = sa.select(a.c.id, sa.func.row_number().over(partition_by=a.c.g, order_by=a.c.t.desc()).label("rn")).subquery()
    op.execute(a.delete().where(a.c.id.in_(sa.select(sub.c.id).where(sub.c.rn > 1))))
    cte = sa.select(a.c.g, sa.func.max(a.c.id).label("m")).group_by(a.c.g).cte("latest")
    op.execute(sa.select(cte.c.m))
    op.execute(sa.union_all(sa.select(a.c.id), sa.select(a.c.g)))
    b = a.alias("b")
    op.execute(sa.select(a.c.id).join(b, a.c.id == b.c.g, isouter=True).where(b.c.id.is_(None)))
    op.execute(sa.insert(a).from_select(["id", "g"], sa.select(b.c.g, sa.literal(5))))


@script
def datetimes():
    t = sa.table(
        "t",
        sa.column("a", sa.DateTime),
        sa.column("b", sa.DateTime(timezone=True)),
        sa.column("c", sa.Interval),
        sa.column("d", sa.Time),
    )
    op.execute(t.update().values(a=datetime.datetime(2020, 1, 2, 3, 4, 5, 678), d=datetime.time(1, 2, 3)))
    op.execute(t.update().where(t.c.a < sa.func.now() - sa.text("interval '1 day'")).values(a=sa.text("now()")))
    op.execute(t.update().values(a=sa.func.date_trunc("day", t.c.a), b=sa.extract("epoch", t.c.a)))
