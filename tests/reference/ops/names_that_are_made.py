"""Statements with aliases, subqueries, common table expressions and columns that have no name of their own."""

import sqlalchemy as sa

from suite import Cases

CASES = Cases()

t = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.Integer))
u = sa.table("u", sa.column("a", sa.Integer))
first = sa.select(t.c.a).subquery()
second = sa.select(u.c.a).subquery()
one, other = t.alias(), t.alias()


add = CASES.statement


add("two_subqueries", lambda: sa.select(first.c.a, second.c.a))
add("two_subqueries_the_other_way", lambda: sa.select(second.c.a, first.c.a).where(first.c.a == second.c.a))
add("subquery_within", lambda: sa.select(second.c.a).where(second.c.a.in_(sa.select(first.c.a))))
add("subqueries_joined", lambda: sa.select(first).join(second, first.c.a == second.c.a))
add("subqueries_in_update", lambda: sa.update(t).values(b=sa.select(second.c.a).scalar_subquery()).where(t.c.a.in_(sa.select(first.c.a))))
add("self_join", lambda: sa.select(one.c.a, other.c.b).where(one.c.a == other.c.a))
add("self_join_on", lambda: sa.select(one.c.a, other.c.b).join_from(one, other, one.c.a == other.c.b))
add("self_join_in_delete", lambda: sa.delete(t).where(sa.exists().where(one.c.a == t.c.a).where(one.c.b > t.c.b)))
add("duplicates_deleted", lambda: sa.delete(t).where(t.c.a.not_in(sa.select(sa.func.min(one.c.a)).group_by(one.c.b))))
add("update_from_alias", lambda: sa.update(t).values(b=sa.select(sa.func.max(one.c.b)).where(one.c.a < t.c.a).scalar_subquery()))
add("insert_from_alias", lambda: sa.insert(u).from_select(["a"], sa.select(sa.func.max(one.c.a)).group_by(one.c.b)))
add("alias_of_alias", lambda: sa.select(one.alias().c.a, t.alias("x").alias().c.a, t.alias("x").alias("y").c.b))
add("alias_of_subquery", lambda: sa.select(first.alias().c.a, first.c.a))
add("named_and_not", lambda: sa.select(t.alias("t_1").c.a, other.c.b, t.c.a))
add("two_ctes", lambda: sa.select(sa.select(t.c.a).cte().c.a, sa.select(u.c.a).cte().c.a))


def _aliases_of_cte():
    cte = sa.select(t.c.a).cte()
    return sa.select(cte.alias().c.a, cte.alias().c.a)


add("aliases_of_a_cte", _aliases_of_cte)


def _counted():
    return sa.select(sa.func.count(t.c.a), sa.func.max(t.c.b), t.c.a + 1, sa.func.count(t.c.b), t.c.b.label(None)).subquery()


add("columns_without_names", lambda: sa.select(_counted()))


def _counted_above():
    counted = _counted()
    return sa.select(counted.c["count"], sa.func.sum(counted.c["max"])).where(counted.c["count"] > 1).group_by(counted.c["count"])


add("columns_without_names_used", _counted_above)
add("labels_without_names", lambda: sa.select(t.c.a.label(None), t.c.b.label(None), (t.c.a + 1).label(None)))
add("functions_twice", lambda: sa.select(sa.func.count(t.c.a), sa.func.max(t.c.a), sa.func.count(t.c.b), t.c.a + 1))
add("columns_of_one_name", lambda: sa.select(sa.select(t.c.a, u.c.a).subquery()))


def _union():
    both = sa.union(sa.select(sa.func.count(t.c.a)), sa.select(sa.func.count(u.c.a))).subquery()
    return sa.select(sa.func.sum(both.c[0]))


add("union_without_names", _union)


def _ranked():
    ranked = sa.select(sa.func.row_number().over(order_by=t.c.a), t.c.a).subquery()
    return sa.select(ranked.c.a).where(ranked.c[0] > 1)


add("window_without_name", _ranked)
add("functions_as_tables", lambda: sa.select(sa.func.f(1).table_valued("x", "y"), sa.func.g(2).table_valued("z")))


def _long():
    long = sa.table("a_table_with_a_name_that_is_longer_than_what_postgresql_allows_xx", sa.column("id", sa.Integer))
    one, other = long.alias(), long.alias()
    return sa.select(one.c.id, other.c.id).where(one.c.id == other.c.id)


add("names_too_long", _long)
add("alias_locked", lambda: sa.select(one.c.a, other.c.b).where(one.c.a == other.c.b).with_for_update(of=other))
add("alias_column_locked", lambda: sa.select(other.c.a, one.c.b).with_for_update(of=[one.c.b, other]))
add("alias_hinted", lambda: sa.select(other.c.a, one.c.b).with_hint(one, "WITH (NOLOCK)", "mssql").with_hint(other, "/*+ h(%(name)s) */", "oracle"))
add("lateral", lambda: sa.select(t, sa.select(u.c.a).where(u.c.a == t.c.a).lateral().c.a))
add("ordered_by_label", lambda: sa.select((t.c.a + 1).label(None), t.c.b).order_by(t.c.b))
add("nested_twice", lambda: sa.select(sa.select(sa.select(t.c.a + 1).subquery()).subquery()))
add("in_not_in", lambda: sa.delete(t).where(sa.tuple_(t.c.a, t.c.b).in_(sa.select(one.c.a, sa.func.max(one.c.b)).group_by(one.c.a))))
add("recursive", lambda: _recursive())


def _recursive():
    tree = sa.select(t.c.a).where(t.c.b.is_(None)).cte(recursive=True)
    tree = tree.union_all(sa.select(t.c.a).join(tree, t.c.b == tree.c.a))
    return sa.select(tree)
