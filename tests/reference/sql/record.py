"""Records what SQLAlchemy's compilers make of the cases below, as JSON files beside this script.

Run it with the Python of the reference's virtual environment. Each case has the same name here and in
crates/limbeck-sql/tests/reference/, where the same construct is built in Rust.
"""

import datetime as dt
import decimal
import enum
import json
import pathlib
import re
import uuid
import warnings
from random import Random

import sqlalchemy as sa
from sqlalchemy import schema
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.default import StrCompileDialect
from sqlalchemy.sql import quoted_name
from sqlalchemy.sql.elements import conv

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent
DIALECTS = {
    "default": StrCompileDialect(),
    "sqlite": sqlite.dialect(),
    "pyformat": StrCompileDialect(paramstyle="pyformat"),
}


def attempt(function):
    try:
        return function()
    except Exception as error:  # every failure of the reference is a result here
        return "! " + re.sub(r" at 0x[0-9a-f]+", "", str(error))


def on_dialects(function, names=("default", "sqlite")):
    return {name: attempt(lambda: function(DIALECTS[name])) for name in names}


def write(name, cases):
    text = json.dumps(cases, indent=1, ensure_ascii=False, sort_keys=True)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


class Color(enum.Enum):
    red = 1
    green = 2


TYPES = {
    "string": sa.String(),
    "string_50": sa.String(50),
    "string_0": sa.String(0),
    "string_collation": sa.String(50, collation="x"),
    "string_collation_upper": sa.String(5, collation="de_DE"),
    "string_collation_only": sa.String(collation="NOCASE"),
    "text": sa.Text(),
    "text_10": sa.Text(10),
    "text_collation": sa.Text(collation="NOCASE"),
    "unicode_5": sa.Unicode(5),
    "unicode_text": sa.UnicodeText(),
    "unicode_text_3": sa.UnicodeText(3),
    "integer": sa.Integer(),
    "small_integer": sa.SmallInteger(),
    "big_integer": sa.BigInteger(),
    "numeric": sa.Numeric(),
    "numeric_10": sa.Numeric(10),
    "numeric_10_2": sa.Numeric(10, 2),
    "numeric_10_0": sa.Numeric(10, 0),
    "numeric_scale": sa.Numeric(scale=2),
    "numeric_float": sa.Numeric(10, 2, asdecimal=False),
    "float": sa.Float(),
    "float_53": sa.Float(53),
    "float_decimal": sa.Float(5, asdecimal=True),
    "double": sa.Double(),
    "double_53": sa.Double(53),
    "double_decimal": sa.Double(asdecimal=True),
    "boolean": sa.Boolean(),
    "boolean_name": sa.Boolean(name="x"),
    "boolean_constraint": sa.Boolean(create_constraint=True, name="x"),
    "date": sa.Date(),
    "datetime": sa.DateTime(),
    "datetime_timezone": sa.DateTime(timezone=True),
    "time": sa.Time(),
    "time_timezone": sa.Time(timezone=True),
    "interval": sa.Interval(),
    "interval_not_native": sa.Interval(native=False),
    "interval_precision": sa.Interval(second_precision=3, day_precision=2),
    "large_binary": sa.LargeBinary(),
    "large_binary_10": sa.LargeBinary(10),
    "pickle": sa.PickleType(),
    "enum": sa.Enum("a", "bb"),
    "enum_name": sa.Enum("a", "b", name="x"),
    "enum_class": sa.Enum(Color),
    "enum_varchar": sa.Enum("a", "b", name="x", native_enum=False, create_constraint=True, length=40),
    "enum_longest_length": sa.Enum("a", "bbb", name="x", native_enum=False, length=3),
    "enum_schema": sa.Enum("a", name="q", schema="s"),
    "enum_quote": sa.Enum("it's", 'say "x"', name="q"),
    "enum_unicode": sa.Enum("žluť", "b\\c", name="q"),
    "json": sa.JSON(),
    "json_none": sa.JSON(none_as_null=True),
    "uuid": sa.Uuid(),
    "uuid_string": sa.Uuid(as_uuid=False),
    "uuid_not_native": sa.Uuid(native_uuid=False),
    "array": sa.ARRAY(sa.Integer),
    "array_options": sa.ARRAY(sa.String(5), dimensions=2, as_tuple=True, zero_indexes=True),
    "CHAR": sa.CHAR(),
    "CHAR_3": sa.CHAR(3),
    "CHAR_collation": sa.CHAR(3, collation="NOCASE"),
    "VARCHAR": sa.VARCHAR(),
    "VARCHAR_3": sa.VARCHAR(3),
    "VARCHAR_collation": sa.VARCHAR(3, collation="x"),
    "NCHAR_3": sa.NCHAR(3),
    "NVARCHAR_3": sa.NVARCHAR(3),
    "NVARCHAR": sa.NVARCHAR(),
    "TEXT": sa.TEXT(),
    "TEXT_4": sa.TEXT(4),
    "CLOB": sa.CLOB(),
    "CLOB_4": sa.CLOB(4),
    "BLOB": sa.BLOB(),
    "BLOB_4": sa.BLOB(4),
    "BINARY": sa.BINARY(),
    "BINARY_4": sa.BINARY(4),
    "VARBINARY": sa.VARBINARY(),
    "VARBINARY_4": sa.VARBINARY(4),
    "BOOLEAN": sa.BOOLEAN(),
    "INTEGER": sa.INTEGER(),
    "SMALLINT": sa.SMALLINT(),
    "BIGINT": sa.BIGINT(),
    "NUMERIC": sa.NUMERIC(),
    "NUMERIC_3": sa.NUMERIC(3),
    "NUMERIC_3_1": sa.NUMERIC(3, 1),
    "DECIMAL": sa.DECIMAL(),
    "DECIMAL_3_1": sa.DECIMAL(3, 1),
    "DECIMAL_float": sa.DECIMAL(3, 1, asdecimal=False),
    "FLOAT": sa.FLOAT(),
    "FLOAT_53": sa.FLOAT(53),
    "REAL": sa.REAL(),
    "REAL_5": sa.REAL(5),
    "DOUBLE": sa.DOUBLE(),
    "DOUBLE_5": sa.DOUBLE(5),
    "DOUBLE_PRECISION": sa.DOUBLE_PRECISION(),
    "DOUBLE_PRECISION_53": sa.DOUBLE_PRECISION(53),
    "DATE": sa.DATE(),
    "DATETIME": sa.DATETIME(),
    "DATETIME_timezone": sa.DATETIME(timezone=True),
    "TIME": sa.TIME(),
    "TIME_timezone": sa.TIME(timezone=True),
    "TIMESTAMP": sa.TIMESTAMP(),
    "TIMESTAMP_timezone": sa.TIMESTAMP(timezone=True),
    "UUID": sa.UUID(),
    "UUID_string": sa.UUID(as_uuid=False),
    "null": sa.types.NullType(),
    "variant": sa.Integer().with_variant(sa.String(5), "sqlite"),
    "variant_other": sa.Integer().with_variant(sa.String(5), "mysql", "oracle"),
    "sqlite_date": sqlite.DATE(),
    "sqlite_datetime": sqlite.DATETIME(),
    "sqlite_datetime_digits": sqlite.DATETIME(storage_format="%(year)04d%(month)02d%(day)02d"),
    "sqlite_datetime_slashes": sqlite.DATETIME(storage_format="%(year)04d/%(month)02d"),
    "sqlite_time": sqlite.TIME(truncate_microseconds=True),
    "sqlite_json": sqlite.JSON(),
}

NAMES = {
    "plain": "account",
    "upper": "Account",
    "reserved": "order",
    "reserved_sqlite_only": "temp",
    "reserved_default_only": "user",
    "reserved_upper": "SELECT",
    "space": "a b",
    "dash": "a-b",
    "digit": "1a",
    "inner_digit": "a1",
    "dollar": "$a",
    "inner_dollar": "a$b",
    "underscore": "_a",
    "quote": 'a"b',
    "single_quote": "a'b",
    "percent": "a%b",
    "dot": "a.b",
    "empty": "",
    "umlaut": "größe",
    "dotless_i": "ı",
    "long_s": "ſ",
    "dotted_i": "İ",
    "kelvin": "\u212a",
    "emoji": "🦀",
    "bracket": "[a]",
    "backtick": "a`b",
    "colon": "a:b",
    "question": "a?b",
    "forced": quoted_name("account", True),
    "forced_percent": quoted_name("a%b", True),
    "forbidden": quoted_name("Order", False),
}

