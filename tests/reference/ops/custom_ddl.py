"""Schema constructs, DDL() and constructs with @compiles, given to op.execute."""

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import DDLElement, ExecutableDDLElement
from sqlalchemy.sql.expression import ClauseElement, Executable, FunctionElement

from suite import Cases

CASES = case = Cases()

FIVE = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


class CreateView(DDLElement):
    def __init__(self, name, selectable):
        self.name = name
        self.selectable = selectable


@compiles(CreateView)
def compile_create_view(element, compiler, **kw):
    return "CREATE VIEW %s AS %s" % (
        compiler.preparer.quote(element.name),
        compiler.sql_compiler.process(element.selectable, literal_binds=True),
    )


class DropThing(ExecutableDDLElement):
    def __init__(self, name, schema=None):
        self.name = name
        self.schema = schema


@compiles(DropThing, "postgresql")
def compile_drop_thing_postgresql(element, compiler, **kw):
    return "DROP THING " + compiler.preparer.quote(element.name) + " CASCADE"


@compiles(DropThing, "mysql", "mssql")
def compile_drop_thing_others(element, compiler, **kw):
    return "DROP " + compiler.preparer.quote_identifier(element.name) + " -- " + compiler.dialect.name


class Refresh(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, name, limit):
        self.name = name
        self.limit = limit


@compiles(Refresh)
def compile_refresh(element, compiler, **kw):
    return "REFRESH %s LIMIT %s" % (element.name, compiler.process(element.limit, **kw))


class utc_now(FunctionElement):
    type = sa.DateTime()
    inherit_cache = True


@compiles(utc_now)
def compile_utc_now(element, compiler, **kw):
    return "CURRENT_TIMESTAMP"


@compiles(utc_now, "postgresql")
def compile_utc_now_postgresql(element, compiler, **kw):
    return "TIMEZONE('utc', CURRENT_TIMESTAMP)"


@compiles(utc_now, "mssql")
def compile_utc_now_mssql(element, compiler, **kw):
    return "GETUTCDATE()"


class greatest(FunctionElement):
    type = sa.Numeric()
    inherit_cache = True


@compiles(greatest)
def compile_greatest(element, compiler, **kw):
    return "GREATEST(%s)" % compiler.process(element.clauses, **kw)


@compiles(greatest, "sqlite")
def compile_greatest_sqlite(element, compiler, **kw):
    return "max(%s)" % compiler.process(element.clauses, **kw)


@case(*FIVE)
def ddl(op):
    op.execute(sa.DDL("CREATE TRIGGER t AFTER INSERT ON account BEGIN SELECT 1; END"))


@case(*FIVE)
def ddl_with_percent(op):
    op.execute(sa.DDL("ALTER TABLE account SET x = '100%%'"))


@case("postgresql", "mysql", "mssql")
def ddl_with_context(op):
    op.execute(sa.DDL("ALTER TABLE %(which)s SET x = '100%%'", context={"which": "account"}))


@case("postgresql")
def ddl_with_missing_context(op):
    op.execute(sa.DDL("ALTER TABLE %(which)s"))


@case("postgresql", "mysql")
def ddl_execute_if_is_ignored_by_execute(op):
    op.execute(sa.DDL("ONLY FOR POSTGRESQL").execute_if(dialect="postgresql"))


@case(*FIVE)
def create_sequence(op):
    op.execute(sa.schema.CreateSequence(sa.Sequence("serial")))


@case("postgresql", "mariadb", "mssql", "oracle")
def create_sequence_with_options(op):
    op.execute(
        sa.schema.CreateSequence(
            sa.Sequence(
                "Serial", start=5, increment=2, minvalue=1, maxvalue=100, cycle=True, cache=20, schema="ledger",
                data_type=sa.BigInteger(),
            )
        )
    )


@case("postgresql", "oracle", "mssql")
def create_sequence_without_limits(op):
    op.execute(sa.schema.CreateSequence(sa.Sequence("serial", nominvalue=True, nomaxvalue=True, cycle=False)))


@case("oracle")
def create_sequence_oracle_order(op):
    op.execute(sa.schema.CreateSequence(sa.Sequence("serial", oracle_order=True)))
    op.execute(sa.schema.CreateSequence(sa.Sequence("serial", oracle_order=False)))


@case("postgresql", "mariadb", "mssql", "oracle")
def create_sequence_if_not_exists(op):
    op.execute(sa.schema.CreateSequence(sa.Sequence("serial"), if_not_exists=True))


@case(*FIVE)
def drop_sequence(op):
    op.execute(sa.schema.DropSequence(sa.Sequence("serial", schema="ledger")))


@case("postgresql", "mssql")
def drop_sequence_if_exists(op):
    op.execute(sa.schema.DropSequence(sa.Sequence("serial"), if_exists=True))


@case("postgresql", "mssql", "mariadb", "oracle")
def next_value_in_statements(op):
    serial = sa.Sequence("serial", schema="ledger")
    op.execute(sa.select(serial.next_value()))
    op.execute(sa.table("t", sa.column("id", sa.Integer)).insert().values(id=serial.next_value()))


