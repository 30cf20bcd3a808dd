"""DDL of tables that have a MetaData of their own: whose naming convention counts; and engines that give DDL to a function."""

import sqlalchemy as sa
from sqlalchemy import create_mock_engine
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, DropConstraint, DropIndex, DropTable

from suite import Cases

CASES = case = Cases()

OWN = {
    "pk": "own_pk_%(table_name)s",
    "ix": "own_ix_%(column_0_label)s",
    "uq": "own_uq_%(table_name)s_%(column_0_name)s",
    "fk": "own_fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "ck": "own_ck_%(table_name)s_%(constraint_name)s",
}
OTHER = {key: value.replace("own_", "context_") for key, value in OWN.items()}
FIVE = ("sqlite", "postgresql", "mysql", "mssql", "oracle")
CONTEXTS = {"without": {}, "with": {"target_metadata": sa.MetaData(naming_convention=OTHER)}}


def tables(convention):
    metadata = sa.MetaData(naming_convention=convention)
    owner = sa.Table("owner", metadata, sa.Column("id", sa.Integer(), primary_key=True))
    account = sa.Table(
        "account",
        metadata,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(9), index=True),
        sa.Column("code", sa.String(9), unique=True),
        sa.Column("owner_id", sa.ForeignKey(owner.c.id)),
        sa.Column("open", sa.Boolean(name="open", create_constraint=True)),
        sa.CheckConstraint("code > 'a'", name="code"),
    )
    return metadata, owner, account


def add(name, make, *dialects):
    for context, options in CONTEXTS.items():
        for kind, convention in (("own", OWN), ("plain", None)):

            def function(op, convention=convention):
                metadata, owner, account = tables(convention)
                make(op, account)

            CASES.add("%s_%s_%s" % (name, kind, context), function, *(dialects or FIVE), **options)


add("create_table", lambda op, t: op.execute(CreateTable(t)))
add("create_index", lambda op, t: [op.execute(CreateIndex(i)) for i in t.indexes])
add("drop_index", lambda op, t: [op.execute(DropIndex(i)) for i in t.indexes])
add("drop_table", lambda op, t: op.execute(DropTable(t)))
add("add_foreign_key", lambda op, t: [op.execute(AddConstraint(c)) for c in t.foreign_key_constraints], "postgresql", "mysql", "mssql")
add("drop_primary_key", lambda op, t: op.execute(DropConstraint(t.primary_key, cascade=True)), "postgresql", "mssql")
add("add_unique", lambda op, t: [op.execute(AddConstraint(c)) for c in t.constraints if isinstance(c, sa.UniqueConstraint)], "postgresql", "oracle")
add("add_primary_key", lambda op, t: op.execute(AddConstraint(t.primary_key)), "postgresql", "mssql")
add("add_check", lambda op, t: [op.execute(AddConstraint(c)) for c in t.constraints if isinstance(c, sa.CheckConstraint) and "code" in str(c.sqltext)], "postgresql")
add("compiled_by_hand", lambda op, t: op.execute("/* " + str(CreateTable(t).compile(dialect=op.get_context().dialect)).replace(":", "\\:") + " */"))
add("as_a_string", lambda op, t: op.execute("/* " + str(CreateTable(t)) + " */"), "postgresql")
add("index_by_itself", lambda op, t: op.execute(CreateIndex(sa.Index(None, t.c.code, t.c.name))))
add("constraint_by_itself", lambda op, t: op.execute(AddConstraint(sa.UniqueConstraint(t.c.code, t.c.name))), "postgresql")
add("operations_beside", lambda op, t: [op.create_unique_constraint(None, "account", ["code"]), op.execute(CreateTable(t))], "postgresql", "mssql")
add("in_bind", lambda op, t: op.get_bind().execute(CreateTable(t)), "postgresql", "sqlite")
add("create_all", lambda op, t: t.metadata.create_all(op.get_bind(), checkfirst=False), "postgresql", "sqlite")

mocked_metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "idx_%(column_0_label)s"})
kind = sa.Table(
    "kind",
    mocked_metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("kind", sa.Enum("a", "b", name="kind_of")),
    sa.Column("text", sa.String(5), index=True, comment="it's"),
    comment="table",
    schema="s",
)
part = sa.Table(
    "part",
    mocked_metadata,
    sa.Column("id", sa.Integer(), sa.Sequence("part_id"), primary_key=True),
    sa.Column("kind_id", sa.ForeignKey("s.kind.id"), unique=True),
)
URLS = ["sqlite://", "postgresql://", "postgresql+asyncpg://", "mysql+pymysql://", "mariadb+mariadbconnector://", "mssql+pyodbc://", "oracle+oracledb://"]


def mocked(work):
    """Cases that write for each URL what the engine's function is given."""

    def function(op):
        for url in URLS:
            lines = []

            def write(element, *multiparams, **params):
                text = str(element.compile(dialect=engine.dialect)).strip()
                lines.append("%s %r %r: %s" % (type(element).__name__, multiparams, params, text))

            engine = create_mock_engine(url, write)
            lines.append("%s %s %s %s" % (engine.dialect.name, engine.name, type(engine).__name__, engine.engine is engine))
            work(engine)
            op.execute("/* " + "\n".join(lines).replace(":", "\\:") + " */")

    CASES.add(work.__name__, function, "postgresql")
    return function


@mocked
def mock_create_all(engine):
    mocked_metadata.create_all(engine)


@mocked
def mock_create_all_without_a_look(engine):
    mocked_metadata.create_all(engine, checkfirst=False)


@mocked
def mock_create_one(engine):
    mocked_metadata.create_all(engine, tables=[kind])


@mocked
def mock_drop_all(engine):
    mocked_metadata.drop_all(engine)


@mocked
def mock_table_create_and_drop(engine):
    part.create(engine)
    part.drop(engine, checkfirst=True)


@mocked
def mock_index(engine):
    for index in kind.indexes:
        index.create(engine)
        index.drop(engine)


@mocked
def mock_execute(engine):
    engine.execute(sa.text("SELECT 1"))
    engine.execute(sa.select(part.c.id).where(part.c.kind_id == 5))
    engine.execute(CreateTable(kind))
    with_connection = engine.connect()
    with_connection.execute(part.insert(), {"kind_id": 5})


@case("postgresql")
def mock_bad_url(op):
    create_mock_engine("no such url", print)


@case("postgresql")
def mock_paramstyle(op):
    engine = create_mock_engine("postgresql+psycopg2://", lambda element, *args: op.execute("/* " + str(element.compile(dialect=engine.dialect)).replace(":", "\\:") + " */"), paramstyle="named")
    engine.execute(sa.select(part.c.id).where(part.c.kind_id == 5))
