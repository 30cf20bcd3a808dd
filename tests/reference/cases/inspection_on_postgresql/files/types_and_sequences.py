import sys

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

engine = sa.create_engine(sys.argv[1])


def attempt(name, *steps):
    try:
        with engine.connect() as connection:
            op = Operations(MigrationContext.configure(connection))
            answers = [step(op, connection) for step in steps]
            answers = [answer for answer in answers if isinstance(answer, (bool, tuple, int))]
            types = "SELECT typname::text FROM pg_type WHERE typname LIKE 'zz%' AND typtype IN ('e', 'd') ORDER BY 1"
            made = "SELECT relname::text FROM pg_class WHERE relname LIKE 'zz%' AND relkind IN ('r', 'S') ORDER BY 1"
            found = [connection.execute(sa.text(sql)).scalars().all() for sql in (types, made)]
            print(name, answers, *map(list, found))
            connection.rollback()
    except Exception as error:
        print(name, type(error).__name__, str(error).split("\n")[0])


def own(**options):
    return postgresql.ENUM("a", "b", name="zze", **options)


def generic(**options):
    return sa.Enum("a", "b", name="zze", **options)


def domain():
    return postgresql.DOMAIN("zzd", sa.Integer(), check="VALUE > 0")


def sequence(**options):
    return sa.Sequence("zzs", start=5, **options)


for name, make in (("ENUM", own), ("Enum", generic)):
    metadata = sa.MetaData()
    table = sa.Table("zzt", metadata, sa.Column("a", make()))
    attempt(f"{name} created", lambda op, c: make().create(op.get_bind()))
    attempt(f"{name} twice", *[lambda op, c: make().create(op.get_bind())] * 2)
    attempt(f"{name} twice, looking", *[lambda op, c: make().create(op.get_bind(), checkfirst=True)] * 2)
    attempt(f"{name} twice, not looking", *[lambda op, c: make().create(op.get_bind(), checkfirst=False)] * 2)
    attempt(f"{name} dropped", lambda op, c: make().drop(op.get_bind()))
    attempt(f"{name} dropped, looking", lambda op, c: make().drop(op.get_bind(), checkfirst=True))
    attempt(f"{name} with a table", lambda op, c: op.create_table("zzt", sa.Column("a", make())))
    attempt(
        f"{name} before its table",
        lambda op, c: make().create(op.get_bind()),
        lambda op, c: op.create_table("zzt", sa.Column("a", make())),
    )
    attempt(f"{name} by metadata", lambda op, c: metadata.create_all(c), lambda op, c: metadata.create_all(c))
    attempt(f"{name} by metadata, dropped", lambda op, c: metadata.create_all(c), lambda op, c: metadata.drop_all(c))
    attempt(f"{name} by its table", lambda op, c: table.create(c), lambda op, c: table.drop(c))
    attempt(f"{name} before its table, by it", lambda op, c: make().create(c), lambda op, c: table.create(c))
attempt("in a schema", *[lambda op, c: own(schema="other").create(c)] * 2)
attempt("DOMAIN twice", *[lambda op, c: domain().create(c)] * 2)
attempt("DOMAIN dropped twice", lambda op, c: domain().create(c), *[lambda op, c: domain().drop(c)] * 2)
attempt("sequence twice", *[lambda op, c: sequence().create(c)] * 2)
attempt("sequence twice, not looking", *[lambda op, c: sequence().create(c, checkfirst=False)] * 2)
attempt("sequence dropped twice", lambda op, c: sequence().create(c), *[lambda op, c: sequence().drop(c)] * 2)
attempt("column's sequence", lambda op, c: op.create_table("zzt", sa.Column("a", sa.Integer, sequence(), primary_key=True)))
metadata = sa.MetaData()
sa.Table("zzt", metadata, sa.Column("a", sa.Integer, sequence(), primary_key=True))
attempt("sequence by metadata", lambda op, c: metadata.create_all(c), lambda op, c: metadata.create_all(c))
attempt("questions", lambda op, c: sa.inspect(c).has_sequence("sq"), lambda op, c: c.dialect.has_sequence(c, "nosq"), lambda op, c: c.dialect.has_type(c, "mood"))
attempt("next values", lambda op, c: c.scalar(sa.select(sa.func.nextval("sq"))), lambda op, c: c.scalar(sa.Sequence("sq").next_value()))
engine.dispose()
