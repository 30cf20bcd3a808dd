"""Expressions that data migrations use now and then: windows, VALUES, LATERAL, table-valued functions, recursive CTEs, hints."""

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql

from suite import Cases

CASES = case = Cases()

account = sa.table(
    "account",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("parent_id", sa.Integer),
    sa.column("data", sa.JSON),
    sa.column("created", sa.DateTime),
)
item = sa.table("item", sa.column("id", sa.Integer), sa.column("account_id", sa.Integer), sa.column("price", sa.Numeric), schema="shop")
ids = account.c.id


def add(name, make, *dialects):
    CASES.add(name, lambda op: op.execute(make()), *dialects)


# windows
add("over_order", lambda: sa.select(ids, sa.func.row_number().over(order_by=account.c.name).label("n")))
add("over_partition", lambda: sa.select(sa.func.sum(ids).over(partition_by=account.c.parent_id)))
add("over_both", lambda: sa.select(sa.func.rank().over(partition_by=[account.c.parent_id, account.c.name], order_by=[ids.desc(), account.c.name])))
add("over_nothing", lambda: sa.select(sa.func.count().over()))
add("over_range", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, range_=(None, 0))))
add("over_range_numbers", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, range_=(-5, 10))))
add("over_rows", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=(-2, None))))
add("over_rows_both", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=(0, 3))))
add("over_rows_following", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=(1, 3))))
add("over_rows_preceding", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=(-3, -1))))
add("over_rows_unbounded", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=(None, None))))
add("over_groups", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, groups=(None, 2))))
add("over_two_frames", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=(0, 1), range_=(0, 1))))
add("over_bad_frame", lambda: sa.select(sa.func.sum(ids).over(order_by=ids, rows=("a", 1))))
add("over_function", lambda: sa.select(sa.over(sa.func.lag(ids, 1, 0), order_by=ids)))
add("over_in_subquery", lambda: sa.delete(account).where(ids.in_(sa.select(sa.select(ids, sa.func.row_number().over(partition_by=account.c.name, order_by=ids).label("n")).subquery().c.id))))
add("filter_over", lambda: sa.select(sa.func.count(ids).filter(account.c.name == "a").over(order_by=ids)))

# ordered sets
add("within_group", lambda: sa.select(sa.func.percentile_cont(0.5).within_group(ids)))
add("within_group_desc", lambda: sa.select(sa.func.percentile_disc(0.5).within_group(ids.desc(), account.c.name)))
add("within_group_mode", lambda: sa.select(sa.func.mode().within_group(account.c.name)))
add("within_group_over", lambda: sa.select(sa.func.percentile_cont(0.5).within_group(ids).over(partition_by=account.c.name)))
add("within_group_function", lambda: sa.select(sa.within_group(sa.func.listagg(account.c.name, ","), account.c.name)))
add("within_group_filter", lambda: sa.select(sa.func.percentile_cont(0.5).within_group(ids).filter(ids > 5)))
add("aggregate_order_by", lambda: sa.select(postgresql.array_agg(postgresql.aggregate_order_by(account.c.name, ids.desc()))), "postgresql")
add("aggregate_order_by_method", lambda: sa.select(sa.func.array_agg(account.c.name).aggregate_order_by(ids.desc())), "postgresql", "mysql", "mssql", "oracle", "sqlite")

# casts
add("try_cast", lambda: sa.select(sa.try_cast(account.c.name, sa.Integer)))
add("try_cast_of_value", lambda: sa.select(sa.try_cast("5", sa.Numeric(10, 2))))

# VALUES
pairs = lambda: sa.values(sa.column("id", sa.Integer), sa.column("name", sa.String), name="pairs").data([(1, "a"), (2, "it's")])
add("values", lambda: sa.select(pairs()))
add("values_literal", lambda: sa.select(sa.values(sa.column("id", sa.Integer), sa.column("name", sa.String), name="v", literal_binds=True).data([(1, "a")])))
add("values_without_name", lambda: sa.select(sa.values(sa.column("id", sa.Integer)).data([(1,), (2,)])))
add("values_alias", lambda: sa.select(pairs().alias("other")))
add("values_two_data", lambda: sa.select(sa.values(sa.column("id", sa.Integer), name="v").data([(1,)]).data([(2,)])))
add("values_lateral", lambda: sa.select(account.c.id, pairs().lateral("l")))
add("values_join", lambda: sa.select(account.c.name).join(v := pairs(), v.c.id == ids))


