"""An event loop for what env.py files and small programs do: coroutines, tasks, timers, locks, queues, threads.

Sockets, pipes and subprocesses are not here: a name that this module does not have is looked for in the modules of the
standard library, whose objects work with this loop as far as they need no more than it has.
"""

from _contextvars import copy_context
from _thread import get_ident

from asyncio import _core
from asyncio._core import (
    AbstractEventLoop, AbstractEventLoopPolicy, BaseEventLoop, CancelledError, DefaultEventLoopPolicy, EventLoop, Future,
    Handle, InvalidStateError, SelectorEventLoop, Task, TimerHandle, _awaiting, _never_awaited, _running,
    _set_unless_done, all_tasks, current_task, ensure_future, get_event_loop, get_event_loop_policy, get_running_loop,
    iscoroutine, isfuture, new_event_loop, set_event_loop, set_event_loop_policy, wrap_future,
)

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
TimeoutError = TimeoutError


def iscoroutinefunction(function):
    import inspect

    return inspect.iscoroutinefunction(function)


def create_task(coro, *, name=None, context=None, **options):
    return get_running_loop().create_task(coro, name=name, context=context)


def run_coroutine_threadsafe(coro, loop):
    from concurrent.futures import Future as ThreadFuture

    outcome = ThreadFuture()

    def finish(task):
        if task.cancelled():
            outcome.cancel()
        elif task.exception() is not None:
            outcome.set_exception(task.exception())
        else:
            outcome.set_result(task.result())

    loop.call_soon_threadsafe(lambda: ensure_future(coro, loop=loop).add_done_callback(finish))
    return outcome


class Runner:
    def __init__(self, *, debug=None, loop_factory=None):
        self._debug = debug
        self._factory = loop_factory
        self._loop = None

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, kind, value, traceback):
        self.close()

    def get_loop(self):
        if self._loop is None:
            self._loop = self._factory() if self._factory is not None else new_event_loop()
            set_event_loop(self._loop)
            if self._debug is not None:
                self._loop.set_debug(self._debug)
        return self._loop

    def run(self, coro, *, context=None):
        if not iscoroutine(coro):
            if not hasattr(coro, "__await__"):
                raise ValueError(f"a coroutine was expected, got {coro!r}")
            coro = _awaiting(coro)
        if get_ident() in _running:
            _never_awaited(coro)
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        loop = self.get_loop()
        return loop.run_until_complete(loop.create_task(coro, context=context))

    def close(self):
        loop, self._loop = self._loop, None
        if loop is None or loop.is_closed():
            return
        try:
            left = all_tasks(loop)
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(gather(*left, return_exceptions=True))
            for task in left:
                if not task.cancelled() and task.exception() is not None:
                    loop.call_exception_handler({
                        "message": "unhandled exception during asyncio.run() shutdown",
                        "exception": task.exception(),
                    })
            if loop._executor is not None:
                loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            set_event_loop(None)
            loop.close()


def run(main, *, debug=None, loop_factory=None):
    running = _running.get(get_ident())
    if running is not None:
        if _core.nesting_is_allowed:
            return running.run_until_complete(main)
        if iscoroutine(main):
            _never_awaited(main)
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


async def sleep(delay, result=None):
    if delay <= 0:
        await _Pause()
        return result
    loop = get_running_loop()
    future = loop.create_future()
    timer = loop.call_later(delay, _set_unless_done, future, result)
    try:
        return await future
    finally:
        timer.cancel()


class _Pause:
    def __await__(self):
        yield


def gather(*awaitables, return_exceptions=False):
    loop = _running.get(get_ident())
    if loop is None:
        loop = next((one.get_loop() for one in awaitables if isfuture(one)), None) or get_event_loop()
    known = {}
    futures = []
    for awaitable in awaitables:
        if id(awaitable) not in known:
            known[id(awaitable)] = ensure_future(awaitable, loop=loop)
        futures.append(known[id(awaitable)])
    outer = _Gathering(futures, loop)
    if not futures:
        outer.set_result([])
        return outer
    left = len(set(futures))

    def finish(future):
        nonlocal left
        left -= 1
        if outer.done():
            if not future.cancelled():
                future.exception()
            return
        if not return_exceptions:
            if future.cancelled():
                outer.set_exception(future._cancellation())
                return
            if future.exception() is not None:
                outer.set_exception(future.exception())
                return
        if left == 0:
            if outer._is_cancelled:
                outer.set_exception(CancelledError())
                return
            outer.set_result([_outcome(future) for future in futures])

    for future in set(futures):
        future.add_done_callback(finish)
    return outer


def _outcome(future):
    if future.cancelled():
        return future._cancellation()
    return future.exception() if future.exception() is not None else future.result()


class _Gathering(Future):
    def __init__(self, futures, loop):
        super().__init__(loop=loop)
        self._futures = futures
        self._is_cancelled = False

    def cancel(self, msg=None):
        if self.done():
            return False
        cancelled = [future.cancel(msg) for future in self._futures]
        self._is_cancelled = any(cancelled)
        return self._is_cancelled


async def wait(futures, *, timeout=None, return_when=ALL_COMPLETED):
    futures = set(futures)
    if not futures:
        raise ValueError("Set of Tasks/Futures is empty.")
    if any(iscoroutine(future) for future in futures):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    loop = get_running_loop()

    def is_over():
        done = [future for future in futures if future.done()]
        if return_when == FIRST_COMPLETED and done:
            return True
        if return_when == FIRST_EXCEPTION and any(
            not future.cancelled() and future.exception() is not None for future in done
        ):
            return True
        return len(done) == len(futures)

    if not is_over():
        waiter = loop.create_future()

        def look(future):
            if is_over():
                _set_unless_done(waiter, None)

        timer = None if timeout is None else loop.call_later(timeout, _set_unless_done, waiter, None)
        for future in futures:
            future.add_done_callback(look)
        try:
            await waiter
        finally:
            if timer is not None:
                timer.cancel()
            for future in futures:
                future.remove_done_callback(look)
    done = {future for future in futures if future.done()}
    return done, futures - done


async def wait_for(awaitable, timeout):
    if timeout is None:
        return await awaitable
    future = ensure_future(awaitable)
    if timeout <= 0 and not future.done():
        future.cancel()
    from asyncio._primitives import timeout_at

    async with timeout_at(get_running_loop().time() + max(timeout, 0)):
        return await future


def shield(awaitable):
    inner = ensure_future(awaitable)
    if inner.done():
        return inner
    outer = inner.get_loop().create_future()

    def finish(inner):
        if outer.done():
            return
        if inner.cancelled():
            outer.cancel()
        elif inner.exception() is not None:
            outer.set_exception(inner.exception())
        else:
            outer.set_result(inner.result())

    inner.add_done_callback(finish)
    return outer


async def to_thread(function, /, *arguments, **keywords):
    context = copy_context()
    return await get_running_loop().run_in_executor(None, lambda: context.run(function, *arguments, **keywords))


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module 'asyncio' has no attribute '{name}'")
    import importlib

    for module in ["_primitives", "exceptions", "protocols", "transports", "locks", "queues", "subprocess", "streams", "events",
                   "coroutines", "futures", "tasks", "base_events", "runners", "unix_events"]:
        if name == module:
            return importlib.import_module(f"asyncio.{module}")
        try:
            found = importlib.import_module(f"asyncio.{module}")
        except ImportError:
            continue
        if hasattr(found, name):
            return globals().setdefault(name, getattr(found, name))
    raise AttributeError(f"module 'asyncio' has no attribute '{name}'")
