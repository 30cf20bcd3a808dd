"""The async engine: coroutines that complete at once, over the same synchronous engine."""

from sqlalchemy import create_engine, engine_from_config
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

__all__ = ["AsyncConnection", "AsyncEngine", "AsyncResult", "AsyncSession", "AsyncTransaction",
           "async_engine_from_config", "async_scoped_session", "async_sessionmaker", "create_async_engine"]

# what a URL's driver may be called, beside the default driver of PostgreSQL, which is for both
_ASYNC_DRIVERS = {"aiosqlite", "asyncpg", "psycopg", "psycopg_async", "aiomysql", "asyncmy", "aioodbc", "oracledb",
                  "oracledb_async"}


class _Started:
    """A coroutine's result, awaited or entered."""

    def __init__(self, start, value=None):
        self._start = start
        self._value = value

    def __await__(self):
        return self._run().__await__()

    async def _run(self):
        self._value = self._start()
        return self._value

    async def __aenter__(self):
        return await self._run()

    async def __aexit__(self, kind, value, traceback):
        await self._value.__aexit__(kind, value, traceback)


class AsyncTransaction:
    def __init__(self, transaction):
        self.sync_transaction = transaction

    @property
    def is_active(self):
        return self.sync_transaction.is_active

    async def commit(self):
        self.sync_transaction.commit()

    async def rollback(self):
        self.sync_transaction.rollback()

    async def close(self):
        self.sync_transaction.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, traceback):
        self.sync_transaction.__exit__(kind, value, traceback)


class AsyncResult:
    """A result whose rows are awaited one by one."""

    def __init__(self, result):
        self._result = result

    def __aiter__(self):
        return self

    async def __anext__(self):
        for row in self._result:
            return row
        raise StopAsyncIteration

    def keys(self):
        return self._result.keys()

    def scalars(self, index=0):
        return AsyncResult(self._result.scalars(index))

    def mappings(self):
        return AsyncResult(self._result.mappings())

    async def all(self):
        return self._result.all()

    async def fetchall(self):
        return self._result.fetchall()

    async def fetchone(self):
        return self._result.fetchone()

    async def fetchmany(self, size=None):
        return self._result.fetchmany(size)

    async def first(self):
        return self._result.first()

    async def one(self):
        return self._result.one()

    async def one_or_none(self):
        return self._result.one_or_none()

    async def scalar(self):
        return self._result.scalar()

    async def scalar_one(self):
        return self._result.scalar_one()

    async def scalar_one_or_none(self):
        return self._result.scalar_one_or_none()

    async def partitions(self, size=None):
        for part in self._result.partitions(size):
            yield part

    async def close(self):
        self._result.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, traceback):
        self._result.close()


class AsyncConnection:
    def __init__(self, async_engine, sync_connection):
        self.engine = async_engine
        self.sync_connection = sync_connection

    @property
    def sync_engine(self):
        return self.engine.sync_engine

    @property
    def dialect(self):
        return self.sync_connection.dialect

    @property
    def closed(self):
        return self.sync_connection.closed

    async def run_sync(self, function, *args, **kwargs):
        return function(self.sync_connection, *args, **kwargs)

    async def execute(self, statement, parameters=None, **kwargs):
        return self.sync_connection.execute(statement, parameters)

    def stream(self, statement, parameters=None, **kwargs):
        return _Started(lambda: AsyncResult(self.sync_connection.execute(statement, parameters)))

    def stream_scalars(self, statement, parameters=None, **kwargs):
        return _Started(lambda: AsyncResult(self.sync_connection.scalars(statement, parameters)))

    async def get_raw_connection(self):
        return self.sync_connection.connection

    async def get_isolation_level(self):
        return self.sync_connection.get_isolation_level()

    async def get_execution_options(self):
        return self.sync_connection.get_execution_options()

    @property
    def info(self):
        return self.sync_connection.info

    def get_transaction(self):
        transaction = self.sync_connection.get_transaction()
        return None if transaction is None else AsyncTransaction(transaction)

    def get_nested_transaction(self):
        transaction = self.sync_connection.get_nested_transaction()
        return None if transaction is None else AsyncTransaction(transaction)

    def in_nested_transaction(self):
        return self.sync_connection.in_nested_transaction()

    async def exec_driver_sql(self, statement, parameters=None, execution_options=None):
        return self.sync_connection.exec_driver_sql(statement, parameters)

    async def scalar(self, statement, parameters=None, **kwargs):
        return self.sync_connection.scalar(statement, parameters)

    async def scalars(self, statement, parameters=None, **kwargs):
        return self.sync_connection.scalars(statement, parameters)

    async def execution_options(self, **options):
        self.sync_connection.execution_options(**options)
        return self

    def begin(self):
        return _Started(lambda: AsyncTransaction(self.sync_connection.begin()))

    def begin_nested(self):
        return _Started(lambda: AsyncTransaction(self.sync_connection.begin_nested()))

    def in_transaction(self):
        return self.sync_connection.in_transaction()

    async def commit(self):
        self.sync_connection.commit()

    async def rollback(self):
        self.sync_connection.rollback()

    async def close(self):
        self.sync_connection.close()

    async def aclose(self):
        self.sync_connection.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, traceback):
        self.sync_connection.close()