@case(*FIVE)
def create_schema(op):
    op.execute(sa.schema.CreateSchema("Ledger"))


@case("postgresql", "mysql")
def create_schema_if_not_exists(op):
    op.execute(sa.schema.CreateSchema("ledger", if_not_exists=True))


@case(*FIVE)
def drop_schema(op):
    op.execute(sa.schema.DropSchema("ledger"))


@case("postgresql", "mysql")
def drop_schema_cascade_if_exists(op):
    op.execute(sa.schema.DropSchema("ledger", cascade=True, if_exists=True))


@case(*FIVE)
def create_table_object(op):
    metadata = sa.MetaData(schema="ledger")
    account = sa.Table(
        "account",
        metadata,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(9), index=True),
        sa.Column("parent_id", sa.ForeignKey("account.id", name="fk_parent")),
    )
    op.execute(sa.schema.CreateTable(account))


@case("postgresql", "sqlite", "mysql")
def create_table_object_if_not_exists(op):
    account = sa.Table("account", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True))
    op.execute(sa.schema.CreateTable(account, if_not_exists=True))


@case("postgresql", "mssql")
def create_table_object_without_foreign_keys(op):
    metadata = sa.MetaData()
    owner = sa.Table("owner", metadata, sa.Column("id", sa.Integer(), primary_key=True))
    account = sa.Table("account", metadata, sa.Column("owner_id", sa.ForeignKey(owner.c.id, name="fk")))
    op.execute(sa.schema.CreateTable(account, include_foreign_key_constraints=[]))
    for constraint in account.foreign_key_constraints:
        op.execute(sa.schema.AddConstraint(constraint))


@case("postgresql", "mysql")
def tables_of_sorted_metadata(op):
    metadata = sa.MetaData()
    sa.Table("b", metadata, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a_id", sa.ForeignKey("a.id")))
    sa.Table("a", metadata, sa.Column("id", sa.Integer(), primary_key=True))
    for table in metadata.sorted_tables:
        op.execute(sa.schema.CreateTable(table))
    for table in reversed(metadata.sorted_tables):
        op.execute(sa.schema.DropTable(table))


@case("postgresql", "mysql", "sqlite")
def create_all_through_the_bind(op):
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.Integer(), index=True))
    metadata.create_all(op.get_bind(), checkfirst=False)


@case("postgresql", "mysql", "sqlite", "mssql", "oracle")
def create_view_construct(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
    view = sa.schema.CreateView(sa.select(account.c.id).where(account.c.name == "it's"), "open_account")
    op.execute(view)


@case("postgresql", "sqlite", "mssql")
def create_view_or_replace(op):
    account = sa.table("account", sa.column("id", sa.Integer))
    op.execute(sa.schema.CreateView(sa.select(account.c.id), "v", or_replace=True, schema="s"))


@case("postgresql", "sqlite", "oracle")
def create_materialized_and_temporary_view(op):
    account = sa.table("account", sa.column("id", sa.Integer))
    op.execute(sa.schema.CreateView(sa.select(account.c.id), "v", temporary=True))
    op.execute(sa.schema.CreateView(sa.select(account.c.id), "m", materialized=True))


@case("postgresql", "mysql", "mssql")
def create_table_as(op):
    account = sa.table("account", sa.column("id", sa.Integer))
    op.execute(sa.schema.CreateTableAs(sa.select(account.c.id).where(account.c.id > 5), "copy"))


@case(*FIVE)
def compiled_view(op):
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.execute(CreateView("Open", sa.select(account).where(account.c.name == "it's 100%")))


@case(*FIVE)
def compiled_by_dialect(op):
    op.execute(DropThing("My Thing"))


@case("postgresql", "sqlite")
def compiled_executable(op):
    op.execute(Refresh("account", sa.literal(5)))


@case(*FIVE)
def compiled_function_as_default(op):
    op.create_table("t", sa.Column("made", sa.DateTime(), server_default=utc_now()))


@case(*FIVE)
def compiled_function_in_update(op):
    t = sa.table("t", sa.column("made", sa.DateTime), sa.column("a", sa.Integer), sa.column("b", sa.Integer))
    op.execute(t.update().values(made=utc_now(), a=greatest(t.c.a, t.c.b, 5)))


@case("postgresql", "mysql")
def bind_executes(op):
    op.get_bind().execute(sa.text("SELECT 1"))


@case("postgresql")
def bind_is_none_offline(op):
    op.execute("-- bind: " + repr(op.get_bind()))


@case("sqlite", "postgresql", "mysql", "mariadb", "mssql", "oracle")
def what_the_context_tells(op):
    context = op.get_context()
    op.execute("-- dialect: %s, as_sql: %s" % (context.dialect.name, context.as_sql))
    op.execute("-- transactional: %s" % (context.impl.transactional_ddl,))


@case("sqlite", "postgresql", "mysql", "mssql", "oracle")
def dialect_name_decides(op):
    if op.get_context().dialect.name in ("postgresql", "oracle"):
        op.execute("CREATE EXTENSION x")
    else:
        op.execute("SELECT 1")
