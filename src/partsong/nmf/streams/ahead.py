"""Work that runs ahead of whoever waits for it, by a few pieces and never more.

While one block is computed on, the next is decoded. Both ends are iterators in order, and a
consumer that stops early, be it by an error or Ctrl-C, stops the threads.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["map_ahead", "read_ahead"]

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE = 0.1
"""Seconds after which a reader that waits for room looks whether it is still needed."""


def read_ahead(items: Iterable[T], n_ahead: int = 2) -> Generator[T, None, None]:
    """Go through items in a thread of its own, at most `n_ahead` before the consumer.

    Parameters
    ----------
    items
        What to read. An error in it comes out where the item would have.
    n_ahead
        Items that may wait.

    Examples
    --------
    >>> list(read_ahead(range(4)))
    [0, 1, 2, 3]
    """
    waiting: queue.Queue[tuple[T | None, BaseException | None] | None] = queue.Queue(n_ahead)
    is_needed = threading.Event()
    is_needed.set()

    def put(item: tuple[T | None, BaseException | None] | None) -> None:
        while is_needed.is_set():
            try:
                waiting.put(item, timeout=_PATIENCE)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for item in items:
                put((item, None))
                if not is_needed.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised again, by the consumer
            put((None, error))
        put(None)

    reader = threading.Thread(target=read, name="partsong-read-ahead", daemon=True)
    reader.start()
    try:
        while (entry := waiting.get()) is not None:
            item, error = entry
            if error is not None:
                raise error
            yield item  # type: ignore[misc]  # None stands only beside an error
    finally:
        is_needed.clear()
        reader.join()


def map_ahead(
    work: Callable[[T], R], items: Iterable[T], *, n_jobs: int
) -> Generator[R, None, None]:
    """Apply a function to items in threads, and yield the results in order.

    Parameters
    ----------
    work
        What to do with an item; it should let go of the interpreter's lock.
    items
        Read one by one, at most `n_jobs` + 1 before the consumer.
    n_jobs
        Threads.

    Examples
    --------
    >>> list(map_ahead(abs, [-1, 2, -3], n_jobs=2))
    [1, 2, 3]
    """
    running: deque[Future[R]] = deque()
    with ThreadPoolExecutor(n_jobs) as pool:
        try:
            for item in items:
                running.append(pool.submit(work, item))
                if len(running) > n_jobs:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
