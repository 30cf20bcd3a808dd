"""alembic_utils: entities of PostgreSQL that a script creates, drops and replaces."""

import re
from enum import Enum

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

from limbeck_types import NotProvided, comparing_models


class BadInputException(Exception):
    pass


class PGGrantTableChoice(str, Enum):
    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    REFERENCES = "REFERENCES"
    TRIGGER = "TRIGGER"

    def __str__(self):
        return str.__str__(self)


# the privileges that are given on columns
_ON_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


def _unquoted(name):
    return name.strip('"')


def _quoted(name):
    return '"' + _unquoted(name) + '"'


def _without_semicolon(definition):
    return definition.strip().rstrip(";").strip()


def _literal_text(definition):
    """Escapes the colons that are no casts: nothing in a definition is a parameter."""
    return re.sub(r"(?<![:\\]):(?![:=])", r"\\:", definition)


class ReplaceableEntity:
    def __init__(self, schema, signature, definition):
        self.schema = _unquoted(schema)
        self.signature = _unquoted(signature) if "(" not in signature else signature.strip()
        self.definition = _literal_text(_without_semicolon(definition))

    @property
    def identity(self):
        return f"{type(self).__name__}: {self.schema}.{self.signature}"

    @property
    def literal_schema(self):
        return _quoted(self.schema)

    def _name(self):
        return f"{self.literal_schema}.{_quoted(self.signature)}"

    def to_variable_name(self):
        name = self.signature.split("(")[0].strip().lower()
        return self._variable(f"{self.schema.lower()}_{name}")

    @staticmethod
    def _variable(name):
        return name.replace("-", "_").replace(".", "_").replace('"', "")

    @classmethod
    def from_sql(cls, sql):
        raise NotProvided(f"{cls.__name__}.from_sql() is not provided; give schema, signature and definition")

    @classmethod
    def from_path(cls, path):
        raise NotProvided(f"{cls.__name__}.from_path() is not provided; give schema, signature and definition")

    def _create(self):
        return f"CREATE {self._kind} {self._name()} AS {self.definition};"

    def _drop(self):
        return f"DROP {self._kind} {self._name()}"

    def _replace(self):
        raise NotImplementedError()

    def to_sql_statement_create(self):
        return text(self._create())

    def to_sql_statement_drop(self, cascade=False):
        return text(self._drop() + (" cascade" if cascade else ""))

    def to_sql_statement_create_or_replace(self):
        for statement in self._replace():
            yield text(statement)


class PGFunction(ReplaceableEntity):
    def __init__(self, schema, signature, definition):
        super().__init__(schema, signature, definition)
        name, parenthesis, arguments = self.signature.partition("(")
        self.signature = _unquoted(name) + parenthesis + arguments

    @property
    def literal_signature(self):
        name, _, arguments = self.signature.partition("(")
        return f"{_quoted(name.strip())}({arguments}"

    def _create(self):
        return f"CREATE FUNCTION {self.literal_schema}.{_literal_text(self.literal_signature)} {self.definition}"

    def _replace(self):
        return [self._create().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)]

    def _drop(self):
        name, _, arguments = self.literal_signature.partition("(")
        arguments = arguments.rpartition(")")[0]
        kept = [
            re.split(r"\s+default\s|\s*=\s*", argument, maxsplit=1, flags=re.IGNORECASE)[0].strip()
            for argument in _arguments(arguments)
        ]
        return f"DROP FUNCTION {self.literal_schema}.{name}({', '.join(kept)})"


def _arguments(text_):
    """Splits at the commas that stand outside parentheses and strings."""
    parts, part, depth, in_string = [], "", 0, False
    for character in text_:
        in_string ^= character == "'"
        if not in_string:
            depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0 and not in_string:
            parts.append(part)
            part = ""
        else:
            part += character
    return parts + [part] if part.strip() else parts


class PGTrigger(ReplaceableEntity):
    def __init__(self, schema, signature, definition, on_entity, is_constraint=False):
        super().__init__(schema, signature, definition)
        self.on_entity = on_entity
        self.is_constraint = is_constraint

    @property
    def identity(self):
        return f"{super().identity} {self.is_constraint} {self.on_entity}"

    def to_variable_name(self):
        table = self.on_entity.split(".")[-1]
        return self._variable(f"{self.schema}_{table}_{self.signature}".lower())

    def _create(self):
        constraint = "CONSTRAINT " if self.is_constraint else ""
        return f"CREATE {constraint}TRIGGER {_quoted(self.signature)} {self.definition}"

    def _drop(self):
        return f"DROP TRIGGER {_quoted(self.signature)} ON {self.on_entity}"

    def _replace(self):
        return [f"DROP TRIGGER IF EXISTS {_quoted(self.signature)} ON {self.on_entity};", self._create()]


