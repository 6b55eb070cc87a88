"""Answers that have arrived, in a small file: what is in it need not be asked for again."""

import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from partsong.errors import OutputError
from partsong.sources.http.messages import Request, Response

__all__ = ["Arrivals"]

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS answers"
    " (question TEXT PRIMARY KEY, status INTEGER, body BLOB, arrived_at REAL) WITHOUT ROWID"
)
_SECONDS_A_DAY: Final = 86_400


class Arrivals:
    """The answers to requests, kept in a SQLite file that its owner alone may read.

    Each answer is there for good as soon as `put` returns, whatever happens to the process. Of an
    answer only the status and the body are kept, of a request nothing that the client adds to it,
    such as keys. A file that is damaged is begun anew: all in it can be asked for again.

    Parameters
    ----------
    path
        The file; it is made when the first answer is put.
    clock
        What tells the time, in seconds since 1970.

    Examples
    --------
    >>> arrivals = Arrivals(getfixture("tmp_path") / "tiny.sqlite")
    >>> first = Request(path="/songs", params={"page": 1})
    >>> arrivals.put(first, Response(status=200, headers={}, body=b"[]"))
    >>> arrivals.get(first).json(), arrivals.get(Request(path="/songs", params={"page": 2}))
    ([], None)
    >>> arrivals.close()
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._open: sqlite3.Connection | None = None

    def get(
        self, request: Request, *, scope: str = "", days: float | None = None
    ) -> Response | None:
        """Return the answer to a request, None where there is none.

        Parameters
        ----------
        request
            What would be asked.
        scope
            Whom one would ask, and as whom: the same question elsewhere is another one.
        days
            The age up to which an answer is good; any age by default.
        """
        if not self.path.exists():
            return None
        found = self._query(
            "SELECT status, body, arrived_at FROM answers WHERE question = ?",
            (_question(request, scope),),
        )
        if not found:
            return None
        status, body, arrived_at = found[0]
        if days is not None and self._clock() - arrived_at > days * _SECONDS_A_DAY:
            return None
        return Response(status=status, headers={}, body=zlib.decompress(body))

    def put(self, request: Request, response: Response, *, scope: str = "") -> None:
        """Keep an answer, in place of an older one to the same request.

        Parameters
        ----------
        request, response
            What was asked, and what was answered.
        scope
            As for `get`.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        self.put_all([(request, response)], scope=scope)

    def put_all(self, answered: Sequence[tuple[Request, Response]], *, scope: str = "") -> None:
        """Keep several answers at once, which takes no longer than to keep one.

        Parameters
        ----------
        answered
            What was asked, and what was answered; at most some hundreds.
        scope
            As for `get`.

        Raises
        ------
        OutputError
            If they cannot be written; then none of them is.
        """
        now = self._clock()
        values = [
            value
            for request, response in answered
            for value in (
                _question(request, scope),
                response.status,
                zlib.compress(response.body, 1),
                now,
            )
        ]
        if values:
            rows = ", ".join(["(?, ?, ?, ?)"] * len(answered))
            self._query(f"INSERT OR REPLACE INTO answers VALUES {rows}", tuple(values))  # noqa: S608 - marks alone

    def clear(self) -> None:
        """Forget everything: the file is removed, and its folder if that was all it held."""
        self.close()
        self.path.unlink(missing_ok=True)
        if self.path.parent.suffix == ".arrivals" and not any(self.path.parent.iterdir()):
            self.path.parent.rmdir()

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _query(self, sql: str, values: tuple[object, ...]) -> list[tuple[int, bytes, float]]:
        for is_last in (False, True):
            try:
                return self._connection().execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                raise _unusable(self.path, error) from error
            except sqlite3.DatabaseError as error:
                if is_last:
                    raise _unusable(self.path, error) from error
                self.close()
                self.path.unlink(missing_ok=True)
        return []

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            try:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            except OSError as error:
                raise _unusable(self.path, error) from error
            # Without an isolation level every statement is whole and written when it returns.
            self._open = sqlite3.connect(self.path, isolation_level=None)
            self._open.execute(_TABLE)
        return self._open


def _question(request: Request, scope: str) -> str:
    params = sorted((name, str(value)) for name, value in request.params.items())
    return json.dumps([scope, request.method, request.path, params])


def _unusable(path: Path, error: Exception) -> OutputError:
    return OutputError(
        f"What arrives cannot be kept in {path}: {error}.",
        hint="Make room there, or give the catalog another place with --catalog.",
    )
