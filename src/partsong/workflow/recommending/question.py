"""What was asked, as plain data: so that ``partsong why`` can ask it again."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partsong.errors import QueryError
from partsong.recommend import Limits

__all__ = ["Question", "make_question"]


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
