"""SQL Server and Oracle where they go their own ways: names in procedures, limits, placeholders, lengths, casts."""

import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, oracle

from suite import Cases

CASES = case = Cases()
BOTH = ["mssql", "oracle"]
T = sa.table("t", sa.column("a", sa.Integer()), sa.column("b", sa.String(10)), sa.column("c", sa.DateTime()))
KEYED = sa.Table("k", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))


def change(name, dialects, table="t", column="c", schema=None, **options):
    """A case that alters one column; an option that is a function is called for its value."""

    def function(op):
        made = {key: value() if callable(value) else value for key, value in options.items()}
        op.alter_column(table, column, schema=schema, **made)

    CASES.add(name, function, *dialects)


def execute(name, dialects, *statements, **options):
    """A case that executes statements, each made by a function."""

    def function(op):
        for statement in statements:
            op.execute(statement())

    CASES.add(name, function, *dialects, **options)


for number, schema in enumerate(["My.dbo", "a.b.c", "it's", "select"], 1):
    change("rename_in_schema_%d" % number, BOTH, "Order", "the Column", schema, new_column_name="d")
    change("drop_default_in_schema_%d" % number, BOTH, "Order", "the Column", schema, server_default=None)
    change("comment_in_schema_%d" % number, BOTH, "Order", "the Column", schema, comment="it's")
change("identity_after_nullability", BOTH, nullable=False, existing_type=sa.Integer, server_default=sa.Identity)
change("plain_default_over_computed", BOTH, server_default="x", existing_server_default=lambda: sa.Computed("a"))
change("nullability_of_an_identity", BOTH, nullable=True, existing_type=sa.Integer, existing_server_default=sa.Identity)
change("everything_replaced", BOTH, schema="s", type_=sa.String, nullable=False, server_default="y",
       existing_server_default="x", comment="new", existing_comment="old", new_column_name="d")
change("default_where_there_was_none", BOTH, server_default="x", existing_server_default=None)
change("nullable_and_default_dropped", BOTH, nullable=False, existing_type=sa.Integer, server_default=None,
       existing_server_default="q")
change("autoincrement_and_nullable", BOTH, autoincrement=True, nullable=False, existing_type=sa.Integer)


@case("mssql", "oracle")
def rename_table_in_dotted_schema(op):
    op.rename_table("Order", "The Order", schema="My.dbo")


@case("mssql", "oracle")
def drop_column_with_all_its_constraints(op):
    op.drop_column("Order", "c", schema="a.b.c", mssql_drop_check=True, mssql_drop_default=True, mssql_drop_foreign_key=True)


@case("mssql")
def identity_options_of_any_column(op):
    op.create_table("t", sa.Column("a", sa.Integer(), mssql_identity_start=0, primary_key=True))
    op.add_column("t", sa.Column("b", sa.Integer(), mssql_identity_increment=2))


CASES.types("max_lengths", ["mssql"], lambda: mssql.VARCHAR("MAX"), lambda: sa.VARBINARY("max"), lambda: sa.NVARCHAR("max"),
            lambda: sa.String("50"))


def large_types(op):
    for number, type_ in enumerate([sa.Text(50), sa.UnicodeText(), sa.LargeBinary(5), sa.PickleType(), sa.TEXT(), mssql.NTEXT()]):
        op.add_column("t", sa.Column("c" + str(number), type_))


CASES.add("large_types_old", large_types, "mssql")
CASES.add("large_types_new", large_types, "mssql", dialect_opts={"deprecate_large_types": True})


def vector(name, **config):
    def function(op):
        op.create_index("ix", "t", ["v"], oracle_vector=oracle.VectorIndexConfig(**config), unique=True, oracle_bitmap=True)

    CASES.add("vector_index_" + name, function, "oracle")


vector("accuracy", accuracy=90, distance=oracle.VectorDistanceType.EUCLIDEAN)
vector("graph", hnsw_neighbors=5, hnsw_efconstruction=0, parallel=0)
vector("graph_ignores_partitions", ivf_neighbor_partitions=4)
vector("partitions", index_type=oracle.VectorIndexType.IVF, ivf_neighbor_partitions=4, ivf_sample_per_partition=5,
       ivf_min_vectors_per_partition=6)


@case("oracle")
def index_compression(op):
    op.create_index("i1", "t", ["a", "b"], oracle_compress=False)
    op.create_index("i2", "t", ["a", "b"], oracle_compress=0)
    op.create_index("i3", "t", ["a", "b"], oracle_compress=2, oracle_bitmap=True)


