"""Parameters without a value as operands: they are NULL, and a comparison with NULL is warned of."""

import sqlalchemy as sa

from suite import Cases

CASES = Cases()

table = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String))
number = table.c.id
name = table.c.name


def nothing(type_=None):
    return sa.bindparam("x", None, type_=type_)


CONDITIONS = {
    "equal": lambda: number == nothing(),
    "not_equal": lambda: number != nothing(),
    "less": lambda: number < nothing(),
    "on_the_left": lambda: nothing(sa.Integer) == number,
    "like": lambda: name.like(nothing()),
    "ilike": lambda: name.ilike(nothing(sa.String)),
    "startswith": lambda: name.startswith(nothing(sa.String)),
    "is": lambda: number.is_(nothing()),
    "is_not": lambda: number.is_not(nothing()),
    "in_list": lambda: number.in_([None, 1]),
    "between": lambda: number.between(nothing(), 5),
    "negated": lambda: ~(number == nothing()),
    "sum": lambda: number + nothing() == 5,
    "concatenation": lambda: name + nothing(sa.String) == "a",
    "function": lambda: sa.func.coalesce(nothing(), 5) > 4,
    "in_function_compared": lambda: number == sa.func.coalesce(nothing(), 5),
    "null": lambda: number == sa.null(),
    "none": lambda: number == None,
    "text": lambda: sa.text("id = :x"),
    "tuple": lambda: sa.tuple_(number, name) == sa.tuple_(1, nothing()),
    "operator": lambda: number.op("@@")(nothing()),
    "case": lambda: number == sa.case((number == 1, nothing()), else_=2),
    "subquery": lambda: number == sa.select(sa.func.max(nothing())).scalar_subquery(),
    "value_by_name": lambda: number == sa.bindparam("other"),
}


def add(key, make):
    CASES.add(key, lambda op: op.execute(sa.select(number).where(make())))
    CASES.add(key + "_delete", lambda op: op.execute(sa.delete(table).where(make())))


for key in CONDITIONS:
    add(key, CONDITIONS[key])
CASES.add("set", lambda op: op.execute(sa.update(table).values(id=nothing())))
CASES.add("inserted", lambda op: op.execute(sa.insert(table).values(id=nothing())))
CASES.add("selected", lambda op: op.execute(sa.select(nothing().label("x"))))
CASES.add("check", lambda op: op.create_check_constraint("ck", "t", number == nothing()), "postgresql", "mysql")
