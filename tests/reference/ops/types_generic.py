"""The generic types of SQLAlchemy in every dialect."""

import decimal
import enum

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()

ALL = []
FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]


class Colour(enum.Enum):
    red = "the red one"
    green = "it's green"


class Size(enum.IntEnum):
    small = 1
    large = 2


types = CASES.types

types("string_without_length", ALL, lambda: sa.String())
types("string", ALL, lambda: sa.String(30), lambda: sa.String(length=1))
types("string_collation", FIVE, lambda: sa.String(30, collation="nocase"))
types("unicode_without_length", FIVE, lambda: sa.Unicode())
types("unicode", ALL, lambda: sa.Unicode(30))
types("unicode_collation", FIVE, lambda: sa.Unicode(30, collation="Latin1_General"))
types("text", ALL, lambda: sa.Text())
types("text_length", ALL, lambda: sa.Text(1000))
types("text_collation", FIVE, lambda: sa.Text(collation="utf8_bin"))
types("unicode_text", ALL, lambda: sa.UnicodeText())
types("unicode_text_length", FIVE, lambda: sa.UnicodeText(1000))
types("integers", ALL, lambda: sa.Integer(), lambda: sa.SmallInteger(), lambda: sa.BigInteger())
types("numeric", ALL, lambda: sa.Numeric(), lambda: sa.Numeric(10), lambda: sa.Numeric(10, 2), lambda: sa.Numeric(10, 0))
types("numeric_scale_only", FIVE, lambda: sa.Numeric(scale=3))
types("numeric_as_float", FIVE, lambda: sa.Numeric(10, 2, asdecimal=False, decimal_return_scale=4))
types("float", ALL, lambda: sa.Float())
types("float_precision", ALL, lambda: sa.Float(24), lambda: sa.Float(53))
types("float_as_decimal", FIVE, lambda: sa.Float(10, asdecimal=True))
types("double", ALL, lambda: sa.Double())
types("double_precision_argument", FIVE, lambda: sa.Double(53))
types("boolean", ALL, lambda: sa.Boolean())
types("date", ALL, lambda: sa.Date())
types("date_time", ALL, lambda: sa.DateTime(), lambda: sa.DateTime(timezone=True))
types("time", ALL, lambda: sa.Time(), lambda: sa.Time(timezone=True))
types("interval", ALL, lambda: sa.Interval())
types("interval_precisions", ALL, lambda: sa.Interval(second_precision=3, day_precision=6))
types("interval_not_native", FIVE, lambda: sa.Interval(native=False))
types("large_binary", ALL, lambda: sa.LargeBinary())
types("large_binary_length", ALL, lambda: sa.LargeBinary(500))
types("pickle", ALL, lambda: sa.PickleType())
types("json", ALL, lambda: sa.JSON())
types("json_options", ["postgresql"], lambda: sa.JSON(none_as_null=True))
types("uuid", ALL, lambda: sa.Uuid())
types("uuid_not_native", FIVE, lambda: sa.Uuid(native_uuid=False), lambda: sa.Uuid(as_uuid=False))
types("enum_strings", ALL, lambda: sa.Enum("a", "bb", "it's", name="kind"))
types("enum_without_name", FIVE, lambda: sa.Enum("a", "b"))
types("enum_not_native", ALL, lambda: sa.Enum("a", "bbb", native_enum=False))
types("enum_not_native_length", FIVE, lambda: sa.Enum("a", "bbb", native_enum=False, length=50))
types("enum_not_native_length_too_small", ["postgresql"], lambda: sa.Enum("a", "bbb", native_enum=False, length=2))
types("enum_class", ALL, lambda: sa.Enum(Colour))
types("enum_class_of_integers", FIVE, lambda: sa.Enum(Size))
types("enum_class_named", FIVE, lambda: sa.Enum(Colour, name="Colour_Type"))
types("enum_class_values", FIVE, lambda: sa.Enum(Colour, values_callable=lambda c: [m.value for m in c]))
types("enum_in_schema", FIVE, lambda: sa.Enum("a", "b", name="kind", schema="s"))
types("enum_inherit_schema", ["postgresql"], lambda: sa.Enum("a", "b", name="kind", inherit_schema=True))
types("enum_with_metadata", ["postgresql"], lambda: sa.Enum("a", "b", name="kind", metadata=sa.MetaData(schema="m")))
types("enum_quote", ["postgresql"], lambda: sa.Enum("a", name="Kind", quote=False))
types("enum_percent", FIVE, lambda: sa.Enum("100%", "a\\b", name="kind"))
types("enum_empty", ["postgresql", "mysql", "sqlite"], lambda: sa.Enum(name="kind"))
types("enum_omit_aliases", ["postgresql"], lambda: sa.Enum(Colour, omit_aliases=False))
types("array", FIVE, lambda: sa.ARRAY(sa.Integer()))
types("array_options", ["postgresql"], lambda: sa.ARRAY(sa.String(5), dimensions=2), lambda: sa.ARRAY(sa.DateTime()))
types("null_type", ALL, lambda: sa.types.NullType())
types("match_type", ["postgresql", "sqlite"], lambda: sa.types.MatchType())
types("classes_are_types", FIVE, lambda: sa.Integer, lambda: sa.DateTime, lambda: sa.Text)


def checked(name, type_, *dialects):
    """A case that creates a table with a constrained type, as a named and as an unnamed constraint."""

    def function(op):
        op.create_table("t", sa.Column("c", type_(), nullable=False))

    CASES.add(name, function, *dialects)


checked("boolean_check", lambda: sa.Boolean(create_constraint=True), *FIVE)
checked("boolean_check_named", lambda: sa.Boolean(create_constraint=True, name="ck_c"), *FIVE)
checked("enum_check", lambda: sa.Enum("a", "it's", create_constraint=True), *FIVE)
checked("enum_check_named", lambda: sa.Enum("a", "b", create_constraint=True, name="kind"), *FIVE)
checked("enum_check_not_native", lambda: sa.Enum("a", "b", create_constraint=True, name="k", native_enum=False), *FIVE)
checked("enum_class_check", lambda: sa.Enum(Colour, create_constraint=True, native_enum=False), *FIVE)


@case("postgresql", "sqlite", "mysql")
def enum_used_twice(op):
    kind = sa.Enum("a", "b", name="kind")
    op.create_table("t", sa.Column("x", kind), sa.Column("y", kind))
    op.create_table("u", sa.Column("x", kind))


@case("postgresql")
def enum_in_schema_of_its_table(op):
    op.create_table("t", sa.Column("x", sa.Enum("a", "b", name="kind", inherit_schema=True)), schema="s")


@case("postgresql")
def enum_without_inherited_schema(op):
    op.create_table("t", sa.Column("x", sa.Enum("a", "b", name="kind")), schema="s")


@case("postgresql", "mysql")
def enum_created_and_dropped_by_hand(op):
    kind = sa.Enum("a", "b", name="kind")
    op.execute(sa.schema.CreateTable(sa.Table("t", sa.MetaData(), sa.Column("x", kind))))


@case(*FIVE)
def default_of_a_decimal(op):
    op.create_table("t", sa.Column("x", sa.Numeric(5, 2), server_default=sa.literal(decimal.Decimal("1.50"))))
