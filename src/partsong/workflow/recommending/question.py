"""What was asked, as plain data: so that ``partsong why`` can ask it again."""

import contextlib
import dataclasses
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partsong.catalog import Catalog
from partsong.errors import QueryError
from partsong.recommend import Limits
from partsong.workflow.places import model_folder

__all__ = ["Question", "keep_question", "make_question", "read_question"]

_FILE = "last-question.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A call of `recommend_tracks`, all but where the answer goes.

    Attributes
    ----------
    titles, playlist, n, unheard, where, obscure, per_artist, per_album
        As there.
    more, less, diversity, minutes, moods, all_versions
        As there.
    """

    titles: tuple[str, ...] = ()
    playlist: str | None = None
    n: int = 10
    unheard: bool = False
    where: tuple[str, ...] = ()
    obscure: bool = False
    per_artist: int | None = 2
    per_album: int | None = None
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    diversity: float = 0.0
    minutes: float | None = None
    moods: int | None = None
    all_versions: bool = False

    def __post_init__(self) -> None:
        """Refuse what no list can meet."""
        for name in ("n", "per_artist", "per_album", "moods"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise QueryError(f"{name} is {value}.", hint=f"Give {name} as 1 or more.")
        if not 0 <= self.diversity <= 1:
            raise QueryError(
                f"diversity is {self.diversity:g}.", hint="Give diversity from 0 to 1."
            )
        if self.minutes is not None and not 0 < self.minutes < float("inf"):
            raise QueryError(f"minutes is {self.minutes:g}.", hint="Give minutes above 0.")

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }

    @property
    def limits(self) -> Limits:
        """What the list must keep to."""
        return Limits(
            n=self.n,
            per_artist=self.per_artist,
            per_album=self.per_album,
            minutes=self.minutes,
            diversity=self.diversity,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Question":
        """Make one of what `to_dict` returned.

        Parameters
        ----------
        data
            A value for each attribute; those that are left out have their defaults.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**values)


def make_question(titles: Sequence[str] | str = (), **wishes: Any) -> Question:
    """Make a question of what a caller of `recommend_tracks` may give.

    Parameters
    ----------
    titles
        One title, or several.
    wishes
        The other attributes of a `Question`; a single text may stand for one in a tuple, and a
        path for its text.

    Raises
    ------
    QueryError
        If no list can meet them.

    Examples
    --------
    >>> make_question("Solas", more="slow", where=["tempo > 90", None]).where
    ('tempo > 90',)
    """
    values = {"titles": titles, **wishes}
    for name in ("titles", "where", "more", "less"):
        given = values.get(name) or ()
        several = (given,) if isinstance(given, str) else given
        values[name] = tuple(one for one in several if one)
    if values.get("playlist") is not None:
        values["playlist"] = str(values["playlist"])
    return Question(**values)


def keep_question(catalog: Catalog, question: Question) -> None:
    """Remember the last question beside the catalog's models, where that place can be written.

    Parameters
    ----------
    catalog
        Of which it was asked.
    question
        What was asked.
    """
    path = _path(catalog)
    text = json.dumps(question.to_dict(), ensure_ascii=False)
    with contextlib.suppress(OSError):  # to remember is a service, and not worth a failure
        file, aside = tempfile.mkstemp(dir=path.parent, prefix=".last-question-")
        try:
            with os.fdopen(file, "w", encoding="utf-8") as written:
                written.write(text)
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise


def read_question(catalog: Catalog) -> Question:
    """Return the last question that was asked of a catalog.

    Parameters
    ----------
    catalog
        The catalog.

    Raises
    ------
    QueryError
        If none is remembered.
    """
    try:
        return Question.from_dict(json.loads(_path(catalog).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise QueryError(
            f"No question to {catalog.path.name} is remembered.",
            hint="Ask one first: partsong recommend TITLE; or name the seeds: --like TITLE",
        ) from error


def _path(catalog: Catalog) -> Path:
    return model_folder(catalog, _FILE)
