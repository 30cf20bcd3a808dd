"""BEGIN, COMMIT and separators offline; autocommit blocks; transactional_ddl."""

import sqlalchemy as sa

from suite import Cases

CASES = case = Cases()


@case()
def begin_transaction(op):
    with op.get_context().begin_transaction():
        op.execute("UPDATE a SET x = 1")


@case()
def begin_transaction_per_migration(op):
    with op.get_context().begin_transaction(_per_migration=True):
        op.execute("UPDATE a SET x = 1")


@case(transactional_ddl=True)
def transactional_ddl_on(op):
    with op.get_context().begin_transaction():
        op.create_table("t", sa.Column("a", sa.Integer()))


@case(transactional_ddl=False)
def transactional_ddl_off(op):
    with op.get_context().begin_transaction():
        op.create_table("t", sa.Column("a", sa.Integer()))


@case()
def autocommit_block(op):
    with op.get_context().begin_transaction():
        op.execute("FIRST")
        with op.get_context().autocommit_block():
            op.execute("ALONE")
        op.execute("LAST")


@case("postgresql", "mssql", "sqlite")
def autocommit_block_without_transaction(op):
    with op.get_context().autocommit_block():
        op.execute("ALONE")


@case("postgresql", "mssql")
def two_autocommit_blocks(op):
    with op.get_context().begin_transaction():
        with op.get_context().autocommit_block():
            op.create_index("ix_a", "t", ["a"], postgresql_concurrently=True)
        with op.get_context().autocommit_block():
            op.execute("TWO")


@case("postgresql", "mysql", transaction_per_migration=True)
def transaction_per_migration(op):
    with op.get_context().begin_transaction():
        op.execute("X")


@case("postgresql", "mssql")
def error_in_a_transaction(op):
    with op.get_context().begin_transaction():
        op.execute("X")
        raise ValueError("stop here")


@case("postgresql", "mssql", "oracle")
def two_transactions(op):
    for statement in ("ONE", "TWO"):
        with op.get_context().begin_transaction():
            op.execute(statement)


@case()
def separators(op):
    op.create_table("t", sa.Column("a", sa.Integer(), index=True))
    op.execute("UPDATE t SET a = 1")
    op.drop_table("t")


@case("postgresql", "mssql", "oracle", mssql_batch_separator="STOP", oracle_batch_separator="stop;")
def separators_in_a_transaction(op):
    with op.get_context().begin_transaction():
        op.execute("X")


@case("postgresql", "mysql")
def run_async_is_refused_offline(op):
    async def work(connection):
        return 5

    op.run_async(work)