def values_update():
    v = pairs()
    return sa.update(account).values(name=v.c.name).where(ids == v.c.id)


add("values_update", values_update)
add("values_cte", lambda: sa.select(pairs().cte("c")))
add("values_in", lambda: sa.select(ids).where(ids.in_(sa.select(pairs().c.id))))
add("values_scalar", lambda: sa.select(sa.values(sa.column("x", sa.Integer)).data([(1,)]).scalar_values()))

# LATERAL
add("lateral", lambda: sa.select(ids, sa.select(item.c.price).where(item.c.account_id == ids).limit(1).lateral("l").c.price))
add("lateral_join", lambda: sa.select(ids, (s := sa.select(item.c.price).where(item.c.account_id == ids).lateral("l")).c.price).select_from(account.join(s, sa.true())))
add("lateral_outer", lambda: sa.select(ids, (s := sa.select(item.c.price).where(item.c.account_id == ids).lateral()).c.price).select_from(account.outerjoin(s, sa.true())))
add("lateral_function", lambda: sa.select(ids, sa.lateral(sa.select(item.c.price).where(item.c.account_id == ids), "l").c.price))

# functions as tables
add("table_valued", lambda: sa.select(sa.func.json_each('["a"]').table_valued("value")))
add("table_valued_columns", lambda: sa.select(sa.func.json_each('["a"]').table_valued("key", sa.column("value", sa.Integer))))
add("table_valued_ordinality", lambda: sa.select(sa.func.unnest(account.c.name).table_valued("value", with_ordinality="n", name="u").render_derived()))
add("table_valued_name", lambda: sa.select(sa.func.generate_series(1, 5).table_valued("n", name="series")))
add("table_valued_derived", lambda: sa.select(sa.func.json_to_recordset('[]').table_valued(sa.column("a", sa.Integer), sa.column("b", sa.String)).render_derived(name="x", with_types=True)))
add("table_valued_derived_name", lambda: sa.select(sa.func.unnest(account.c.name).table_valued("v").render_derived(name="u")))
add("table_valued_alias", lambda: sa.select(sa.func.generate_series(1, 5).table_valued("n").alias("s")))
add("table_valued_lateral", lambda: sa.select(ids, sa.func.json_each(account.c.data).table_valued("key", "value").lateral("l")))
add("table_valued_column", lambda: sa.select((f := sa.func.json_array_elements(account.c.data).table_valued("value")).c.value, ids).where(f.c.value == "a"))
add("table_valued_joins_implicitly", lambda: sa.select(ids, sa.func.json_each(account.c.data).table_valued("value", joins_implicitly=True)))
add("column_valued", lambda: sa.select(sa.func.unnest(account.c.name).column_valued()))
add("column_valued_name", lambda: sa.select(sa.func.generate_series(1, 4).column_valued("x")))
add("function_alias", lambda: sa.select(sa.func.generate_series(1, 4).alias("g").column))
add("scalar_table_valued", lambda: sa.select(sa.func.json_each(account.c.data).scalar_table_valued("value")))
add("table_valued_of_table", lambda: sa.select(sa.func.row_to_json(account.table_valued())))

# DISTINCT
add("distinct", lambda: sa.select(account.c.name).distinct())
add("distinct_on", lambda: sa.select(ids, account.c.name).distinct(account.c.name), "postgresql")
add("distinct_on_two", lambda: sa.select(ids, account.c.name).distinct(account.c.name, account.c.parent_id).order_by(account.c.name, ids.desc()), "postgresql")
add("distinct_on_elsewhere", lambda: sa.select(ids).distinct(account.c.name), "mysql", "sqlite", "mssql", "oracle")
add("distinct_on_extension", lambda: sa.select(ids).ext(postgresql.distinct_on(account.c.name)), "postgresql")


# recursive
def recursive(union_all=True, nesting=False):
    top = sa.select(ids.label("id"), account.c.parent_id.label("parent")).where(account.c.parent_id.is_(None)).cte("tree", recursive=True)
    child = account.alias("child")
    step = sa.select(child.c.id, child.c.parent_id).where(child.c.parent_id == top.c.id)
    return top.union_all(step) if union_all else top.union(step)


