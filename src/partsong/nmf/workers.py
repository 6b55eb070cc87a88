"""Threads that share out pieces of work, and hand back the results in the order of the pieces.

NumPy and the compiled kernels let other threads run while they compute. What is summed is summed
in order, so that the result is the same to the last bit however many threads there are.
"""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

__all__ = ["Workers", "count_jobs", "map_in_threads"]

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def count_jobs(n_jobs: int | None) -> int:
    """Return a number of threads: all that this process may use unless told otherwise.

    Parameters
    ----------
    n_jobs
        The number; None or -1: all; below that, all but some, as in joblib.

    Examples
    --------
    >>> count_jobs(2)
    2
    """
    if n_jobs is not None and n_jobs > 0:
        return n_jobs
    from joblib import effective_n_jobs

    wish = -1 if n_jobs is None else n_jobs
    return max(1, int(effective_n_jobs(wish)))  # type: ignore[no-untyped-call]  # joblib is untyped


def map_in_threads(
    function: Callable[[Piece], Result], pieces: Sequence[Piece], *, n_jobs: int
) -> list[Result]:
    """Return what a function makes of each piece, by threads that live no longer.

    Parameters
    ----------
    function, pieces
        As in `Workers.map`.
    n_jobs
        Threads.

    Examples
    --------
    >>> map_in_threads(abs, [-1, 2], n_jobs=2)
    [1, 2]
    """
    with Workers(min(n_jobs, len(pieces))) as workers:
        return workers.map(function, pieces)


class Workers:
    """Some threads, or just the caller's own; a context, as the threads have to be let go.

    Parameters
    ----------
    n_jobs
        Number of threads, at least 1. With 1 none is started.

    Examples
    --------
    >>> with Workers(2) as workers:
    ...     workers.map(abs, [-1, 2, -3])
    [1, 2, 3]
    """

    def __init__(self, n_jobs: int = 1) -> None:
        self.n_jobs = n_jobs
        self._pool = ThreadPoolExecutor(n_jobs) if n_jobs > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map(self, function: Callable[[Piece], Result], pieces: Sequence[Piece]) -> list[Result]:
        """Return what a function makes of each piece, in their order.

        An error in any thread, or Ctrl-C, keeps the others from taking another piece.

        Parameters
        ----------
        function
            Called with one piece at a time, from several threads at once.
        pieces
            The pieces. Many small ones are shared out more evenly than few large ones.
        """
        if self._pool is None or len(pieces) <= 1:
            return [function(piece) for piece in pieces]
        results: dict[int, Result] = {}
        turns = itertools.count()
        stopped: list[bool] = []

        def work() -> None:
            while not stopped and (turn := next(turns)) < len(pieces):
                results[turn] = function(pieces[turn])

        futures = [self._pool.submit(work) for _ in range(min(self.n_jobs, len(pieces)))]
        try:
            for future in futures:
                future.result()
        except BaseException:
            stopped.append(True)
            raise
        return [results[turn] for turn in range(len(pieces))]