LITERALS = {
    "string": ("it's 100%", None),
    "string_empty": ("", None),
    "string_unicode": ("žluťoučký 🦀 \\ \n", None),
    "integer": (5, None),
    "integer_negative": (-5, None),
    "integer_big": (10**25, None),
    "true": (True, None),
    "false": (False, None),
    "float": (1.5, None),
    "float_whole": (1.0, None),
    "float_1e15": (1e15, None),
    "float_1e16": (1e16, None),
    "float_1e20": (1e20, None),
    "float_small": (0.0001, None),
    "float_tiny": (0.00001, None),
    "float_digits": (0.1 + 0.2, None),
    "float_huge": (1.7976931348623157e308, None),
    "decimal": (decimal.Decimal("1.50"), None),
    "decimal_negative": (decimal.Decimal("-0.0010"), None),
    "date": (dt.date(2020, 1, 2), None),
    "date_early": (dt.date(12, 1, 2), None),
    "datetime": (dt.datetime(2020, 1, 2, 3, 4, 5), None),
    "datetime_micro": (dt.datetime(2020, 1, 2, 3, 4, 5, 60), None),
    "datetime_zone": (dt.datetime(2020, 1, 2, 3, 4, 5, 60, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))), None),
    "datetime_zone_west": (dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=-8))), None),
    "time": (dt.time(3, 4, 5), None),
    "time_micro": (dt.time(3, 4, 5, 7), None),
    "interval": (dt.timedelta(days=1, seconds=3), None),
    "interval_negative": (dt.timedelta(seconds=-3, microseconds=5), None),
    "bytes": (b"a'b", None),
    "bytes_not_text": (b"\xff\x00'\"\\\n", None),
    "uuid": (uuid.UUID("12345678-1234-5678-1234-567812345678"), None),
    "uuid_upper_case_type": (uuid.UUID("12345678-1234-5678-1234-567812345678"), sa.UUID()),
    "uuid_from_string": ("12345678-1234-5678-1234-567812345678", sa.Uuid(as_uuid=False)),
    "uuid_from_string_as_uuid": ("12345678-1234-5678-1234-567812345678", sa.Uuid()),
    "json": ({"a": [1, None, True, 1.5, "é"]}, sa.JSON()),
    "none_json": (None, sa.JSON()),
    "none_string": (None, sa.String()),
    "array": ([1, 2], sa.ARRAY(sa.Integer)),
    "array_strings": (["a", "it's"], sa.ARRAY(sa.String)),
    "integer_from_word": ("x", sa.Integer()),
    "integer_from_digits": ("5", sa.Integer()),
    "integer_from_signed": (" -05 ", sa.Integer()),
    "integer_from_bool": (True, sa.Integer()),
    "integer_from_float": (1.9, sa.Integer()),
    "integer_from_long_word": ("x" * 400, sa.Integer()),
    "string_from_integer": (5, sa.String()),
    "string_from_bool": (True, sa.String()),
    "boolean_from_word": ("x", sa.Boolean()),
    "boolean_from_7": (7, sa.Boolean()),
    "boolean_from_1": (1, sa.Boolean()),
    "boolean_from_0": (0, sa.Boolean()),
    "numeric_from_word": ("x", sa.Numeric()),
    "numeric_from_digits": ("1.50", sa.Numeric()),
    "numeric_from_integer": (5, sa.Numeric()),
    "float_from_integer": (5, sa.Float()),
    "enum": ("x", sa.Enum("x", "y")),
    "enum_other": ("z", sa.Enum("x", "y")),
    "date_from_string": ("2020-01-01", sa.Date()),
    "date_from_datetime": (dt.datetime(2020, 1, 2, 3, 4, 5), sa.Date()),
    "datetime_from_date": (dt.date(2020, 1, 2), sa.DateTime()),
    "datetime_from_string": ("2020-01-01 10:00:00", sa.DateTime()),
    "binary_from_string": ("s", sa.LargeBinary()),
    "null_type": (5, sa.types.NullType()),
    "variant": (5, sa.String().with_variant(sa.Integer(), "sqlite")),
}

m = sa.MetaData()
t = sa.Table(
    "t",
    m,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("x", sa.Integer),
    sa.Column("s", sa.String(50)),
    sa.Column("f", sa.Boolean),
    sa.Column("d", sa.DateTime),
    sa.Column("n", sa.Numeric),
    sa.Column("j", sa.JSON),
)
u = sa.Table("u", m, sa.Column("id", sa.Integer, primary_key=True), sa.Column("t_id", sa.Integer), sa.Column("s", sa.String))
w = sa.Table("Wide", m, sa.Column("Odd col", sa.Integer), sa.Column("select", sa.Integer), schema="other")
v = sa.Table("alembic_version", m, sa.Column("version_num", sa.String(32), primary_key=True))
light = sa.table("light", sa.column("a", sa.Integer), sa.column("b", sa.String))
a = sa.column("a")
b = sa.column("b")
c = sa.column("c")

