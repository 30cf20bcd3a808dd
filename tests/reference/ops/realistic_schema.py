"""Scripts as projects write them, about schemas: each case is the body of an `upgrade()` that calls `alembic.op`."""

import datetime
import json
import uuid
from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import Session

from suite import Cases

CASES = Cases()


def script(function):
    """Adds a function without parameters as a case; `alembic.op` stands for the case's operations in it."""

    def case(operations):
        with Operations.context(operations.get_context()):
            function()

    CASES.add(function.__name__, case)
    return function


@script
def users_u():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("CURRENT_TIMESTAMP"),
            onupdate=sa.func.now(),
            nullable=True,
        ),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("role", sa.Enum("ADMIN", "BASIC", "LIMITED", name="userrole"), nullable=False),
        sa.Column("prefs", sa.JSON(), server_default="{}", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_index(op.f("ix_users_email"), "users", ["email"], unique=True)
    op.create_index("ix_users_lower_email", "users", [sa.text("lower(email)")])


@script
def users_d():
    op.drop_index("ix_users_lower_email", table_name="users")
    op.drop_index(op.f("ix_users_email"), table_name="users")
    op.drop_table("users")


@script
def enum_change_u():
    op.alter_column(
        "index_attempt",
        "status",
        existing_type=sa.Enum("NOT_STARTED", "IN_PROGRESS", name="indexingstatus"),
        type_=sa.String(length=50),
        existing_nullable=False,
        postgresql_using="status::text",
    )
    op.execute("DROP TYPE IF EXISTS indexingstatus")
    op.execute(sa.text("UPDATE index_attempt SET status = 'x' WHERE status = :s").bindparams(s="NOT_STARTED"))


@script
def enum_create():
    e = postgresql.ENUM("a", "b", "c", name="kind", create_type=False)
    e.create(op.get_bind(), checkfirst=False)
    op.add_column("t", sa.Column("kind", e, nullable=False, server_default="a"))
    op.drop_column("t", "kind")
    e.drop(op.get_bind(), checkfirst=False)


@script
def enum_create2():
    e = sa.Enum("a", "b", "c", name="kind2")
    e.create(op.get_bind())
    op.add_column("t", sa.Column("kind", e, nullable=True))
    op.execute("UPDATE t SET kind = 'a'")
    op.alter_column("t", "kind", existing_type=e, nullable=False)
    e.drop(op.get_bind())


@script
def data_update():
    t = sa.table(
        "connector",
        sa.column("id", sa.Integer),
        sa.column("source", sa.String),
        sa.column("flag", sa.Boolean),
        sa.column("cfg", sa.JSON),
    )
    bind = op.get_bind()
    bind.execute(t.update().where(t.c.source == "WEB").values(source="web", flag=True))
    bind.execute(
        sa.update(t)
        .where(sa.and_(t.c.id > 5, sa.or_(t.c.flag.is_(True), t.c.source.in_(["a", "b"]))))
        .values({t.c.source: "z"})
    )
    bind.execute(sa.delete(t).where(t.c.id.in_([1, 2, 3])))
    op.execute(t.insert().values(id=1, source="it's", flag=False))
    op.execute(t.update().values(source=sa.func.lower(t.c.source)))
    op.execute(t.update().values(source=sa.case((t.c.id == 1, "one"), else_="other")))
    op.execute(t.delete().where(t.c.source.like("%x%")))
    op.execute(t.delete().where(~t.c.flag))
    op.execute(sa.select(t.c.id).where(t.c.source == None))


@script
def bulk():
    t = op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50)),
        sa.Column("at", sa.DateTime()),
        sa.Column("u", sa.Uuid()),
        sa.Column("price", sa.Numeric(10, 2)),
    )
    op.bulk_insert(
        t,
        [
            {"id": 1, "name": "admin", "at": datetime.datetime(2020, 1, 2, 3, 4, 5), "price": Decimal("1.50")},
            {"id": 2, "name": "o'neil", "at": None, "price": None},
        ],
    )


