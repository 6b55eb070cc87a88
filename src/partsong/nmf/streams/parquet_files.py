"""Parquet files, found and looked at before anything is read of them.

A Parquet file ends in what it holds: its columns and the number of its rows. So files that are
missing, cut short or of another kind are known, and named all at once, before a fit begins.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from partsong.nmf.streams.row_source import RowSourceError

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "FoundFile",
    "Paths",
    "file_name",
    "find_files",
    "fits_float32",
    "look_at_files",
    "reading",
]

Paths: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

_MOST_LISTED = 5
_FILE = "file of the row"
_MEND_COLUMNS = "Name the columns to use: numbers, and in every file."


class FoundFile(NamedTuple):
    """What the end of a file tells.

    Attributes
    ----------
    path
        The file.
    schema
        The types of its columns.
    n_rows
        How many rows it has.
    """

    path: str
    schema: Mapping[str, "pl.DataType"]
    n_rows: int


def find_files(paths: Paths) -> list[str]:
    """Return the files that paths, folders, patterns and addresses stand for.

    Parameters
    ----------
    paths
        As in `ParquetRows.open`.

    Returns
    -------
    list of str
        In the order given, those of a folder or pattern by name; each once, as an absolute path or
        an address.

    Raises
    ------
    RowSourceError
        If there is none, or one that was named is not there.
    """
    listed = [paths] if isinstance(paths, str | os.PathLike) else paths
    given = [os.fspath(path) for path in listed]
    files: list[str] = []
    missing: list[str] = []
    for path in given:
        if "://" in path:
            files += _expand(path) if "*" in path else [path]
        elif Path(path).is_file():
            files.append(path)
        elif Path(path).is_dir():
            files += sorted(map(str, Path(path).glob("*.parquet")))
        elif set(path) & set("*?["):
            root = Path(Path(path).anchor)
            found = root.glob(str(Path(path).relative_to(root)))
            files += sorted(str(file) for file in found if file.is_file())
        else:
            missing.append(path)
    if missing:
        raise RowSourceError(f"There is no file {', '.join(missing)}.", "Check the path.")
    if not files:
        raise RowSourceError(
            f"There is no Parquet file in {', '.join(given) or 'nothing'}.",
            "Check the path, or the pattern.",
        )
    # absolute, as the workers of a cluster stand in folders of their own
    return list(dict.fromkeys(f if "://" in f else str(Path(f).absolute()) for f in files))


def look_at_files(
    files: Sequence[str], columns: Sequence[str] | None
) -> tuple[list[FoundFile], tuple[str, ...]]:
    """Return what the files hold, and the columns to use.

    Parameters
    ----------
    files
        At least one.
    columns
        The columns asked for. None: all of the first file.

    Raises
    ------
    RowSourceError
        If files cannot be read, or have not these columns; they are all named.
    """
    found: list[FoundFile] = []
    problems: list[RowSourceError] = []
    for file in files:
        try:
            found.append(_look_at(file))
        except RowSourceError as error:
            problems.append(error)
    _refuse(problems, "Copy or write them again, or leave them out.")
    names = tuple(found[0].schema) if columns is None else tuple(columns)
    if len(set(names)) < len(names):
        raise RowSourceError(f"{', '.join(names)}: a column comes twice.", "Name each once.")
    compared = (_compare(file, names) for file in found)
    _refuse([problem for problem in compared if problem], _MEND_COLUMNS)
    return found, names


def fits_float32(files: Sequence[FoundFile], columns: Sequence[str]) -> bool:
    """Tell whether all values fit into 32-bit floats without loss, going by their types."""
    import polars as pl

    small = {pl.Float32, pl.Int8, pl.Int16, pl.UInt8, pl.UInt16, pl.Boolean}
    return all(file.schema[column] in small for file in files for column in columns)


def file_name(path: str) -> str:
    """Return the last part of a path or an address.

    Examples
    --------
    >>> file_name("s3://bucket/songs/part-7.parquet")
    'part-7.parquet'
    """
    return path.rsplit("/", 1)[-1]


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Name the file in whatever goes wrong in the block.

    Raises
    ------
    RowSourceError
        If the file is not there or cannot be read.

    Examples
    --------
    >>> with reading("songs/part-7.parquet"):
    ...     raise OSError("bad block")
    Traceback (most recent call last):
    ...
    partsong.nmf.streams.row_source.RowSourceError: part-7.parquet cannot be read as Parquet: bad block. Copy or write it again, or leave it out.
    """
    import polars as pl

    try:
        yield
    except FileNotFoundError as error:
        raise RowSourceError(
            f"{file_name(path)} is not there.", "Copy it again, or leave it out."
        ) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RowSourceError(
            f"{file_name(path)} cannot be read as Parquet: {reason}.",
            "Copy or write it again, or leave it out.",
        ) from error


def _expand(address: str) -> list[str]:
    """Return the files of a pattern that is not a path on this machine."""
    import polars as pl

    with reading(address):
        frame = pl.scan_parquet(address, include_file_paths=_FILE).select(pl.col(_FILE).unique())
        return sorted(frame.collect()[_FILE].to_list())


def _look_at(path: str) -> FoundFile:
    import polars as pl

    with reading(path):
        frame = pl.scan_parquet(path, glob=False)
        n_rows = int(frame.select(pl.len()).collect().item())
        return FoundFile(path, frame.collect_schema(), n_rows)


def _compare(file: FoundFile, names: Sequence[str]) -> RowSourceError | None:
    missing = [name for name in names if name not in file.schema]
    others = [
        name for name in names if name in file.schema and not _holds_numbers(file.schema[name])
    ]
    problems = []
    if missing:
        problems.append(f"{file_name(file.path)} has no column {_list(missing)}")
    if others:
        problems.append(f"in {file_name(file.path)}, {_list(others)} holds no numbers")
    return RowSourceError(f"{'; '.join(problems)}.", _MEND_COLUMNS) if problems else None


def _refuse(problems: Sequence[RowSourceError], mend: str) -> None:
    if len(problems) == 1:
        raise problems[0]
    if problems:
        listed = " ".join(problem.problem for problem in problems[:_MOST_LISTED])
        more = f" And {len(problems) - _MOST_LISTED} more." if len(problems) > _MOST_LISTED else ""
        raise RowSourceError(f"{listed}{more}", mend) from problems[0]


def _holds_numbers(kind: "pl.DataType") -> bool:
    import polars as pl

    return kind.is_numeric() or kind == pl.Boolean


def _list(names: Sequence[str]) -> str:
    listed = ", ".join(map(repr, names[:_MOST_LISTED]))
    return f"{listed} and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else listed
