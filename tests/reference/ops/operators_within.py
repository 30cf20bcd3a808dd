"""Operators of PostgreSQL's types and quantified comparisons, by themselves and within conditions and other operators."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from suite import Cases

CASES = Cases()

q = sa.table(
    "q",
    sa.column("id", sa.Integer),
    sa.column("j", pg.JSONB),
    sa.column("tags", pg.ARRAY(sa.Integer)),
    sa.column("h", pg.HSTORE),
    sa.column("r", pg.INT4RANGE),
    sa.column("mr", pg.INT4MULTIRANGE),
    sa.column("s", sa.String),
)
c = q.c

OPERATIONS = {
    "has_key": c.j.has_key("a"),
    "has_all": c.j.has_all(["a"]),
    "contains": c.j.contains({"a": 1}),
    "path_exists": c.j.path_exists("$.a"),
    "element": c.j["a"].astext,
    "array_contains": c.tags.contains([1]),
    "array_overlap": c.tags.overlap([1]),
    "hstore_contains": c.h.contains({"a": "1"}),
    "overlaps": c.r.overlaps(c.r),
    "left_of": c.r.strictly_left_of(c.r),
    "adjacent": c.mr.adjacent_to(c.mr),
    "union": c.r.union(c.r),
    "difference": c.mr.difference(c.mr),
    "any": sa.any_(c.tags) == 5,
    "less_than_all": c.id < sa.all_(c.tags),
    "any_of_select": c.id != sa.any_(sa.select(c.id).scalar_subquery()),
}

PLACES = {
    "alone": lambda e: sa.select(c.id).where(e),
    "among_conditions": lambda e: sa.select(c.id).where(e, c.id > 1),
    "in_and": lambda e: sa.select(c.id).where(sa.and_(e, c.id > 1)),
    "in_or": lambda e: sa.select(c.id).where(sa.or_(e, c.id > 1), c.id > 2),
    "negated": lambda e: sa.select(c.id).where(~e, c.id > 1),
    "selected": lambda e: sa.select(e, e.label("l")),
    "compared": lambda e: sa.select(c.id).where(e == c.s),
    "is_null": lambda e: sa.select(c.id).where(e.is_(None)),
    "deleted": lambda e: sa.delete(q).where(e).where(c.id == 1),
    "updated": lambda e: sa.update(q).where(e, c.id == 1).values(id=2),
    "having": lambda e: sa.select(c.id).group_by(c.id).having(e).having(c.id > 1),
}


def add(name, statement):
    CASES.add(name, lambda op: op.execute(statement), "postgresql")


for operation, expression in OPERATIONS.items():
    for place, put in PLACES.items():
        add(f"{operation}_{place}", put(expression))


def add_everywhere(name, statement):
    CASES.add(name, lambda op: op.execute(statement))


f = sa.func
PAIRS = {
    "plain_and_coalesce": (f.lower(c.s), f.coalesce(c.s, "x")),
    "date_trunc_and_now": (f.date_trunc("day", c.id), f.now()),
    "now_and_plain": (f.now(), f.date(c.id)),
    "two_of_the_library": (f.max(c.id), f.min(c.id)),
    "two_plain": (f.lower(c.s), f.upper(c.s)),
    "column_and_now": (c.id, f.now()),
    "of_a_package": (f.pg.lower(c.s), f.current_timestamp()),
}
for pair, (left, right) in PAIRS.items():
    add_everywhere(f"{pair}_equal", sa.select(c.id).where(left == right))
    add_everywhere(f"{pair}_less", sa.update(q).where(left < right).values(id=1))
    add_everywhere(f"{pair}_at_least", sa.delete(q).where(left >= right, c.id > 1))
    add_everywhere(f"{pair}_added", sa.select(left + right))
    add_everywhere(f"{pair}_added_to_text", sa.select(left + "x", left + right + "y"))
