"""alembic_postgresql_enum: `op.sync_enum_values`."""

import sqlalchemy as sa
from alembic_postgresql_enum import ColumnType, TableReference

from cases import Expressions

try:
    from alembic_postgresql_enum.sql_commands.indexes import TableIndex
except ImportError:
    TableIndex = None

CASES = Expressions()


def add(name, *dialects, **arguments):
    values = {"enum_schema": "public", "enum_name": "status", "new_values": ["a", "b"], "affected_columns": []}
    values.update(arguments)
    CASES.add(name, lambda op: op.sync_enum_values(**values), *(dialects or ["postgresql"]))


T = TableReference

add("no_columns")
add("one_column", affected_columns=[T("t", "c")])
add("column_with_schema", affected_columns=[T(table_schema="s", table_name="t", column_name="c")])
add("column_without_schema", affected_columns=[T("t", "c", table_schema=None)])
add("several_columns", affected_columns=[T("t", "c"), T("u", "d", "s")])
add("array", affected_columns=[T("t", "c", column_type=ColumnType.ARRAY)])
add("array_with_renames", affected_columns=[T("t", "c", column_type=ColumnType.ARRAY)], enum_values_to_rename=[("x", "a"), ("y", "b")])
add("renames", affected_columns=[T("t", "c")], enum_values_to_rename=[("x", "a"), ("y", "b")])
add("renames_as_dictionary_items", enum_values_to_rename={"x": "a"}.items())
add("default", affected_columns=[T("t", "c", existing_server_default="'a'::status")])
add("default_with_schema", affected_columns=[T("t", "c", existing_server_default="'a'::public.status")])
add("default_renamed", affected_columns=[T("t", "c", existing_server_default="'x'::status")], enum_values_to_rename=[("x", "a")])
add("default_of_no_value", affected_columns=[T("t", "c", existing_server_default="'gone'::status")])
add("default_of_array", affected_columns=[T("t", "c", column_type=ColumnType.ARRAY, existing_server_default="'{a,b}'::status[]")])
add("default_of_array_renamed", affected_columns=[T("t", "c", column_type=ColumnType.ARRAY, existing_server_default="'{x}'::status[]")], enum_values_to_rename=[("x", "a")])
add("default_of_empty_array", affected_columns=[T("t", "c", column_type=ColumnType.ARRAY, existing_server_default="'{}'::status[]")])
add("default_array_expression", affected_columns=[T("t", "c", column_type=ColumnType.ARRAY, existing_server_default="ARRAY['a'::status, 'b'::status]")])
add("default_function", affected_columns=[T("t", "c", existing_server_default="first_status()")])
add("one_value", new_values=["only"])
add("colons_and_percents", new_values=["a :b", "100%", "x:y", "::"])
add("names_with_capitals", enum_name="Status", enum_schema="My Schema", affected_columns=[T("My Table", "My Column")])
add("tuples", affected_columns=[("t", "c")])
add("no_postgresql", "mysql", "sqlite", affected_columns=[T("t", "c")])
if TableIndex is not None:
    add("index", affected_columns=[T("t", "c")], indexes_to_recreate=[TableIndex("ix", "CREATE INDEX ix ON t (c) WHERE c = 'a'::status")])
    add("two_indexes", affected_columns=[T("t", "c", existing_server_default="'a'::status"), T("t", "d")], indexes_to_recreate=[TableIndex(name="ix", definition="CREATE INDEX ix ON public.t (c)"), TableIndex(name="ix2", definition="CREATE UNIQUE INDEX ix2 ON t (d)")])
    add("index_with_renames", affected_columns=[T("t", "c")], enum_values_to_rename=[("x", "a")], indexes_to_recreate=[TableIndex("ix", "CREATE INDEX ix ON t (c) WHERE c = 'x'::status")])


def positional(op):
    op.sync_enum_values("public", "status", ["a"], [T("t", "c")], [("b", "a")])


CASES.add("positional", positional, "postgresql")


def with_enum_type(op):
    sa.Enum("a", "b", name="status").create(op.get_bind())
    op.sync_enum_values("public", "status", ["a", "b", "c"], [T("t", "c")])


CASES.add("with_enum_type", with_enum_type, "postgresql")
CASES.of_objects("""
    alembic_postgresql_enum.TableReference("t", "c")
    alembic_postgresql_enum.TableReference("t", "c", table_schema="s").table_name_with_schema
    alembic_postgresql_enum.TableReference("t", "c", table_schema=None).table_name_with_schema
    alembic_postgresql_enum.TableReference("t", "c").escaped_column_name
    list(alembic_postgresql_enum.ColumnType)
    alembic_postgresql_enum.set_configuration(alembic_postgresql_enum.Config(add_type_ignore=True))
""")
