"""op.create_index and its options in every dialect."""

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import oracle

from suite import Cases

CASES = case = Cases()


def create(name, dialects, *arguments, **keywords):
    """A case of one create_index call; expressions are made by the call, so `arguments` may hold functions."""

    def function(op):
        columns = [column() if callable(column) else column for column in arguments]
        given = {key: value() if callable(value) else value for key, value in keywords.items()}
        op.create_index(given.pop("index_name", "ix_a"), "account", columns, **given)

    CASES.add(name, function, *dialects)


PG = ["postgresql"]
MY = ["mysql", "mariadb"]

create("plain", [], "a")
create("several_columns", [], "a", "b", "c")
create("unique", [], "a", unique=True)
create("schema", [], "a", schema="ledger")
create("unique_in_schema", ["postgresql", "mssql", "oracle"], "a", "b", unique=True, schema="ledger")
create("if_not_exists", [], "a", if_not_exists=True)
create("if_not_exists_unique_schema", ["sqlite", "postgresql"], "a", unique=True, if_not_exists=True, schema="ledger")
create("text_expression", [], lambda: text("lower(a)"))
create("text_and_column", [], "b", lambda: text("a DESC"))
create("func_expression", [], lambda: func.lower(sa.column("a")))
create("func_of_two", PG + ["sqlite"], lambda: func.coalesce(sa.column("a"), sa.column("b"), "none"))
create("desc", [], lambda: sa.column("a").desc())
create("asc_and_plain", PG, lambda: sa.column("a").asc(), "b")
create("desc_nulls_last", PG + ["oracle", "sqlite"], lambda: sa.column("a").desc().nulls_last())
create("nulls_first", PG + ["sqlite"], lambda: sa.nulls_first(sa.column("a")))
create("arithmetic_expression", PG + ["sqlite", "mysql"], lambda: sa.column("a") + sa.column("b"))
create("arithmetic_with_literal", PG + ["sqlite", "mysql"], lambda: sa.column("a", sa.Integer()) * 2)
create("concatenation", PG + ["sqlite", "mysql", "mssql"], lambda: sa.column("a", sa.String()) + "x%y")
create("cast_expression", PG + ["mysql"], lambda: sa.cast(sa.column("a"), sa.Integer()))
create("case_expression", PG + ["sqlite"], lambda: sa.case((sa.column("a") > 5, 1), else_=0))
create("json_path_expression", PG, lambda: sa.column("a", sa.JSON())["key"].as_string())
create("collated", PG, lambda: sa.column("a").collate("C"))
create("literal_column", [], lambda: sa.literal_column("(a IS NULL)"))
create("percent_in_text", [], lambda: text("(a % 2)"))
create("colon_in_text", PG, lambda: text("(a::text)"))
create("escaped_colon_in_text", PG, lambda: text(r"(a \:: text)"))
create("reserved_and_mixed_case_columns", [], "order", "Mixed", "with space")
create("quoted_index_name", [], "a", index_name="IX Account")

