"""Who fits files: this machine, or the workers of a cluster. Both can do the same three things."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partsong.errors import ClusterError, MissingExtraError
from partsong.nmf import (
    ParquetRows,
    RowsFit,
    connect_to_cluster,
    find_bounds_on_cluster,
    fit_rows,
    fit_rows_on_cluster,
    write_loadings,
    write_loadings_on_cluster,
)

__all__ = ["Machine", "choose_machine"]

_Floats: TypeAlias = NDArray[np.floating[Any]]
_Bounds: TypeAlias = tuple[tuple[float, float], ...]

_CLUSTER_ERRORS = {
    "CommClosedError": "The connection to the cluster broke",
    "KilledWorker": "Several workers died of one task",
}
"""By the names of Dask's errors, as Dask is optional."""


class Machine(Protocol):
    """Go over the rows of files."""

    def find_bounds(self, rows: ParquetRows) -> _Bounds:
        """Return the smallest and largest value of each feature."""

    def fit(self, rows: ParquetRows, n_components: int, **options: Any) -> RowsFit:
        """Learn components; the options are those of `partsong.nmf.fit_rows`."""

    def write(self, rows: ParquetRows, H: _Floats, folder: Path, **options: Any) -> None:
        """Write loadings; the options are those of `partsong.nmf.write_loadings`."""


class _ThisMachine:
    """Do all of it here."""

    def find_bounds(self, rows: ParquetRows) -> _Bounds:
        return rows.find_bounds()

    def fit(self, rows: ParquetRows, n_components: int, **options: Any) -> RowsFit:
        return fit_rows(rows, n_components, n_jobs=_count_cores(), **options)

    def write(self, rows: ParquetRows, H: _Floats, folder: Path, **options: Any) -> None:
        write_loadings(rows, H, folder, n_jobs=_count_cores(), **options)


class _Cluster:
    """Let the workers of a cluster do it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def find_bounds(self, rows: ParquetRows) -> _Bounds:
        return find_bounds_on_cluster(self._client, rows)

    def fit(self, rows: ParquetRows, n_components: int, **options: Any) -> RowsFit:
        return fit_rows_on_cluster(
            self._client, rows, n_components, n_jobs=_count_cores(), **options
        )

    def write(self, rows: ParquetRows, H: _Floats, folder: Path, **options: Any) -> None:
        write_loadings_on_cluster(self._client, rows, H, folder, **options)


@contextmanager
def choose_machine(scheduler: str | None) -> Iterator[Machine]:
    """Return who does the work of the block.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler. None: this machine.

    Raises
    ------
    ClusterError
        If no scheduler answers, or its workers die.
    MissingExtraError
        If Dask is needed and not installed.

    Examples
    --------
    >>> with choose_machine(None) as machine:
    ...     hasattr(machine, "fit")
    True
    """
    if scheduler is None:
        yield _ThisMachine()
        return
    with ExitStack() as stack:
        try:
            client = stack.enter_context(connect_to_cluster(scheduler))
        except ModuleNotFoundError as error:
            raise MissingExtraError("distributed", "A fit on a cluster") from error
        except (OSError, ValueError) as error:  # ValueError: what is no address
            raise ClusterError(
                f"There is no cluster at {scheduler}: {error}.",
                hint="Start one: dask scheduler, and dask worker ADDRESS on each machine.",
            ) from error
        try:
            yield _Cluster(client)
        except Exception as error:
            what = _CLUSTER_ERRORS.get(type(error).__name__)
            if what is None:
                raise
            raise ClusterError(
                f"{what}: {error}.",
                hint="See what the workers print; more memory, or fewer rows in a file, may help.",
            ) from error


def _count_cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