class PGView(ReplaceableEntity):
    _kind = "VIEW"

    def _replace(self):
        create = self._create()
        replace = create.replace("CREATE", "CREATE OR REPLACE", 1)
        return [
            f"""do $$
            begin
                {replace}

            exception when others then
                DROP VIEW IF EXISTS {self._name()};

                {create}
            end;
        $$ language 'plpgsql'"""
        ]


class PGMaterializedView(ReplaceableEntity):
    _kind = "MATERIALIZED VIEW"

    def __init__(self, schema, signature, definition, with_data=True):
        super().__init__(schema, signature, definition)
        self.with_data = with_data

    def _create(self):
        return f"{super()._create()[:-1]} WITH {'' if self.with_data else 'NO'} DATA;"

    def _replace(self):
        return [f"DROP MATERIALIZED VIEW IF EXISTS {self._name()};", self._create()[:-1]]


class PGExtension(ReplaceableEntity):
    def __init__(self, schema, signature):
        super().__init__(schema, signature, f"PGExtension: {schema} {signature}")

    @property
    def identity(self):
        return f"PGExtension: {self.signature}"

    def _create(self):
        return f"CREATE EXTENSION {_quoted(self.signature)} WITH SCHEMA {self.literal_schema};"

    def to_sql_statement_drop(self, cascade=False):
        return text(f"DROP EXTENSION {_quoted(self.signature)}" + (" CASCADE" if cascade else ""))


class PGPolicy(ReplaceableEntity):
    def __init__(self, schema, signature, definition, on_entity):
        super().__init__(schema, signature, definition)
        self.on_entity = on_entity

    @property
    def identity(self):
        return f"{super().identity} {self.on_entity}"

    def to_variable_name(self):
        table = self.on_entity.split(".")[-1]
        return self._variable(f"{self.schema}_{table}_{self.signature}".lower())

    def _create(self):
        return f"CREATE POLICY {self.signature} on {self.on_entity} {self.definition}"

    def _drop(self):
        return f"DROP POLICY {self.signature} on {self.on_entity}"

    def _replace(self):
        return [f"DROP POLICY IF EXISTS {self.signature} on {self.on_entity};", self._create() + ";"]


class PGGrantTable(ReplaceableEntity):
    def __init__(self, schema, table, role, grant, columns=None, with_grant_option=False):
        self.schema = _unquoted(schema)
        self.table = _unquoted(table)
        self.columns = sorted(columns or ())
        self.role = _unquoted(role)
        self.grant = str(PGGrantTableChoice(grant))
        self.with_grant_option = with_grant_option
        self.signature = self.identity
        if self.grant in _ON_COLUMNS and not self.columns:
            raise BadInputException(f"When grant type is {self.grant} a value must be provided for columns")
        if self.grant not in _ON_COLUMNS and self.columns:
            raise BadInputException(f"When grant type is {self.grant} a value must not be provided for columns")

    @property
    def identity(self):
        return f"PGGrantTable: {self.schema}.{self.table}.{self.role}.{self.grant}"

    @property
    def definition(self):
        return self._create()

    def to_variable_name(self):
        return self._variable(f"{self.schema}_{self.table}_{self.role}_{self.grant}".lower())

    def _target(self):
        return f'{self.literal_schema}.{_quoted(self.table)}'

    def _create(self):
        columns = f"( {', '.join(self.columns)} )" if self.columns else ""
        option = "  WITH GRANT OPTION" if self.with_grant_option else ""
        return f"GRANT {self.grant} {columns} ON {self._target()} TO {_quoted(self.role)}{option}"

    def _drop(self):
        return f"REVOKE {self.grant} ON {self._target()} FROM {_quoted(self.role)}"

    def to_sql_statement_drop(self, cascade=False):
        return text(self._drop())

    def _replace(self):
        return [self._drop(), self._create()]


def register_entities(entities, schemas=None, exclude_schemas=None, entity_types=None):
    """What env.py says of its entities matters to autogenerate only."""
    if comparing_models():
        raise NotProvided("the entities of alembic_utils are not compared with the database here")


class _EntityOperation(MigrateOperation):
    @classmethod
    def create_entity(cls, operations, target):
        operations.execute(target.to_sql_statement_create())

    @classmethod
    def drop_entity(cls, operations, target, cascade=False):
        operations.execute(target.to_sql_statement_drop(cascade=cascade))

    @classmethod
    def replace_entity(cls, operations, target):
        for statement in target.to_sql_statement_create_or_replace():
            operations.execute(statement)


for _operation in ("create_entity", "drop_entity", "replace_entity"):
    Operations.register_operation(_operation)(_EntityOperation)