EXPRESSIONS = {
    "column": lambda: a,
    "column_table": lambda: t.c.x,
    "column_schema": lambda: w.c["Odd col"],
    "literal_column": lambda: sa.literal_column("a b % c"),
    "null": sa.null,
    "true": sa.true,
    "false": sa.false,
    "literal": lambda: sa.literal("x"),
    "text": lambda: sa.text("a = b"),
    "text_percent": lambda: sa.text("a LIKE '%x'"),
    "text_bind": lambda: sa.text("a = :x").bindparams(x=5),
    "text_bind_twice": lambda: sa.text("a = :x OR b = :x").bindparams(x="v"),
    "text_bind_missing": lambda: sa.text("a = :x"),
    "text_escape": lambda: sa.text(r"a = '\:x'"),
    "text_cast": lambda: sa.text("a::text = :x").bindparams(x=5),
    "text_time": lambda: sa.text("a = '10:20:30'"),
    "text_colons": lambda: sa.text(":abc: and :a:"),
    "text_backslashes": lambda: sa.text(r"a = '\\' and b = '\::' or \:"),
    "text_expanding": lambda: sa.text("a IN :x").bindparams(sa.bindparam("x", [1, 2], expanding=True)),
    "eq": lambda: t.c.x == 5,
    "eq_column": lambda: t.c.x == t.c.id,
    "eq_reversed": lambda: 5 == t.c.x,
    "eq_none": lambda: t.c.x.is_(None),
    "ne_none": lambda: t.c.x.is_not(None),
    "ne": lambda: t.c.x != 5,
    "lt": lambda: t.c.x < 5,
    "le": lambda: t.c.x <= 5,
    "gt": lambda: t.c.x > 5,
    "ge": lambda: t.c.x >= 5,
    "eq_string_column": lambda: t.c.s == "it's",
    "eq_string_column_int": lambda: t.c.s == 5,
    "eq_datetime": lambda: t.c.d == dt.datetime(2020, 1, 2, 3, 4, 5),
    "eq_numeric": lambda: t.c.n == decimal.Decimal("1.50"),
    "eq_untyped": lambda: a == "x",
    "add": lambda: a + b,
    "add_add": lambda: a + b + c,
    "add_right": lambda: a + (b + c),
    "sub_sub": lambda: a - b - c,
    "sub_right": lambda: a - (b - c),
    "add_sub": lambda: a + b - c,
    "mul_add": lambda: (a + b) * c,
    "add_mul": lambda: a + b * c,
    "mul_mul": lambda: a * b * c,
    "div": lambda: a / b,
    "div_typed": lambda: t.c.x / 2,
    "div_numeric": lambda: t.c.x / t.c.n,
    "floordiv": lambda: a // b,
    "floordiv_integer": lambda: t.c.x // 2,
    "mod": lambda: a % b,
    "mod_value": lambda: t.c.x % 2,
    "neg": lambda: -a,
    "neg_sum": lambda: -(a + b),
    "neg_neg": lambda: -(-a),
    "concat": lambda: t.c.s.concat("x"),
    "concat_concat": lambda: t.c.s.concat(t.c.s).concat("x"),
    "concat_in_eq": lambda: t.c.s.concat("x") == "y",
    "eq_in_eq": lambda: (a == b) == c,
    "and": lambda: sa.and_(a == 1, b == 2),
    "or": lambda: sa.or_(a == 1, b == 2),
    "and_or": lambda: sa.and_(sa.or_(a == 1, b == 2), c == 3),
    "or_and": lambda: sa.or_(sa.and_(a == 1, b == 2), c == 3),
    "and_single": lambda: sa.and_(a == 1),
    "and_true": lambda: sa.and_(sa.true(), a == 1),
    "and_false": lambda: sa.and_(sa.false(), a == 1),
    "or_true": lambda: sa.or_(sa.true(), a == 1),
    "or_false": lambda: sa.or_(sa.false(), a == 1),
    "and_text": lambda: sa.and_(sa.text("a = 1 OR b = 2"), c == 3),
    "and_boolean": lambda: sa.and_(t.c.f, t.c.x == 3),
    "and_not_boolean": lambda: sa.and_(~t.c.f, t.c.x == 3),
    "not_eq": lambda: ~(a == 1),
    "not_and": lambda: ~sa.and_(a == 1, b == 2),
    "not_column": lambda: sa.not_(a),
    "not_boolean": lambda: ~t.c.f,
    "not_sum": lambda: sa.not_(a + b),
    "not_function": lambda: sa.not_(sa.func.f(a)),
    "not_exists": lambda: ~sa.exists(sa.select(u.c.id)),
    "not_in": lambda: t.c.x.not_in([1, 2]),
    "not_between": lambda: ~t.c.x.between(1, 2),
    "not_like": lambda: t.c.s.not_like("x%"),
    "is_distinct": lambda: t.c.x.is_distinct_from(5),
    "is_not_distinct": lambda: t.c.x.is_not_distinct_from(5),
    "like": lambda: t.c.s.like("x%"),
    "like_escape": lambda: t.c.s.like("x/%", escape="/"),
    "ilike": lambda: t.c.s.ilike("X%"),
    "not_ilike_escape": lambda: t.c.s.not_ilike("X%", escape="'"),
    "regexp": lambda: t.c.s.regexp_match("^a"),
    "not_regexp": lambda: ~t.c.s.regexp_match("^a"),
    "between": lambda: t.c.x.between(1, 2),
    "between_sum": lambda: (a + b).between(b - c, c),
    "between_in_and": lambda: sa.and_(t.c.x.between(1, 2), t.c.id == 3),
    "in": lambda: t.c.x.in_([1, 2, 3]),
    "in_strings": lambda: t.c.s.in_(["a", "it's"]),
    "in_empty": lambda: t.c.x.in_([]),
    "not_in_empty": lambda: t.c.x.not_in([]),
    "in_select": lambda: t.c.x.in_(sa.select(u.c.id)),
    "in_columns": lambda: a.in_([b, c]),
    "in_sum": lambda: (a + b).in_([1]),
    "in_tuple": lambda: sa.tuple_(a, b).in_([(1, "x"), (2, "y")]),
    "bit_and": lambda: a.bitwise_and(b),
    "bit_or": lambda: a.bitwise_or(b),
    "bit_xor": lambda: a.bitwise_xor(b),
    "bit_not": lambda: a.bitwise_not(),
    "custom_op": lambda: a.op("->")(b),
    "custom_op_percent": lambda: a.op("%%")(b),
    "custom_op_value": lambda: t.c.s.op("->")("k"),
    "custom_op_precedence": lambda: a.op("@", precedence=9)(b) + c,
    "custom_op_no_precedence": lambda: a.op("@")(b) + c,
    "function": lambda: sa.func.lower(a),
    "function_two": lambda: sa.func.f(a, b),
    "function_none": lambda: sa.func.f(),
    "function_value": lambda: sa.func.coalesce(t.c.x, 5),
    "function_case": lambda: sa.func.LOWER(a),
    "function_known_case": lambda: sa.func.MAX(a),
    "function_package": lambda: sa.func.pkg.f(a),
    "function_odd": lambda: getattr(sa.func, "odd name")(a),
    "function_reserved": lambda: sa.func.select(a),
    "now": lambda: sa.func.now(),
    "current_timestamp": lambda: sa.func.current_timestamp(),
    "current_date": lambda: sa.func.current_date(),
    "localtimestamp": lambda: sa.func.localtimestamp(),
    "current_user": lambda: sa.func.current_user(),
    "random": lambda: sa.func.random(),
    "sysdate": lambda: sa.func.sysdate(),
    "char_length": lambda: sa.func.char_length(a),
    "count": lambda: sa.func.count(),
    "count_column": lambda: sa.func.count(a),
    "count_distinct": lambda: sa.func.count(sa.distinct(a)),
    "function_in_op": lambda: sa.func.max(t.c.x) + 1,
    "function_of_sum": lambda: sa.func.f(a + b),
    "function_of_and": lambda: sa.func.f(sa.and_(a == b, b == c)),
    "cast": lambda: sa.cast(a, sa.Integer),
    "cast_value": lambda: sa.cast("x", sa.String(5)),
    "cast_sum": lambda: sa.cast(a + b, sa.Integer),
    "cast_collate": lambda: sa.cast(a, sa.String(5, collation="NOCASE")),
    "type_coerce": lambda: sa.type_coerce(a, sa.String),
    "case": lambda: sa.case((a == 1, "x"), (b == 2, "y"), else_="z"),
    "case_value": lambda: sa.case({1: "x", 2: "y"}, value=t.c.x),
    "case_columns": lambda: sa.case((a == b, a), else_=b),
    "collate": lambda: sa.collate(a, "NOCASE"),
    "collate_eq": lambda: sa.collate(t.c.s, "nocase") == "x",
    "collate_sum": lambda: sa.collate(a + b, "nocase"),
    "label": lambda: (a + b).label("x"),
    "extract": lambda: sa.extract("year", a),
    "extract_unknown": lambda: sa.extract("fortnight", a),
    "tuple": lambda: sa.tuple_(a, b),
    "grouping": lambda: sa.sql.elements.Grouping(a),
    "scalar_select": lambda: sa.select(t.c.x).scalar_subquery(),
    "scalar_select_eq": lambda: sa.select(t.c.x).scalar_subquery() == 5,
    "exists": lambda: sa.exists(sa.select(t.c.x)),
    "exists_and": lambda: sa.and_(sa.exists(sa.select(t.c.x)), a == 1),
    "over": lambda: sa.func.sum(a).over(partition_by=b, order_by=c),
    "over_empty": lambda: sa.func.sum(a).over(),
    "filter": lambda: sa.func.sum(a).filter(b > 1),
    "desc": lambda: a.desc(),
    "asc_sum": lambda: (a + b).asc(),
    "nulls": lambda: a.desc().nulls_last(),
    "nulls_first": lambda: a.nulls_first(),
    "bindparam": lambda: sa.bindparam("x", 5),
    "bindparam_no_value": lambda: sa.bindparam("x"),
    "bindparam_odd_name": lambda: sa.bindparam("a b.c", 5),
    "bindparam_unique": lambda: sa.bindparam("x", 5, unique=True) + sa.bindparam("x", 6, unique=True),
    "bindparam_expanding": lambda: t.c.x.in_(sa.bindparam("ids", [1, 2], expanding=True)),
    "two_values": lambda: sa.and_(t.c.x == 1, t.c.x == 2, t.c.id == 3),
    "next_value": lambda: sa.Sequence("seq", schema="s").next_value(),
}

