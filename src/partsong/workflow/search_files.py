"""Searches for the number of parts, saved number by number, so that none is measured twice.

They lie in ``.searches`` among the models of a catalog, one JSON file for each matrix and way of
searching. A file is replaced in one step whenever a number is finished, so whoever is stopped, in
whatever way, loses only the number at work.
"""

import hashlib
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from partsong.errors import ModelError
from partsong.features import FeatureMatrix
from partsong.nmf import ComponentScores
from partsong.whole_files import write_whole

__all__ = ["SavedSearch", "read_searches", "search_digest"]

_VERSION: Final = 1
"""Raised by one when numbers measured before can no longer stand beside new ones."""

_FILES_KEPT: Final = 20
_ABANDONED_AFTER: Final = 3600.0
_SCORES: Final = {score.name: score for score in fields(ComponentScores)}


def search_digest(matrix: FeatureMatrix, settings: Mapping[str, Any]) -> str:
    """Return what tells one search from another: its matrix, and how it is searched.

    Parameters
    ----------
    matrix
        What is searched, with the ids of its rows.
    settings
        Whatever else the scores depend on, as JSON can hold it.
    """
    digest = hashlib.sha256()
    digest.update(json.dumps([_VERSION, sorted(_SCORES), settings], sort_keys=True).encode())
    digest.update("\0".join([*matrix.names, *matrix.track_ids.to_list()]).encode())
    digest.update(repr(matrix.X.shape).encode())
    digest.update(np.ascontiguousarray(matrix.X).data)
    return digest.hexdigest()[:16]


@dataclass(slots=True)
class SavedSearch:
    """What is known of one search.

    Attributes
    ----------
    path
        Its file.
    about
        What was searched, for people: `recipe`, `where`, `n_tracks`, and so on.
    rows
        The scores of a number of components, by the number and by the number that its sweep began
        with: each number starts from the one before it, so the two belong together.
    choice
        What was recommended at last; None while no sweep is finished.
    """

    path: Path
    about: dict[str, Any] = field(default_factory=dict)
    rows: dict[tuple[int, int], ComponentScores] = field(default_factory=dict)
    choice: dict[str, Any] | None = None

    @classmethod
    def read(cls, path: Path) -> "SavedSearch":
        """Read a search; one that is not there, or cannot be read, is empty."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                path,
                about=dict(content["about"]),
                rows={
                    (row["scores"]["n_components"], row["first"]): _read_scores(row["scores"])
                    for row in content["rows"]
                },
                choice=content["choice"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path)

    def known(self, numbers: Sequence[int]) -> list[ComponentScores]:
        """Return the scores that a sweep over some numbers need not measure again."""
        first = _sweep_starts(numbers)
        return [
            self.rows[number, first[number]]
            for number in numbers
            if (number, first[number]) in self.rows
        ]

    def add(self, row: ComponentScores, numbers: Sequence[int]) -> None:
        """Add what a sweep over some numbers has measured, and save it.

        Raises
        ------
        ModelError
            If the file cannot be written.
        """
        self.rows[row.n_components, _sweep_starts(numbers)[row.n_components]] = row
        self.save()

    def save(self) -> None:
        """Write the file anew, and delete the files of searches that were forgotten long ago.

        Raises
        ------
        ModelError
            If the file cannot be written.
        """
        content = {
            "about": self.about,
            "rows": [
                {"first": first, "scores": _plain_scores(row)}
                for (_, first), row in sorted(self.rows.items(), key=lambda item: item[0])
            ],
            "choice": self.choice,
        }
        try:
            write_whole(self.path, json.dumps(content, ensure_ascii=False, allow_nan=False))
        except OSError as error:
            raise ModelError(
                f"The search cannot be saved in {self.path.parent}: {error.strerror or error}.",
                hint="Make room, or mend the permissions of the folder.",
            ) from error
        _clear(self.path.parent)


def read_searches(folder: Path) -> list[SavedSearch]:
    """Read the finished searches of a folder, the newest first."""
    newest_first = sorted(folder.glob("[!.]*.json"), key=_age)
    searches = [SavedSearch.read(path) for path in newest_first]
    return [search for search in searches if search.choice is not None]


def _sweep_starts(numbers: Sequence[int]) -> dict[int, int]:
    """Return for each number the first one of the unbroken run that it stands in.

    Examples
    --------
    >>> _sweep_starts([2, 3, 4, 7])
    {2: 2, 3: 2, 4: 2, 7: 7}
    """
    starts: dict[int, int] = {}
    for number in sorted(numbers):
        starts[number] = starts.get(number - 1, number)
    return starts


def _plain_scores(row: ComponentScores) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in _SCORES}


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _read_scores(data: Mapping[str, Any]) -> ComponentScores:
    return ComponentScores(**{name: _read(name, data[name]) for name in _SCORES})


def _read(name: str, value: Any) -> Any:
    if value is None:
        return math.nan
    if name == "components":
        return np.array(value, dtype=np.float64)
    return tuple(value) if isinstance(value, list) else value


def _age(path: Path) -> tuple[float, str]:
    try:
        return -path.stat().st_mtime, path.name
    except OSError:  # deleted meanwhile
        return 0.0, path.name


def _clear(folder: Path) -> None:
    """Keep the searches used last, and delete what writers that died left behind."""
    oldest = time.time() - _ABANDONED_AFTER
    for path in sorted(folder.glob("[!.]*.json"), key=_age)[_FILES_KEPT:]:
        path.unlink(missing_ok=True)
    for path in folder.glob(".*.partial"):
        if -_age(path)[0] < oldest:
            path.unlink(missing_ok=True)
