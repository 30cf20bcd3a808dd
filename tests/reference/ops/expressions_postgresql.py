"""PostgreSQL's operators: elements of JSON and arrays within others, patterns, ranges, casts of parameters."""

import datetime
import decimal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from suite import Cases

CASES = case = Cases()

t = sa.table(
    "t",
    sa.column("a", sa.String),
    sa.column("n", sa.Integer),
    sa.column("j", postgresql.JSON),
    sa.column("b", postgresql.JSONB),
    sa.column("h", postgresql.HSTORE),
    sa.column("l", postgresql.ARRAY(sa.Integer)),
    sa.column("ll", postgresql.ARRAY(sa.Integer, dimensions=2)),
    sa.column("r", postgresql.INT4RANGE),
    sa.column("d", sa.DateTime),
)

ELEMENTS = {
    "json": lambda: t.c.j["x"],
    "json_text": lambda: t.c.j["x"].astext,
    "json_of_json": lambda: t.c.j["x"]["y"],
    "json_text_of_json": lambda: t.c.j["x"]["y"].astext,
    "json_path": lambda: t.c.j[("x", 1)],
    "json_path_text": lambda: t.c.j[("x", 1)].astext,
    "json_as_integer": lambda: t.c.j["x"].as_integer(),
    "jsonb": lambda: t.c.b["x"],
    "jsonb_text": lambda: t.c.b["x"].astext,
    "jsonb_of_jsonb": lambda: t.c.b["x"][0],
    "jsonb_text_of_jsonb": lambda: t.c.b["x"]["y"].astext,
    "jsonb_of_a_cast": lambda: sa.cast(t.c.a, postgresql.JSONB)["x"],
    "jsonb_of_a_function": lambda: sa.func.f(1, type_=postgresql.JSONB)["x"],
    "jsonb_has_key": lambda: t.c.b.has_key("x"),
    "jsonb_contains": lambda: t.c.b.contains('{"a": 1}'),
    "jsonb_delete_path": lambda: t.c.b.delete_path(["a", "b"]),
    "hstore": lambda: t.c.h["x"],
    "array": lambda: t.c.l[1],
    "array_slice": lambda: t.c.l[1:2],
    "array_of_arrays": lambda: t.c.ll[1][2],
    "array_of_a_function": lambda: sa.func.f(t.c.l, type_=postgresql.ARRAY(sa.Integer))[1],
    "array_of_a_literal": lambda: postgresql.array([1, 2])[1],
}


def element(name, make):
    def function(op):
        op.execute(sa.select(make()))
        op.execute(t.update().where(make() == sa.text("q")).values(a="x"))
        op.execute(t.update().where(make().is_(None), t.c.n == 5).values(a="x"))
        op.execute(sa.select(sa.cast(make(), sa.String)))
        op.create_index("ix", "t", [make()])

    CASES.add("element_" + name, function, "postgresql")


for name in ELEMENTS:
    element(name, ELEMENTS[name])


def query(name, *makes):
    """A case that selects each of these expressions."""

    def function(op):
        for make in makes:
            op.execute(sa.select(make()))

    CASES.add(name, function, "postgresql")


