"""Records what the reference's inspector returns for the schemas of cases.json, in record.json.

Run it with a Python that has the reference installed: python record.py
"""

import json
import pathlib
import warnings

import sqlalchemy as sa

HERE = pathlib.Path(__file__).parent

TYPE_ATTRIBUTES = ("length", "precision", "scale", "asdecimal", "timezone", "none_as_null")


def type_record(type_):
    record = {"class": type(type_).__name__}
    for name in TYPE_ATTRIBUTES:
        if name == "timezone" and type(type_).__name__ == "DATE":
            continue
        if hasattr(type_, name):
            value = getattr(type_, name)
            record[name] = bool(value) if name in ("asdecimal", "timezone", "none_as_null") else value
    return record


def options_record(options):
    return {key: getattr(value, "text", value) for key, value in options.items()}


def guarded(function):
    try:
        return function()
    except (sa.exc.SQLAlchemyError, NotImplementedError) as error:
        return {"error": type(error).__name__, "message": str(error)}


def columns_record(columns):
    for column in columns:
        column["type"] = type_record(column["type"])
        yield column


def indexes_record(indexes):
    for index in indexes:
        index["unique"] = bool(index["unique"])
        index["dialect_options"] = options_record(index["dialect_options"])
        yield index


def table_record(inspector, name, schema):
    return {
        "columns": guarded(lambda: list(columns_record(inspector.get_columns(name, schema)))),
        "pk_constraint": guarded(lambda: inspector.get_pk_constraint(name, schema)),
        "foreign_keys": guarded(lambda: inspector.get_foreign_keys(name, schema)),
        "unique_constraints": guarded(lambda: inspector.get_unique_constraints(name, schema)),
        "check_constraints": guarded(lambda: inspector.get_check_constraints(name, schema)),
        "indexes": guarded(lambda: list(indexes_record(inspector.get_indexes(name, schema)))),
        "table_options": guarded(lambda: inspector.get_table_options(name, schema)),
        "has_table": guarded(lambda: inspector.has_table(name, schema)),
    }


def case_record(case):
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for statement in case["setup"]:
            connection.exec_driver_sql(statement)
        inspector = sa.inspect(connection)
        schema = case.get("schema")
        record = {
            "schema_names": inspector.get_schema_names(),
            "table_names": inspector.get_table_names(schema),
            "temp_table_names": inspector.get_temp_table_names(),
            "view_names": inspector.get_view_names(schema),
        }
        names = record["table_names"] + record["view_names"] + record["temp_table_names"] + case.get("also", [])
        record["tables"] = {name: table_record(inspector, name, schema) for name in names}
    record["warnings"] = sorted({str(warning.message) for warning in caught})
    return record


def main():
    cases = json.loads((HERE / "cases.json").read_text())
    records = {case["name"]: case_record(case) for case in cases}
    (HERE / "record.json").write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    main()
