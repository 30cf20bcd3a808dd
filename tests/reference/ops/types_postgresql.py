"""PostgreSQL's own types."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from suite import Cases

CASES = case = Cases()

PG = ["postgresql"]


def types(name, *made):
    CASES.types(name, PG, *made)


types("integers", lambda: pg.INTEGER(), lambda: pg.BIGINT(), lambda: pg.SMALLINT())
types("numeric", lambda: pg.NUMERIC(), lambda: pg.NUMERIC(10), lambda: pg.NUMERIC(10, 2), lambda: pg.FLOAT())
types("floats", lambda: pg.REAL(), lambda: pg.DOUBLE_PRECISION(), lambda: pg.FLOAT(24), lambda: pg.DOUBLE_PRECISION(53))
types("characters", lambda: pg.VARCHAR(), lambda: pg.VARCHAR(10), lambda: pg.CHAR(), lambda: pg.CHAR(3), lambda: pg.TEXT())
types("collations", lambda: pg.VARCHAR(10, collation="de_DE"), lambda: pg.TEXT(collation="C"))
types("array", lambda: pg.ARRAY(sa.Integer()), lambda: pg.ARRAY(pg.TEXT()), lambda: pg.ARRAY(sa.String(10)))
types("array_dimensions", lambda: pg.ARRAY(sa.Integer(), dimensions=3), lambda: pg.ARRAY(sa.Integer(), dimensions=1))
types("array_options", lambda: pg.ARRAY(sa.Integer(), as_tuple=True, zero_indexes=True))
types("array_of_varchar_with_collation", lambda: pg.ARRAY(sa.String(10, collation="C")))
types("array_of_timestamps", lambda: pg.ARRAY(sa.DateTime(timezone=True)), lambda: pg.ARRAY(pg.TIMESTAMP(precision=3)))
types("array_of_numeric", lambda: pg.ARRAY(sa.Numeric(10, 2)), lambda: pg.ARRAY(sa.Uuid()), lambda: pg.ARRAY(pg.JSONB()))
types("array_of_enum", lambda: pg.ARRAY(pg.ENUM("a", "b", name="kind")), lambda: pg.ARRAY(sa.Enum("a", name="k2")))
types("array_of_array", lambda: pg.ARRAY(pg.ARRAY(sa.Integer())))
types("json", lambda: pg.JSON(), lambda: pg.JSONB(), lambda: pg.JSONPATH(), lambda: pg.JSON(none_as_null=True))
types("json_text_type", lambda: pg.JSONB(astext_type=sa.Text()))
types("uuid", lambda: pg.UUID(), lambda: pg.UUID(as_uuid=False))
types("network", lambda: pg.INET(), lambda: pg.CIDR(), lambda: pg.MACADDR(), lambda: pg.MACADDR8())
types("money_and_identifiers", lambda: pg.MONEY(), lambda: pg.OID(), lambda: pg.REGCLASS(), lambda: pg.REGCONFIG())
types("text_search", lambda: pg.TSVECTOR(), lambda: pg.TSQUERY())
types("bit", lambda: pg.BIT(), lambda: pg.BIT(5), lambda: pg.BIT(varying=True), lambda: pg.BIT(8, varying=True))
types("bytea", lambda: pg.BYTEA(), lambda: pg.BYTEA(10))
types("boolean_and_date", lambda: pg.BOOLEAN(), lambda: pg.DATE())
types("interval", lambda: pg.INTERVAL(), lambda: pg.INTERVAL(precision=3))
types("interval_fields", lambda: pg.INTERVAL(fields="YEAR TO MONTH"), lambda: pg.INTERVAL(fields="DAY TO SECOND", precision=2))
types("timestamp", lambda: pg.TIMESTAMP(), lambda: pg.TIMESTAMP(timezone=True), lambda: pg.TIMESTAMP(precision=0))
types("timestamp_precision_with_zone", lambda: pg.TIMESTAMP(True, 6))
types("time", lambda: pg.TIME(), lambda: pg.TIME(timezone=True), lambda: pg.TIME(precision=3), lambda: pg.TIME(True, 2))
types("hstore", lambda: pg.HSTORE(), lambda: pg.HSTORE(text_type=sa.Text()))
types("citext", lambda: pg.CITEXT())
types("ranges", lambda: pg.INT4RANGE(), lambda: pg.INT8RANGE(), lambda: pg.NUMRANGE(), lambda: pg.DATERANGE(),
      lambda: pg.TSRANGE(), lambda: pg.TSTZRANGE())
types("multiranges", lambda: pg.INT4MULTIRANGE(), lambda: pg.INT8MULTIRANGE(), lambda: pg.NUMMULTIRANGE(),
      lambda: pg.DATEMULTIRANGE(), lambda: pg.TSMULTIRANGE(), lambda: pg.TSTZMULTIRANGE())
types("array_of_ranges", lambda: pg.ARRAY(pg.INT4RANGE()))
types("enum", lambda: pg.ENUM("a", "it's", name="kind"))
types("enum_in_schema", lambda: pg.ENUM("a", name="kind", schema="s"))
types("enum_create_type_off", lambda: pg.ENUM("a", name="kind", create_type=False))
types("enum_metadata", lambda: pg.ENUM("a", name="kind", metadata=sa.MetaData()))
types("enum_without_name", lambda: pg.ENUM("a", "b"))
types("enum_native_argument", lambda: pg.ENUM("a", name="kind", native_enum=False))
types("domain", lambda: pg.DOMAIN("positive", sa.Integer()))
types("domain_in_schema", lambda: pg.DOMAIN("Positive", sa.Integer(), schema="s", create_type=False))
types("oid_vector_and_unknown_names_by_user_types", lambda: pg.OID())
types("from_variant", lambda: sa.JSON().with_variant(pg.JSONB(), "postgresql"))


def created(name, *columns, **keywords):
    """A case that creates and drops a table with these types, so that named types come and go with it."""

    def function(op):
        made = [sa.Column("c" + str(number + 1), column()) for number, column in enumerate(columns)]
        op.create_table("t", *made, **keywords)
        op.drop_table("t")

    CASES.add(name, function, *PG)


created("table_with_enum", lambda: pg.ENUM("a", "b", name="kind"))
created("table_with_enum_in_schema", lambda: pg.ENUM("a", "b", name="Kind", schema="Types"))
created("table_with_enum_create_type_off", lambda: pg.ENUM("a", name="kind", create_type=False))
created("table_with_enum_array", lambda: pg.ARRAY(pg.ENUM("a", "b", name="kind")))
created("table_with_generic_enum_array", lambda: pg.ARRAY(sa.Enum("a", "b", name="kind")))
created("table_with_enum_of_many", lambda: pg.ENUM(*["value %d" % n for n in range(12)], name="kind"))
created("table_with_domain", lambda: pg.DOMAIN("positive", sa.Integer(), check="VALUE > 0"))
created("table_with_domain_options", lambda: pg.DOMAIN(
    "short", sa.String(5), collation="C", default="x", not_null=True, constraint_name="short_check",
    check="VALUE <> 'it''s'", schema="s"))
created("table_with_domain_default_text", lambda: pg.DOMAIN("d", sa.Integer(), default=sa.text("5 + 5"), not_null=False))
created("table_with_domain_array", lambda: pg.ARRAY(pg.DOMAIN("d", sa.Integer())))
created("table_with_domain_create_type_off", lambda: pg.DOMAIN("d", sa.Integer(), create_type=False))
created("table_with_variant_enum", lambda: sa.String(5).with_variant(pg.ENUM("a", name="kind"), "postgresql"))


@case(*PG)
def enum_type_by_hand(op):
    kind = pg.ENUM("a", "it's", "100%", name="kind")
    op.execute(pg.CreateEnumType(kind))
    op.execute(pg.DropEnumType(kind))


@case(*PG)
def enum_type_in_schema_by_hand(op):
    kind = pg.ENUM("a", name="Kind", schema="s")
    op.execute(pg.CreateEnumType(kind))
    op.execute(pg.DropEnumType(kind))


@case(*PG)
def domain_type_by_hand(op):
    positive = pg.DOMAIN("positive", sa.Numeric(10, 2), check=sa.text("VALUE > 0"), not_null=True, default="1")
    op.execute(pg.CreateDomainType(positive))
    op.execute(pg.DropDomainType(positive))


@case(*PG)
def enum_create_with_checkfirst(op):
    kind = pg.ENUM("a", "b", name="kind")
    kind.create(op.get_bind(), checkfirst=False)
    kind.drop(op.get_bind(), checkfirst=False)


@case(*PG)
def serial_kinds(op):
    op.create_table("a", sa.Column("id", pg.BIGINT(), primary_key=True))
    op.create_table("b", sa.Column("id", pg.SMALLINT(), primary_key=True))
    op.create_table("c", sa.Column("id", pg.INTEGER(), primary_key=True))
