"""Fits on a cluster: Dask runs the same looks where the rows are, and only sums travel.

In each round the components, about a kilobyte, go out, and from every piece of the rows come back
one small matrix for each pattern. Loadings are written where they are found. Sums are added in the
order of the pieces, so the answer does not depend on how many workers there are or which of them
died.

Dask is imported where it is used; it comes with ``pip install 'partsong[distributed]'``. Its
workers need partsong too, and must see the files under the same paths. They run what the client
sends them, so a scheduler should be reachable for those alone who may do so.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from partsong.nmf.blocks import FloatArray
from partsong.nmf.initialization import Init, RandomState
from partsong.nmf.looks.patterns import PatternSums, add_up
from partsong.nmf.penalties import NO_PENALTIES, Penalties
from partsong.nmf.streams.loading_files import PIECE_ROWS, name_files, write_piece
from partsong.nmf.streams.parquet import ParquetRows, join_bounds
from partsong.nmf.streams.row_passes import BLOCK_ROWS, SAMPLE_ROWS, LocalPasses
from partsong.nmf.streams.row_sample import RowSample
from partsong.nmf.streams.row_source import RowSourceError, check_rows, cut_evenly
from partsong.nmf.streams.streaming import RowsFit, fit_passes

__all__ = [
    "ClusterPasses",
    "connect_to_cluster",
    "find_bounds_on_cluster",
    "fit_rows_on_cluster",
    "write_loadings_on_cluster",
]

_RETRIES = 2
"""Times that a failed task is tried again: a file system may stumble. Dask itself sends the work of
a worker that died to others."""

_SHARE_OF_MEMORY = 0.3
"""Of all workers together, that the decoded rows may take for them to stay in memory."""

_SPARE = 1.2
"""Times its expected share of the sample: what a piece brings home."""

_SECONDS_TO_CONNECT = 10


@contextmanager
def connect_to_cluster(scheduler: str) -> Iterator[Any]:
    """Connect to a running scheduler, for the length of the block.

    Parameters
    ----------
    scheduler
        Its address, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    ModuleNotFoundError
        If Dask is not installed.
    OSError
        If no scheduler answers there, or it has no workers.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        msg = (
            "A fit on a cluster needs Dask, which is not installed. "
            "Install it with: pip install 'partsong[distributed]'"
        )
        raise ModuleNotFoundError(msg, name=error.name) from error
    connect_to: Any = Client  # untyped
    with connect_to(scheduler, timeout=_SECONDS_TO_CONNECT, set_as_default=False) as client:
        if not client.scheduler_info()["workers"]:
            msg = f"The scheduler at {scheduler} has no workers."
            raise OSError(msg)
        yield client


def find_bounds_on_cluster(client: Any, source: ParquetRows) -> tuple[tuple[float, float], ...]:
    """Let the workers find the smallest and largest value of each feature.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    source
        The rows; see `ParquetRows.find_bounds`.
    """
    pieces = source.split(PIECE_ROWS)
    tasks = [_submit(client, ParquetRows.find_bounds, piece) for piece in pieces]
    return join_bounds(_collect(client, tasks, pieces, None))


def fit_rows_on_cluster(
    client: Any,
    source: ParquetRows,
    n_components: int,
    *,
    init: Init | None = None,
    n_init: int = 8,
    tol: float = 1e-5,
    max_iter: int = 1000,
    alpha_W: float = 0.0,
    alpha_H: float | Literal["same"] = "same",
    l1_ratio: float = 0.0,
    n_jobs: int = 1,
    random_state: RandomState = None,
    callback: Callable[[int, float], object] | None = None,
    on_rows: Callable[[int], object] | None = None,
) -> RowsFit:
    """Learn the components of Parquet files by the workers of a Dask cluster.

    Parameters
    ----------
    client
        A ``distributed.Client``, such as `connect_to_cluster` yields.
    source
        The files. Each is one piece of work, and each million rows of larger ones; several
        pieces a worker share the work out evenly.
    n_components, init, n_init, tol, max_iter, alpha_W, alpha_H, l1_ratio, random_state, callback
        As in `fit_rows`.
    n_jobs
        Threads of this machine, for the sample, while the workers wait.
    on_rows
        Called with the number of rows that were gone over, piece by piece.

    Returns
    -------
    RowsFit
        The same, to the last bit, for any number of workers.

    Raises
    ------
    RowSourceError
        If rows cannot be read, or are negative, infinite or missing.
    """
    passes = ClusterPasses(client, source, on_rows=on_rows)
    return fit_passes(
        passes,
        n_components,
        init=init,
        n_init=n_init,
        tol=tol,
        max_iter=max_iter,
        alpha_W=alpha_W,
        alpha_H=alpha_H,
        l1_ratio=l1_ratio,
        n_jobs=n_jobs,
        random_state=random_state,
        callback=callback,
    )