STATEMENTS = {
    "text": lambda: sa.text("SELECT 1"),
    "select": lambda: sa.select(t.c.id, t.c.x),
    "select_where": lambda: sa.select(t.c.id).where(t.c.x == 5, t.c.s == "a"),
    "select_where_true": lambda: sa.select(t.c.id).where(sa.true()),
    "select_where_false": lambda: sa.select(t.c.id).where(sa.false()),
    "select_where_boolean": lambda: sa.select(t.c.id).where(t.c.f),
    "select_where_not_boolean": lambda: sa.select(t.c.id).where(~t.c.f),
    "select_where_or": lambda: sa.select(t.c.id).where(sa.or_(t.c.x == 1, t.c.x == 2)).where(t.c.f),
    "select_no_from": lambda: sa.select(sa.literal(1)),
    "select_literal_column": lambda: sa.select(sa.literal_column("1")),
    "select_text": lambda: sa.select(sa.text("1, 2")).select_from(sa.text("foo")),
    "select_labels": lambda: sa.select(t.c.x.label("q"), (t.c.x + 1).label("r")).order_by(t.c.x.label("q")),
    "select_order_desc_label": lambda: sa.select(t.c.x.label("q")).order_by(t.c.x.label("q").desc()),
    "select_anonymous": lambda: sa.select(
        sa.true(), sa.null(), sa.literal(1), sa.func.count(), sa.cast(t.c.x, sa.String), sa.cast(sa.literal(1), sa.String)
    ),
    "select_unary": lambda: sa.select(-t.c.x, -(t.c.x + 1)),
    "select_same_names": lambda: sa.select(t.c.id, u.c.id, t.c.id),
    "select_two_tables": lambda: sa.select(t.c.x, u.c.s).where(t.c.id == u.c.t_id),
    "select_join": lambda: sa.select(t.c.x, u.c.s).select_from(sa.join(t, u, t.c.id == u.c.t_id)),
    "select_outer_join": lambda: sa.select(t.c.x).select_from(sa.outerjoin(t, u, t.c.id == u.c.t_id)),
    "select_full_join": lambda: sa.select(t.c.x).select_from(sa.outerjoin(t, u, t.c.id == u.c.t_id, full=True)),
    "select_alias": lambda: sa.select((al := t.alias("z")).c.x).where(al.c.id == 3),
    "select_schema": lambda: sa.select(w.c["Odd col"], w.c["select"]),
    "select_group": lambda: sa.select(t.c.x, sa.func.count(t.c.id)).group_by(t.c.x).having(sa.func.count(t.c.id) > 5),
    "select_order": lambda: sa.select(t.c.x).order_by(t.c.x.desc(), t.c.id),
    "select_distinct": lambda: sa.select(t.c.x).distinct(),
    "select_limit": lambda: sa.select(t.c.x).limit(5),
    "select_offset": lambda: sa.select(t.c.x).offset(5),
    "select_limit_offset": lambda: sa.select(t.c.x).limit(5).offset(10),
    "select_for_update": lambda: sa.select(t.c.x).with_for_update(),
    "select_union": lambda: sa.union(sa.select(t.c.x), sa.select(u.c.id)),
    "select_union_order": lambda: sa.union_all(sa.select(t.c.x), sa.select(u.c.id)).order_by(t.c.x).limit(3),
    "select_three_unions": lambda: sa.union(sa.select(t.c.x), sa.select(u.c.id), sa.select(t.c.id)),
    "select_subquery": lambda: sa.select((q := sa.select(t.c.x, sa.func.count()).subquery("q")).c.x).select_from(q),
    "select_anonymous_subquery": lambda: sa.select(sa.literal_column("1")).select_from(sa.select(t.c.x).subquery()),
    "select_cte": lambda: sa.select((q := sa.select(t.c.x).cte("q")).c.x).select_from(q),
    "select_scalar": lambda: sa.select(t.c.x, sa.select(sa.func.max(u.c.id)).scalar_subquery()),
    "select_correlated": lambda: sa.select(t.c.x).where(
        sa.exists(sa.select(u.c.id).where(u.c.t_id == t.c.id))
    ),
    "select_exists": lambda: sa.select(sa.exists(sa.select(t.c.x))),
    "select_star": lambda: sa.select(sa.text("*")).select_from(t),
    "select_count_from": lambda: sa.select(sa.func.count()).select_from(t),
    "select_text_where": lambda: sa.select(t.c.id).where(sa.text("x = :y OR 1 = 1"), t.c.x == 2),
    "select_text_order": lambda: sa.select(t.c.id).order_by(sa.text("x DESC")),
    "select_in_or": lambda: sa.select(t.c.id).where(sa.or_(t.c.x.in_([1, 2]), t.c.s.is_(None))),
    "select_group_label": lambda: sa.select(l := sa.func.lower(t.c.s).label("l")).group_by(l),
    "select_sum": lambda: sa.select(t.c.x + 1, t.c.x * 2, t.c.s + "x"),
    "select_coalesce": lambda: sa.select(sa.func.coalesce(t.c.s, "a", t.c.s)),
    "select_distinct_function": lambda: sa.select(sa.func.count(sa.distinct(t.c.x))),
    "select_two_joins": lambda: sa.select(t.c.x).select_from(
        t.join(u, t.c.id == u.c.t_id).outerjoin((z := u.alias("z")), sa.and_(z.c.t_id == t.c.id, z.c.s == "a"))
    ),
    "select_join_subquery": lambda: sa.select(
        t.c.x, (q := sa.select(u.c.t_id, sa.func.count(u.c.id).label("n")).group_by(u.c.t_id).subquery("q")).c.n
    ).select_from(t.join(q, q.c.t_id == t.c.id)),
    "select_not_exists": lambda: sa.select(t.c.x).where(~sa.exists().where(u.c.t_id == t.c.id)),
    "select_between": lambda: sa.select(t.c.x).where(t.c.x.between(1, 5), ~t.c.s.like("a%")),
    "select_boolean_or": lambda: sa.select(t.c.x).where(sa.or_(t.c.f, ~t.c.f, sa.and_(t.c.f, t.c.x == 1))),
    "select_boolean_is": lambda: sa.select(t.c.x).where(t.c.f.is_(True), t.c.f == False, t.c.f == sa.true()),
    "select_case": lambda: sa.select(sa.case((t.c.x > 5, "big"), (t.c.x.is_(None), sa.null()), else_=t.c.s)),
    "select_nested_in": lambda: sa.select(t.c.x).where(
        t.c.id.in_(sa.select(u.c.t_id).where(u.c.s.in_(["a", "b"])))
    ),
    "select_json": lambda: sa.select(t.c.id).where(t.c.j == sa.text("'{}'")),
    "insert_select_cast": lambda: sa.insert(light).from_select(
        ["a", "b"], sa.select(t.c.id, sa.cast(t.c.x, sa.String(5)).label("b"))
    ),
    "insert_json": lambda: sa.insert(t).values(j={"a": [1, None]}),
    "insert_subquery": lambda: sa.insert(t).values(x=sa.select(sa.func.max(u.c.id)).scalar_subquery()),
    "insert_case": lambda: sa.insert(t).values(s=sa.case((sa.literal(1) == 2, "a"), else_="b")),
    "update_case": lambda: sa.update(t).values(s=sa.case((t.c.x == 1, "one"), else_=t.c.s)),
    "update_text_where": lambda: sa.update(t).values(s="b").where(sa.text("s = 'a:b'")),
    "update_concat": lambda: sa.update(t).values(s=t.c.s + "x"),
    "update_cast": lambda: sa.update(t).values(s=sa.cast(t.c.x, sa.String)).where(t.c.s.is_not(None)),
    "update_boolean": lambda: sa.update(t).values(f=sa.true()).where(t.c.f == sa.false()),
    "update_exists": lambda: sa.update(t).values(x=1).where(sa.exists(sa.select(u.c.id).where(u.c.t_id == t.c.id))),
    "update_in_select": lambda: sa.update(t).values(x=1).where(t.c.id.in_(sa.select(u.c.t_id))),
    "update_schema": lambda: sa.update(w).values({"Odd col": 5}).where(w.c["select"] == 6),
    "delete_not_in": lambda: sa.delete(t).where(t.c.x.not_in([1, 2])),
    "delete_or": lambda: sa.delete(t).where(sa.or_(t.c.x == 1, t.c.x.is_(None))),
    "insert": lambda: sa.insert(t).values(x=1, s="it's"),
    "insert_order": lambda: sa.insert(t).values(s="a", x=1),
    "insert_all": lambda: sa.insert(t),
    "insert_function": lambda: sa.insert(t).values(x=sa.func.max(1), d=sa.func.now()),
    "insert_null": lambda: sa.insert(t).values(x=None),
    "insert_boolean": lambda: sa.insert(t).values(f=True),
    "insert_types": lambda: sa.insert(t).values(
        d=dt.datetime(2020, 1, 2, 3, 4, 5), n=decimal.Decimal("1.50")
    ),
    "insert_light": lambda: sa.insert(light).values(a=1, b="x"),
    "insert_many": lambda: sa.insert(t).values([{"x": 1, "s": "a"}, {"x": 2, "s": "b"}]),
    "insert_many_missing": lambda: sa.insert(t).values([{"x": 1, "s": "a"}, {"x": 2}]),
    "insert_select": lambda: sa.insert(t).from_select(["x", "s"], sa.select(u.c.id, u.c.s)),
    "insert_unknown": lambda: sa.insert(t).values(nope=1),
    "insert_version": lambda: sa.insert(v).values(version_num=sa.literal_column("'abc'")),
    "insert_version_value": lambda: sa.insert(v).values(version_num="abc"),
    "insert_inline": lambda: sa.insert(v).values(version_num=sa.literal_column("'abc'")).inline(),
    "insert_returning": lambda: sa.insert(t).values(x=1).returning(t.c.id, t.c.x),
    "insert_bindparam": lambda: sa.insert(t).values(x=sa.bindparam("b_x", 3)),
    "insert_schema": lambda: sa.insert(w).values({"Odd col": 1, "select": 2}),
    "update": lambda: sa.update(t).values(x=5),
    "update_where": lambda: sa.update(t).values(x=5, s="a").where(t.c.x == 4),
    "update_expression": lambda: sa.update(t).values(x=t.c.x + 1).where(t.c.id.in_([1, 2])),
    "update_function": lambda: sa.update(t).values(d=sa.func.now()),
    "update_null": lambda: sa.update(t).values(x=None).where(t.c.x.is_(None)),
    "update_subquery": lambda: sa.update(t).values(
        x=sa.select(sa.func.max(u.c.id)).where(u.c.t_id == t.c.id).scalar_subquery()
    ),
    "update_from": lambda: sa.update(t).values(x=5).where(t.c.id == u.c.t_id),
    "update_light": lambda: sa.update(light).values(a=2).where(light.c.b == "x"),
    "update_returning": lambda: sa.update(t).values(x=5).returning(t.c.id),
    "update_version": lambda: sa.update(v).values(version_num=sa.literal_column("'b'")).where(
        v.c.version_num == sa.literal_column("'a'")
    ),
    "update_column_plus_value": lambda: sa.update(t).values(x=t.c.x + 1, id=7).where(t.c.x == 2),
    "delete": lambda: sa.delete(t),
    "delete_where": lambda: sa.delete(t).where(t.c.x == 5).where(t.c.f),
    "delete_schema": lambda: sa.delete(w).where(w.c["Odd col"] == 1),
    "delete_version": lambda: sa.delete(v).where(v.c.version_num == sa.literal_column("'a'")),
    "delete_in_select": lambda: sa.delete(t).where(t.c.id.in_(sa.select(u.c.t_id))),
    "delete_returning": lambda: sa.delete(t).returning(t.c.id),
    "expression": lambda: sa.select(sa.func.now()),
    "conflict_nothing": lambda: sqlite.insert(t).values(x=1).on_conflict_do_nothing(),
    "conflict_nothing_target": lambda: sqlite.insert(t).values(x=1).on_conflict_do_nothing(index_elements=["id"]),
    "conflict_update": lambda: sqlite.insert(t).values(x=1).on_conflict_do_update(
        index_elements=["id"], set_={"x": 5, "s": "a"}
    ),
    "conflict_update_where": lambda: sqlite.insert(t).values(x=1).on_conflict_do_update(
        index_elements=["id", "x"], set_={"x": t.c.x + 1}, where=t.c.x < 9
    ),
}
SQLITE_ONLY = {"conflict_nothing", "conflict_nothing_target", "conflict_update", "conflict_update_where"}


