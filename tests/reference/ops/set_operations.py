"""Queries of set operations: in parentheses where they need them, what stands behind them, and where they stand; UPDATE and
DELETE of aliases; words at the end of queries."""

import sqlalchemy as sa

from suite import Cases

CASES = Cases()

t = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.Integer))
u = sa.table("u", sa.column("a", sa.Integer), sa.column("b", sa.Integer))
a, b = t.c.a, t.c.b
x, anonymous = t.alias("x"), t.alias()


def s():
    return sa.select(a)


add = CASES.statement


def _recursive():
    chain = s().where(a == 1).cte("c", recursive=True)
    return sa.select(chain.union_all(sa.select(u.c.a).where(u.c.b == chain.c.a)))


def _alias_of_union():
    both = sa.union(sa.select(a, b).limit(2), sa.select(u.c.a, u.c.b)).alias()
    return sa.select(both.c.a, both.c.b).where(both.c.b > 1)


def _ordered_by_label(change):
    label = (a + b).label("x")
    return sa.union(sa.select(label), sa.select(b.label("x"))).order_by(change(label))


def _added_ctes():
    first = s().add_cte(sa.select(u.c.a).cte("c"))
    return sa.union(first, s()).add_cte(sa.select(u.c.b).cte("d"))


def _of_two_aliases(make):
    return make(t.alias("p"), t.alias("q"))


def _labelled(change):
    label = (a + b).label("x")
    return change(sa.select(label), label)


