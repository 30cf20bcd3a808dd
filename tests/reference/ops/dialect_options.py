"""Options of dialects and arguments of the wrong type."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


def index(name, *dialects, columns=("a", "b"), **options):
    CASES.add("index_" + name, lambda op: op.create_index("ix", "t", list(columns), **options), *dialects)


def table(name, *dialects, **options):
    CASES.add("table_" + name, lambda op: op.create_table("t", sa.Column("a", sa.Integer()), **options), *dialects)


PG, MY, MS, OR, SL = "postgresql", "mysql", "mssql", "oracle", "sqlite"

# operator classes
for name, given in {
    "number": {"a": 5}, "none": {"a": None}, "empty": {"a": ""}, "another_column": {"c": "text_ops"}, "text": {"a": sa.text("text_ops")},
    "true": {"a": True}, "list": {"a": ["x"]}, "percent": {"a": "x%y"}, "numbered": {0: "text_ops"}, "float": {"a": 1.5}, "zero": {"a": 0},
    "column_object": {"a": sa.column("x")},
}.items():
    index("ops_" + name, PG, postgresql_ops=given)
for name, given in {"is_text": "text_ops", "is_list": ["text_ops"], "is_none": None, "is_empty": {}, "is_pairs": [("a", "text_ops")], "is_number": 5, "is_empty_text": ""}.items():
    index("ops_" + name, PG, postgresql_ops=given)
index("ops_of_label", PG, columns=[sa.func.lower(sa.column("a")).label("la"), "b"], postgresql_ops={"la": "text_ops", "b": 7})

# parameters of the storage
for name, given in {
    "number": {"fillfactor": 50}, "text": {"fillfactor": "50"}, "true": {"fastupdate": True}, "none": {"fillfactor": None}, "list": {"fillfactor": [1]}, "float": {"x": 0.5},
    "two": {"fillfactor": 50, "x": "y"}, "key_number": {5: 6}, "percent": {"a": "50%"},
}.items():
    index("with_" + name, PG, postgresql_with=given)
for name, given in {"is_text": "fillfactor=50", "is_list": ["a"], "is_empty": {}, "is_none": None, "is_pairs": [("a", 1)], "is_number": 5}.items():
    index("with_" + name, PG, postgresql_with=given)
    table("with_" + name, PG, postgresql_with=given)
table("with_numbers", PG, postgresql_with={"fillfactor": 50, "autovacuum_enabled": False})

# the method
for name, given in {"number": 5, "true": True, "none": None, "empty": "", "capitals": "GIN", "words": "my method", "list": ["gin"], "text": sa.text("gin"), "bytes": b"gin", "false": False}.items():
    index("using_" + name, PG, postgresql_using=given)
for name, given in {"number": 5, "true": True, "none": None, "empty": "", "capitals": "BTREE", "list": ["btree"], "false": False}.items():
    index("mysql_using_" + name, MY, mysql_using=given)

# where
for name, given in {"text": "a > 5", "number": 5, "true": True, "none": None, "text_clause": sa.text("a > 5"), "expression": sa.column("a") > 5, "null": sa.null(), "true_clause": sa.true(), "list": ["a"], "false": False, "empty": "", "and": sa.and_(sa.column("a") > 1, sa.column("b").is_(None))}.items():
    index("where_" + name, PG, postgresql_where=given)
    CASES.add("index_where_on_sqlite_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], sqlite_where=given), SL)
    CASES.add("index_where_on_mssql_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], mssql_where=given), MS)

# include
for name, given in {"text": "b", "list": ["b"], "tuple": ("b",), "number": 5, "none": None, "empty": [], "columns": [sa.column("b")], "missing": ["zz"], "numbers": [5], "true": True}.items():
    index("include_" + name, PG, columns=["a"], postgresql_include=given)
    CASES.add("index_include_on_mssql_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], mssql_include=given), MS)

# flags
for name, given in {"text": "yes", "false_text": "False", "number": 1, "zero": 0, "none": None, "list": [], "object": {"a": 1}}.items():
    index("concurrently_" + name, PG, postgresql_concurrently=given)
    index("nulls_not_distinct_" + name, PG, postgresql_nulls_not_distinct=given)
    CASES.add("index_clustered_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], mssql_clustered=given), MS)
    CASES.add("index_bitmap_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], oracle_bitmap=given), OR)
    CASES.add("index_compress_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], oracle_compress=given), OR)
    CASES.add("index_unique_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], unique=given), PG, MY)
    CASES.add("index_if_not_exists_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], if_not_exists=given), PG)
    CASES.add("index_columnstore_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], mssql_columnstore=given), MS)
CASES.add("index_compress_two", lambda op: op.create_index("ix", "t", ["a"], oracle_compress=2), OR)
CASES.add("index_compress_words", lambda op: op.create_index("ix", "t", ["a"], oracle_compress="2"), OR)
CASES.add("index_tablespace_oracle", lambda op: op.create_index("ix", "t", ["a"], oracle_tablespace=5), OR)
for name, given in {"number": 5, "true": True, "none": None, "empty": "", "words": "my space", "list": ["x"]}.items():
    index("tablespace_" + name, PG, postgresql_tablespace=given)
    table("tablespace_" + name, PG, postgresql_tablespace=given)
    table("inherits_" + name, PG, postgresql_inherits=given)
    table("partition_by_" + name, PG, postgresql_partition_by=given)
    table("on_commit_" + name, PG, postgresql_on_commit=given)
    table("access_method_" + name, PG, postgresql_using=given)
    table("engine_" + name, MY, mysql_engine=given)
    table("charset_" + name, MY, mysql_charset=given, mysql_collate=given)
    table("comment_" + name, MY, mysql_comment=given)
    table("row_format_" + name, MY, mysql_row_format=given, mysql_key_block_size=given)
    table("oracle_on_commit_" + name, OR, oracle_on_commit=given)
    table("oracle_compress_" + name, OR, oracle_compress=given)
    table("oracle_tablespace_" + name, OR, oracle_tablespace=given)
    table("prefixes_" + name, PG, SL, prefixes=given)
    table("sqlite_strict_" + name, SL, sqlite_strict=given)
    table("sqlite_with_rowid_" + name, SL, sqlite_with_rowid=given)
    CASES.add("index_prefix_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], mysql_prefix=given), MY)
    CASES.add("index_parser_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], mysql_with_parser=given), MY)
    CASES.add("index_schema_" + name, lambda op, given=given: op.create_index("ix", "t", ["a"], schema=given), PG)

# lengths
for name, given in {"number": 5, "text": "5", "object": {"a": 5}, "object_of_text": {"a": "5"}, "none": None, "object_of_none": {"a": None}, "zero": 0, "object_missing": {"c": 5}, "list": [5], "float": 5.5, "true": True, "object_of_zero": {"a": 0}}.items():
    index("length_" + name, MY, mysql_length=given)

# unknown ones
index("ops_list_with_the_column", PG, postgresql_ops=["a"])
index("ops_text_with_the_column", PG, postgresql_ops="a")
index("unknown_option", PG, postgresql_colour="red")
index("unknown_dialect", PG, nosuch_colour="red")
index("without_a_dialect", PG, colour="red")
index("of_another_dialect", PG, MY, mysql_length=5, mssql_clustered=True)
table("unknown_option", PG, postgresql_colour="red")
table("unknown_dialect", PG, nosuch_colour="red")
table("without_a_dialect", PG, colour="red")
table("mysql_any_option", MY, mysql_colour="red", mysql_x_y=5)
table("inherits_two", PG, postgresql_inherits=("a", "B c"))
table("inherits_two_in_a_list", PG, postgresql_inherits=["a", "b"])