def table(*args, name="t", metadata=None, **kw):
    return sa.Table(name, metadata or sa.MetaData(), *args, **kw)


def create(*args, **kw):
    made = table(*args, **kw)
    return lambda: schema.CreateTable(made)


def C(name, type_=sa.Integer, *args, **kw):
    return sa.Column(name, type_, *args, **kw)


def with_other(*args, **kw):
    metadata = sa.MetaData()
    sa.Table("o", metadata, C("id"), C("z"))
    sa.Table("o", metadata, C("id"), C("z"), schema="s")
    return table(*args, metadata=metadata, **kw)


def default(value, type_=sa.String):
    return lambda: schema.CreateTable(table(C("x", type_, server_default=value)))


DDL = {
    "empty": create(),
    "one_column": create(C("x")),
    "two_columns": create(C("x"), C("y", sa.String(50), nullable=False)),
    "primary_key": create(C("id", primary_key=True), C("x")),
    "primary_key_composite": create(C("a", primary_key=True), C("b", sa.String(5), primary_key=True)),
    "primary_key_named": create(C("a"), C("b"), sa.PrimaryKeyConstraint("b", "a", name="pk_t")),
    "primary_key_order": create(C("a", primary_key=True, autoincrement=False), C("b", primary_key=True)),
    "primary_key_deferrable": create(C("a"), sa.PrimaryKeyConstraint("a", deferrable=True, initially="DEFERRED")),
    "primary_key_nullable": create(C("a", primary_key=True, nullable=True)),
    "schema": create(C("x"), schema="other"),
    "quoted": create(C("Odd col"), C("select"), C("a%b"), name="Order", schema="My Schema"),
    "prefixes": create(C("x"), prefixes=["TEMPORARY"]),
    "if_not_exists": lambda: schema.CreateTable(table(C("x")), if_not_exists=True),
    "system": create(C("x"), C("xmin", system=True)),
    "comment": create(C("x", comment="c"), comment="it's"),
    "null_type": create(C("x", sa.types.NullType())),
    "default_string": default("abc"),
    "default_string_quote": default("it's 100%"),
    "default_string_empty": default(""),
    "default_string_number": default("5", sa.Integer),
    "default_text": default(sa.text("abc")),
    "default_text_number": default(sa.text("5"), sa.Integer),
    "default_text_negative": default(sa.text("-5"), sa.Integer),
    "default_text_float": default(sa.text("1.5"), sa.Float),
    "default_text_string": default(sa.text("'a b'")),
    "default_text_double_quoted": default(sa.text('"a b"')),
    "default_text_parentheses": default(sa.text("(1 + 2)"), sa.Integer),
    "default_text_space_parentheses": default(sa.text("  (1 + 2)"), sa.Integer),
    "default_text_sum": default(sa.text("1 + 2"), sa.Integer),
    "default_text_function": default(sa.text("now()"), sa.DateTime),
    "default_text_current": default(sa.text("CURRENT_TIMESTAMP"), sa.DateTime),
    "default_text_null": default(sa.text("NULL")),
    "default_text_colon": default(sa.text("'10:20'")),
    "default_text_json": default(sa.text("'{\"a\": 1}'"), sa.JSON),
    "default_text_percent": default(sa.text("'50%'")),
    "default_text_newline": default(sa.text("a\nb")),
    "default_text_jsonb": default(sa.text("'{}'::jsonb"), sa.JSON),
    "default_text_datetime": default(sa.text("datetime('now', 'localtime')"), sa.DateTime),
    "default_text_now_utc": default(sa.text("now() at time zone 'utc'"), sa.DateTime),
    "default_text_parameter": default(sa.text("f(:x)")),
    "default_date": default(sa.literal(dt.date(2020, 1, 2)), sa.Date),
    "default_literal_true": default(sa.literal(True), sa.Boolean),
    "default_case": default(sa.case((sa.literal_column("1") == sa.literal_column("2"), "a"), else_="b")),
    "default_uuid": default(sa.func.gen_random_uuid(), sa.Uuid),
    "default_now": default(sa.func.now(), sa.DateTime),
    "default_current": default(sa.func.current_timestamp(), sa.DateTime),
    "default_function": default(sa.func.f(1, "x")),
    "default_true": default(sa.true(), sa.Boolean),
    "default_false": default(sa.false(), sa.Boolean),
    "default_null": default(sa.null()),
    "default_literal": default(sa.literal("x")),
    "default_literal_int": default(sa.literal(5), sa.Integer),
    "default_literal_column": default(sa.literal_column("a || b")),
    "default_cast": default(sa.cast("x", sa.String(5))),
    "default_sum": default(sa.literal_column("1") + sa.literal_column("2")),
    "default_not_null": create(C("x", server_default="0", nullable=False)),
    "fetched": create(C("x", server_default=sa.FetchedValue())),
    "computed": create(C("x"), C("y", sa.Integer, sa.Computed("x + 1"))),
    "computed_stored": create(C("x"), C("y", sa.Integer, sa.Computed("x + 1", persisted=True))),
    "computed_virtual": create(C("x"), C("y", sa.Integer, sa.Computed("x % 2", persisted=False), nullable=False)),
    "identity": create(C("x", sa.Integer, sa.Identity())),
    "identity_always": create(C("x", sa.Integer, sa.Identity(always=True, start=3, increment=2), primary_key=True)),
    "identity_options": create(
        C(
            "x",
            sa.Integer,
            sa.Identity(minvalue=1, maxvalue=9, cycle=True, cache=5, nominvalue=True, nomaxvalue=True),
        )
    ),
    "unique": create(C("x"), sa.UniqueConstraint("x")),
    "unique_named": create(C("x"), C("y"), sa.UniqueConstraint("x", "y", name="uq_x")),
    "unique_deferrable": create(C("x"), sa.UniqueConstraint("x", deferrable=False, initially="IMMEDIATE")),
    "unique_column": create(C("x", unique=True)),
    "unique_empty": create(C("x"), sa.UniqueConstraint(name="e")),
    "check": create(C("x"), sa.CheckConstraint("x > 5")),
    "check_named": create(C("x"), sa.CheckConstraint("x > 5", name="ck_x")),
    "check_quoted_name": create(C("x"), sa.CheckConstraint("x > 5", name="Check x")),
    "check_percent": create(C("x"), sa.CheckConstraint("x % 5 = 0")),
    "check_column": create(C("x", sa.Integer, sa.CheckConstraint("x > 5"), nullable=False)),
    "check_column_named": create(C("x", sa.Integer, sa.CheckConstraint("x > 5", name="ck_x")), C("y")),
    "check_deferrable": create(C("x"), sa.CheckConstraint("x > 5", deferrable=True)),
    "check_expression": lambda: schema.CreateTable(
        table(C("x"), C("y", sa.String), sa.CheckConstraint(sa.and_(sa.column("x") > 5, sa.column("y") == "it's")))
    ),
    "foreign_key": lambda: schema.CreateTable(with_other(C("x"), sa.ForeignKeyConstraint(["x"], ["o.id"]))),
    "foreign_key_two": lambda: schema.CreateTable(
        with_other(C("x"), C("y"), sa.ForeignKeyConstraint(["x", "y"], ["o.id", "o.z"], name="fk_x"))
    ),
    "foreign_key_options": lambda: schema.CreateTable(
        with_other(
            C("x"),
            sa.ForeignKeyConstraint(
                ["x"],
                ["o.id"],
                onupdate="CASCADE",
                ondelete="SET NULL",
                deferrable=True,
                initially="DEFERRED",
                match="FULL",
            ),
        )
    ),
    "foreign_key_schema": lambda: schema.CreateTable(
        with_other(C("x"), sa.ForeignKeyConstraint(["x"], ["s.o.id"]))
    ),
    "foreign_key_same_schema": lambda: schema.CreateTable(
        with_other(C("x"), sa.ForeignKeyConstraint(["x"], ["s.o.id"]), schema="s")
    ),
    "foreign_key_bad_phrase": lambda: schema.CreateTable(
        with_other(C("x"), sa.ForeignKeyConstraint(["x"], ["o.id"], ondelete="drop; x"))
    ),
    "foreign_key_use_alter": lambda: schema.CreateTable(
        with_other(C("x"), sa.ForeignKeyConstraint(["x"], ["o.id"], name="fk", use_alter=True))
    ),
    "constraint_order": lambda: schema.CreateTable(
        with_other(
            C("x", primary_key=True),
            C("y"),
            sa.CheckConstraint("x > 5"),
            sa.UniqueConstraint("y"),
            sa.ForeignKeyConstraint(["y"], ["o.id"]),
        )
    ),
    "boolean_check": create(C("x", sa.Boolean(create_constraint=True))),
    "boolean_check_named": create(C("x", sa.Boolean(create_constraint=True, name="ck_b")), C("y")),
    "enum_check": create(C("x", sa.Enum("a", "it's", name="e", create_constraint=True))),
    "enum_check_unnamed": create(C("x", sa.Enum("a", "b", create_constraint=True), nullable=False)),
    "enum_not_native": create(C("x", sa.Enum("a", "b", name="e", native_enum=False))),
    "type_checks_after": create(
        C("x", sa.Boolean(create_constraint=True)), C("y"), sa.UniqueConstraint("y"), sa.CheckConstraint("y > 1")
    ),
    "sqlite_autoincrement": create(C("id", primary_key=True), C("x"), sqlite_autoincrement=True),
    "sqlite_autoincrement_big": create(C("id", sa.BigInteger, primary_key=True), sqlite_autoincrement=True),
    "sqlite_autoincrement_string": create(C("id", sa.String, primary_key=True), sqlite_autoincrement=True),
    "sqlite_autoincrement_composite": create(
        C("a", primary_key=True), C("b", primary_key=True), sqlite_autoincrement=True
    ),
    "autoincrement_composite": create(C("a", primary_key=True, autoincrement=True), C("b", primary_key=True)),
    "autoincrement_composite_second": create(C("a", primary_key=True), C("b", primary_key=True, autoincrement=True)),
    "sqlite_autoincrement_conflict": create(
        C("id", primary_key=True, sqlite_on_conflict_primary_key="FAIL"), sqlite_autoincrement=True
    ),
    "sqlite_conflict_primary_key": create(C("id", primary_key=True, sqlite_on_conflict_primary_key="FAIL")),
    "sqlite_conflict_primary_key_constraint": create(
        C("a"), C("b"), sa.PrimaryKeyConstraint("a", "b", sqlite_on_conflict="IGNORE")
    ),
    "sqlite_conflict_not_null": create(C("x", nullable=False, sqlite_on_conflict_not_null="FAIL")),
    "sqlite_conflict_unique": create(C("x", unique=True, sqlite_on_conflict_unique="IGNORE")),
    "sqlite_conflict_unique_constraint": create(C("x"), sa.UniqueConstraint("x", sqlite_on_conflict="ROLLBACK")),
    "sqlite_conflict_check": create(C("x"), sa.CheckConstraint("x > 1", sqlite_on_conflict="ROLLBACK")),
    "sqlite_conflict_column_check": create(
        C("x", sa.Integer, sa.CheckConstraint("x > 1", sqlite_on_conflict="ROLLBACK"))
    ),
    "sqlite_without_rowid": create(C("x", primary_key=True), sqlite_with_rowid=False),
    "sqlite_strict": create(C("x"), sqlite_strict=True),
    "sqlite_strict_without_rowid": create(C("x", primary_key=True), sqlite_strict=True, sqlite_with_rowid=False),
    "drop_table": lambda: schema.DropTable(table(C("x"))),
    "drop_table_schema": lambda: schema.DropTable(table(C("x"), name="Order", schema="s"), if_exists=True),
    "index": lambda: schema.CreateIndex(sa.Index("ix", table(C("x")).c.x)),
    "index_unique": lambda: schema.CreateIndex(sa.Index("Ix x", table(C("x")).c.x, unique=True)),
    "index_two": lambda: schema.CreateIndex(sa.Index("ix", *(tt := table(C("Odd x"), C("y"))).c)),
    "index_if_not_exists": lambda: schema.CreateIndex(sa.Index("ix", table(C("x")).c.x), if_not_exists=True),
    "index_schema": lambda: schema.CreateIndex(sa.Index("ix", table(C("x"), schema="s").c.x)),
    "index_text": lambda: schema.CreateIndex(
        sa.Index("ix", sa.text("lower(s)"), _table=table(C("s", sa.String)))
    ),
    "index_function": lambda: schema.CreateIndex(sa.Index("ix", sa.func.lower((tt := table(C("s", sa.String))).c.s))),
    "index_desc": lambda: schema.CreateIndex(sa.Index("ix", table(C("x")).c.x.desc())),
    "index_expression": lambda: schema.CreateIndex(sa.Index("ix", table(C("x")).c.x + 5)),
    "index_collate": lambda: schema.CreateIndex(sa.Index("ix", sa.collate(table(C("s", sa.String)).c.s, "NOCASE"))),
    "index_where": lambda: schema.CreateIndex(
        sa.Index("ix", (tt := table(C("x"))).c.x, sqlite_where=sa.text("x > 5"))
    ),
    "index_where_expression": lambda: schema.CreateIndex(
        sa.Index("ix", (tt := table(C("x"), C("s", sa.String))).c.x, sqlite_where=sa.and_(tt.c.x > 5, tt.c.s == "it's"))
    ),
    "index_no_name": lambda: schema.CreateIndex(
        sa.Index(None, table(C("x"), metadata=sa.MetaData(naming_convention={"pk": "x"})).c.x)
    ),
    "drop_index": lambda: schema.DropIndex(sa.Index("ix", table(C("x")).c.x)),
    "drop_index_schema": lambda: schema.DropIndex(sa.Index("ix", table(C("x"), schema="s").c.x), if_exists=True),
    "drop_index_no_name": lambda: schema.DropIndex(
        sa.Index(None, table(C("x"), metadata=sa.MetaData(naming_convention={"pk": "x"})).c.x)
    ),
    "add_unique": lambda: schema.AddConstraint(sa.UniqueConstraint(table(C("x")).c.x, name="uq")),
    "add_check": lambda: schema.AddConstraint(
        (k := sa.CheckConstraint("x > 1", name="ck"), table(C("x"), k))[0]
    ),
    "add_primary_key": lambda: schema.AddConstraint(table(C("x", primary_key=True), schema="s").primary_key),
    "add_foreign_key": lambda: schema.AddConstraint(
        (k := sa.ForeignKeyConstraint(["x"], ["o.id"], name="fk", ondelete="CASCADE"), with_other(C("x"), k))[0]
    ),
    "drop_constraint": lambda: schema.DropConstraint(sa.UniqueConstraint(table(C("x")).c.x, name="uq")),
    "drop_constraint_cascade": lambda: schema.DropConstraint(
        sa.UniqueConstraint(table(C("x"), schema="s").c.x, name="Uq"), cascade=True, if_exists=True
    ),
    "drop_constraint_no_name": lambda: schema.DropConstraint(sa.UniqueConstraint(table(C("x")).c.x)),
    "set_table_comment": lambda: schema.SetTableComment(table(C("x"), comment="it's 100%", schema="s")),
    "drop_table_comment": lambda: schema.DropTableComment(table(C("x"), schema="s")),
    "set_column_comment": lambda: schema.SetColumnComment(table(C("x", comment="it's"), schema="s").c.x),
    "set_column_comment_none": lambda: schema.SetColumnComment(table(C("Odd x")).c["Odd x"]),
    "drop_column_comment": lambda: schema.DropColumnComment(table(C("x"), schema="s").c.x),
    "create_sequence": lambda: schema.CreateSequence(sa.Sequence("seq")),
    "create_sequence_options": lambda: schema.CreateSequence(
        sa.Sequence("Seq", start=3, increment=2, minvalue=1, maxvalue=9, cycle=False, cache=4, schema="s"),
        if_not_exists=True,
    ),
    "drop_sequence": lambda: schema.DropSequence(sa.Sequence("seq", schema="s")),
    "drop_sequence_if_exists": lambda: schema.DropSequence(sa.Sequence("seq"), if_exists=True),
    "create_schema": lambda: schema.CreateSchema("s"),
    "create_schema_if_not_exists": lambda: schema.CreateSchema("My s", if_not_exists=True),
    "drop_schema": lambda: schema.DropSchema("s"),
    "drop_schema_cascade": lambda: schema.DropSchema("s", cascade=True, if_exists=True),
    "ddl": lambda: sa.DDL("CREATE x 100%%"),
}