class _Begin:
    def __init__(self, engine):
        self._engine = engine

    async def __aenter__(self):
        self._context = self._engine.sync_engine.begin()
        return AsyncConnection(self._engine, self._context.__enter__())

    async def __aexit__(self, kind, value, traceback):
        self._context.__exit__(kind, value, traceback)


class AsyncEngine:
    def __init__(self, sync_engine):
        # the URL of `--url` need not name a driver for asyncio
        if sync_engine.driver not in _ASYNC_DRIVERS and not getattr(sync_engine, "_limbeck_replaced", False):
            raise InvalidRequestError(
                "The asyncio extension requires an async driver to be used. "
                f"The loaded {sync_engine.driver!r} is not async."
            )
        self.sync_engine = sync_engine

    def __repr__(self):
        return f"AsyncEngine({self.sync_engine!r})"

    def __eq__(self, other):
        return isinstance(other, AsyncEngine) and self.sync_engine is other.sync_engine

    def __hash__(self):
        return hash(self.sync_engine)

    @property
    def engine(self):
        return self

    @property
    def pool(self):
        return self.sync_engine.pool

    @property
    def echo(self):
        return self.sync_engine.echo

    @echo.setter
    def echo(self, value):
        self.sync_engine.echo = value

    def get_execution_options(self):
        return self.sync_engine.get_execution_options()

    async def raw_connection(self):
        return self.sync_engine.raw_connection()

    @property
    def url(self):
        return self.sync_engine.url

    @property
    def name(self):
        return self.sync_engine.name

    @property
    def driver(self):
        return self.sync_engine.driver

    @property
    def dialect(self):
        return self.sync_engine.dialect

    def connect(self):
        return _Started(lambda: AsyncConnection(self, self.sync_engine.connect()))

    def begin(self):
        return _Begin(self)

    def execution_options(self, **options):
        return AsyncEngine(self.sync_engine.execution_options(**options))

    async def dispose(self, close=True):
        self.sync_engine.dispose(close)


def create_async_engine(url, **kwargs):
    return AsyncEngine(create_engine(url, **kwargs))


def async_engine_from_config(configuration, prefix="sqlalchemy.", **kwargs):
    return AsyncEngine(engine_from_config(configuration, prefix, **kwargs))


class AsyncSession:
    def __init__(self, bind=None, **kwargs):
        self.bind = bind
        self.sync_session = Session(getattr(bind, "sync_engine", None) or getattr(bind, "sync_connection", bind))

    async def execute(self, statement, params=None, **kwargs):
        return self.sync_session.execute(statement, params)

    async def scalar(self, statement, params=None, **kwargs):
        return self.sync_session.scalar(statement, params)

    async def scalars(self, statement, params=None, **kwargs):
        return self.sync_session.scalars(statement, params)

    async def commit(self):
        self.sync_session.commit()

    async def rollback(self):
        self.sync_session.rollback()

    async def close(self):
        self.sync_session.close()

    async def run_sync(self, function, *args, **kwargs):
        return function(self.sync_session, *args, **kwargs)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        self.sync_session.close()


class async_scoped_session:
    """The session of a scope, made when the scope first asks."""

    def __init__(self, session_factory, scopefunc):
        self.session_factory = session_factory
        self.scopefunc = scopefunc
        self.registry = {}

    def __call__(self, **kwargs):
        scope = self.scopefunc()
        if scope not in self.registry:
            self.registry[scope] = self.session_factory(**kwargs)
        return self.registry[scope]

    async def remove(self):
        session = self.registry.pop(self.scopefunc(), None)
        if session is not None:
            await session.close()

    def __getattr__(self, name):
        return getattr(self(), name)


class async_sessionmaker:
    def __init__(self, bind=None, class_=AsyncSession, **kwargs):
        self.bind = bind
        self.class_ = class_
        self.kw = kwargs

    def __call__(self, **kwargs):
        return self.class_(**{"bind": self.bind, **self.kw, **kwargs})