query(
    "text_of_json_within_operators",
    lambda: t.c.b["x"].astext.in_(["a"]),
    lambda: t.c.b["x"].astext + "y",
    lambda: t.c.b["x"].astext.between("a", "b"),
    lambda: t.c.b["x"].astext.like("y"),
    lambda: t.c.b["x"].astext.collate("C"),
    lambda: t.c.b["x"].astext.op("||")("y"),
    lambda: sa.cast(t.c.b["x"].astext, sa.Integer) + 1,
    lambda: sa.case((t.c.b["x"].astext == "1", t.c.b["y"].astext)),
)
query(
    "plus",
    lambda: t.c.a + "x",
    lambda: "x" + t.c.a,
    lambda: t.c.a + 5,
    lambda: t.c.l + [3],
    lambda: t.c.b + t.c.b,
    lambda: sa.column("q") + "x",
)
query(
    "values_of_another_family",
    lambda: t.c.n == "x",
    lambda: t.c.a == 5,
    lambda: t.c.n.in_(["x"]),
    lambda: t.c.d == "x",
    lambda: t.c.d - datetime.timedelta(days=1),
    lambda: t.c.n / 1.5,
    lambda: t.c.n * decimal.Decimal("1.5"),
    lambda: t.c.d.op("AT TIME ZONE")("utc"),
)
query(
    "patterns",
    lambda: t.c.a.icontains("x%", autoescape=True),
    lambda: t.c.a.istartswith("x"),
    lambda: sa.not_(t.c.a.iendswith("x")),
    lambda: t.c.a.startswith("x").label("q"),
)
query(
    "any_and_all",
    lambda: sa.any_(t.c.l) == 5,
    lambda: 5 == sa.any_(t.c.l),
    lambda: sa.all_(t.c.l) < 5,
    lambda: t.c.l.any_() != 5,
)
query("shifts", lambda: t.c.n.bitwise_lshift(1), lambda: t.c.n.bitwise_rshift(1), lambda: t.c.r << t.c.r)
query("text_search", lambda: sa.func.to_tsvector(t.c.a), lambda: sa.func.to_tsvector("english", t.c.a))
query("function_of_a_literal_range", lambda: t.c.r.contains(postgresql.Range(1, 5)))


@case("postgresql")
def conflict_with_an_expression(op):
    insert = postgresql.insert(t).values(a="x")
    op.execute(insert.on_conflict_do_update(index_elements=[sa.text("lower(a)"), t.c.n], set_={"a": "y"}))


@case("postgresql")
def exclude_with_a_method_of_two_words(op):
    op.create_exclude_constraint("e", "t", ("a", "="), using="gist x")


@case("postgresql")
def not_valid_beside_its_column(op):
    key = sa.ForeignKey("u.b", postgresql_not_valid=True)
    op.add_column("t", sa.Column("a", sa.Integer(), key), inline_references=True)


@case("postgresql")
def serial_of_other_types(op):
    op.create_table("t", sa.Column("a", sa.Numeric(5, 0), primary_key=True, autoincrement=True))


@case("postgresql")
def domain_of_its_metadata(op):
    metadata = sa.MetaData(schema="m")
    op.create_table("t", sa.Column("a", postgresql.DOMAIN("D", sa.Integer(), metadata=metadata, quote=False)))


DRIVERS = [
    "postgresql+psycopg://",
    "postgresql+psycopg2://",
    "postgresql+asyncpg://",
    "postgresql+pg8000://",
]

TYPES = {
    "strings": [sa.String(5), sa.Text(collation="C"), sa.NCHAR(3), postgresql.CITEXT()],
    "numbers": [sa.Integer(), sa.BigInteger(), sa.Numeric(5, 2), sa.DECIMAL(4), sa.Float(5), sa.Double()],
    "moments": [sa.Date(), sa.DateTime(timezone=True), postgresql.TIMESTAMP(precision=3), sa.Time()],
    "intervals": [sa.Interval(), sa.Interval(native=False), postgresql.INTERVAL(fields="DAY", precision=3)],
    "documents": [sa.JSON(), postgresql.JSONB(), sa.JSON().with_variant(postgresql.JSONB(), "postgresql")],
    "identifiers": [sa.Uuid(), sa.Uuid(native_uuid=False), postgresql.OID(), postgresql.REGCLASS()],
    "enums": [sa.Enum("a", name="E", schema="s"), postgresql.ENUM("a", name="e"), sa.Enum("a", native_enum=False)],
    "arrays": [postgresql.ARRAY(sa.String(5)), sa.ARRAY(sa.Integer, dimensions=2), postgresql.ARRAY(postgresql.INET)],
    "others": [sa.LargeBinary(), postgresql.BIT(3), postgresql.INET(), postgresql.INT4RANGE(), postgresql.HSTORE()],
}


def casts(name, types):
    def function(op):
        for type_ in types:
            op.execute(sa.table("t", sa.column("v", type_)).update().values(v=sa.bindparam("p", type_=type_)))

    CASES.add("casts_of_" + name, function, *DRIVERS, literal_binds=False)


for name in TYPES:
    casts(name, TYPES[name])


@case(*DRIVERS, literal_binds=False)
def casts_of_keys(op):
    op.execute(sa.select(t.c.j["x"], t.c.b["x"].astext, t.c.b[1], t.c.l[1]))