@case("oracle")
def table_options_in_other_forms(op):
    op.create_table("t", sa.Column("a", sa.Integer()), oracle_on_commit="delete_rows", oracle_compress="BASIC",
                    oracle_tablespace="My Space")
    op.create_table("u", sa.Column("a", sa.Integer()), oracle_compress=False, oracle_tablespace="")


@case("oracle")
def identities(op):
    op.create_table("t", sa.Column("a", sa.Integer(), sa.Identity(always=None, oracle_on_null=True), nullable=False))
    op.create_table("t", sa.Column("a", sa.Integer(), sa.Identity(always=True, oracle_on_null=True, cache=0, start=0)))


CASES.types("sizes_of_nothing", ["oracle"], lambda: oracle.NUMBER(0), lambda: oracle.RAW(0), lambda: oracle.FLOAT(0),
            lambda: oracle.INTERVAL(0, 0), lambda: sa.String(0), lambda: sa.NVARCHAR(0), lambda: sa.VARBINARY(0))
CASES.types("types_of_each_other", BOTH, lambda: sa.TIMESTAMP(timezone=True), lambda: oracle.VARCHAR2(5), lambda: sa.Double(5))

for style in ["qmark", "format", "numeric", "numeric_dollar", "pyformat"]:
    execute("returning_" + style, BOTH, lambda: sa.insert(KEYED).values(n=5).returning(KEYED.c.id, KEYED.c.n),
            dialect_opts={"paramstyle": style})

for number, name in enumerate(["order", "_x", "1a", "a b", "x$", "Mixed", "a(b)"], 1):
    column = sa.table("t", sa.column(name, sa.Integer()))
    execute("placeholder_names_%d" % number, BOTH,
            lambda t=column, c=name: t.update().values({c: 5}).where(t.c[c] == 3),
            lambda t=column, c=name: t.insert().values({c: 1}),
            lambda t=column, c=name: sa.select(t.c[c]).where(t.c[c] > sa.bindparam(c)), literal_binds=False)

execute("lists_without_literal_binds", ["sqlite", "postgresql", "mysql", "mssql", "oracle"],
        lambda: T.delete().where(T.c.a.in_([1, 2])), lambda: T.delete().where(T.c.a.not_in([])),
        lambda: sa.text("delete from t where a in :q").bindparams(sa.bindparam("q", [1, 2], expanding=True)),
        literal_binds=False)
execute("limits_without_literal_binds", ["sqlite", "postgresql", "mysql", "mssql", "oracle"],
        lambda: sa.select(T.c.a).order_by(T.c.a).limit(3), lambda: sa.select(T.c.a).order_by(T.c.a).limit(3).offset(2),
        literal_binds=False)
execute("limits", BOTH, lambda: sa.select(T.c.a).limit(3), lambda: sa.select(T.c.a).distinct().order_by(T.c.b).limit(3),
        lambda: sa.select(T.c.a.label("q"), T.c.a + 1).order_by(T.c.a).limit(3).offset(1),
        lambda: sa.select(T.c.a).order_by(T.c.a.desc()).offset(2))
execute("offset_without_order", BOTH, lambda: sa.select(T.c.a).offset(2))
execute("order_of_subqueries", BOTH,
        lambda: sa.select(sa.select(T.c.a).order_by(T.c.a).limit(3).subquery("s").c.a),
        lambda: sa.select(sa.select(T.c.a).where(T.c.b == "x").order_by(T.c.a).scalar_subquery()))
