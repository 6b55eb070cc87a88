"""``partsong fit --input``: learn the parts of Parquet files that need not fit in memory.

A catalog is not needed, nor a recipe: the columns of the files are the features. The result is a
folder of plain files that any program can read.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong import __version__
from partsong.errors import (
    OutputError,
    PartsongError,
    SourceError,
)
from partsong.nmf import (
    ParquetRows,
    RowsFit,
    RowSourceError,
)
from partsong.progress import SILENT, Progress
from partsong.workflow.fitting import DEFAULT_N_COMPONENTS, DEFAULT_N_INIT
from partsong.workflow.machines import choose_machine

__all__ = ["FilesFitResult", "FilesPart", "fit_files"]

_Floats: TypeAlias = NDArray[np.floating[Any]]

_FORMAT = 1
"""Of ``fit.json``."""


@dataclass(frozen=True, slots=True)
class FilesPart:
    """A part of the rows of files.

    Attributes
    ----------
    name
        The column of its loadings.
    share
        Its share of the loadings of all rows, in [0, 1].
    features
        Each feature and how many times the average row's share of it the part has, most first.
    """

    name: str
    share: float
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class FilesFitResult:
    """A fit of files, saved as a folder.

    Attributes
    ----------
    folder
        Where it was saved.
    parts
        What was learned.
    n_rows
        Rows that were read.
    relative_error
        The length of what the parts leave unexplained, over that of the rows.
    n_iter
        Looks at all rows.
    seconds
        What it took, the loadings included.
    notes
        What the reader should know.
    """

    folder: Path
    parts: tuple[FilesPart, ...]
    n_rows: int
    relative_error: float
    n_iter: int
    seconds: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong fit --json``."""
        return {
            "model": self.folder.name,
            "folder": str(self.folder),
            "recipe": None,
            "n_components": len(self.parts),
            "n_tracks": self.n_rows,
            "relative_error": self.relative_error,
            "n_iter": self.n_iter,
            "seconds": self.seconds,
            "parts": [part.name for part in self.parts],
            "notes": list(self.notes),
        }


