"""Python values as the literals of each dialect, in INSERT, UPDATE and WHERE."""

import datetime
import decimal
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from suite import Cases

CASES = case = Cases()

UTC = datetime.timezone.utc
EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


class Colour(enum.Enum):
    red = "the red one"
    green = "it's green"


class Size(enum.IntEnum):
    small = 1
    large = 2


class Word(str, enum.Enum):
    yes = "y"
    no = "n"


def values(name, dialects, type_, *given):
    """A case that inserts each of these values into a column of this type, one statement each."""

    def function(op):
        table = sa.table("t", sa.column("v", type_()))
        for value in given:
            op.execute(table.insert().values(v=value))

    CASES.add(name, function, *dialects)


ALL = []
FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]
PG = ["postgresql"]

values("none", ALL, lambda: sa.String(), None)
values("booleans", ALL, lambda: sa.Boolean(), True, False, None)
values("integers", ALL, lambda: sa.Integer(), 0, 5, -7, 2**63 - 1, -(2**70))
values("big_integers", ["postgresql", "oracle"], lambda: sa.BigInteger(), 2**40, -5)
values("booleans_in_an_integer_column", FIVE, lambda: sa.Integer(), True)
values("floats", ALL, lambda: sa.Float(), 0.0, 1.5, -2.25, 1e20, 1e-7, 1e16, 123456789.123)
values("special_floats", FIVE, lambda: sa.Float(), float("inf"))
values("integers_in_a_float_column", ["postgresql"], lambda: sa.Float(), 3)
values("doubles", ["postgresql", "mysql"], lambda: sa.Double(), 0.1, -1e-10)
values(
    "decimals",
    ALL,
    lambda: sa.Numeric(12, 4),
    decimal.Decimal("1.10"),
    decimal.Decimal("-0.0005"),
    decimal.Decimal("1E+5"),
    decimal.Decimal("1E-10"),
)
values("floats_in_a_numeric_column", ["postgresql", "oracle"], lambda: sa.Numeric(12, 4), 1.25, 3)
values("strings", ALL, lambda: sa.String(), "plain", "", "it's", 'say "no"', "''", " two  spaces ")
values("strings_with_percent", ALL, lambda: sa.String(), "100%", "%s %(name)s %%")
values("strings_with_backslash", ALL, lambda: sa.String(), "C:\\temp\\new", "end\\", "\\'")
values("strings_with_colon", ALL, lambda: sa.String(), "a :b c", "12:30:45", "x::y")
values("strings_with_line_ends", ALL, lambda: sa.String(), "one\ntwo", "a\r\nb", "tab\there")
values("strings_with_unicode", ALL, lambda: sa.String(), "Zoë", "日本語", "\U0001f600", "\u2028", "e\u0301")
values("unicode_type", ALL, lambda: sa.Unicode(), "Zoë", "it's", "日本語")
values("unicode_text_type", ALL, lambda: sa.UnicodeText(), "Zoë's")
values("text_type", FIVE, lambda: sa.Text(), "it's", "100%")
values("strings_with_semicolons_and_comments", FIVE, lambda: sa.String(), "a; DROP TABLE t; --", "/* x */")
values("a_string_with_a_null_character", FIVE, lambda: sa.String(), "a\x00b")
values("bytes", FIVE, lambda: sa.LargeBinary(), b"it's")
values("bytes_that_are_no_text", FIVE, lambda: sa.LargeBinary(), b"\x00\xff")
values("dates", ALL, lambda: sa.Date(), datetime.date(2024, 2, 29), datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
values(
    "date_times",
    ALL,
    lambda: sa.DateTime(),
    datetime.datetime(2024, 2, 29, 12, 30, 45),
    datetime.datetime(2024, 2, 29, 0, 0),
    datetime.datetime(2024, 2, 29, 12, 30, 45, 123456),
    datetime.datetime(2024, 2, 29, 12, 30, 45, 120),
)
values(
    "date_times_with_zone",
    ALL,
    lambda: sa.DateTime(timezone=True),
    datetime.datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
    datetime.datetime(2024, 2, 29, 12, 30, 0, 5, tzinfo=EAST),
)
values("timestamps", FIVE, lambda: sa.TIMESTAMP(), datetime.datetime(2024, 2, 29, 12, 30, 45))
values("a_date_in_a_date_time_column", FIVE, lambda: sa.DateTime(), datetime.date(2024, 2, 29))
values("times", ALL, lambda: sa.Time(), datetime.time(12, 30), datetime.time(23, 59, 59, 999999), datetime.time())
values("times_with_zone", ["postgresql"], lambda: sa.Time(timezone=True), datetime.time(12, 30, tzinfo=UTC))
values("intervals", ALL, lambda: sa.Interval(), datetime.timedelta(days=3, seconds=5, microseconds=7))
values("negative_intervals", FIVE, lambda: sa.Interval(), datetime.timedelta(hours=-5))
values("non_native_intervals", ["postgresql", "oracle"], lambda: sa.Interval(native=False), datetime.timedelta(days=1))
values("uuids", ALL, lambda: sa.Uuid(), uuid.UUID("01234567-89ab-cdef-0123-456789abcdef"))
values("uuids_as_strings", ALL, lambda: sa.Uuid(as_uuid=False), "01234567-89ab-cdef-0123-456789abcdef")
values("uuids_not_native", ["postgresql", "mssql"], lambda: sa.Uuid(native_uuid=False), uuid.UUID(int=5))
values("upper_case_uuid", FIVE, lambda: sa.UUID(), uuid.UUID(int=1))
values("enum_members", ALL, lambda: sa.Enum(Colour), Colour.red, Colour.green)
values("enum_names", FIVE, lambda: sa.Enum(Colour), "red")
values("enum_unknown_name", FIVE, lambda: sa.Enum(Colour), "blue")
values(
    "enum_values_callable",
    FIVE,
    lambda: sa.Enum(Colour, values_callable=lambda members: [member.value for member in members]),
    Colour.green,
    "the red one",
)
values("int_enum_members", ["postgresql", "mysql"], lambda: sa.Enum(Size), Size.large)
values("str_enum_members", ["postgresql", "mysql"], lambda: sa.Enum(Word), Word.yes)
values("int_enum_in_an_integer_column", ["postgresql", "sqlite"], lambda: sa.Integer(), Size.large)
values("str_enum_in_a_string_column", ["postgresql", "sqlite"], lambda: sa.String(), Word.no)
values("enum_strings", FIVE, lambda: sa.Enum("a", "it's", name="kind"), "a", "it's")
values(
    "json",
    ALL,
    lambda: sa.JSON(),
    {"a": [1, 2.5, None, True], "it's": "Zoë 100% \\ \"x\""},
)
values("json_list", ["postgresql", "mysql"], lambda: sa.JSON(), [1, 2])
values("json_text", ["postgresql", "mysql"], lambda: sa.JSON(), "text")
values("json_none", FIVE, lambda: sa.JSON(), None)
values("json_null", ["sqlite", "postgresql"], lambda: sa.JSON(), sa.JSON.NULL)
values("json_sql_null", FIVE, lambda: sa.JSON(), sa.null())
values("json_none_as_null", FIVE, lambda: sa.JSON(none_as_null=True), None)
values("jsonb", PG, lambda: postgresql.JSONB(), {"b": 1, "a": {"c": []}})
values("arrays", PG, lambda: postgresql.ARRAY(sa.Integer()), [1, 2, 3], [])
values("arrays_of_strings", PG, lambda: postgresql.ARRAY(sa.String()), ["a", "it's", "100%", "a,b", '"'])
values("arrays_of_arrays", PG, lambda: postgresql.ARRAY(sa.Integer(), dimensions=2), [[1, 2], [3, 4]])
values("generic_arrays", PG, lambda: sa.ARRAY(sa.Integer()), [1, 2])
values("arrays_with_none", PG, lambda: postgresql.ARRAY(sa.Integer()), [1, None])
values("arrays_of_dates", PG, lambda: postgresql.ARRAY(sa.Date()), [datetime.date(2024, 1, 2)])
values("ranges", PG, lambda: postgresql.INT4RANGE(), postgresql.Range(1, 10), postgresql.Range(1, None, bounds="(]"))
values("empty_range", PG, lambda: postgresql.INT4RANGE(), postgresql.Range(empty=True))
values("date_ranges", PG, lambda: postgresql.DATERANGE(), postgresql.Range(datetime.date(2024, 1, 1), None))
values("hstore", PG, lambda: postgresql.HSTORE(), {"a": "1", "it's": None})
values("inet", PG, lambda: postgresql.INET(), "10.0.0.1/8")
values("money", PG, lambda: postgresql.MONEY(), "12.50")
values("bit_strings", PG, lambda: postgresql.BIT(4), postgresql.BitString("0101"))
values("bytea", PG, lambda: postgresql.BYTEA(), b"\x01\x02")
values("tsvector", PG, lambda: postgresql.TSVECTOR(), "a fat cat's")
values("native_interval", PG, lambda: postgresql.INTERVAL(), datetime.timedelta(days=-1, hours=2))
values("postgresql_enum", PG, lambda: postgresql.ENUM("a", "b", name="kind"), "a")
values("citext", PG, lambda: postgresql.CITEXT(), "Mixed's")
values("mysql_set", ["mysql", "mariadb"], lambda: mysql.SET("a", "b", "c"), {"a"})
values("mysql_bit", ["mysql"], lambda: mysql.BIT(4), 5)
values("mysql_year", ["mysql"], lambda: mysql.YEAR(), 2024)
values("mysql_enum", ["mysql", "mariadb"], lambda: mysql.ENUM("a", "it's"), "it's")
values("mysql_time_as_timedelta", ["mysql"], lambda: mysql.TIME(), datetime.timedelta(hours=5))
values("pickle", ["sqlite", "postgresql"], lambda: sa.PickleType(), {"a": 1})
values("untyped_integer", ["sqlite", "postgresql", "oracle"], lambda: sa.types.NullType(), 1)
values("untyped_string", FIVE, lambda: sa.types.NullType(), "it's")
values("untyped_none", FIVE, lambda: sa.types.NullType(), None)
values("untyped_boolean", ["postgresql"], lambda: sa.types.NullType(), True)
values("untyped_date", ["postgresql"], lambda: sa.types.NullType(), datetime.date(2024, 1, 2))
values("wrong_value_for_type", ["sqlite", "postgresql"], lambda: sa.Integer(), "seven")
values("decimal_in_untyped_column", ["postgresql"], lambda: sa.types.NullType(), decimal.Decimal("1.5"))


@case()
def in_where_of_update(op):
    table = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.String))
    op.execute(table.update().where(table.c.a == 5).where(table.c.b != "it's").values(b="100%"))