add("recursive", lambda: sa.select(recursive()))
add("recursive_union", lambda: sa.select(recursive(False).c.id))
add("recursive_delete", lambda: sa.delete(account).where(ids.in_(sa.select(recursive().c.id))))
add("recursive_update", lambda: sa.update(account).values(name="x").where(ids.in_(sa.select(recursive().c.id))))
add("recursive_insert", lambda: sa.insert(item).from_select(["id"], sa.select(recursive().c.id)))
add("recursive_numbers", lambda: sa.select((n := sa.select(sa.literal(1).label("n")).cte("n", recursive=True)).union_all(sa.select(n.c.n + 1).where(n.c.n < 5)).c.n))
add("recursive_and_plain", lambda: sa.select(recursive().c.id, sa.select(ids).cte("plain").c.id))
add("cte_materialized", lambda: sa.select(sa.select(ids).cte("c").prefix_with("MATERIALIZED", dialect="postgresql")))
add("cte_nesting", lambda: sa.select(sa.select(sa.select(ids).cte("inner_one", nesting=True)).cte("outer_one")))
add("cte_of_delete", lambda: sa.select(sa.delete(account).where(ids == 1).returning(ids).cte("gone")), "postgresql", "sqlite")
add("cte_of_insert", lambda: sa.select(sa.insert(account).values(name="a").returning(ids).cte("new_one")), "postgresql")
add("cte_twice", lambda: sa.select((c := sa.select(ids).cte("c")).c.id, c.alias("d").c.id))
add("add_cte", lambda: sa.select(ids).add_cte(sa.delete(item).cte("gone")), "postgresql", "sqlite", "mssql")

# locks
add("for_update", lambda: sa.select(ids).with_for_update())
add("for_update_nowait", lambda: sa.select(ids).with_for_update(nowait=True))
add("for_update_skip_locked", lambda: sa.select(ids).with_for_update(skip_locked=True))
add("for_update_of", lambda: sa.select(ids).with_for_update(of=account))
add("for_update_of_column", lambda: sa.select(ids).with_for_update(of=ids))
add("for_update_of_list", lambda: sa.select(ids, item.c.price).with_for_update(of=[account, item.c.id], nowait=True))
add("for_update_read", lambda: sa.select(ids).with_for_update(read=True))
add("for_update_read_nowait", lambda: sa.select(ids).with_for_update(read=True, nowait=True))
add("for_update_key_share", lambda: sa.select(ids).with_for_update(key_share=True))
add("for_update_read_key_share", lambda: sa.select(ids).with_for_update(read=True, key_share=True, skip_locked=True))

# hints
add("with_hint", lambda: sa.select(ids).with_hint(account, "WITH (NOLOCK)", "mssql").with_hint(account, "USE INDEX (ix)", "mysql"))
add("with_hint_of_name", lambda: sa.select(ids).with_hint(account, "index(%(name)s ix)"))
add("with_hint_oracle", lambda: sa.select(ids).with_hint(account, "index(%(name)s ix)", "oracle"))
add("with_statement_hint", lambda: sa.select(ids).with_statement_hint("OPTION (RECOMPILE)", "mssql").with_statement_hint("/*+ x */"))
add("update_with_hint", lambda: sa.update(account).values(name="a").with_hint("WITH (PAGLOCK)", dialect_name="mssql"))
add("delete_with_hint", lambda: sa.delete(account).with_hint("WITH (PAGLOCK)", dialect_name="mssql"))
add("insert_with_hint", lambda: sa.insert(account).values(name="a").with_hint("WITH (PAGLOCK)", dialect_name="mssql"))
add("prefixes_and_suffixes", lambda: sa.select(ids).prefix_with("HIGH_PRIORITY", dialect="mysql").prefix_with("/* all */").suffix_with("OPTION (x)"))

# samples
add("tablesample", lambda: sa.select(sa.tablesample(account, 5).c.id))
add("tablesample_method", lambda: sa.select(sa.tablesample(account, sa.func.system(5.5), name="s", seed=sa.func.radians(45)).c.id))
add("tablesample_of_table", lambda: sa.select(account.tablesample(sa.func.bernoulli(1), name="s").c.name) if hasattr(account, "tablesample") else sa.select(sa.tablesample(account, sa.func.bernoulli(1), name="s").c.name))
