"""Types that users define: TypeDecorator, UserDefinedType, variants, @compiles on a type."""

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, UserDefinedType

from suite import Cases

CASES = case = Cases()

ALL = []
FIVE = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]


class Upper(TypeDecorator):
    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.upper()


class Lengthy(TypeDecorator):
    impl = sa.String
    cache_ok = True


class Guid(TypeDecorator):
    """A type by dialect."""

    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        if dialect.name == "mssql":
            return dialect.type_descriptor(mssql.UNIQUEIDENTIFIER())
        return dialect.type_descriptor(sa.CHAR(32))


class Literally(TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_literal_param(self, value, dialect):
        return "<" + str(value) + ">"


class Flag(TypeDecorator):
    """Keeps a yes or no in one letter."""

    impl = sa.CHAR(1)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return "Y" if value else "N"


class Point(UserDefinedType):
    cache_ok = True

    def __init__(self, srid=None):
        self.srid = srid

    def get_col_spec(self, **kw):
        return "POINT" if self.srid is None else "POINT(%d)" % self.srid


class Quoted(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "QUOTED"

    def bind_processor(self, dialect):
        return lambda value: "[" + value + "]"

    def literal_processor(self, dialect):
        return lambda value: "Q'" + value + "'"


class BoundByFunction(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "GEOMETRY"

    def bind_expression(self, bindvalue):
        return sa.func.ST_GeomFromText(bindvalue)

    def literal_processor(self, dialect):
        return lambda value: "'" + value + "'"


class Tiny(sa.types.TypeEngine):
    pass


class Named(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return kw["type_expression"].name.upper() + "_TYPE"


@compiles(Tiny)
def compile_tiny(element, compiler, **kw):
    return "TINY"


@compiles(Tiny, "postgresql")
def compile_tiny_postgresql(element, compiler, **kw):
    return "tiny_pg"


class LoudText(sa.Text):
    pass


@compiles(LoudText, "mysql")
@compiles(LoudText, "mssql")
def compile_loud_text(element, compiler, **kw):
    return compiler.visit_text(element, **kw) + " /* loud */"


class Decorated(TypeDecorator):
    """A decorator around a decorator."""

    impl = Upper
    cache_ok = True


class BooleanDecorator(TypeDecorator):
    impl = sa.Boolean(create_constraint=True, name="ck_flag")
    cache_ok = True


class EnumDecorator(TypeDecorator):
    impl = sa.Enum("a", "b", name="decorated_kind")
    cache_ok = True


class ArrayDecorator(TypeDecorator):
    impl = postgresql.ARRAY(sa.String())
    cache_ok = True


types = CASES.types
types("decorator", ALL, lambda: Upper())
types("decorator_with_length", ALL, lambda: Lengthy(12), lambda: Lengthy(length=5))
types("decorator_by_dialect", ALL, lambda: Guid())
types("decorator_of_decorator", FIVE, lambda: Decorated())
types("decorator_of_enum", FIVE, lambda: EnumDecorator())
types("decorator_of_array", ["postgresql"], lambda: ArrayDecorator(), lambda: sa.ARRAY(Upper()))
types("user_defined", ALL, lambda: Point(), lambda: Point(4326))
types("user_defined_with_column_name", FIVE, lambda: Named())
types("compiled_type", FIVE, lambda: Tiny())
types("compiled_subclass", FIVE, lambda: LoudText())
types("array_of_user_defined", ["postgresql"], lambda: postgresql.ARRAY(Point(1)))
types("variant", ALL, lambda: sa.String(10).with_variant(sa.Text(), "postgresql", "oracle"))
types(
    "variant_of_several",
    FIVE,
    lambda: sa.Integer()
    .with_variant(mysql.INTEGER(unsigned=True), "mysql", "mariadb")
    .with_variant(oracle.NUMBER(10), "oracle")
    .with_variant(mssql.BIGINT(), "mssql"),
)
types("variant_of_mariadb_only", ["mysql", "mariadb"], lambda: sa.String(10).with_variant(mysql.LONGTEXT(), "mariadb"))
types("variant_of_decorator", FIVE, lambda: Upper().with_variant(sa.Text(), "sqlite"))
types("variant_in_decorator", FIVE, lambda: Lengthy(9).with_variant(Point(), "postgresql"))
types("subclass_of_string", FIVE, lambda: type("Short", (sa.String,), {})(3))


@case(*FIVE)
def decorator_of_boolean_with_check(op):
    op.create_table("t", sa.Column("c", BooleanDecorator()))


@case("postgresql", "mysql")
def table_with_decorated_enum(op):
    op.create_table("t", sa.Column("c", EnumDecorator()))
    op.drop_table("t")


def insert(name, type_, value, *dialects):
    def function(op):
        table = sa.table("t", sa.column("v", type_()))
        op.execute(table.insert().values(v=value))
        op.bulk_insert(table, [{"v": value}])

    CASES.add(name, function, *dialects)


insert("bind_param_of_decorator_in_literals", Upper, "it's", *FIVE)
insert("bind_param_of_flag_in_literals", Flag, True, "sqlite", "postgresql")
insert("literal_param_of_decorator", Literally, 5, "sqlite", "postgresql")
insert("literal_processor_of_user_type", Quoted, "abc", "sqlite", "postgresql")
insert("user_type_without_literal_processor", Point, "abc", "sqlite", "postgresql")
insert("bind_expression_of_user_type", BoundByFunction, "POINT(1 2)", "postgresql", "mysql")


@case("sqlite", "postgresql", "mysql")
def user_type_in_cast(op):
    op.execute(sa.select(sa.cast(sa.column("x"), Point(5))))


@case(*FIVE)
def decorator_default(op):
    op.create_table("t", sa.Column("c", Upper(), server_default="it's", nullable=False))


@case("postgresql", "mysql", "mssql")
def alter_to_user_type(op):
    op.alter_column("t", "c", type_=Point(3), existing_type=Upper(), existing_nullable=True)
