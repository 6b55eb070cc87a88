"""Loadings of more rows than memory holds, as Parquet files beside those of the rows.

A file appears under its name when it is whole: it is written aside and then renamed. So a worker
that is killed, and whose work another one does again, leaves nothing half-written behind.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.streams.parquet import ParquetRows
from partsong.nmf.streams.row_passes import transform_rows

__all__ = ["PIECE_ROWS", "name_files", "write_loadings", "write_piece"]

PIECE_ROWS = 2**20
"""Rows whose loadings share a file, at most: they are in memory together."""


def write_loadings(
    source: ParquetRows,
    H: FloatArray,
    folder: Path | str,
    *,
    columns: Sequence[str] | None = None,
    n_jobs: int = 1,
    on_rows: Callable[[int], object] | None = None,
) -> list[Path]:
    """Write the best loadings of rows as Parquet files.

    Parameters
    ----------
    source
        The rows.
    H
        Components, shape (n_components, n_features), at most 16.
    folder
        Where the files go; made where there is none. Together and in the order of their names
        they hold one row for each row of the source.
    columns
        One name a component; ``component_0`` and so on by default.
    n_jobs
        Threads, beside the one that reads.
    on_rows
        Called with the number of rows that were written.

    Returns
    -------
    list of Path
        The files, in order.

    Raises
    ------
    RowSourceError
        If rows cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> import polars as pl
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pl.DataFrame({"energy": [3.0], "valence": [0.0]}).write_parquet(f"{folder}/a.parquet")
    ...     (file,) = write_loadings(ParquetRows.open(folder), np.eye(2), f"{folder}/loadings")
    ...     file.name, pl.read_parquet(file).rows()
    ('00000-a.parquet', [(3.0, 0.0)])
    """
    pieces = source.split(PIECE_ROWS)
    files = name_files(pieces, folder)
    for piece, file in zip(pieces, files, strict=True):
        write_piece(piece, H, file, columns=columns, n_jobs=n_jobs)
        if on_rows is not None:
            on_rows(piece.n_rows)
    return files


def name_files(pieces: Sequence[ParquetRows], folder: Path | str) -> list[Path]:
    """Return a file for the loadings of each piece, made by `ParquetRows.split`.

    Examples
    --------
    >>> from partsong.nmf.streams.parquet import ParquetPart
    >>> rows = ParquetRows((ParquetPart("songs/a.parquet", 0, 3),), ("energy",))
    >>> [file.name for file in name_files(rows.split(2), "loadings")]
    ['00000-a.parquet', '00001-a.parquet']
    """
    stems = [Path(piece.parts[0].path).stem for piece in pieces]
    folder = Path(folder).absolute()
    return [folder / f"{number:05}-{stem}.parquet" for number, stem in enumerate(stems)]


def write_piece(
    piece: ParquetRows,
    H: FloatArray,
    file: Path,
    *,
    columns: Sequence[str] | None = None,
    n_jobs: int = 1,
) -> int:
    """Write the loadings of a piece into one file, and return the number of its rows.

    Parameters
    ----------
    piece
        The rows.
    H
        Components.
    file
        Replaced where it exists.
    columns
        One name a component.
    n_jobs
        Threads.
    """
    import polars as pl

    W = np.concatenate(list(transform_rows(piece, H, n_jobs=n_jobs)))
    names = list(columns or (f"component_{place}" for place in range(len(H))))
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}-{uuid4().hex}.partial")
    try:
        pl.DataFrame(W, schema=names).write_parquet(partial)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return len(W)
