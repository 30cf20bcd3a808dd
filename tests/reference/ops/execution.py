"""op.execute with everything that it takes."""

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import mysql, postgresql, sqlite

from suite import Cases

CASES = case = Cases()

MAIN = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


def account():
    return sa.table(
        "account",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("amount", sa.Numeric),
        sa.column("owner_id", sa.Integer),
    )


def owner():
    return sa.table("owner", sa.column("id", sa.Integer), sa.column("name", sa.String))


@case()
def string(op):
    op.execute("UPDATE account SET name = 'x'")


@case()
def string_with_semicolon(op):
    op.execute("UPDATE account SET name = 'x';")


@case(*MAIN)
def string_of_two_statements(op):
    op.execute("UPDATE a SET x = 1; UPDATE b SET x = 2")


@case(*MAIN)
def string_with_percent(op):
    op.execute("UPDATE account SET name = '100%' WHERE name LIKE '%(x)s' AND 5 % 2 = 1")


@case(*MAIN)
def string_with_colon(op):
    op.execute("UPDATE account SET name = ':x' WHERE at > '12:30:00' AND x::text = :missing")


@case(*MAIN)
def string_with_escaped_colon(op):
    op.execute("UPDATE account SET name = '\\:x'")


@case(*MAIN)
def string_with_white_space_around(op):
    op.execute("""
        UPDATE account
           SET name = 'x'
    """)


@case("mssql", "oracle", "postgresql")
def string_of_a_block(op):
    op.execute("BEGIN\n  UPDATE a SET x = 1;\nEND;")


@case("postgresql")
def string_with_tabs(op):
    op.execute("UPDATE account\n\tSET name = 'a\tb'")


@case("postgresql")
def empty_string(op):
    op.execute("")


@case("postgresql", "mssql")
def string_with_unicode(op):
    op.execute("UPDATE account SET name = 'Zoë 日本'")


@case(*MAIN)
def text_plain(op):
    op.execute(text("UPDATE account SET name = 'x'"))


@case(*MAIN)
def text_with_binds(op):
    op.execute(text("UPDATE account SET name = :name WHERE id = :id").bindparams(name="it's", id=5))


@case("postgresql", "mysql")
def text_with_typed_bind(op):
    op.execute(text("UPDATE account SET made = :made").bindparams(sa.bindparam("made", None, sa.Date())))


@case(*MAIN)
def text_with_missing_bind(op):
    op.execute(text("UPDATE account SET name = :name"))


@case(*MAIN)
def text_with_percent_and_colons(op):
    op.execute(text(r"UPDATE account SET name = '100% \:x' WHERE a LIKE 'b%'"))


@case("postgresql")
def text_with_casts(op):
    op.execute(text("UPDATE account SET name = id::text"))


@case("postgresql", "mysql")
def text_with_expanding_bind(op):
    statement = text("DELETE FROM account WHERE id IN :ids").bindparams(sa.bindparam("ids", [1, 2], expanding=True))
    op.execute(statement)


@case()
def insert_values(op):
    op.execute(sa.insert(account()).values(id=1, name="it's"))


@case(*MAIN)
def insert_several_rows(op):
    op.execute(sa.insert(account()).values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))


@case(*MAIN)
def insert_from_select(op):
    a, o = account(), owner()
    op.execute(sa.insert(a).from_select(["id", "name"], sa.select(o.c.id, o.c.name).where(o.c.id > 5)))


@case(*MAIN)
def insert_with_function(op):
    op.execute(sa.insert(account()).values(id=func.coalesce(None, 5), name=func.lower("ABC")))


@case(*MAIN)
def insert_default_values(op):
    op.execute(sa.insert(sa.table("account")))


@case("postgresql", "sqlite", "mssql", "oracle")
def insert_returning(op):
    a = account()
    op.execute(sa.insert(a).values(id=1).returning(a.c.id, a.c.name))


