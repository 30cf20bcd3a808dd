"""alembic_utils: entities and the operations on them."""

from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_grant_table import PGGrantTable, PGGrantTableChoice
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView

from cases import Expressions, write

CASES = Expressions()

BODY = "returns text as $$ select upper(some_text) $$ language SQL;"

ENTITIES = {
    "function": lambda: PGFunction(schema="public", signature="to_upper(some_text text)", definition=BODY),
    "function_with_defaults": lambda: PGFunction(
        "My S", "Fn(a int default 5, b text DEFAULT 'x', c int[] = '{1,2}')", "\n returns text\n  as $$ begin return :x; end; $$ language plpgsql\n "
    ),
    "function_without_arguments": lambda: PGFunction("public", "f()", "RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.a := NEW.b::text; RETURN NEW; END $f$"),
    "function_of_modes": lambda: PGFunction("public", "f(INOUT a integer, VARIADIC rest numeric(10, 2)[])", "as $$ select 1 where '100%' like '%' $$ language sql"),
    "function_with_quoted_name": lambda: PGFunction("public", '"Fn"(a integer)', BODY),
    "trigger": lambda: PGTrigger(schema="public", signature="lower_account", on_entity="public.account", definition="BEFORE INSERT ON public.account FOR EACH ROW EXECUTE FUNCTION public.downcase()"),
    "constraint_trigger": lambda: PGTrigger(schema="public", signature="T", on_entity="public.account", is_constraint=True, definition="AFTER INSERT ON public.account DEFERRABLE FOR EACH ROW EXECUTE PROCEDURE public.downcase();"),
    "view": lambda: PGView(schema="public", signature="scifi_books", definition="select * from books where genre='scifi';"),
    "view_with_signature": lambda: PGView("My S", "v(a,b)", "select 1, 'a:b', now()::date"),
    "materialized_view": lambda: PGMaterializedView(schema="public", signature="mv", definition="select * from books"),
    "materialized_view_without_data": lambda: PGMaterializedView(schema="public", signature="mv", definition="select * from books;", with_data=False),
    "extension": lambda: PGExtension(schema="public", signature="uuid-ossp"),
    "policy": lambda: PGPolicy(schema="public", signature="allow_read", on_entity="myschema.account", definition="\n AS PERMISSIVE FOR SELECT TO api_user USING (id = 'x:y')\n"),
    "grant_of_columns": lambda: PGGrantTable(schema="public", table="account", columns=["id", "email"], role="anon_user", grant=PGGrantTableChoice.SELECT, with_grant_option=False),
    "grant_with_option": lambda: PGGrantTable(schema="public", table="account", columns=["b", "A"], role="anon_user", grant="INSERT", with_grant_option=True),
    "grant_of_table": lambda: PGGrantTable(schema="public", table="account", role="anon_user", grant="DELETE"),
    "grant_without_columns": lambda: PGGrantTable(schema="public", table="account", role="anon_user", grant="UPDATE"),
    "grant_with_columns": lambda: PGGrantTable(schema="public", table="account", columns=["a"], role="anon_user", grant="TRUNCATE"),
    "grant_of_no_kind": lambda: PGGrantTable(schema="public", table="account", columns=["a"], role="anon_user", grant="PEEK"),
}


def add(name, make):
    CASES.add("create_" + name, lambda op: op.create_entity(make()), "postgresql")
    CASES.add("drop_" + name, lambda op: op.drop_entity(make()), "postgresql")
    CASES.add("drop_cascade_" + name, lambda op: op.drop_entity(make(), cascade=True), "postgresql")
    CASES.add("replace_" + name, lambda op: op.replace_entity(make()), "postgresql")

    def statements(op):
        entity = make()
        op.execute(entity.to_sql_statement_create())
        op.execute(entity.to_sql_statement_drop())
        op.execute(entity.to_sql_statement_drop(cascade=True))
        for statement in entity.to_sql_statement_create_or_replace():
            op.execute(statement)

    CASES.add("statements_" + name, statements, "postgresql")
    CASES.add("identity_" + name, lambda op: write(op, make().identity), "postgresql")
    CASES.add("variable_" + name, lambda op: write(op, make().to_variable_name()), "postgresql")


for name in ENTITIES:
    add(name, ENTITIES[name])


def elsewhere(op):
    op.create_entity(ENTITIES["function"]())


CASES.add("elsewhere", elsewhere, "sqlite", "mysql")
