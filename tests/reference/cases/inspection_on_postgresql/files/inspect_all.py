import sys
import warnings

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

engine = sa.create_engine(sys.argv[1])


def show(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {show(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + ")"
    if isinstance(value, sa.types.TypeEngine):
        try:
            sql = value.compile(dialect=postgresql.dialect())
        except Exception as error:
            sql = f"!{type(error).__name__}"
        return f"<{value!r} {sql}>"
    return repr(value)


QUESTIONS = [
    "has_table",
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_unique_constraints",
    "get_check_constraints",
    "get_indexes",
    "get_table_comment",
    "get_view_definition",
]
TABLES = [
    (None, "t"),
    ("public", "t"),
    (None, "parent"),
    ("public", "parent"),
    ("other", "remote"),
    ("other", "child"),
    (None, "part"),
    (None, "part1"),
    (None, "inh"),
    (None, "v"),
    (None, "mv"),
    (None, "nocols"),
    (None, "nope"),
    ("nosch", "t"),
    ("other", "nope"),
]
with engine.connect() as connection:
    inspector = sa.inspect(connection)
    print(type(inspector).__name__, sorted(inspector.get_schema_names()), inspector.default_schema_name)
    for schema in (None, "public", "other"):
        for question in ("table", "view", "materialized_view", "sequence"):
            print(schema, question, sorted(getattr(inspector, f"get_{question}_names")(schema=schema)))
        print(show(inspector.get_enums(schema=schema)), show(inspector.get_domains(schema=schema)))
    print(show(sorted(inspector.get_enums(schema="*"), key=lambda found: found["name"])))
    for schema, table in TABLES:
        print("==", schema, table)
        for question in QUESTIONS:
            try:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    answer = getattr(inspector, question)(table, schema=schema)
            except sa.exc.NoSuchTableError as error:
                print(question, type(error).__name__, error)
                continue
            for item in answer if isinstance(answer, list) else [answer]:
                print(question, show(item))
            for warning in caught:
                print("warning:", warning.message)
    print(connection.dialect.server_version_info >= (9, 6), connection.dialect.default_schema_name)
engine.dispose()
