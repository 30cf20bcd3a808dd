import asyncio
from logging.config import fileConfig

from sqlalchemy import pool
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import async_engine_from_config

from alembic import context

# What the ini file says, and what the command line adds to it.
config = context.config

# Logging as the ini file has it.
if config.config_file_name is not None:
    fileConfig(config.config_file_name)

# The tables that --autogenerate compares the database with:
# from myapp import mymodel
# target_metadata = mymodel.Base.metadata
target_metadata = None

# Options of your own can be read here, too:
# my_important_option = config.get_main_option("my_important_option")


def run_migrations_offline() -> None:
    """Write the migrations as SQL (--sql).

    This needs the URL only: no engine, no driver and no database.

    """
    url = config.get_main_option("sqlalchemy.url")
    context.configure(
        url=url,
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )

    with context.begin_transaction():
        context.run_migrations()


def do_run_migrations(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=target_metadata)

    with context.begin_transaction():
        context.run_migrations()


async def run_async_migrations() -> None:
    """Connect with an async engine, and run the migrations on it."""

    connectable = async_engine_from_config(
        config.get_section(config.config_ini_section, {}),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )

    async with connectable.connect() as connection:
        await connection.run_sync(do_run_migrations)

    await connectable.dispose()


def run_migrations_online() -> None:
    """Run the migrations on the database."""

    asyncio.run(run_async_migrations())


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