@script
def fk_pair():
    op.create_table(
        "a",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text(), nullable=False),
    )
    op.create_table(
        "b",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("self_id", sa.BigInteger(), sa.ForeignKey("b.id", ondelete="SET NULL")),
        sa.ForeignKeyConstraint(["a_id"], ["a.id"], name="fk_b_a", ondelete="CASCADE", onupdate="CASCADE"),
        sa.ForeignKeyConstraint(
            ["a_id"],
            ["a.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("a_id > 0", name="ck_a"),
        sa.Index("ix_b_a", "a_id"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        sqlite_autoincrement=True,
    )


@script
def fk_ops():
    op.create_foreign_key(op.f("fk_b_a_id"), "b", "a", ["a_id"], ["id"], ondelete="CASCADE")
    op.create_foreign_key(
        None,
        "b",
        "a",
        ["a_id", "x"],
        ["id", "y"],
        source_schema="s",
        referent_schema="r",
        deferrable=True,
        initially="DEFERRED",
    )


@script
def fk_drop():
    op.drop_constraint("fk_b_a_id", "b", type_="foreignkey")
    op.drop_constraint("uq", "b", type_="unique")
    op.drop_constraint("pk", "b", type_="primary")
    op.drop_constraint(op.f("ck"), "b", type_="check")


@script
def constraints():
    op.create_unique_constraint("uq_x", "b", ["a", "b"])
    op.create_primary_key("pk_x", "b", ["a", "b"])
    op.create_check_constraint("ck_x", "b", "a > 5")
    op.create_check_constraint("ck_y", "b", sa.column("a").in_([1, 2]))


@script
def batch_pg():
    with op.batch_alter_table("dag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("x", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("y", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.create_index("ix_dag_x", ["x"], unique=False)


@script
def batch_all():
    with op.batch_alter_table("dag", schema=None) as batch_op:
        batch_op.alter_column("x", existing_type=sa.VARCHAR(length=100), type_=sa.Text(), existing_nullable=True)
        batch_op.alter_column("y", new_column_name="z", existing_type=sa.Boolean(), nullable=True)
        batch_op.drop_column("old")
        batch_op.drop_constraint("fk_x", type_="foreignkey")
        batch_op.create_foreign_key("fk_n", "o", ["x"], ["id"], ondelete="CASCADE")
        batch_op.create_unique_constraint(batch_op.f("uq_n"), ["x", "y"])
        batch_op.create_primary_key("pk", ["x"])
        batch_op.create_check_constraint("ck", sa.text("x > 1"))
        batch_op.drop_index("ix_q")


@script
def batch_ix():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_index(batch_op.f("ix_t_a"))
        batch_op.create_index(
            batch_op.f("ix_t_b"),
            ["b"],
            unique=True,
            postgresql_where=sa.text("b IS NOT NULL"),
            sqlite_where=sa.text("b IS NOT NULL"),
        )
        batch_op.create_index("i2", [sa.text("lower(c)"), "d"])


@script
def autocommit():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'x'")
        op.create_index("ix", "t", ["a"], postgresql_concurrently=True, if_not_exists=True)
        op.drop_index("ix", table_name="t", postgresql_concurrently=True, if_exists=True)


@script
def pg_types():
    op.create_table(
        "t",
        sa.Column("id", postgresql.UUID(as_uuid=True), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("j", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("arr", postgresql.ARRAY(sa.String()), nullable=True),
        sa.Column("arr2", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("ts", postgresql.TIMESTAMP(timezone=True, precision=6)),
        sa.Column("ci", postgresql.CITEXT()),
        sa.Column("tsv", postgresql.TSVECTOR(), sa.Computed("to_tsvector('english', ci)", persisted=True)),
        sa.Column("ip", postgresql.INET()),
        sa.Column("by", postgresql.BYTEA()),
        sa.Column("d", postgresql.DOUBLE_PRECISION(precision=53)),
        sa.Column("hs", postgresql.HSTORE(text_type=sa.Text())),
        sa.Column("e", postgresql.ENUM("a", "b", name="ee")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ci", "ip", name="uq", postgresql_nulls_not_distinct=True),
        postgresql.ExcludeConstraint((sa.column("ip"), "&&"), name="ex", using="gist"),
        schema="app",
        comment="The table",
    )
    op.create_index("ix_tsv", "t", ["tsv"], schema="app", postgresql_using="gin")
    op.create_index("ix_j", "t", [sa.text("(j->>'a')")], schema="app", postgresql_using="btree")
    op.create_index(
        "ix_ops",
        "t",
        ["ci"],
        schema="app",
        postgresql_ops={"ci": "text_pattern_ops"},
        postgresql_with={"fillfactor": 50},
    )


@script
def mysql_types():
    op.create_table(
        "t",
        sa.Column("id", mysql.INTEGER(display_width=11, unsigned=True), autoincrement=True, nullable=False),
        sa.Column("m", mysql.MEDIUMTEXT(), nullable=True),
        sa.Column("l", mysql.LONGTEXT(collation="utf8mb4_bin")),
        sa.Column("v", mysql.VARCHAR(charset="utf8", length=10)),
        sa.Column("b", mysql.LONGBLOB()),
        sa.Column("ti", mysql.TINYINT(1)),
        sa.Column("dt", mysql.DATETIME(fsp=6)),
        sa.PrimaryKeyConstraint("id"),
        mysql_default_charset="utf8",
        mysql_collate="utf8_bin",
    )
    op.create_index("ix", "t", ["m"], mysql_length=50)
    op.create_index("ix2", "t", ["m", "v"], mysql_length={"m": 20})


@script
def variant():
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "v",
        sa.Column("id", big, primary_key=True),
        sa.Column("t", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=True),
        sa.Column("j", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.Column("s", sa.String(10).with_variant(mysql.VARCHAR(10, collation="utf8mb3_bin"), "mysql")),
    )


@script
def inspect_dialect():
    bind = op.get_bind()
    name = bind.dialect.name
    if name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS citext")
    elif name in ("mysql", "mariadb"):
        op.execute("SET FOREIGN_KEY_CHECKS=0")
    elif name == "sqlite":
        op.execute("PRAGMA foreign_keys=OFF")
    ctx = op.get_context()
    op.execute("-- %s %s %s" % (ctx.dialect.name, ctx.as_sql, ctx.bind is None))


@script
def triggers():
    op.execute("""
        CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$
        BEGIN
            NEW.x := lower(NEW.y) || ':' || 'a%b';
            RETURN NEW;
        END;
        $$ LANGUAGE plpgsql;
    """)
    op.execute(sa.DDL("CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW EXECUTE PROCEDURE f()"))
    op.execute("""
        UPDATE releases SET x = '1' WHERE y::text = 'b' AND z LIKE 'a%'
        """)


@script
def renames():
    op.rename_table("old", "new")
    op.alter_column("t", "a", new_column_name="b")
    op.alter_column("t", "a", nullable=False, server_default=sa.text("now()"), existing_type=sa.DateTime())
    op.alter_column("t", "a", server_default=None, existing_type=sa.DateTime())
    op.alter_column(
        "t", "a", existing_type=sa.INTEGER(), type_=sa.BigInteger(), existing_nullable=False, autoincrement=True
    )


@script
def comments():
    op.create_table_comment("t", "It's", existing_comment=None, schema="s")
    op.drop_table_comment("t", existing_comment="x", schema="s")
    op.alter_column(
        "t", "c", existing_type=sa.String(10), comment="new", existing_comment="old", existing_nullable=True, schema="s"
    )


@script
def session_offline():
    bind = op.get_bind()
    Session(bind=bind)
    op.execute("-- made session")


@script
def metadata_table():
    metadata = sa.MetaData()
    t = sa.Table(
        "thing",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), unique=True, index=True),
        sa.Column("o", sa.Integer, sa.ForeignKey("other.id")),
    )
    op.execute(t.update().where(t.c.id == sa.bindparam("x", 5)).values(name=sa.null()))
    op.execute(t.insert().values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))
    op.execute(t.insert().from_select(["id", "name"], sa.select(t.c.id + 100, sa.func.concat(t.c.name, "-copy"))))
    op.bulk_insert(t, [{"id": 5, "name": "q"}])


@script
def inline():
    op.execute(
        sa.table("t", sa.column("a"))
        .update()
        .where(sa.column("a") == op.inline_literal("x"))
        .values({"a": op.inline_literal("y")})
    )
    op.bulk_insert(
        sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer)),
        [{"a": op.inline_literal("x"), "b": 1}],
        multiinsert=False,
    )


@script
def subq():
    a = sa.table("a", sa.column("id", sa.Integer), sa.column("n", sa.String))
    b = sa.table("b", sa.column("a_id", sa.Integer), sa.column("n", sa.String))
    sub = sa.select(b.c.n).where(b.c.a_id == a.c.id).scalar_subquery()
    op.execute(a.update().values(n=sub))
    op.execute(a.delete().where(~sa.exists().where(b.c.a_id == a.c.id)))
    op.execute(a.delete().where(a.c.id.not_in(sa.select(sa.func.max(b.c.a_id)).group_by(b.c.n))))
    op.execute(sa.update(a).values(n=b.c.n).where(a.c.id == b.c.a_id))
    op.execute(
        sa.select(a.c.id, sa.func.count().label("c"))
        .select_from(a.join(b, a.c.id == b.c.a_id))
        .group_by(a.c.id)
        .having(sa.func.count() > 1)
        .order_by(sa.desc("c"))
        .limit(10)
    )


@script
def seq():
    op.execute(sa.schema.CreateSequence(sa.Sequence("s", start=5)))
    op.create_table("t", sa.Column("id", sa.Integer, sa.Sequence("t_id_seq"), primary_key=True))
    op.execute(sa.schema.DropSequence(sa.Sequence("s")))


@script
def computed_identity():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer, sa.Identity(start=42, cycle=True), primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.Integer, sa.Computed("a*2", persisted=True)),
    )
    op.add_column("t", sa.Column("x", sa.Integer(), sa.Computed("a + 1")))


@script
def upper_types():
    op.create_table(
        "t",
        sa.Column("a", sa.VARCHAR(length=10), autoincrement=False, nullable=False),
        sa.Column("b", sa.INTEGER(), autoincrement=False),
        sa.Column("c", sa.BOOLEAN()),
        sa.Column("d", sa.TEXT()),
        sa.Column("e", sa.TIMESTAMP()),
        sa.Column("f", sa.NUMERIC(precision=10, scale=2)),
        sa.Column("g", sa.FLOAT()),
        sa.Column("h", sa.CHAR(36)),
        sa.Column("i", sa.DATETIME()),
        sa.Column("j", sa.BIGINT()),
        sa.Column("k", sa.SMALLINT()),
        sa.Column("l", sa.LargeBinary()),
        sa.Column("m", sa.PickleType()),
        sa.Column("n", sa.Interval()),
        sa.Column("o", sa.Time()),
        sa.Column("p", sa.Date()),
        sa.Column("q", sa.Unicode(10)),
        sa.Column("r", sa.UnicodeText()),
        sa.Column("s", sa.Float(precision=24)),
        sa.Column("t", sa.Double()),
        sa.Column("u", sa.Uuid()),
        sa.Column("v", sa.Uuid(as_uuid=False)),
        sa.Column("w", sa.UUID()),
        sa.Column("x", sa.BLOB()),
        sa.Column("y", sa.Numeric()),
        sa.Column("z", sa.SmallInteger()),
    )


@script
def types_decorator():
    class GUID(sa.types.TypeDecorator):
        impl = sa.CHAR
        cache_ok = True

        def load_dialect_impl(self, dialect):
            if dialect.name == "postgresql":
                return dialect.type_descriptor(postgresql.UUID())
            return dialect.type_descriptor(sa.CHAR(32))

        def process_bind_param(self, value, dialect):
            if value is None:
                return value
            return str(value) if dialect.name == "postgresql" else "%.32x" % uuid.UUID(value).int

    class JSONText(sa.types.TypeDecorator):
        impl = sa.Text

        def process_bind_param(self, value, dialect):
            return json.dumps(value)

    op.create_table("t", sa.Column("id", GUID(), primary_key=True), sa.Column("j", JSONText(), nullable=False))
    t = sa.table("t", sa.column("id", GUID()), sa.column("j", JSONText()))
    op.execute(t.insert().values(id="12345678-1234-5678-1234-567812345678", j={"a": [1, "x"]}))


@script
def index_variants():
    op.create_index("ix1", "t", ["a", sa.text("b DESC")], unique=False)
    op.create_index("ix2", "t", [sa.column("a").desc(), "b"])
    op.create_index("ix3", "t", [sa.func.lower(sa.column("a")), sa.literal_column("b")])
    op.create_index("ix4", "t", ["a"], postgresql_include=["b"], mssql_include=["b"])
    op.create_index(
        "ix5",
        "t",
        ["a"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
        sqlite_where=sa.text("deleted_at IS NULL"),
        mssql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix6", "t", ["a"], postgresql_where=sa.and_(sa.column("b").is_(None), sa.column("c") == "x"))
    op.create_index("ix7", "t", ["a"], postgresql_using="gist", postgresql_ops={"a": "gist_trgm_ops"})
    op.drop_index("ix7", table_name="t", postgresql_using="gist", if_exists=True)
    op.drop_index("ix6", "t")
    op.drop_index("ix5", table_name="t", schema="s")