@case()
def in_where_of_delete(op):
    table = sa.table("t", sa.column("a", sa.Boolean), sa.column("b", sa.Date))
    op.execute(table.delete().where(table.c.a.is_(True)).where(table.c.b < datetime.date(2024, 1, 2)))


@case("sqlite", "postgresql", "mysql", "mssql", "oracle")
def literals_without_a_column(op):
    op.execute(sa.select(sa.literal(5), sa.literal("it's"), sa.literal(None), sa.literal(True)))


@case("sqlite", "postgresql", "mysql", "mssql", "oracle")
def literal_date(op):
    op.execute(sa.select(sa.literal(datetime.date(2024, 1, 2)), sa.literal(datetime.datetime(2024, 1, 2, 3))))


@case("sqlite", "postgresql", "mysql", "mssql", "oracle")
def inline_literal_of_each_kind(op):
    table = sa.table("t", sa.column("a"))
    for value in (5, "it's 100%", True, None, 1.5):
        op.execute(table.update().values(a=op.inline_literal(value)))


@case("sqlite", "postgresql", "mysql", "mssql", "oracle")
def inline_literal_of_a_date_needs_its_type(op):
    table = sa.table("t", sa.column("a"))
    op.execute(table.update().values(a=op.inline_literal(datetime.date(2024, 1, 2), sa.Date())))


@case("sqlite", "postgresql", "mysql")
def in_list(op):
    table = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.String))
    op.execute(table.delete().where(table.c.a.in_([1, 2, 3])))
    op.execute(table.delete().where(table.c.b.in_(["x", "it's"])))
    op.execute(table.delete().where(table.c.b.not_in([])))


@case("postgresql", "mysql", "mssql", "oracle", literal_binds=False)
def without_literal_binds(op):
    table = sa.table("t", sa.column("a", sa.Integer))
    op.execute(table.update().values(a=5))
