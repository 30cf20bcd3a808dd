"""What MySQL and MariaDB have beside their types: statements, defaults, options, changes of columns."""

import datetime
import decimal
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from suite import Cases

CASES = case = Cases()

MY = ["mysql", "mariadb"]

T = sa.table(
    "t",
    sa.column("a", sa.Integer),
    sa.column("b", sa.String),
    sa.column("d", sa.DateTime),
    sa.column("j", sa.JSON),
    sa.column("l", sa.Boolean),
)
U = sa.table("u", sa.column("a", sa.Integer), sa.column("b", sa.String))
FULL = sa.Table(
    "full",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20)),
    sa.Column("When", sa.DateTime),
)
a, b, d, j, l = T.c.a, T.c.b, T.c.d, T.c.j, T.c.l
func = sa.func


def statements(name, *made, **options):
    """A case that executes one statement for each of these functions; further dialects as `dialects`."""

    def function(op):
        for statement in made:
            op.execute(statement())

    CASES.add(name, function, *options.pop("dialects", MY), **options)


def selected(name, *made, **options):
    """A case that selects one expression for each of these functions."""
    statements(name, *[lambda one=one: sa.select(one()) for one in made], **options)


ALL = ["sqlite", "postgresql", "mysql", "mariadb"]

selected("functions", lambda: func.sysdate(), lambda: func.random(), lambda: func.random(5), lambda: func.rollup(a, b),
         lambda: func.aggregate_strings(b, ","), lambda: func.utc_timestamp(), lambda: func.ifnull(a, 0),
         lambda: func.date_format(d, "%Y-%m"), lambda: sa.extract("milliseconds", d), lambda: sa.Sequence("s").next_value())
