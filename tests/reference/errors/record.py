"""Records the texts of the reference's database errors, in record.json.

Run it with a Python that has the reference installed: python record.py
"""

import json
import pathlib

import sqlalchemy as sa

SETUP = [
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c INTEGER NOT NULL, d INTEGER CHECK (d > 0))",
    "INSERT INTO t VALUES (1, 'x', 1, 1)",
]

# Statement, and parameters: a list for `?`, an object for `:name`, a list of lists for executemany.
CASES = [
    ["SELECT * FROM missing", []],
    ["SELECT * FROM missing WHERE a = ?", [1]],
    ["SELECT missing FROM t", []],
    ["SELEC 1", []],
    ["SELECT 1 FROM", []],
    ["SELECT 'a", []],
    ["SELECT missing_function(1)", []],
    ["INSERT INTO t VALUES (1, 'y', 1, 1)", []],
    ["INSERT INTO t VALUES (2, ?, 1, 1)", ["x"]],
    ["INSERT INTO t VALUES (2, 'z', NULL, 1)", []],
    ["INSERT INTO t VALUES (2, 'z', 1, -1)", []],
    ["INSERT INTO t VALUES ('text', 'z', 1, 1)", []],
    ["INSERT INTO t (a) VALUES (1, 2)", []],
    ["CREATE TABLE t (a INTEGER)", []],
    ["DROP TABLE missing", []],
    ["ALTER TABLE t ADD COLUMN b TEXT", []],
    ["SELECT ?", []],
    ["SELECT ?, ?", [1]],
    ["SELECT :a", {"b": 1}],
    ["SELECT ?", {"b": 1}],
    ["SELECT 1; SELECT 2", []],
    ["SELECT 1; SELEC 2", []],
    ["CREATE TABLE u (a INTEGER); INSERT INTO u VALUES (1)", []],
    ["ROLLBACK TO nowhere", []],
    ["RELEASE nowhere", []],
    ["SELEC ?", ["it's"]],
    ["SELEC ?", ["it's \"both\""]],
    ["SELEC ?", ["line\nbreak\ttab\\ é € \u200b \x01"]],
    ["SELEC ?, ?, ?, ?", [None, 1.0, 1e16, 1.5e-07]],
    ["SELEC ?", ["x" * 400]],
    ["SELEC ?", list(range(150))],
    ["SELEC :a", {"a": 1, "b": "two"}],
    ["INSERT INTO t VALUES (?, ?, 1, 1)", [[5, "p"], [5, "q"]]],
    ["INSERT INTO t VALUES (?, ?, 1, 1)", [[n + 10, "n%d" % n] for n in range(12)] + [[10, "again"]]],
]


def text_of(statement, parameters):
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        for setup in SETUP:
            connection.exec_driver_sql(setup)
        if isinstance(parameters, list):
            if parameters and isinstance(parameters[0], list):
                parameters = [tuple(row) for row in parameters]
            else:
                parameters = tuple(parameters)
        try:
            connection.exec_driver_sql(statement, parameters or None).fetchall()
        except sa.exc.SQLAlchemyError as error:
            return str(error)
    return None


def main():
    records = [[statement, parameters, text_of(statement, parameters)] for statement, parameters in CASES]
    path = pathlib.Path(__file__).parent / "record.json"
    path.write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    main()