LONG = "a_table_with_a_rather_long_name_that_goes_on_and_on"
CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def named(convention, *args, what=None, **kw):
    """The CREATE TABLE of a table under a naming convention, or the names of its indexes."""

    def build():
        metadata = sa.MetaData(naming_convention=convention)
        sa.Table("o", metadata, C("id"), C("z"))
        made = [argument() if callable(argument) else argument for argument in args]
        return schema.CreateTable(sa.Table(kw.get("name", "t"), metadata, *made, schema=kw.get("schema")))

    return build


def named_index(convention, *columns, **kw):
    def build():
        metadata = sa.MetaData(naming_convention=convention) if convention else sa.MetaData()
        made = sa.Table(
            kw.get("name", "t"), metadata, *[C(name) for name in columns], schema=kw.get("schema")
        )
        return schema.CreateIndex(sa.Index(kw.get("index"), *made.c))

    return build


NAMING = {
    "pk": named(CONVENTION, lambda: C("id", primary_key=True)),
    "pk_none": named(CONVENTION, lambda: C("id")),
    "pk_given": named(CONVENTION, lambda: C("id"), lambda: sa.PrimaryKeyConstraint("id", name="mine")),
    "uq": named(CONVENTION, lambda: C("x"), lambda: sa.UniqueConstraint("x")),
    "uq_given": named(CONVENTION, lambda: C("x"), lambda: sa.UniqueConstraint("x", name="mine")),
    "uq_two": named({"uq": "uq_%(column_0_N_name)s"}, lambda: C("x"), lambda: C("y"), lambda: sa.UniqueConstraint("x", "y")),
    "uq_joined": named({"uq": "uq_%(column_0N_name)s"}, lambda: C("x"), lambda: C("y"), lambda: sa.UniqueConstraint("x", "y")),
    "uq_second": named(
        {"uq": "uq_%(column_0_name)s_%(column_1_key)s_%(column_2_name)s"},
        lambda: C("x"),
        lambda: C("y"),
        lambda: sa.UniqueConstraint("x", "y"),
    ),
    "uq_labels": named({"uq": "uq_%(column_0_N_label)s"}, lambda: C("x"), lambda: C("y"), lambda: sa.UniqueConstraint("x", "y")),
    "uq_percent": named({"uq": "uq_100%%_%(table_name)s"}, lambda: C("x"), lambda: sa.UniqueConstraint("x")),
    "ck": named(CONVENTION, lambda: C("x"), lambda: sa.CheckConstraint("x > 1", name="positive")),
    "ck_conv": named(CONVENTION, lambda: C("x"), lambda: sa.CheckConstraint("x > 1", name=conv("positive"))),
    "ck_unnamed": named(CONVENTION, lambda: C("x"), lambda: sa.CheckConstraint("x > 1")),
    "ck_column": named(
        {"ck": "ck_%(table_name)s_%(column_0_name)s"},
        lambda: C("x"),
        lambda: sa.CheckConstraint(sa.column("x") > 1),
    ),
    "ck_boolean": named(CONVENTION, lambda: C("x", sa.Boolean(create_constraint=True, name="flag"))),
    "ck_boolean_column": named(
        {"ck": "ck_%(table_name)s_%(column_0_name)s"}, lambda: C("x", sa.Boolean(create_constraint=True))
    ),
    "ck_enum": named(CONVENTION, lambda: C("x", sa.Enum("a", name="kind", create_constraint=True))),
    "fk": named(CONVENTION, lambda: C("x"), lambda: sa.ForeignKeyConstraint(["x"], ["o.id"])),
    "fk_referred_column": named(
        {"fk": "fk_%(column_0_N_name)s_%(referred_table_name)s_%(referred_column_0_name)s_%(referred_column_0_N_name)s"},
        lambda: C("x"),
        lambda: C("y"),
        lambda: sa.ForeignKeyConstraint(["x", "y"], ["o.id", "o.z"]),
    ),
    "long_uq": named(CONVENTION, lambda: C("a_column_with_a_long_name"), lambda: sa.UniqueConstraint("a_column_with_a_long_name"), name=LONG),
    "long_given": named({}, lambda: C("x"), lambda: sa.UniqueConstraint("x", name="u" * 70)),
    "long_conv": named({}, lambda: C("x"), lambda: sa.UniqueConstraint("x", name=conv("u" * 70))),
    "long_64": named({}, lambda: C("x"), lambda: sa.UniqueConstraint("x", name=conv("u" * 63))),
    "ix": named_index(None, "x"),
    "ix_two": named_index(None, "x", "y"),
    "ix_schema": named_index(None, "x", schema="s"),
    "ix_schema_dot": named_index(None, "x", schema="a.b"),
    "ix_given": named_index(None, "x", index="mine"),
    "ix_convention": named_index({"ix": "idx_%(table_name)s_%(column_0_N_name)s"}, "x", "y"),
    "ix_constraint_name": named_index({"ix": "idx_%(constraint_name)s"}, "x", index="mine"),
    "ix_long": named_index(None, "a_column_with_a_long_name", name=LONG),
    "ix_long_given": named_index(None, "x", index="i" * 70),
}