selected("divisions", lambda: a / 2, lambda: a // 2, lambda: a % 2, lambda: a / a)
selected("distinct_from", lambda: a.is_distinct_from(1), lambda: a.is_not_distinct_from(None))
selected("concatenations", lambda: b + "x", lambda: "x" + b, lambda: b + b + "x", lambda: b.concat(b + "y"))
selected("like_parts", lambda: b.startswith("x"), lambda: ~b.endswith("x%"), lambda: b.contains("x_%", autoescape=True),
         lambda: b.contains(b).label("q"), dialects=ALL)
statements("like_parts_in_where", lambda: sa.select(a).where(b.startswith("x") & ~b.endswith("y")), dialects=ALL)
selected("regular_expressions", lambda: b.regexp_match("^x"), lambda: ~b.regexp_match("^x%"),
         lambda: b.regexp_match("^x", flags="i"), lambda: ~b.regexp_match("x", flags="im"), dialects=ALL)
selected("regular_replacements", lambda: b.regexp_replace("x", "y"), lambda: b.regexp_replace("x", "y", flags="ig"),
         lambda: b.regexp_replace("x", "y") == "z", dialects=["postgresql"] + MY)
selected("no_regular_replacements", lambda: b.regexp_replace("x", "y"), dialects=["sqlite"])
selected("search", lambda: b.match("x"), lambda: b.match("x") & b.match("y"), lambda: b.match(b + "z"), dialects=ALL)
selected("search_negated", lambda: ~b.match("x"))
selected("search_object", lambda: mysql.match(b, against="x"), lambda: mysql.match(b, a, against=b),
         lambda: mysql.match(b, against="x").in_boolean_mode(),
         lambda: mysql.match(b, against="x").in_natural_language_mode().with_query_expansion(),
         lambda: mysql.match(b, against="it's", with_query_expansion=True))
statements("search_in_where", lambda: sa.select(a).where(mysql.match(b, against="x") > 1))
selected("search_with_wrong_flags", lambda: mysql.match(b, against="x").in_boolean_mode().with_query_expansion())
selected("search_for_nothing", lambda: mysql.match(b))

selected("json_elements", lambda: j["x"], lambda: j["x"]["y"], lambda: j[0], lambda: j[-1], lambda: j[("a", 1, "b")],
         lambda: j[()], lambda: j["it's %"], lambda: j[b])
selected("json_values", lambda: j["x"].as_string(), lambda: j["x"].as_integer(), lambda: j["x"].as_float(),
         lambda: j["x"].as_numeric(10, 2), lambda: j["x"].as_boolean(), lambda: j["x"].as_json(),
         lambda: j["x"].as_string() == "q", lambda: sa.cast(j["x"], sa.Integer))
statements("json_in_update", lambda: sa.update(T).values(b=j["x"].as_string()), lambda: sa.update(T).values(b=j["x"]))
selected("json_compared", lambda: j["a"] == "x", lambda: j["a"] == 5, lambda: j["a"] != 1.5, lambda: j["a"].is_(None),
         lambda: j["a"].in_(["x"]))
selected("json_compared_with_a_document", lambda: j["a"] == {"b": 1})

selected("casts", lambda: sa.cast(a, sa.String), lambda: sa.cast(a, sa.String(5)), lambda: sa.cast(a, sa.Integer),
         lambda: sa.cast(a, sa.Numeric(5, 2)), lambda: sa.cast(a, sa.DateTime), lambda: sa.cast(a, sa.Date),
         lambda: sa.cast(a, sa.Text), lambda: sa.cast(a, sa.LargeBinary), lambda: sa.cast(a, sa.JSON),
         lambda: sa.cast(a, sa.TIMESTAMP), lambda: sa.cast(a, sa.Enum("x", "yy", native_enum=False)))
selected("casts_to_own_types", lambda: sa.cast(a, mysql.INTEGER(unsigned=True)), lambda: sa.cast(a, mysql.TINYINT(1)),
         lambda: sa.cast(a, mysql.DATETIME(fsp=3)), lambda: sa.cast(a, mysql.VARCHAR(5, charset="utf8", collation="x")),
         lambda: sa.cast(a, mysql.CHAR(5, national=True)), lambda: sa.cast(a, mysql.LONGTEXT(binary=True)))
selected("casts_that_are_left_out", lambda: sa.cast(a, sa.Float), lambda: sa.cast(a + 1, sa.Boolean),
         lambda: sa.cast(a, mysql.DOUBLE(4, 2)), lambda: sa.cast(a, mysql.YEAR()), lambda: sa.cast(a, sa.Enum("x")),
         lambda: sa.cast(a, mysql.SET("a")), lambda: sa.cast(a, mysql.INET4()), lambda: sa.cast(a, sa.Uuid))

selected("comparisons_with_other_types", lambda: a >= 1.5, lambda: a == "x", lambda: d > "2020-01-01",
         lambda: d == datetime.date(2020, 1, 2), lambda: b == 5, lambda: a > decimal.Decimal("1.50"),
         lambda: b == uuid.UUID(int=5), lambda: l == 5, dialects=ALL)

statements("limits", lambda: sa.select(a).limit(5), lambda: sa.select(a).offset(5), lambda: sa.select(a).limit(5).offset(6),
           lambda: sa.select(a).order_by(a).limit(sa.literal(2) + 1))
statements("from_dual", lambda: sa.select(sa.literal(1)), lambda: sa.select(sa.literal(1)).where(sa.literal(2) > 1))
statements("limited_changes", lambda: sa.update(T).values(a=1).where(a == 1).ext(mysql.limit(5)),
           lambda: sa.delete(T).ext(mysql.limit(sa.bindparam("q", 5))),
           lambda: sa.delete(T).with_dialect_options(mysql_limit=5, mariadb_limit=6).returning(a),
           lambda: sa.update(T).values(a=1).with_dialect_options(mysql_limit="7").ext(mysql.limit(0)))
statements("limited_insert", lambda: sa.insert(T).ext(mysql.limit(5)))
statements("unknown_option_of_a_statement", lambda: sa.delete(T).with_dialect_options(mysql_nosuch=5))


def upsert(name, made):
    def function(op):
        statement = mysql.insert(FULL).values(id=1, name="x")
        op.execute(made(statement))

    CASES.add(name, function, "mysql", "mariadb", "mysql+pyodbc://", "mysql+mysqlconnector://")


upsert("upsert_of_values", lambda s: s.on_duplicate_key_update(name="y", id=5, When=None))
upsert("upsert_of_columns", lambda s: s.on_duplicate_key_update({FULL.c.When: s.inserted.When, "name": func.upper(s.inserted.name)}))
upsert("upsert_in_order", lambda s: s.on_duplicate_key_update([("When", sa.text("now()")), ("id", s.inserted.id + 1), ("name", "z")]))
upsert("upsert_of_all", lambda s: s.on_duplicate_key_update(s.inserted))
upsert("upsert_with_case", lambda s: s.on_duplicate_key_update(
    name=sa.case((s.inserted.name == "a", s.inserted.name), else_=FULL.c.name)))
upsert("upsert_of_unknown_columns", lambda s: s.on_duplicate_key_update(nosuch=3, name="q"))
upsert("upsert_of_nothing", lambda s: s.on_duplicate_key_update())
upsert("upsert_of_two_mappings", lambda s: s.on_duplicate_key_update({"name": "x"}, {"id": 1}))
upsert("upsert_of_both_kinds", lambda s: s.on_duplicate_key_update({"name": "x"}, id=1))


def columns(name, *made):
    """A case that adds one column for each of these functions."""

    def function(op):
        for column in made:
            op.add_column("t", column())

    CASES.add(name, function, *MY)


def defaulted(text):
    return lambda: sa.Column("c", sa.String(20), server_default=sa.text(text))


columns("defaults_in_parentheses", defaulted("now()"), defaulted("uuid()"), defaulted("a + b"), defaulted("-1"), defaulted("b'0'"),
        defaulted("x y"), defaulted("json_array()"), defaulted("1.5"), defaulted("now(6) + 1"))
columns("defaults_as_they_are", defaulted("now(6)"), defaulted("CURRENT_TIMESTAMP(3)"), defaulted("(uuid())"), defaulted("0"),
        defaulted("'x'"), defaulted('"x"'), defaulted("NULL"), defaulted("x_1"), defaulted(" (x)"))
columns("defaults_on_update", defaulted("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"), defaulted("x  on  update y"),
        defaulted("upon update x"), defaulted("x ON\tUPDATE y"), defaulted("x on\nupdate y"))
columns("computed_keys", lambda: sa.Column("c", sa.Integer, sa.Computed("a"), primary_key=True),
        lambda: sa.Column("c", sa.Integer, sa.Computed("a", persisted=True), nullable=False),
        lambda: sa.Column("c", sa.TIMESTAMP, sa.Computed("a"), primary_key=True))
columns("generic_double_with_precision", lambda: sa.Column("c", sa.Double(53)))
columns("default_that_is_no_default", lambda: sa.Column("c", sa.Integer, server_default=True))


@case(*MY)
def counting_column_of_an_explicit_key(op):
    op.create_table("t", sa.Column("a", sa.Integer), sa.Column("b", sa.Integer, autoincrement=True), sa.PrimaryKeyConstraint("a", "b"))


@case(*MY)
def counting_column_of_an_implicit_key(op):
    op.create_table("t", sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.Integer, primary_key=True, autoincrement=True))


