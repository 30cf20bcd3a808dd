"""Futures, tasks, and the loop that runs them."""

import sys
from _collections import deque
from _contextvars import copy_context
from _thread import allocate_lock, get_ident
from heapq import heappop, heappush
from time import monotonic
from types import CoroutineType, GeneratorType

nesting_is_allowed = False
_running = {}
_current_loops = {}
_current_tasks = {}


class CancelledError(BaseException):
    """The task was cancelled."""


class InvalidStateError(Exception):
    """The operation does not fit the state of a future."""


class Handle:
    def __init__(self, callback, arguments, context):
        self._callback = callback
        self._arguments = arguments
        self._context = context
        self._cancelled = False

    def cancel(self):
        self._cancelled = True

    def cancelled(self):
        return self._cancelled

    def _run(self, loop):
        try:
            if self._context is None:
                self._callback(*self._arguments)
            else:
                self._context.run(self._callback, *self._arguments)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            loop.call_exception_handler({"message": f"Exception in callback {self._callback!r}", "exception": error})


class TimerHandle(Handle):
    def __init__(self, when, *rest):
        super().__init__(*rest)
        self._when = when

    def when(self):
        return self._when

    def __lt__(self, other):
        return self._when < other._when


class Future:
    _asyncio_future_blocking = False

    def __init__(self, *, loop=None):
        self._loop = loop or get_event_loop()
        self._state = "PENDING"
        self._result = None
        self._exception = None
        self._callbacks = []

    def get_loop(self):
        return self._loop

    def done(self):
        return self._state != "PENDING"

    def cancelled(self):
        return self._state == "CANCELLED"

    def cancel(self, msg=None):
        if self.done():
            return False
        self._message = msg
        self._finish("CANCELLED")
        return True

    def result(self):
        if self._state == "CANCELLED":
            raise self._cancellation()
        if self._state == "PENDING":
            raise InvalidStateError("Result is not set.")
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self):
        if self._state == "CANCELLED":
            raise self._cancellation()
        if self._state == "PENDING":
            raise InvalidStateError("Exception is not set.")
        return self._exception

    def set_result(self, result):
        if self.done():
            raise InvalidStateError(f"{self._state}: {self!r}")
        self._result = result
        self._finish("FINISHED")

    def set_exception(self, exception):
        if self.done():
            raise InvalidStateError(f"{self._state}: {self!r}")
        self._exception = exception() if isinstance(exception, type) else exception
        self._finish("FINISHED")

    def add_done_callback(self, callback, *, context=None):
        if self.done():
            self._loop.call_soon(callback, self, context=context)
        else:
            self._callbacks.append((callback, context))

    def remove_done_callback(self, callback):
        kept = [entry for entry in self._callbacks if entry[0] != callback]
        removed = len(self._callbacks) - len(kept)
        self._callbacks = kept
        return removed

    def _cancellation(self):
        message = getattr(self, "_message", None)
        return CancelledError() if message is None else CancelledError(message)

    def _finish(self, state):
        self._state = state
        callbacks, self._callbacks = self._callbacks, []
        for callback, context in callbacks:
            self._loop.call_soon(callback, self, context=context)

    def __await__(self):
        if not self.done():
            self._asyncio_future_blocking = True
            yield self
        if not self.done():
            raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__


_task_count = 0


class Task(Future):
    def __init__(self, coro, *, loop=None, name=None, context=None, eager_start=False):
        global _task_count
        super().__init__(loop=loop)
        if not iscoroutine(coro):
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        _task_count += 1
        self._coro = coro
        self._name = f"Task-{_task_count}" if name is None else str(name)
        self._context = copy_context() if context is None else context
        self._waits_for = None
        self._must_cancel = False
        self._cancel_requests = 0
        self._loop._tasks.add(self)
        self._loop.call_soon(self._step, context=self._context)

    def get_coro(self):
        return self._coro

    def get_context(self):
        return self._context

    def get_name(self):
        return self._name

    def set_name(self, name):
        self._name = str(name)

    def get_stack(self, *, limit=None):
        return []

    def cancelling(self):
        return self._cancel_requests

    def uncancel(self):
        self._cancel_requests = max(0, self._cancel_requests - 1)
        return self._cancel_requests

    def cancel(self, msg=None):
        if self.done():
            return False
        self._cancel_requests += 1
        self._message = msg
        if self._waits_for is None or not self._waits_for.cancel(msg):
            self._must_cancel = True
        return True

    def set_result(self, result):
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception):
        raise RuntimeError("Task does not support set_exception operation")

    def _step(self, error=None):
        if self.done():
            return
        if self._must_cancel:
            if not isinstance(error, CancelledError):
                error = self._cancellation()
            self._must_cancel = False
        self._waits_for = None
        before = _current_tasks.get(self._loop)
        _current_tasks[self._loop] = self
        try:
            awaited = self._coro.send(None) if error is None else self._coro.throw(error)
        except StopIteration as stopped:
            if self._must_cancel:
                self._must_cancel = False
                self._end("CANCELLED")
            else:
                self._result = stopped.value
                self._end("FINISHED")
        except CancelledError:
            self._end("CANCELLED")
        except (KeyboardInterrupt, SystemExit) as raised:
            self._exception = raised
            self._end("FINISHED")
            raise
        except BaseException as raised:
            self._exception = raised
            self._end("FINISHED")
        else:
            self._wait_for(awaited)
        finally:
            if before is None:
                _current_tasks.pop(self._loop, None)
            else:
                _current_tasks[self._loop] = before

    def _end(self, state):
        self._loop._tasks.discard(self)
        self._finish(state)

    def _wait_for(self, awaited):
        if awaited is None:
            self._loop.call_soon(self._step, context=self._context)
        elif isfuture(awaited):
            awaited._asyncio_future_blocking = False
            awaited.add_done_callback(self._wake, context=self._context)
            self._waits_for = awaited
            if self._must_cancel and awaited.cancel():
                self._must_cancel = False
        else:
            error = RuntimeError(f"Task got bad yield: {awaited!r}")
            self._loop.call_soon(self._step, error, context=self._context)

    def _wake(self, future):
        try:
            future.result()
        except BaseException as error:
            self._step(error)
        else:
            self._step()


