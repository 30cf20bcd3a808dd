"""The async engine: coroutines that complete at once, over the same synchronous engine."""

from sqlalchemy import create_engine, engine_from_config
from sqlalchemy.orm import Session

__all__ = ["AsyncConnection", "AsyncEngine", "AsyncSession", "async_engine_from_config", "async_sessionmaker",
           "create_async_engine"]


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
        self.sync_engine = sync_engine

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
        self.sync_engine.dispose()


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


class async_sessionmaker:
    def __init__(self, bind=None, class_=AsyncSession, **kwargs):
        self.bind = bind
        self.class_ = class_
        self.kw = kwargs

    def __call__(self, **kwargs):
        return self.class_(**{"bind": self.bind, **self.kw, **kwargs})