def write_loadings_on_cluster(
    client: Any,
    source: ParquetRows,
    H: FloatArray,
    folder: Path | str,
    *,
    columns: Sequence[str] | None = None,
    on_rows: Callable[[int], object] | None = None,
) -> list[Path]:
    """Let the workers write the best loadings; the files are those of `write_loadings`.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    source
        The rows.
    H
        Components, shape (n_components, n_features), at most 16.
    folder
        Where the files go: all workers must see it.
    columns
        One name a component.
    on_rows
        Called with the number of rows that were written.

    Returns
    -------
    list of Path
        The files, in order.
    """
    pieces = source.split(PIECE_ROWS)
    files = name_files(pieces, folder)
    tasks = [
        _submit(client, write_piece, piece, H, file, columns=columns)
        for piece, file in zip(pieces, files, strict=True)
    ]
    _collect(client, tasks, pieces, on_rows)
    return files


class ClusterPasses:
    """Go over rows with the workers of a cluster; a `RowPasses`.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    source
        The rows.
    on_rows
        Called with the number of rows that were gone over.
    """

    def __init__(
        self,
        client: Any,
        source: ParquetRows,
        *,
        on_rows: Callable[[int], object] | None = None,
    ) -> None:
        self._client = client
        self._on_rows = on_rows
        self._pieces = source.split(PIECE_ROWS)
        self._n_rows = source.n_rows
        self._rows: list[Any] = [None] * len(self._pieces)
        if self._fits_in_memory(source):
            self._rows = [_submit(client, _read, piece) for piece in self._pieces]

    def survey(self, seed: int) -> tuple[int, FloatArray]:
        """Check all rows, and return their number and a sample of them."""
        if not self._pieces:
            raise RowSourceError("There are no rows to learn from.", "Check how they were made.")
        below = min(1.0, _SPARE * SAMPLE_ROWS / self._n_rows)
        first_rows = itertools.accumulate((piece.n_rows for piece in self._pieces), initial=0)
        tasks = [
            _submit(
                self._client,
                _survey,
                piece,
                rows,
                RowSample(SAMPLE_ROWS, seed=seed, first_row=first_row, below=below),
            )
            for piece, rows, first_row in zip(self._pieces, self._rows, first_rows, strict=False)
        ]
        total = RowSample(SAMPLE_ROWS, seed=seed)
        for sample in _collect(self._client, tasks, self._pieces, self._on_rows):
            total.join(sample)
        return self._n_rows, total.drawn[1]

    def visit(self, H: FloatArray, penalties: Penalties = NO_PENALTIES) -> PatternSums:
        """Return what a look at all rows brings home."""
        tasks = [
            _submit(self._client, _visit, piece, rows, H, penalties)
            for piece, rows in zip(self._pieces, self._rows, strict=True)
        ]
        return add_up(_collect(self._client, tasks, self._pieces, self._on_rows))

    def _fits_in_memory(self, source: ParquetRows) -> bool:
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        memory = sum(worker["memory_limit"] or 0 for worker in workers)
        return source.n_bytes <= _SHARE_OF_MEMORY * memory


def _submit(client: Any, task: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    return client.submit(task, *arguments, **options, pure=False, retries=_RETRIES)


def _collect(
    client: Any,
    tasks: list[Any],
    pieces: Sequence[ParquetRows],
    on_rows: Callable[[int], object] | None,
) -> list[Any]:
    """Wait for all tasks and return their results in order; when one fails, give up the others."""
    import distributed

    as_completed: Any = distributed.as_completed  # untyped

    sizes = {task.key: piece.n_rows for task, piece in zip(tasks, pieces, strict=True)}
    try:
        for task in as_completed(tasks, loop=client.loop):
            if task.status == "error":
                task.result()
            if on_rows is not None:
                on_rows(sizes[task.key])
        return list(client.gather(tasks))
    except BaseException:
        client.cancel(tasks)
        raise


def _read(piece: ParquetRows) -> list[FloatArray]:
    return list(cut_evenly(piece.blocks(), BLOCK_ROWS))


def _survey(piece: ParquetRows, rows: list[FloatArray] | None, sample: RowSample) -> RowSample:
    n_rows = 0
    for block in piece.blocks() if rows is None else rows:
        check_rows(block, piece, n_rows)
        sample.add(block)
        n_rows += len(block)
    return sample


def _visit(
    piece: ParquetRows, rows: list[FloatArray] | None, H: FloatArray, penalties: Penalties
) -> PatternSums:
    return LocalPasses(piece, kept=rows).visit(H, penalties)
