"""Open the catalog file late, close it early, and say in plain words why it cannot be opened.

Several processes share one file: any number may read, or one may write. Whoever finds it locked
waits a little and tries again. Every connection is opened for one operation and closed after it.
"""

import contextlib
import os
import random
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final, Literal

import duckdb

from partsong.catalog.migrations import OLDEST_READABLE, migrate, read_version
from partsong.errors import (
    CatalogBusyError,
    CatalogError,
    CatalogMissingError,
    CatalogVersionError,
    CatalogWriteError,
)

__all__ = ["Mode", "open_catalog"]

Mode = Literal["read", "edit", "write"]

_WRITE_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
}
# A reader may carry a condition that someone typed: nothing but the catalog is within its reach.
_READ_CONFIG: Final = _WRITE_CONFIG | {
    "enable_external_access": "false",
    "lock_configuration": "true",
}

_ONE_WRITER: Final = threading.Lock()
"""Locks on files bind processes only; this one binds the threads of ours."""

_LOCKED: Final = re.compile(
    r"Could not set lock|different configuration than existing connections|used by another process"
    r"|is already attached by database"  # a thread of this process is just opening or closing it
)
_HOLDER: Final = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_FIRST_WAIT: Final = 0.02
_LONGEST_WAIT: Final = 0.5


@contextlib.contextmanager
def open_catalog(
    path: Path, mode: Mode, *, busy_timeout: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the catalog for one operation.

    Parameters
    ----------
    path
        The file. To write, it and its folder are made if they are not there; to edit, they must be.
    mode
        Readers share the file; who writes or edits has it alone.
    busy_timeout
        Seconds to wait while another process holds the file.

    Yields
    ------
    connection
        Closed when the block ends; a transaction that is still open is rolled back.

    Raises
    ------
    CatalogMissingError
        If there is nothing to read or edit yet.
    CatalogBusyError
        If the file stayed locked.
    CatalogVersionError
        If it is not a catalog, or one of a newer partsong.
    CatalogWriteError
        If the disk is full or the place may not be written.
    CatalogError
        If DuckDB fails in another way.
    """
    deadline = time.monotonic() + busy_timeout
    with _explained(path):
        if path.is_dir():
            raise _not_a_file(path)
        with _connected(path, mode, deadline) as connection:
            yield connection


@contextlib.contextmanager
def _connected(path: Path, mode: Mode, deadline: float) -> Iterator[duckdb.DuckDBPyConnection]:
    if mode != "write" and not path.exists():
        raise _missing(path)
    if mode != "read":
        with _only_writer(path, deadline), _writer(path, deadline) as connection:
            yield connection
        return
    connection = _connect(path, "read", deadline)
    try:
        version = read_version(connection, path)
        if version is None:
            raise _missing(path)
        if version < OLDEST_READABLE:
            connection.close()
            with _only_writer(path, deadline), _writer(path, deadline):
                pass
            connection = _connect(path, "read", deadline)
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _writer(path: Path, deadline: float) -> Iterator[duckdb.DuckDBPyConnection]:
    if not path.exists():
        _create(path)
    connection = _connect(path, "write", deadline)
    try:
        migrate(connection, read_version(connection, path))
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _only_writer(path: Path, deadline: float) -> Iterator[None]:
    if not _ONE_WRITER.acquire(timeout=max(0.0, deadline - time.monotonic())):
        raise CatalogBusyError(
            f"The catalog {path} is being written by another thread of this process.",
            hint="Wait until that import is done, then try again.",
        )
    try:
        yield
    finally:
        _ONE_WRITER.release()


def _connect(
    path: Path, mode: Literal["read", "write"], deadline: float
) -> duckdb.DuckDBPyConnection:
    wait = _FIRST_WAIT
    while True:
        try:
            if mode == "read":
                return duckdb.connect(path, read_only=True, config=_READ_CONFIG)
            return duckdb.connect(path, config=_WRITE_CONFIG)
        except (
            duckdb.IOException,
            duckdb.ConnectionException,
            duckdb.ResourceInUseException,
        ) as error:
            if not _LOCKED.search(str(error)):
                raise
            if time.monotonic() + wait > deadline:
                raise _busy(path, str(error)) from error
        # Waiters that woke together would meet again and again.
        time.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - a pause, not a secret
        wait = min(2 * wait, _LONGEST_WAIT)


def _create(path: Path) -> None:
    """Put an empty catalog in place, whole from its first moment, unless someone else did."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partsong-", dir=path.parent) as folder:
        aside = Path(folder) / "new.duckdb"
        connection = duckdb.connect(aside, config=_WRITE_CONFIG)
        try:
            migrate(connection, None)
        finally:
            connection.close()
        try:
            # Unlike a rename, a link never replaces a catalog that appeared in the meantime.
            os.link(aside, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links, such as a memory stick's
            aside.replace(path)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn DuckDB's errors, and those of the disk, into partsong's."""
    try:
        yield
    except duckdb.Error as error:
        raise _explain(path, error) from error
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def _explain(path: Path, error: duckdb.Error) -> CatalogError:
    message = " ".join(str(error).split())
    if "not a valid DuckDB database" in message:
        return CatalogVersionError(
            f"{path} is not a catalog of partsong.",
            hint="Name another file with --catalog; this one was left as it is.",
        )
    if "but we can only read" in message or "newer version of DuckDB" in message:
        return CatalogVersionError(
            f"{path} was written by another version of DuckDB: {message}",
            hint="Install the version of DuckDB that wrote it, or import into a new catalog.",
        )
    if isinstance(error, duckdb.IOException | duckdb.PermissionException | duckdb.FatalException):
        return _unwritable(path, message)
    if isinstance(error, duckdb.OutOfMemoryException):
        return CatalogError(
            f"There was not enough memory for the catalog {path}: {message}",
            hint="Close other programs, or ask for fewer tracks or columns at once.",
        )
    return CatalogError(
        f"The catalog {path} could not be used: {message}",
        hint="If this lasts, the file may be damaged: import your files into a new --catalog.",
    )


def _busy(path: Path, message: str) -> CatalogBusyError:
    holder = _HOLDER.search(message)
    who = "another thread of this process"
    if holder:
        who = f"{PurePath(holder['program']).name} (process {holder['pid']})"
    return CatalogBusyError(
        f"The catalog {path} is in use by {who}.",
        hint="Wait until that is done, or end it, then try again.",
    )


def _missing(path: Path) -> CatalogMissingError:
    return CatalogMissingError(
        f"There is no catalog at {path} yet.",
        hint="Make one with: partsong import FILE",
    )


def _not_a_file(path: Path) -> CatalogVersionError:
    return CatalogVersionError(
        f"{path} is a folder, not a catalog.",
        hint=f"Name a file, such as {path / 'catalog.duckdb'}",
    )


def _unwritable(path: Path, reason: str) -> CatalogWriteError:
    return CatalogWriteError(
        f"The catalog {path} cannot be read or written: {reason}",
        hint="Check that the disk has room and that you may write there, "
        "or name another file with --catalog.",
    )