class AbstractEventLoop:
    """What loops have in common."""


class BaseEventLoop(AbstractEventLoop):
    def __init__(self):
        self._ready = deque()
        self._timers = []
        self._wakes = allocate_lock()
        self._wakes.acquire()
        self._tasks = set()
        self._depth = 0
        self._is_closed = False
        self._is_stopping = False
        self._executor = None
        self._exception_handler = None
        self._task_factory = None
        self._is_debugged = False
        self._generators = []
        self.slow_callback_duration = 0.1

    def __repr__(self):
        return f"<{type(self).__name__} running={self.is_running()} closed={self._is_closed} debug={self._is_debugged}>"

    def time(self):
        return monotonic()

    def get_debug(self):
        return self._is_debugged

    def set_debug(self, enabled):
        self._is_debugged = enabled

    def is_running(self):
        return self._depth > 0

    def is_closed(self):
        return self._is_closed

    def _check(self):
        if self._is_closed:
            raise RuntimeError("Event loop is closed")

    def call_soon(self, callback, *arguments, context=None):
        self._check()
        handle = Handle(callback, arguments, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(self, callback, *arguments, context=None):
        handle = self.call_soon(callback, *arguments, context=context)
        try:
            self._wakes.release()
        except RuntimeError:
            pass
        return handle

    def call_later(self, delay, callback, *arguments, context=None):
        return self.call_at(self.time() + delay, callback, *arguments, context=context)

    def call_at(self, when, callback, *arguments, context=None):
        self._check()
        handle = TimerHandle(when, callback, arguments, context)
        heappush(self._timers, handle)
        return handle

    def create_future(self):
        return Future(loop=self)

    def create_task(self, coro, *, name=None, context=None, **options):
        self._check()
        if self._task_factory is not None:
            return self._task_factory(self, coro)
        return Task(coro, loop=self, name=name, context=context)

    def set_task_factory(self, factory):
        self._task_factory = factory

    def get_task_factory(self):
        return self._task_factory

    def set_exception_handler(self, handler):
        self._exception_handler = handler

    def get_exception_handler(self):
        return self._exception_handler

    def default_exception_handler(self, context):
        import logging

        error = context.get("exception")
        where = (type(error), error, error.__traceback__) if error is not None else None
        logging.getLogger("asyncio").error(context.get("message", "Unhandled exception in event loop"), exc_info=where)

    def call_exception_handler(self, context):
        if self._exception_handler is None:
            self.default_exception_handler(context)
        else:
            self._exception_handler(self, context)

    def run_in_executor(self, executor, function, *arguments):
        self._check()
        if executor is None:
            if self._executor is None:
                from concurrent.futures import ThreadPoolExecutor

                self._executor = ThreadPoolExecutor(thread_name_prefix="asyncio")
            executor = self._executor
        return wrap_future(executor.submit(function, *arguments), loop=self)

    def set_default_executor(self, executor):
        self._executor = executor

    def run_forever(self):
        self._check()
        self._run(lambda: self._is_stopping)
        self._is_stopping = False

    def run_until_complete(self, future):
        self._check()
        is_new = not isfuture(future)
        if self._depth and not nesting_is_allowed:
            if iscoroutine(future):
                _never_awaited(future)
            raise RuntimeError("This event loop is already running")
        if get_ident() in _running and not nesting_is_allowed:
            if iscoroutine(future):
                _never_awaited(future)
            raise RuntimeError("Cannot run the event loop while another loop is running")
        future = ensure_future(future, loop=self)
        try:
            self._run(lambda: self._is_stopping or future.done())
        finally:
            self._is_stopping = False
        if not future.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return future.result()

    def _run(self, is_over):
        thread = get_ident()
        before = _running.get(thread)
        task = _current_tasks.pop(self, None)
        _set_running_loop(self)
        self._depth += 1
        try:
            while True:
                self._run_once(is_over)
                if is_over():
                    break
        finally:
            self._depth -= 1
            _set_running_loop(before)
            if task is not None:
                _current_tasks[self] = task

    def _run_once(self, is_over):
        timers = self._timers
        while timers and timers[0]._cancelled:
            heappop(timers)
        if not self._ready and not is_over():
            timeout = max(0.0, timers[0]._when - self.time()) if timers else -1
            self._wakes.acquire(True, timeout)
        now = self.time()
        while timers and timers[0]._when <= now:
            self._ready.append(heappop(timers))
        for _ in range(len(self._ready)):
            if not self._ready:
                # a loop inside of this one was ahead
                break
            handle = self._ready.popleft()
            if not handle._cancelled:
                handle._run(self)

    def stop(self):
        self._is_stopping = True
        self.call_soon_threadsafe(lambda: None)

    def close(self):
        if self._depth:
            raise RuntimeError("Cannot close a running event loop")
        self._is_closed = True
        self._ready.clear()
        self._timers.clear()
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)

    async def shutdown_asyncgens(self):
        """Generators end with their last reference."""

    async def shutdown_default_executor(self, timeout=None):
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True)

    def add_signal_handler(self, signal, callback, *arguments):
        raise NotImplementedError("signal handlers of event loops are not provided by Limbeck")

    def remove_signal_handler(self, signal):
        return False

    def __getattr__(self, name):
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}' (Limbeck's event loop has timers, "
                             f"tasks and threads, but no sockets, pipes or processes)")