# without `+`, which stands for `||` where a side is a string, and `IS`, whose negation the reference loses
OPERATORS = {
    "=": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    ">=": lambda x, y: x >= y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "%": lambda x, y: x % y,
    "||": lambda x, y: x.concat(y),
    "LIKE": lambda x, y: x.like(y),
    "->": lambda x, y: x.op("->")(y),
    "&": lambda x, y: x.bitwise_and(y),
}


# columns of one class: Python asks the right operand first when its class is a subclass of the left one's
plain = sa.table("t", *(sa.column(name, t.c[name].type) for name in ("id", "x", "s", "f")))


def random_tree(random, depth):
    """An expression as nested lists."""
    if depth == 0:
        return random.choice([["col", "a"], ["col", "b"], ["t", "x"], ["t", "s"], ["t", "f"]])
    kind = random.choice(["bin", "bin", "bin", "and", "or", "not", "neg", "func", "cast", "case", "between", "in", "collate"])
    one = lambda: random_tree(random, random.randrange(depth))
    if kind == "bin":
        right = ["lit", random.choice([1, "v"])] if random.random() < 0.3 else one()
        return ["bin", random.choice(list(OPERATORS)), one(), right]
    if kind in ("and", "or"):
        return [kind, one(), one(), one()] if random.random() < 0.3 else [kind, one(), one()]
    if kind == "func":
        return ["func", random.choice(["lower", "f"]), one(), one()]
    if kind == "case":
        return [kind, one(), one(), one()]
    if kind == "between":
        # the reference forgets parentheses around AND and OR in bounds
        bound = lambda: random.choice([["col", "a"], ["t", "f"], ["bin", random.choice("-*"), one(), ["lit", 1]]])
        return [kind, one(), bound(), bound()]
    return [kind, one()]


