"""What scripts of public projects do beside plain operations: types by dialect, offline connections, JSON elements."""

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session


class Moment(sa.DateTime):
    """Written in its own way on MySQL only."""


@compiles(Moment, "mysql")
def _moment(element, compiler, **kw):
    return "DATETIME(6)"


class Late(Moment):
    pass


class Guid(sa.types.TypeDecorator):
    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(32))


class Stamp(sa.types.TypeDecorator):
    impl = sa.TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name in ("mysql", "mariadb"):
            return mysql.TIMESTAMP(fsp=6)
        return super().load_dialect_impl(dialect)


class Adapted(sa.types.TypeDecorator):
    """A type as the dialect's driver has it."""

    impl = sa.String
    cache_ok = True

    def __init__(self, adapted):
        self.adapted = adapted
        super().__init__()

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(self.adapted)


ADAPTED = [
    sa.Text(), sa.UnicodeText(), sa.CHAR(3), sa.NCHAR(3), sa.NVARCHAR(3), sa.VARCHAR(3), sa.TEXT(), sa.CLOB(),
    sa.DECIMAL(8, 2), sa.Numeric(8, 2), sa.Double(), sa.REAL(), sa.DOUBLE_PRECISION(), sa.DATE(), sa.DATETIME(),
    sa.TIMESTAMP(), sa.TIMESTAMP(timezone=True), sa.TIME(), sa.SmallInteger(), sa.BigInteger(), sa.LargeBinary(),
    sa.BLOB(), sa.UUID(), sa.Uuid(), sa.JSON(), sa.Boolean(), sa.Enum("a", "b", name="letters"),
]


def adapted_types(op):
    for position, type_ in enumerate(ADAPTED):
        op.add_column("t", sa.Column("c%d" % position, Adapted(type_)))


def compiled_for_one_dialect(op):
    op.add_column("t", sa.Column("a", Moment()))
    op.add_column("t", sa.Column("b", Late(), nullable=False))


def guid(op):
    op.create_table("t", sa.Column("id", Guid(), primary_key=True), sa.Column("other", Guid))


def stamp(op):
    op.create_table("t", sa.Column("a", Stamp()), sa.Column("b", Stamp(), nullable=False))
    op.add_column("t", sa.Column("c", Stamp(), server_default=sa.func.now()))
    op.alter_column("t", "a", type_=Stamp(), existing_nullable=True)


def moment_of_another_dialect(op):
    op.alter_column("t", "a", type_=sa.TIMESTAMP().with_variant(sa.String(3), "mysql", "mariadb"), existing_nullable=True)


def dialect_classes(op):
    dialect = op.get_bind().dialect
    for module in (postgresql, mysql, sqlite, mssql, oracle):
        made = module.dialect()
        op.execute("%s %s %s" % (module.dialect.name, isinstance(dialect, module.dialect), made.name))
    op.execute("MariaDB %s" % isinstance(dialect, MariaDBDialect))


def parameters_are_not_written(op):
    table = sa.table("t", sa.column("a", sa.Integer))
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE t SET a = :a"), {"a": 1})
    bind.execute(sa.text("UPDATE t SET a = :a"), [{"a": 1}, {"a": 2}])
    bind.execute(table.delete(), parameters={"a": 1})


def engine_of_an_offline_connection(op):
    bind = op.get_bind()
    bind.engine.execute(sa.text("SELECT 1"))
    op.execute("%s %s" % (bind.engine is bind, bind.schema_for_object(sa.table("t", schema="s"))))


def inspector_of_an_offline_connection(op):
    Inspector.from_engine(op.get_bind())


def session_of_an_offline_connection(op):
    Session(bind=op.get_bind()).execute(sa.text("SELECT 1"))


def documents():
    return sa.table("t", sa.column("id"), sa.column("m", sa.JSON), sa.column("j", postgresql.JSONB))


def json_elements(op):
    t = documents()
    for condition in (
        t.c.m["a"].as_string() == "x",
        t.c.m[("a", "b")].as_string() == "x",
        t.c.m["a"]["b"].as_integer() > 3,
        t.c.m[0].as_float() < 1.5,
        t.c.m["a"].as_boolean(),
        t.c.m["a"].is_(None),
    ):
        op.execute(sa.select(t.c.id).where(condition))


def json_text(op):
    t = documents()
    op.execute(sa.select(t.c.id).where(t.c.j["a"].astext == "x"))
    op.execute(sa.select(t.c.id, sa.cast(t.c.j["a"].astext, sa.Integer)))
    op.execute(sa.select(t.c.id).where(t.c.j["a"].astext.in_(["x", "y"])))


WITH_JSON = ["postgresql", "mysql", "mariadb", "sqlite"]

CASES = [
    ("adapted types", adapted_types, None, {}),
    ("compiled for one dialect", compiled_for_one_dialect, None, {}),
    ("guid", guid, None, {}),
    ("stamp", stamp, None, {}),
    ("moment of another dialect", moment_of_another_dialect, None, {}),
    ("dialect classes", dialect_classes, None, {}),
    ("parameters are not written", parameters_are_not_written, None, {}),
    ("engine of an offline connection", engine_of_an_offline_connection, None, {}),
    ("inspector of an offline connection", inspector_of_an_offline_connection, None, {}),
    ("session of an offline connection", session_of_an_offline_connection, None, {}),
    ("json elements", json_elements, WITH_JSON, {}),
    ("json text", json_text, WITH_JSON, {}),
]