execute("operators", BOTH, lambda: sa.select(T.c.a % 2, T.c.a / 2, T.c.a // 2), lambda: sa.select(T.c.b + "x"),
        lambda: sa.select(T.c.a.bitwise_and(2), T.c.a.bitwise_or(2), T.c.a.bitwise_xor(2)),
        lambda: sa.select(T.c.b.contains("x"), T.c.b.ilike("x"), T.c.b.collate("X-Y")))
execute("functions", BOTH, lambda: sa.select(sa.func.now(), sa.func.char_length("x"), sa.func.length("x")),
        lambda: sa.select(sa.func.current_date(), sa.func.sysdate(), sa.func.aggregate_strings(T.c.b, ",")))
execute("fields_of_dates", BOTH, lambda: sa.select(sa.extract("year", T.c.c), sa.extract("dow", T.c.c), sa.extract("doy", T.c.c)))
execute("casts", BOTH, lambda: sa.select(sa.cast(T.c.a, sa.String()), sa.cast(T.c.a, sa.NVARCHAR(5)), sa.cast(T.c.a, sa.Text())),
        lambda: sa.select(sa.cast(T.c.a, sa.Date()), sa.cast(T.c.a, sa.Enum("a", "bb", name="e")), sa.cast(T.c.a, sa.JSON())))
execute("placeholders_among_literals", BOTH, lambda: T.delete().where(T.c.a.is_distinct_from(5)), lambda: sa.select(sa.func.pow(T.c.a, 2)),
        lambda: T.delete().where(T.c.b.match("x")))
execute("complement", BOTH, lambda: sa.select(T.c.a.bitwise_not()))
execute("regular_expression_with_flags", BOTH, lambda: T.delete().where(~T.c.b.regexp_match("^x", flags="i")))
execute("several_tables", ["mssql"],
        lambda: T.update().values(a=KEYED.c.n).where(T.c.a == KEYED.c.id).returning(T.c.a),
        lambda: T.delete().where(T.c.a == KEYED.c.id))
execute("update_of_several_tables", ["oracle"], lambda: T.update().values(a=KEYED.c.n).where(T.c.a == KEYED.c.id))
execute("delete_of_several_tables", ["oracle"], lambda: T.delete().where(T.c.a == KEYED.c.id))
execute("aliases_and_compounds", BOTH, lambda: sa.select(T.alias("x").c.a), lambda: sa.select(T.c.a).except_(sa.select(KEYED.c.id)))
execute("moments_of_other_kinds", BOTH, lambda: T.update().values(c=datetime.date(2024, 1, 2)).where(T.c.c > datetime.date(2024, 1, 2)),
        lambda: T.delete().where(T.c.c < "2024-01-02"), lambda: T.delete().where(T.c.a == "x"))
execute("values_added", BOTH, lambda: sa.select(T.c.b + 5, T.c.a + "x", sa.column("u") + "x", "x" + T.c.b, T.c.b + sa.column("u")))
execute("rows_given_back", BOTH, lambda: T.update().values(a=1).where(T.c.a == 2).returning(T.c.a, T.c.b),
        lambda: T.delete().where(T.c.a == 2).returning(T.c.a))
execute("with_clause_of_an_insert", BOTH,
        lambda: T.insert().from_select(["a"], sa.select(sa.select(KEYED.c.id).cte("ids").c.id)))


@case("mssql")
def composite_keys_that_count(op):
    op.create_table("t", sa.Column("a", sa.Integer(), primary_key=True), sa.Column("b", sa.Integer(), primary_key=True, autoincrement=True),
                    sa.PrimaryKeyConstraint("a", "b", name="pk", mssql_clustered=False))


@case("mssql", "oracle")
def counting_column_of_a_wrong_type(op):
    op.create_table("t", sa.Column("a", sa.String(5), primary_key=True, autoincrement=True), schema="s")


@case("oracle")
def two_keys_on_update(op):
    op.create_table("t", sa.Column("a", sa.Integer(), sa.ForeignKey("x.id", onupdate="CASCADE")),
                    sa.Column("b", sa.Integer(), sa.ForeignKey("y.id", onupdate="CASCADE", ondelete="CASCADE")))
    op.create_foreign_key("fk", "t", "z", ["c"], ["id"], onupdate="SET NULL")


def sequences(op):
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("a", sa.Integer(), sa.Sequence("q", schema="s"), primary_key=True),
        sa.Column("b", sa.Integer(), sa.Sequence("r")), sa.Column("c", sa.Integer()),
        sa.Column("d", sa.Integer(), sa.Sequence("o", optional=True)),
    )
    op.bulk_insert(table, [{"c": 1}, {"a": 3, "c": 4}, {"b": None}])
    op.execute(table.insert().values(c=1))
    op.execute(table.insert().from_select(["c"], sa.select(table.c.a)))


CASES.add("rows_of_a_table_with_sequences", sequences, "sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")


@case("mssql", "oracle")
def sequences_in_other_forms(op):
    for options in [{"start": 0, "increment": 2}, {"cycle": False}, {"data_type": sa.BigInteger()}, {"schema": "My S"}]:
        op.execute(sa.schema.CreateSequence(sa.Sequence("Sq", **options)))
    op.create_table("t", sa.Column("a", sa.Integer(), sa.Sequence("q"), primary_key=True), sa.Column("b", sa.Integer(), sa.Sequence("r")))