def from_tree(tree):
    kind, *rest = tree
    if kind == "col":
        return sa.column(rest[0])
    if kind == "t":
        return plain.c[rest[0]]
    if kind == "lit":
        return rest[0]
    if kind == "bin":
        return OPERATORS[rest[0]](from_tree(rest[1]), from_tree(rest[2]))
    if kind == "func":
        return getattr(sa.func, rest[0])(*map(from_tree, rest[1:]))
    parts = [from_tree(part) for part in rest]
    if kind in ("and", "or"):
        return (sa.and_ if kind == "and" else sa.or_)(*parts)
    if kind == "not":
        return sa.not_(parts[0])
    if kind == "neg":
        return -parts[0]
    if kind == "cast":
        return sa.cast(parts[0], sa.Integer)
    if kind == "case":
        return sa.case((parts[0], parts[1]), else_=parts[2])
    if kind == "between":
        return parts[0].between(parts[1], parts[2])
    if kind == "in":
        return parts[0].in_([1, 2])
    assert kind == "collate", kind
    return sa.collate(parts[0], "nocase")


def random_expressions(count):
    """Expressions of which the reference makes something, with what it makes, as a record by their text."""
    random = Random(8)
    record = {}
    while len(record) < count:
        tree = random_tree(random, 4)
        try:
            case = {
                name: str(from_tree(tree).compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
                for name, dialect in DIALECTS.items()
            }
            where = sa.select(plain.c.id).where(from_tree(tree))
            case["sqlite_where"] = str(where.compile(dialect=DIALECTS["sqlite"], compile_kwargs={"render_postcompile": True}))
        except Exception:  # not an expression that the reference allows
            continue
        record[json.dumps(tree)] = case
    return record


def expression_case(build):
    literal = {"literal_binds": True}
    post = {"render_postcompile": True}
    case = {}
    for name, dialect in DIALECTS.items():
        case[name] = attempt(lambda: str(build().compile(dialect=dialect, compile_kwargs=post)))
    for name in ("default", "sqlite"):
        dialect = DIALECTS[name]
        case[name + "_literal"] = attempt(lambda: str(build().compile(dialect=dialect, compile_kwargs=literal)))
    return case


def sqlite_parameters(build):
    """The parameters as the driver is sent them, in the order of their placeholders."""
    compiled = build().compile(dialect=DIALECTS["sqlite"], compile_kwargs={"render_postcompile": True})
    processors = compiled._bind_processors
    parameters = compiled.construct_params(_check=False)
    out = []
    for name in compiled.positiontup or ():
        value = parameters[name]
        processor = processors.get(name)
        out.append([name, processor(value) if processor else value])
    return repr(out)


def main():
    write(
        "types",
        {
            name: {
                "repr": repr(type_),
                "module": type(type_).__module__,
                **on_dialects(lambda dialect: type_.compile(dialect=dialect)),
            }
            for name, type_ in TYPES.items()
        },
    )
    write(
        "names",
        {
            name: on_dialects(lambda dialect: dialect.identifier_preparer.quote(text), DIALECTS)
            for name, text in NAMES.items()
        },
    )
    write(
        "literals",
        {
            name: on_dialects(
                lambda dialect: str(
                    sa.literal(value, type_).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
                ),
                DIALECTS,
            )
            for name, (value, type_) in LITERALS.items()
        },
    )
    expressions = {name: expression_case(build) for name, build in EXPRESSIONS.items()}
    for name, build in EXPRESSIONS.items():
        expressions[name]["parameters"] = attempt(lambda: sqlite_parameters(build))
    write("expressions", expressions)
    write("random_expressions", random_expressions(600))
    statements = {}
    for name, build in STATEMENTS.items():
        case = expression_case(build)
        case["parameters"] = attempt(lambda: sqlite_parameters(build))
        if name in SQLITE_ONLY:
            case = {key: text for key, text in case.items() if key.startswith(("sqlite", "param"))}
        statements[name] = case
    write("statements", statements)
    write(
        "ddl",
        {
            name: on_dialects(lambda dialect: str(build().compile(dialect=dialect)), DIALECTS)
            for name, build in DDL.items()
        },
    )
    short = {"max_identifier_length": 63}
    naming_dialects = {"default": StrCompileDialect(**short), "sqlite": sqlite.dialect(**short)}
    write(
        "naming",
        {
            name: {key: attempt(lambda: str(build().compile(dialect=dialect))) for key, dialect in naming_dialects.items()}
            for name, build in NAMING.items()
        },
    )


if __name__ == "__main__":
    main()