def fit_files(
    inputs: Sequence[str | Path],
    *,
    n_components: int = DEFAULT_N_COMPONENTS,
    columns: Sequence[str] | None = None,
    minmax: bool = False,
    output: Path | str | None = None,
    scheduler: str | None = None,
    n_init: int | None = None,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> FilesFitResult:
    """Learn the parts of Parquet files, block by block, and save them with all loadings.

    Parameters
    ----------
    inputs
        Parquet files, folders of them, or patterns with ``*``.
    n_components
        Number of parts, at most 16.
    columns
        The features; all columns by default, which must then hold numbers.
    minmax
        Scale each feature so that its smallest value becomes 0 and its largest 1. Without it
        values are taken as they are, and must be zero or more.
    output
        The folder to save to, which must not exist; by default one beside the input.
    scheduler
        Address of a Dask scheduler whose workers do the work; by default this machine does.
    n_init
        Number of starts, tried on a sample; 8 by default.
    random_state
        Seed of the sample and the starts: the same seed gives the same parts.
    progress
        Listener to the passes over the rows.

    Raises
    ------
    SourceError
        If a file is missing, damaged or of other columns, a value cannot be used, or there are
        more than 16 parts to learn.
    OutputError
        If the folder exists or cannot be written.
    ClusterError
        If no scheduler answers, or its workers die.
    MissingExtraError
        If a scheduler is named and Dask is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     songs = pl.DataFrame({"energy": [0.0, 2.0, 3.0], "valence": [1.0, 0.0, 0.0]})
    ...     songs.write_parquet(f"{folder}/songs.parquet")
    ...     result = fit_files([f"{folder}/songs.parquet"], n_components=2)
    ...     result.folder.name, [path.name for path in sorted(result.folder.iterdir())]
    ('songs-2-parts', ['components.parquet', 'fit.json', 'loadings'])
    """
    started = time.perf_counter()
    try:
        rows = ParquetRows.open([os.fspath(path) for path in inputs], columns=columns)
        folder = _choose_folder(rows, output, n_components)
        with choose_machine(scheduler) as machine, _whole_folder(folder) as aside:
            if minmax:
                progress.start("looking for the bounds of the features")
                rows = rows.scaled(machine.find_bounds(rows))
                progress.finish()
            fit = machine.fit(
                rows,
                n_components,
                n_init=n_init or DEFAULT_N_INIT,
                random_state=random_state,
                on_rows=_Passes(progress, rows.n_rows),
            )
            names = [f"part_{place}" for place in range(1, n_components + 1)]
            progress.start("writing the loadings", rows.n_rows)
            machine.write(rows, fit.H, aside / "loadings", columns=names, on_rows=progress.advance)
            progress.finish()
            result = FilesFitResult(
                folder=folder,
                parts=_describe(fit.H, aside / "loadings", names, rows.feature_names),
                n_rows=fit.n_rows,
                relative_error=fit.relative_error,
                n_iter=len(fit.loss_curve),
                seconds=time.perf_counter() - started,
                notes=_note(fit),
            )
            _write_components(fit.H, names, rows.feature_names, aside)
            _write_report(result, rows, aside, random_state)
    except RowSourceError as error:
        raise SourceError(error.problem, hint=error.mend) from error
    return result


class _Passes:
    """Tell the listener of each pass over the rows as a task of its own."""

    def __init__(self, progress: Progress, n_rows: int) -> None:
        self._progress = progress
        self._n_rows = n_rows
        self._n_left = 0
        self._n_passes = 0

    def __call__(self, n_rows: int) -> None:
        if not self._n_left:
            name = f"look {self._n_passes} at all rows" if self._n_passes else "reading the rows"
            self._progress.start(name, self._n_rows)
            self._n_left = self._n_rows
            self._n_passes += 1
        self._progress.advance(n_rows)
        self._n_left -= n_rows
        if not self._n_left:
            self._progress.finish()


def _choose_folder(rows: ParquetRows, output: Path | str | None, n_components: int) -> Path:
    first = rows.parts[0].path if rows.parts else ""
    if "://" in str(first if output is None else output):
        raise OutputError(
            "Parts and loadings can be written to folders of a file system only.",
            hint="Name one with --output.",
        )
    if output is None:
        path = Path(first).resolve()
        stem = path.stem if len({part.path for part in rows.parts}) == 1 else path.parent.name
        beside = path.parent if stem == path.stem else path.parent.parent
        output = beside / f"{stem}-{n_components}-parts"
    folder = Path(output)
    if folder.exists():
        raise OutputError(
            f"{folder} exists already.", hint="Name another folder with --output, or delete it."
        )
    return folder


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write to that takes its name when all of it is there."""
    aside = folder.with_name(f".{folder.name}-{os.getpid()}.partial")
    try:
        aside.mkdir(parents=True)
        try:
            yield aside
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        if isinstance(error, PartsongError) or error.errno is None:
            raise
        raise OutputError(
            f"The parts cannot be written to {folder}: {error.strerror or error}.",
            hint="Make room, or name a folder that may be written, with --output.",
        ) from error


def _describe(
    H: _Floats, loadings: Path, names: Sequence[str], features: Sequence[str]
) -> tuple[FilesPart, ...]:
    means = pl.scan_parquet(loadings).mean().collect(engine="streaming").to_numpy()[0]
    average = means @ H
    total, length = float(means.sum()), float(np.linalg.norm(average))
    ratios = np.divide(H * length, average, out=np.zeros_like(H), where=average > 0)
    return tuple(
        FilesPart(
            name,
            float(mean / total) if total else 0.0,
            tuple((features[place], float(row[place])) for place in np.argsort(-row)),
        )
        for name, mean, row in zip(names, means, ratios, strict=True)
    )


def _note(fit: RowsFit) -> tuple[str, ...]:
    if fit.converged:
        return ()
    note = (
        f"The loss had not settled after {len(fit.loss_curve):,} looks; fewer parts, or another "
        "seed (--random-state), may do better."
    )
    return (note,)


def _write_components(
    H: _Floats, names: Sequence[str], features: Sequence[str], folder: Path
) -> None:
    table = pl.DataFrame(H, schema=list(features)).insert_column(0, pl.Series("part", names))
    table.write_parquet(folder / "components.parquet")


def _write_report(
    result: FilesFitResult, rows: ParquetRows, folder: Path, random_state: int
) -> None:
    report = {
        "format": _FORMAT,
        "n_rows": result.n_rows,
        "features": list(rows.feature_names),
        "bounds": None if rows.bounds is None else [list(bounds) for bounds in rows.bounds],
        "relative_error": result.relative_error,
        "n_iter": result.n_iter,
        "seconds": result.seconds,
        "random_state": random_state,
        "created": datetime.now(UTC).isoformat(),
        "version": __version__,
        "parts": [
            {"name": part.name, "share": part.share, "features": dict(part.features)}
            for part in result.parts
        ],
        "inputs": [{"file": Path(part.path).name, "rows": part.n_rows} for part in rows.parts],
        "notes": list(result.notes),
    }
    text = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "fit.json").write_text(text, encoding="utf-8")
