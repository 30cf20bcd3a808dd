"""What of `asyncio` not every program needs: timeouts, groups of tasks, locks, queues."""

from _collections import deque
from heapq import heappop, heappush

from asyncio import wait_for
from asyncio._core import (
    CancelledError, _set_unless_done, current_task, ensure_future, get_event_loop, get_running_loop,
)


class QueueEmpty(Exception):
    """Nothing is in the queue."""


class QueueFull(Exception):
    """The queue takes no more."""


class BrokenBarrierError(RuntimeError):
    """The barrier was broken."""


class QueueShutDown(Exception):
    """The queue was shut down."""


def as_completed(awaitables, *, timeout=None):
    loop = get_event_loop()
    finished = Queue()
    futures = {ensure_future(awaitable, loop=loop) for awaitable in set(awaitables)}
    for future in futures:
        future.add_done_callback(finished.put_nowait)

    async def following():
        future = await wait_for(finished.get(), timeout)
        return future.result()

    for _ in range(len(futures)):
        yield following()


class Timeout:
    def __init__(self, when):
        self._when = when
        self._timer = None
        self._has_expired = False

    def when(self):
        return self._when

    def expired(self):
        return self._has_expired

    def reschedule(self, when):
        self._when = when
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if when is None else get_running_loop().call_at(when, self._expire)

    def _expire(self):
        self._has_expired = True
        self._task.cancel()

    async def __aenter__(self):
        self._task = current_task()
        if self._task is None:
            raise RuntimeError("Timeout should be used inside a task")
        self._requests = self._task.cancelling()
        self.reschedule(self._when)
        return self

    async def __aexit__(self, kind, value, traceback):
        if self._timer is not None:
            self._timer.cancel()
        if self._has_expired and self._task.uncancel() <= self._requests:
            if kind is not None and issubclass(kind, CancelledError):
                raise TimeoutError from value


def timeout(delay):
    return Timeout(None if delay is None else get_running_loop().time() + delay)


def timeout_at(when):
    return Timeout(when)


class TaskGroup:
    def __init__(self):
        self._tasks = set()
        self._errors = []
        self._is_aborting = False
        self._parent_was_cancelled = False
        self._waiter = None

    async def __aenter__(self):
        self._parent = current_task()
        return self

    def create_task(self, coro, *, name=None, context=None):
        task = get_running_loop().create_task(coro, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    def _abort(self):
        self._is_aborting = True
        for task in self._tasks:
            task.cancel()

    def _finish(self, task):
        self._tasks.discard(task)
        if not self._tasks and self._waiter is not None:
            _set_unless_done(self._waiter, None)
        if task.cancelled() or task.exception() is None:
            return
        self._errors.append(task.exception())
        if not self._is_aborting:
            self._abort()
            if self._waiter is None and not self._parent.done():
                self._parent_was_cancelled = True
                self._parent.cancel()

    async def __aexit__(self, kind, value, traceback):
        if kind is not None and not self._is_aborting:
            self._abort()
        if self._parent_was_cancelled:
            self._parent.uncancel()
        cancellation = value if kind is not None and issubclass(kind, CancelledError) else None
        while self._tasks:
            self._waiter = get_running_loop().create_future()
            try:
                await self._waiter
            except CancelledError as error:
                cancellation = error
                self._abort()
            self._waiter = None
        if cancellation is not None and not self._parent_was_cancelled and not self._errors:
            raise cancellation
        if kind is not None and not issubclass(kind, CancelledError):
            self._errors.append(value)
        if self._errors:
            raise BaseExceptionGroup("unhandled errors in a TaskGroup", self._errors)


class _Waiting:
    """What locks and queues share: those who wait, in their order."""

    def __init__(self):
        self._waiters = deque()

    async def _wait(self):
        waiter = get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake()
            raise
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _wake(self, count=1):
        for waiter in list(self._waiters):
            if count == 0:
                break
            if not waiter.done():
                waiter.set_result(None)
                count -= 1


class Lock(_Waiting):
    def __init__(self):
        super().__init__()
        self._is_locked = False

    def locked(self):
        return self._is_locked

    async def acquire(self):
        while self._is_locked or any(waiter.done() and not waiter.cancelled() for waiter in self._waiters):
            await self._wait()
            if not self._is_locked:
                break
        self._is_locked = True
        return True

    def release(self):
        if not self._is_locked:
            raise RuntimeError("Lock is not acquired.")
        self._is_locked = False
        self._wake()

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, kind, value, traceback):
        self.release()


class Event(_Waiting):
    def __init__(self):
        super().__init__()
        self._is_set = False

    def is_set(self):
        return self._is_set

    def set(self):
        self._is_set = True
        self._wake(len(self._waiters))

    def clear(self):
        self._is_set = False

    async def wait(self):
        if not self._is_set:
            await self._wait()
        return True


class Condition(_Waiting):
    def __init__(self, lock=None):
        super().__init__()
        self._lock = Lock() if lock is None else lock
        self.locked = self._lock.locked
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    async def wait(self):
        self.release()
        try:
            await self._wait()
        finally:
            await self.acquire()
        return True

    async def wait_for(self, predicate):
        while not (answer := predicate()):
            await self.wait()
        return answer

    def notify(self, n=1):
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        self._wake(n)

    def notify_all(self):
        self.notify(len(self._waiters))

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, kind, value, traceback):
        self.release()


class Semaphore(_Waiting):
    def __init__(self, value=1):
        super().__init__()
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        self._value = value

    def locked(self):
        return self._value == 0

    async def acquire(self):
        while self._value <= 0:
            await self._wait()
        self._value -= 1
        return True

    def release(self):
        self._value += 1
        self._wake()

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, kind, value, traceback):
        self.release()


class BoundedSemaphore(Semaphore):
    def __init__(self, value=1):
        super().__init__(value)
        self._bound = value

    def release(self):
        if self._value >= self._bound:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


class Queue:
    def __init__(self, maxsize=0):
        self._maxsize = maxsize
        self._getters = _Waiting()
        self._putters = _Waiting()
        self._unfinished = 0
        self._finished = Event()
        self._finished.set()
        self._init(maxsize)

    def _init(self, maxsize):
        self._queue = deque()

    def _get(self):
        return self._queue.popleft()

    def _put(self, item):
        self._queue.append(item)

    @property
    def maxsize(self):
        return self._maxsize

    def qsize(self):
        return len(self._queue)

    def empty(self):
        return not self._queue

    def full(self):
        return 0 < self._maxsize <= len(self._queue)

    async def put(self, item):
        while self.full():
            await self._putters._wait()
        self.put_nowait(item)

    def put_nowait(self, item):
        if self.full():
            raise QueueFull
        self._put(item)
        self._unfinished += 1
        self._finished.clear()
        self._getters._wake()

    async def get(self):
        while self.empty():
            await self._getters._wait()
        return self.get_nowait()

    def get_nowait(self):
        if self.empty():
            raise QueueEmpty
        item = self._get()
        self._putters._wake()
        return item

    def task_done(self):
        if self._unfinished <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished -= 1
        if self._unfinished == 0:
            self._finished.set()

    async def join(self):
        await self._finished.wait()


class LifoQueue(Queue):
    def _init(self, maxsize):
        self._queue = []

    def _get(self):
        return self._queue.pop()


class PriorityQueue(Queue):
    def _init(self, maxsize):
        self._queue = []

    def _get(self):
        return heappop(self._queue)

    def _put(self, item):
        heappush(self._queue, item)