@case(*MY)
def counting_column_that_cannot_count(op):
    op.create_table("t", sa.Column("a", sa.Numeric, primary_key=True, autoincrement=True))


@case(*MY)
def counting_year(op):
    op.create_table("t", sa.Column("a", mysql.YEAR(), primary_key=True, autoincrement=True))


@case(*MY)
def table_options_in_all_forms(op):
    options = {
        "collate": "c", "partitions": "4", "default_charset": "utf8mb4", "partition_by": "HASH(id)", "ENGINE": "InnoDB",
        "data_directory": "/it's", "tablespace": "ts", "key_block_size": "8",
    }
    given = {dialect + "_" + name: value for name, value in options.items() for dialect in MY}
    op.create_table("t", sa.Column("a", sa.Integer), comment="it's %", **given)


@case(*MY)
def key_and_index_options_of_mysql_alone(op):
    op.create_primary_key("pk", "t", ["a"], mysql_using="hash")
    op.create_index("ix", "t", ["a"], mysql_using="btree", mysql_length=5, mysql_prefix="FULLTEXT", mysql_with_parser="ngram")


@case(*MY)
def index_lengths(op):
    for length in (5, 5.7, True, {"a": 3}):
        op.create_index("ix", "t", ["a", "b"], mysql_length=length, mariadb_length=length)


@case(*MY)
def index_expressions(op):
    for expression in (sa.text("a DESC"), a.desc(), a + 1, func.lower(b), b.collate("utf8_bin"), j["x"].as_string(), -a,
                       func.lower(b).desc(), sa.literal_column("(a + b)"), sa.cast(a, sa.CHAR(5)), a.in_([1, 2])):
        op.create_index("ix", "t", [expression])


@case(*MY)
def changes_of_moments(op):
    for type_ in (sa.DateTime(), sa.TIMESTAMP(), mysql.DATETIME(fsp=6), sa.Date(), sa.Time()):
        op.alter_column("t", "c", existing_type=type_, server_default=func.now())
        op.alter_column("t", "c", existing_type=type_, server_default=None)
        op.alter_column("t", "c", existing_type=type_, nullable=False)


@case(*MY)
def comment_objects_of_columns(op):
    op.execute(sa.schema.SetColumnComment(FULL.c.id))
    op.execute(sa.schema.SetColumnComment(FULL.c.name))


@case(*MY)
def uuid_texts_are_escaped(op):
    op.bulk_insert(sa.table("t", sa.column("u", sa.Uuid(as_uuid=False))), [{"u": "a\\' -- %"}])


@case(*MY)
def old_names_of_types(op):
    from sqlalchemy.dialects.mysql.base import MSEnum, MSMediumText, MSVarBinary

    for type_ in (MSEnum("a", "b"), MSMediumText(), MSVarBinary(4)):
        op.add_column("t", sa.Column("c", type_))
