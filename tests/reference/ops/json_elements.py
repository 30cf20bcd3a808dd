"""Elements of JSON columns: by keys, positions and paths, as JSON and as values of a type."""

import sqlalchemy as sa

from suite import Cases

CASES = Cases()

table = sa.table("t", sa.column("id", sa.Integer), sa.column("j", sa.JSON))
document = table.c.j

ELEMENTS = {
    "key": lambda: document["a"],
    "position": lambda: document[1],
    "negative_position": lambda: document[-1],
    "path": lambda: document[("a", 1, "b")],
    "string": lambda: document["a"].as_string(),
    "integer": lambda: document["a"].as_integer(),
    "float": lambda: document["a"].as_float(),
    "numeric": lambda: document["a"].as_numeric(10, 2),
    "numeric_as_float": lambda: document["a"].as_numeric(10, 2, asdecimal=False),
    "boolean": lambda: document["a"].as_boolean(),
    "json": lambda: document["a"].as_json(),
    "path_string": lambda: document[("a", 1)].as_string(),
    "string_compared": lambda: document["a"].as_string() == "x",
    "integer_compared": lambda: document["a"].as_integer() == 5,
    "boolean_compared": lambda: document["a"].as_boolean() == True,
    "string_is_null": lambda: document["a"].as_string().is_(None),
    "odd_key": lambda: document["a b'c\"d"].as_string(),
    "cast": lambda: sa.cast(document["a"], sa.String(10)),
    "nested": lambda: document["a"]["b"].as_string(),
    "labelled": lambda: document["a"].as_string().label("x"),
    "in_function": lambda: sa.func.lower(document["a"].as_string()),
    "compared_with_text": lambda: document["a"] == sa.text("1"),
    "concatenated": lambda: document["a"].as_string() + "x",
    "added": lambda: document["a"].as_integer() + 1,
    "in_list": lambda: document["a"].as_string().in_(["x", "y"]),
}


def add(name, make):
    CASES.add(name, lambda op: op.execute(sa.select(make())))
    CASES.add(name + "_in_where", lambda op: op.execute(sa.select(table.c.id).where(make()).order_by(make())))
    CASES.add(name + "_set", lambda op: op.execute(sa.update(table).values(id=make())))


for name in ELEMENTS:
    add(name, ELEMENTS[name])