@case(*MAIN)
def insert_into_table_with_key(op):
    table = sa.Table("account", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
    op.execute(table.insert().values(n=5))


@case()
def update_where(op):
    a = account()
    op.execute(sa.update(a).where(a.c.name == "x").values(amount=a.c.amount + 1, name="y"))


@case(*MAIN)
def update_with_subquery(op):
    a, o = account(), owner()
    op.execute(sa.update(a).values(name=sa.select(o.c.name).where(o.c.id == a.c.owner_id).scalar_subquery()))


@case("postgresql", "mysql", "mssql", "sqlite")
def update_from(op):
    a, o = account(), owner()
    op.execute(sa.update(a).values(name=o.c.name).where(a.c.owner_id == o.c.id))


@case(*MAIN)
def update_with_case(op):
    a = account()
    op.execute(sa.update(a).values(name=sa.case((a.c.id == 1, "one"), (a.c.id == 2, "two"), else_="many")))


@case("postgresql", "mysql", "oracle")
def update_ordered_values(op):
    a = account()
    op.execute(sa.update(a).ordered_values((a.c.name, "x"), (a.c.id, 5)))


@case(*MAIN)
def update_in_subquery(op):
    a, o = account(), owner()
    op.execute(sa.update(a).where(a.c.owner_id.in_(sa.select(o.c.id))).values(name=None))


@case(*MAIN)
def update_like(op):
    a = account()
    op.execute(sa.update(a).where(a.c.name.like("a%")).where(a.c.name.ilike("%b")).values(name=a.c.name + "!"))


@case(*MAIN)
def update_contains(op):
    a = account()
    op.execute(sa.update(a).where(a.c.name.contains("50%", autoescape=True)).values(name=func.concat(a.c.name, "x")))


@case()
def delete_all(op):
    op.execute(sa.delete(account()))


@case(*MAIN)
def delete_where(op):
    a = account()
    op.execute(sa.delete(a).where(sa.or_(a.c.id < 5, sa.and_(a.c.name.is_(None), a.c.amount.between(1, 2)))))


@case(*MAIN)
def delete_exists(op):
    a, o = account(), owner()
    op.execute(sa.delete(a).where(~sa.exists().where(o.c.id == a.c.owner_id)))


@case("postgresql", "mysql", "mssql", "sqlite")
def delete_using(op):
    a, o = account(), owner()
    op.execute(sa.delete(a).where(a.c.owner_id == o.c.id).where(o.c.name == "x"))


@case(*MAIN)
def select_plain(op):
    a = account()
    op.execute(sa.select(a.c.id, a.c.name).where(a.c.id == 5).order_by(a.c.name.desc()))


@case(*MAIN)
def select_with_limit_and_offset(op):
    a = account()
    op.execute(sa.select(a.c.id).order_by(a.c.id).limit(10).offset(5))


@case(*MAIN)
def select_join_group_having(op):
    a, o = account(), owner()
    op.execute(
        sa.select(o.c.name, func.count(a.c.id).label("n"))
        .select_from(o.outerjoin(a, a.c.owner_id == o.c.id))
        .group_by(o.c.name)
        .having(func.count(a.c.id) > 1)
    )


@case("postgresql", "mssql", "oracle")
def insert_with_cte(op):
    a, o = account(), owner()
    recent = sa.select(o.c.id, o.c.name).where(o.c.id > 5).cte("recent")
    op.execute(sa.insert(a).from_select(["id", "name"], sa.select(recent.c.id, recent.c.name)))


@case("postgresql", "sqlite")
def union(op):
    a, o = account(), owner()
    op.execute(sa.union_all(sa.select(a.c.name), sa.select(o.c.name)))


@case("postgresql")
def postgresql_on_conflict_do_nothing(op):
    op.execute(postgresql.insert(account()).values(id=1).on_conflict_do_nothing(index_elements=["id"]))


@case("postgresql")
def postgresql_on_conflict_do_update(op):
    statement = postgresql.insert(account()).values(id=1, name="x")
    op.execute(
        statement.on_conflict_do_update(constraint="uq_name", set_={"name": statement.excluded.name, "amount": 5})
    )


@case("sqlite")
def sqlite_on_conflict(op):
    statement = sqlite.insert(account()).values(id=1, name="x")
    op.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"name": statement.excluded.name}))


@case("sqlite")
def sqlite_or_replace(op):
    op.execute(sa.insert(account()).values(id=1).prefix_with("OR REPLACE"))


@case("mysql", "mariadb")
def mysql_on_duplicate_key_update(op):
    statement = mysql.insert(account()).values(id=1, name="x")
    op.execute(statement.on_duplicate_key_update(name=statement.inserted.name, amount=5))


@case("mysql", "mariadb")
def mysql_limited_update(op):
    a = account()
    op.execute(sa.update(a).values(name="x").with_dialect_options(mysql_limit=5, mariadb_limit=5))


@case(*MAIN)
def insert_into_quoted_names(op):
    table = sa.table("Account", sa.column("order", sa.Integer), sa.column("per%cent", sa.String))
    op.execute(table.insert().values({"order": 1, "per%cent": "x"}))


@case(*MAIN)
def with_execution_options(op):
    op.execute("VACUUM", execution_options={"isolation_level": "AUTOCOMMIT"})


@case("postgresql")
def an_object_that_is_no_statement(op):
    op.execute(5)


@case("postgresql", "oracle")
def a_function_call(op):
    op.execute(func.pg_advisory_lock(5))


@case("postgresql", "mysql", "mssql")
def a_select_of_functions(op):
    op.execute(sa.select(func.now(), func.current_date(), func.char_length("abc"), func.mod(7, 3)))


@case("postgresql", "mysql", "mssql", "oracle")
def casts(op):
    a = account()
    op.execute(sa.update(a).values(name=sa.cast(a.c.id, sa.String(10)), id=sa.cast("5", sa.Integer())))


@case("postgresql", "mysql")
def json_paths(op):
    table = sa.table("t", sa.column("doc", sa.JSON), sa.column("name", sa.String))
    op.execute(table.update().values(name=table.c.doc["a"]["b"].as_string()))


@case("postgresql", "mssql")
def literal_column_and_text_column(op):
    op.execute(sa.select(sa.literal_column("1 + 1").label("two"), text("x AS y")).select_from(text("account")))


@case("postgresql", "mysql")
def statements_in_a_row(op):
    op.execute("A")
    op.execute("B\n")
    op.execute(text("C"))


@case("mssql", mssql_batch_separator="BYE")
def mssql_batch_separator(op):
    op.execute("A")
    op.create_table("t", sa.Column("id", sa.Integer))


@case("mssql", mssql_batch_separator="")
def mssql_no_batch_separator(op):
    op.execute("A")


@case("oracle", oracle_batch_separator="RUN")
def oracle_batch_separator(op):
    op.execute("A")


@case("oracle", oracle_batch_separator="")
def oracle_no_batch_separator(op):
    op.execute("A")