create("postgresql_where_text", PG, "a", postgresql_where=lambda: text("b > 5"))
create("postgresql_where_expression", PG, "a", postgresql_where=lambda: sa.column("b") > 5)
create(
    "postgresql_where_and",
    PG,
    "a",
    unique=True,
    postgresql_where=lambda: sa.and_(sa.column("b").is_(None), sa.column("c") == "it's"),
)
create("postgresql_where_boolean", PG, "a", postgresql_where=lambda: sa.column("b", sa.Boolean()))
create("postgresql_where_string", PG, "a", postgresql_where="b > 5")
create("postgresql_using", PG, "a", postgresql_using="gin")
create("postgresql_using_odd_name", PG, "a", postgresql_using="HASH")
create("postgresql_concurrently", PG, "a", postgresql_concurrently=True)
create("postgresql_concurrently_if_not_exists", PG, "a", postgresql_concurrently=True, if_not_exists=True, unique=True)
create("postgresql_include", PG, "a", postgresql_include=["b", "Mixed"])
create("postgresql_ops", PG, "a", "b", postgresql_ops={"a": "text_pattern_ops", "b": "int4_ops"})
create(
    "postgresql_ops_of_expression",
    PG,
    lambda: func.lower(sa.column("a")).label("lower_a"),
    postgresql_ops={"lower_a": "text_pattern_ops"},
    postgresql_using="gin",
)
create("postgresql_with", PG, "a", postgresql_with={"fillfactor": 50, "fastupdate": "off"})
create("postgresql_tablespace", PG, "a", postgresql_tablespace="Fast Disk")
create("postgresql_nulls_not_distinct", PG, "a", unique=True, postgresql_nulls_not_distinct=True)
create("postgresql_nulls_distinct", PG, "a", unique=True, postgresql_nulls_not_distinct=False)
create(
    "postgresql_all_options",
    PG,
    "a",
    unique=True,
    if_not_exists=True,
    schema="ledger",
    postgresql_concurrently=True,
    postgresql_using="btree",
    postgresql_include=["b"],
    postgresql_nulls_not_distinct=True,
    postgresql_with={"fillfactor": 50},
    postgresql_tablespace="fast",
    postgresql_where=lambda: text("b IS NOT NULL"),
)
create("mysql_length_one", MY, "a", mysql_length=10, mariadb_length=20)
create("mysql_length_each", MY, "a", "b", mysql_length={"a": 4, "b": 9}, mariadb_length={"a": 5})
create("mysql_prefix", MY, "a", mysql_prefix="FULLTEXT", mariadb_prefix="FULLTEXT")
create("mysql_prefix_and_unique", MY, "a", unique=True, mysql_prefix="SPATIAL", mariadb_prefix="SPATIAL")
create("mysql_using", MY, "a", mysql_using="hash", mariadb_using="btree")
create("mysql_with_parser", MY, "a", mysql_prefix="FULLTEXT", mysql_with_parser="ngram")
create("mysql_func_expression", MY, lambda: func.upper(sa.column("a")), "b")
create("mysql_desc_expression", MY, lambda: sa.column("a").desc(), "b")
create("mysql_arithmetic_expression", MY, lambda: sa.column("a", sa.Integer()) % 7)
create("mysql_length_with_expression", MY, "b", lambda: func.upper(sa.column("a")), mysql_length={"b": 3})
create("mssql_include", ["mssql"], "a", mssql_include=["b", "Mixed"])
create("mssql_clustered", ["mssql"], "a", mssql_clustered=True)
create("mssql_nonclustered", ["mssql"], "a", unique=True, mssql_clustered=False)
create("mssql_where", ["mssql"], "a", mssql_where=lambda: text("b > 5"))
create("mssql_where_expression", ["mssql"], "a", mssql_where=lambda: sa.column("b").isnot(None))
create("mssql_columnstore", ["mssql"], "a", mssql_columnstore=True)
create("mssql_columnstore_clustered", ["mssql"], mssql_columnstore=True, mssql_clustered=True)
create("mssql_all_options", ["mssql"], "a", unique=True, mssql_clustered=False, mssql_include=["b"], schema="ledger",
       mssql_where=lambda: text("b = 1"))
create("sqlite_where_text", ["sqlite"], "a", sqlite_where=lambda: text("b > 5"))
create("sqlite_where_expression", ["sqlite"], "a", unique=True, sqlite_where=lambda: sa.column("b") == "x")
create("oracle_bitmap", ["oracle"], "a", oracle_bitmap=True)
create("oracle_compress", ["oracle"], "a", "b", oracle_compress=True)
create("oracle_compress_prefix", ["oracle"], "a", "b", oracle_compress=1, unique=True)
create("oracle_vector", ["oracle"], "a", oracle_vector=True)
create(
    "oracle_vector_config",
    ["oracle"],
    "a",
    oracle_vector=lambda: oracle.VectorIndexConfig(
        index_type=oracle.VectorIndexType.HNSW,
        distance=oracle.VectorDistanceType.COSINE,
        accuracy=90,
        hnsw_neighbors=20,
        hnsw_efconstruction=500,
        parallel=4,
    ),
)
create(
    "oracle_vector_ivf",
    ["oracle"],
    "a",
    oracle_vector=lambda: oracle.VectorIndexConfig(
        index_type=oracle.VectorIndexType.IVF, distance=oracle.VectorDistanceType.DOT, ivf_neighbor_partitions=5
    ),
)
create("options_of_other_dialects_are_ignored", [], "a", mysql_length=3, postgresql_using="gin", mssql_clustered=True)


@case()
def unnamed_without_convention(op):
    op.create_index(None, "account", ["a"])


@case()
def conv_name(op):
    op.create_index(op.f("ix_account_a"), "account", ["a"])


@case("postgresql")
def quote_keyword(op):
    op.create_index("ix_a", "account", ["a"], quote=True)


@case("postgresql", "mysql", "sqlite")
def index_object_of_a_table(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("a", sa.Integer()), sa.Column("b", sa.String(9)))
    op.execute(sa.schema.CreateIndex(sa.Index("ix_b", table.c.b, table.c.a.desc())))
    op.execute(sa.schema.DropIndex(sa.Index("ix_a", table.c.a)))


@case("postgresql", "sqlite")
def index_object_if_not_exists(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("a", sa.Integer()), schema="ledger")
    op.execute(sa.schema.CreateIndex(sa.Index("ix_a", table.c.a), if_not_exists=True))
    op.execute(sa.schema.DropIndex(sa.Index("ix_b", table.c.a), if_exists=True))
