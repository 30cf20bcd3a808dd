"""alembic_postgresql_enum: `op.sync_enum_values`, and the names with which its calls are written."""

import re
from dataclasses import dataclass, replace
from enum import Enum

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text


class ColumnType(Enum):
    COMMON = 1
    ARRAY = 2

    def __repr__(self):
        return str(self)


# A table without a schema of its own is in that of the type.
_OF_THE_TYPE = object()


@dataclass(frozen=True, repr=False)
class TableReference:
    table_name: str
    column_name: str
    table_schema: str = _OF_THE_TYPE
    column_type: ColumnType = ColumnType.COMMON
    existing_server_default: str = None

    @property
    def escaped_column_name(self):
        return _quoted(self.column_name)

    @property
    def table_name_with_schema(self):
        return _qualified(self.table_schema, self.table_name)

    def __repr__(self):
        names = ("table_schema", "table_name", "column_name")
        return f"TableReference({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


@dataclass(frozen=True)
class TableIndex:
    name: str
    definition: str


@dataclass
class Config:
    add_type_ignore: bool = False
    type_ignore_comment: str = "  # type: ignore[attr-defined]"
    include_name: object = None
    drop_unused_enums: bool = True
    detect_enum_values_changes: bool = True
    force_dialect_support: bool = False
    ignore_enum_values_order: bool = False


def set_configuration(configuration):
    pass


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _qualified(schema, name):
    return _quoted(name) if not schema else _quoted(schema) + "." + _quoted(name)


def _literal(value):
    return "'" + value.replace("'", "''") + "'"


class _Change:
    """One call of `op.sync_enum_values`: the type is made anew, and each column is led over to it."""

    def __init__(self, connection, schema, name, values, renames):
        self.connection = connection
        self.schema = schema
        self.name = name
        self.path = (schema, name)
        self.values = list(values)
        self.renames = [tuple(rename) for rename in renames]
        self.type = f"{_quoted(schema)}.{_quoted(name)}"
        self.old_type = f"{_quoted(schema)}.{_quoted(name + '_old')}"

    def execute(self, statement):
        # nothing in these statements is a parameter
        return self.connection.execute(text(statement.replace("\\", "\\\\").replace(":", "\\:")))

    def old_value(self):
        if not self.renames:
            return "old_enum_val::text"
        cases = " ".join(
            f"WHEN old_enum_val::text = {_literal(old)} THEN {_literal(new)}" for old, new in self.renames
        )
        return f"CASE\n                    {cases}\n\n                    ELSE old_enum_val::text\n                END"

    def create_operator(self, function, operator):
        schema = _quoted(self.schema)
        self.execute(
            f"""
            CREATE FUNCTION {schema}.{function}(
                new_enum_val {self.type}, old_enum_val {self.old_type}
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text {operator} {self.old_value()};
            $$ LANGUAGE SQL IMMUTABLE
        """
        )
        self.execute(
            f"""
        CREATE OPERATOR {schema}.{operator} (
            leftarg = {self.type},
            rightarg = {self.old_type},
            procedure = {schema}.{function}
        )
    """
        )

    def drop_operator(self, function, operator):
        schema = _quoted(self.schema)
        self.execute(
            f"""
            DROP OPERATOR IF EXISTS {schema}.{operator} (
                {self.type},
                {self.old_type}
            )
            """
        )
        self.execute(
            f"""
        DROP FUNCTION {schema}.{function}(
            new_enum_val {self.type}, old_enum_val {self.old_type}
        )
    """
        )

    def default_of(self, column):
        if isinstance(column, TableReference):
            if column.table_schema is _OF_THE_TYPE:
                column = replace(column, table_schema=self.schema)
            return column.existing_server_default, column
        # the calls of older versions name a table and a column only
        table, name = column
        found = self.execute(
            f"""
        SELECT column_default
        FROM information_schema.columns
        WHERE 
            table_schema = {_literal(self.schema)} AND 
            table_name = {_literal(table)} AND 
            column_name = {_literal(name)}
    """
        )
        return found.scalar(), TableReference(table, name, self.schema)

    def new_default(self, default, is_array):
        """A default as the catalogue shows it (`'a'::status`), of the new type and with the new names of values."""
        type_ = ".".join(name if re.fullmatch("[a-z_][a-z0-9_]*", name) else _quoted(name) for name in self.path)
        if is_array:
            cast = re.sub(r"::[^\[\],]+", lambda found: "::" + type_, default)
            default = cast if "::" in default else f"{default}::{type_}[]"
        else:
            default = f"{default.partition('::')[0]}::{type_}"
        for old, new in self.renames:
            default = default.replace(_literal(old), _literal(new)).replace(f'"{old}"', f'"{new}"')
        return default

    def change(self, default, column):
        is_array = column.column_type is ColumnType.ARRAY
        table, name = column.table_name_with_schema, column.escaped_column_name
        if default is not None:
            self.execute(f"ALTER TABLE {table}\n             ALTER COLUMN {name} DROP DEFAULT")
        self.execute(self.changed_array(table, name) if is_array else self.changed(table, name))
        if default is not None:
            self.execute(
                f"ALTER TABLE {table}\n            ALTER COLUMN {name} SET DEFAULT {self.new_default(default, is_array)}"
            )

    def changed(self, table, name):
        using = f"{name}::text::{self.type}"
        if self.renames:
            cases = " ".join(
                f"WHEN {name}::text = {_literal(old)} THEN {_literal(new)}::{self.type}" for old, new in self.renames
            )
            using = f"CASE \n                {cases}\n\n                ELSE {using}\n                END"
        return (
            f"ALTER TABLE {table} \n                ALTER COLUMN {name} TYPE {self.type} \n"
            f"                USING {using}\n                "
        )

    def changed_array(self, table, name):
        using = f"{name}::text[]"
        for old, new in self.renames:
            using = f"array_replace({using}, {_literal(old)}, {_literal(new)})"
        return (
            f"ALTER TABLE {table} \n            ALTER COLUMN {name} TYPE {self.type}[]\n"
            f"            USING {using}::{self.type}[]\n            "
        )

    def new_definition(self, definition):
        for old, new in self.renames:
            definition = definition.replace(_literal(old), _literal(new))
        return definition

    def carry_out(self, columns, indexes):
        columns = [self.default_of(column) for column in columns]
        values = ", ".join(_literal(value) for value in self.values)
        self.execute(f"ALTER TYPE {self.type} RENAME TO {_quoted(self.name + '_old')}")
        self.execute(f"CREATE TYPE {self.type} AS ENUM({values})")
        self.create_operator("new_old_not_equals", "!=")
        self.create_operator("new_old_equals", "=")
        for index in indexes:
            self.execute(f"DROP INDEX IF EXISTS {_quoted(index.name)}")
        for default, column in columns:
            self.change(default, column)
        self.drop_operator("new_old_not_equals", "!=")
        self.drop_operator("new_old_equals", "=")
        self.execute(f"DROP TYPE {self.old_type}")
        for index in indexes:
            self.execute(self.new_definition(index.definition))


@Operations.register_operation("sync_enum_values")
class SyncEnumValuesOp(MigrateOperation):
    @classmethod
    def sync_enum_values(
        cls,
        operations,
        enum_schema,
        enum_name,
        new_values,
        affected_columns,
        enum_values_to_rename=(),
        indexes_to_recreate=None,
    ):
        connection = operations.get_bind()
        if connection.dialect.name != "postgresql":
            return
        change = _Change(connection, enum_schema, enum_name, new_values, enum_values_to_rename)
        change.carry_out(affected_columns, indexes_to_recreate or ())