class SelectorEventLoop(BaseEventLoop):
    pass


_UnixSelectorEventLoop = SelectorEventLoop
EventLoop = SelectorEventLoop


class AbstractEventLoopPolicy:
    def get_event_loop(self):
        return get_event_loop()

    def set_event_loop(self, loop):
        set_event_loop(loop)

    def new_event_loop(self):
        return SelectorEventLoop()


class DefaultEventLoopPolicy(AbstractEventLoopPolicy):
    pass


_policy = None


def get_event_loop_policy():
    global _policy
    if _policy is None:
        _policy = DefaultEventLoopPolicy()
    return _policy


def set_event_loop_policy(policy):
    global _policy
    _policy = policy


def new_event_loop():
    return get_event_loop_policy().new_event_loop()


def set_event_loop(loop):
    _current_loops[get_ident()] = loop


def get_event_loop():
    thread = get_ident()
    loop = _running.get(thread) or _current_loops.get(thread)
    if loop is None:
        if "threading" in sys.modules and sys.modules["threading"].current_thread().name != "MainThread":
            name = sys.modules["threading"].current_thread().name
            raise RuntimeError(f"There is no current event loop in thread {name!r}.")
        loop = _current_loops[thread] = new_event_loop()
    return loop


def get_running_loop():
    loop = _running.get(get_ident())
    if loop is None:
        raise RuntimeError("no running event loop")
    return loop


def _get_running_loop():
    return _running.get(get_ident())


def _set_running_loop(loop):
    if loop is None:
        _running.pop(get_ident(), None)
    else:
        _running[get_ident()] = loop
    events = sys.modules.get("asyncio.events")
    if events is not None:
        events._set_running_loop(loop)


def iscoroutine(object):
    if isinstance(object, (CoroutineType, GeneratorType)):
        return True
    abc = sys.modules.get("collections.abc") or sys.modules.get("_collections_abc")
    return abc is not None and isinstance(object, abc.Coroutine)


def isfuture(object):
    return getattr(type(object), "_asyncio_future_blocking", None) is not None and \
        getattr(object, "_asyncio_future_blocking", None) is not None


def current_task(loop=None):
    return _current_tasks.get(get_running_loop() if loop is None else loop)


def all_tasks(loop=None):
    return {task for task in (get_running_loop() if loop is None else loop)._tasks if not task.done()}


def _never_awaited(coroutine):
    import warnings

    warnings.warn(f"coroutine '{coroutine.__qualname__}' was never awaited", RuntimeWarning, stacklevel=3)
    coroutine.close()


async def _awaiting(awaitable):
    return await awaitable


def ensure_future(awaitable, *, loop=None):
    if isfuture(awaitable):
        return awaitable
    if not iscoroutine(awaitable):
        if not hasattr(awaitable, "__await__"):
            raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
        awaitable = _awaiting(awaitable)
    return (loop or get_event_loop()).create_task(awaitable)


def wrap_future(future, *, loop=None):
    if isfuture(future):
        return future
    loop = loop or get_event_loop()
    wrapped = loop.create_future()

    def take(source):
        if wrapped.done():
            return
        if source.cancelled():
            wrapped.cancel()
        elif source.exception() is not None:
            wrapped.set_exception(source.exception())
        else:
            wrapped.set_result(source.result())

    def tell(source):
        if not loop.is_closed():
            loop.call_soon_threadsafe(take, source)

    future.add_done_callback(tell)
    return wrapped


def _set_unless_done(future, result):
    if not future.done():
        future.set_result(result)
