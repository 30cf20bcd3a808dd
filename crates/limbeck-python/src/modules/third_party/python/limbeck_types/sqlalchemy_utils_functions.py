"""sqlalchemy_utils: the functions that make and drop databases, which env.py files call before they connect."""

import os

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

_IN_MEMORY = (None, "", ":memory:")


def _answer(url, query, **values):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return bool(connection.scalar(text(query), values))


def _maintenance(url):
    """Gives the databases from which others are looked for, the likeliest first."""
    if url.get_backend_name() == "postgresql":
        return [url.set(database=name) for name in ("postgres", "template1", "template0")]
    return [url._replace(database=None)]


def _is_sqlite_file(path):
    if not os.path.isfile(path) or os.path.getsize(path) < 100:
        return False
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\x00"


def database_exists(url):
    url = make_url(url)
    dialect = url.get_backend_name()
    if dialect == "sqlite":
        return url.database in _IN_MEMORY or _is_sqlite_file(url.database)
    query = {
        "postgresql": "SELECT 1 FROM pg_database WHERE datname = :name",
        "mysql": "SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = :name",
        "mariadb": "SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = :name",
    }.get(dialect)
    if query is None:
        raise NotImplementedError(f"database_exists() of {dialect} is not provided by Limbeck")
    for maintenance in _maintenance(url):
        try:
            return _answer(maintenance, query, name=url.database)
        except (OperationalError, ProgrammingError):
            continue
    return False


def create_database(url, encoding="utf8", template=None):
    url = make_url(url)
    dialect = url.get_backend_name()
    if dialect == "sqlite":
        if url.database not in _IN_MEMORY:
            engine = create_engine(url, poolclass=NullPool)
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE DB(id int)"))
                connection.execute(text("DROP TABLE DB"))
        return
    _run_outside(url, lambda quote: {
        "postgresql": f"CREATE DATABASE {quote(url.database)} ENCODING '{encoding}' TEMPLATE {quote(template or 'template1')}",
        "mysql": f"CREATE DATABASE {quote(url.database)} CHARACTER SET = '{encoding}'",
        "mariadb": f"CREATE DATABASE {quote(url.database)} CHARACTER SET = '{encoding}'",
    }.get(dialect), "create_database")


def drop_database(url):
    url = make_url(url)
    dialect = url.get_backend_name()
    if dialect == "sqlite":
        if url.database not in _IN_MEMORY:
            os.remove(url.database)
        return
    if dialect == "postgresql":
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
        _answer(_maintenance(url)[0], end, name=url.database)
    _run_outside(url, lambda quote: f"DROP DATABASE {quote(url.database)}", "drop_database")


def _run_outside(url, statement, function):
    """Executes a statement outside of transactions, connected to another database of the server."""
    if url.get_backend_name() not in ("postgresql", "mysql", "mariadb"):
        raise NotImplementedError(f"{function}() of {url.get_backend_name()} is not provided by Limbeck")
    engine = create_engine(_maintenance(url)[0], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement(engine.dialect.identifier_preparer.quote))