add("first_limited", lambda: sa.union(s().limit(1), s()))
add("first_ordered", lambda: s().order_by(a).union(s()))
add("first_ordered_and_limited", lambda: s().order_by(a).limit(2).union_all(s().where(b == 1)))
add("second_limited", lambda: sa.union(s(), s().limit(1)))
add("second_ordered", lambda: sa.union(s(), s().order_by(b)))
add("all_limited", lambda: sa.union(s().order_by(a).limit(1), s().order_by(b).limit(1)).order_by("a"))
add("nested", lambda: sa.union(sa.union(s(), s()), s()))
add("nested_limited", lambda: sa.union(sa.union(s(), s()).limit(3), s()))
add("mixed", lambda: sa.intersect(sa.union(s(), sa.select(u.c.a)), sa.except_(s(), s())))
add("first_for_update", lambda: sa.union(s().with_for_update(), s()))
add("second_for_update", lambda: sa.union(s(), s().with_for_update()))
add("whole_for_update", lambda: sa.union(s(), s()).with_for_update())
add("first_fetched", lambda: sa.union(s().fetch(2), s()))
add("first_skips", lambda: sa.union(s().order_by(a).offset(1).limit(2), s()))
add("in_cte", lambda: sa.select(sa.union(s().limit(1), s()).cte("u")))
add("one", lambda: sa.union(s()))
add("one_ordered", lambda: sa.union(s().order_by(a)))
add("three", lambda: sa.union_all(s(), s().where(b == 2), sa.select(u.c.a)))
add("in_subquery", lambda: sa.select(sa.union(s().limit(1), s()).subquery()))
add("ordered_in_subquery", lambda: sa.select(sa.union(s().order_by(b), s()).subquery("z").c.a))
add("alias_of_union", lambda: _alias_of_union())
add("as_value", lambda: sa.select(sa.union(s().limit(1), s()).scalar_subquery()))
add("as_list", lambda: sa.select(b).where(a.in_(sa.union(s().order_by(a).limit(1), sa.select(u.c.a)))))
add("in_exists", lambda: sa.select(sa.exists(sa.union(s().limit(1), s()).subquery().select())))
add("inserted", lambda: sa.insert(u).from_select(["a", "b"], sa.union(sa.select(a, b).limit(1), sa.select(b, a))))
add("inserted_in_order", lambda: sa.insert(u).from_select(["a"], sa.union(s(), s().order_by(b)).order_by("a")))
add("recursive", lambda: _recursive())
add("labels_limited", lambda: sa.union(sa.select((a + 1).label("x")).limit(2), sa.select(b.label("x"))).order_by("x"))
add("ordered_by_label", lambda: _ordered_by_label(lambda label: label))
add("ordered_by_label_down", lambda: _ordered_by_label(lambda label: label.desc()))
add("ordered_by_column", lambda: sa.union(s(), sa.select(u.c.a)).order_by(a))
add("ordered_limited_skipping", lambda: sa.union(s(), sa.select(u.c.a)).order_by(sa.desc("a")).limit(5).offset(2))
add("limited", lambda: sa.union(s(), s()).limit(3))
add("grouped", lambda: sa.union(s(), s()).group_by(a))
add("grouped_ordered", lambda: sa.union(s(), s()).group_by(a).order_by("a").limit(2))
add("distinct_and_grouped", lambda: sa.union(s().distinct(), s().group_by(a).having(sa.func.count() > 1)))
add("literals", lambda: sa.union_all(sa.select(sa.literal("x").label("k"), a), sa.select(sa.literal("y"), u.c.b)))
add("two_aliases", lambda: _of_two_aliases(lambda p, q: sa.union(sa.select(p.c.a).where(p.c.b == q.c.b), sa.select(q.c.a))))
add("ctes_added", lambda: _added_ctes())
add("ctes_added_in_subquery", lambda: sa.select(sa.union(s(), s()).add_cte(sa.select(u.c.b).cte("d")).subquery()))
add("words_around", lambda: sa.union(s().prefix_with("HINT").suffix_with("SUFFIX"), s()))
add("suffix_at_the_end", lambda: sa.union(s(), s().suffix_with("SUFFIX")))
add("correlated", lambda: sa.select(u.c.a, sa.union(s().where(b == u.c.b), s()).scalar_subquery().label("q")))
add("in_update", lambda: sa.update(u).values(a=sa.union(s().limit(1), s()).scalar_subquery()))
add("in_delete", lambda: sa.delete(u).where(u.c.a.in_(sa.intersect(s(), s().limit(3)))))
add("counted", lambda: sa.select(sa.func.count()).select_from(sa.union(s().limit(1), s()).subquery()))
add("lateral", lambda: sa.select(u, sa.union(s().where(b == u.c.b).limit(1), s()).lateral("l")))
add("insert_in_order", lambda: sa.insert(u).from_select(["a"], s().order_by(a)))
add("insert_in_order_limited", lambda: sa.insert(u).from_select(["a"], s().order_by(a).limit(3)))
add("insert_for_update", lambda: sa.insert(u).from_select(["a"], s().with_for_update()))
add("subquery_for_update", lambda: sa.select(s().with_for_update().subquery()))
add("select_by_label", lambda: _labelled(lambda query, label: query.order_by(label)))
add("select_by_label_down", lambda: _labelled(lambda query, label: query.order_by(label.desc().nulls_last())))
add("select_by_function_of_label", lambda: _labelled(lambda query, label: query.order_by(sa.func.abs(label))))
add("select_grouped_by_label", lambda: _labelled(lambda query, label: query.group_by(label)))
add("select_by_name_of_label", lambda: sa.select((a + 1).label("x")).order_by(sa.desc("x")))
add("suffix", lambda: s().suffix_with("SUFFIX"))
add("suffix_in_subquery", lambda: sa.select(s().suffix_with("SUFFIX").subquery()))
add("suffix_of_value", lambda: sa.select(b, s().suffix_with("SUFFIX").scalar_subquery()))
add("suffixes_behind_limit", lambda: s().suffix_with("SUFFIX", "TWO").order_by(a).limit(1))
add("suffix_and_statement_hint", lambda: s().suffix_with("SUFFIX").with_statement_hint("HINT").with_statement_hint("MORE", "mysql"))
add("suffix_of_cte", lambda: sa.select(s().cte("c").suffix_with("SUFFIX")))
add("update_alias", lambda: sa.update(x).values(a=1))
add("update_alias_where", lambda: sa.update(x).values(a=x.c.b).where(x.c.a == 2))
add("update_alias_by_columns", lambda: sa.update(x).values({x.c.a: x.c.b + 1}))
add("update_alias_from_other", lambda: sa.update(x).values(a=u.c.b).where(x.c.a == u.c.a))
add("update_from_own_alias", lambda: sa.update(t).values(a=x.c.b).where(t.c.a == x.c.a))
add("update_anonymous_alias", lambda: sa.update(anonymous).values(a=1).where(anonymous.c.b == 2))
add("update_alias_by_subquery", lambda: sa.update(x).values(a=sa.select(u.c.a).where(u.c.b == x.c.b).scalar_subquery()))
add("update_alias_returning", lambda: sa.update(x).values(a=1).returning(x.c.a))
add("update_two_aliases", lambda: _of_two_aliases(lambda p, q: sa.update(p).values(b=q.c.b).where(p.c.a == q.c.a)))
add("delete_alias", lambda: sa.delete(x))
add("delete_alias_where", lambda: sa.delete(x).where(x.c.a == 2))
add("delete_alias_using", lambda: sa.delete(x).where(x.c.a == u.c.a))
add("delete_using_own_alias", lambda: sa.delete(t).where(t.c.a == x.c.a))
add("delete_alias_using_table", lambda: sa.delete(x).where(t.c.a == x.c.a))
add("delete_anonymous_alias", lambda: sa.delete(anonymous).where(anonymous.c.b == 2))
add("delete_alias_where_exists", lambda: sa.delete(x).where(sa.exists(sa.select(u.c.a).where(u.c.b == x.c.b))))
add("delete_alias_returning", lambda: sa.delete(x).returning(x.c.a))
add("delete_duplicates", lambda: _of_two_aliases(lambda p, q: sa.delete(p).where(p.c.a == q.c.a, p.c.b > q.c.b)))
