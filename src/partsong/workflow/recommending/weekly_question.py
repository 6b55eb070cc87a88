"""What was asked of a week's list, as plain data: so that ``partsong why`` can ask it again."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from partsong.catalog import join_conditions
from partsong.errors import QueryError
from partsong.recommend import HALF_LIFE, Limits
from partsong.workflow.recommending.reminding import Week

__all__ = ["WeeklyQuestion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyQuestion:
    """A call of `discover_tracks`, all but where the answer goes.

    Attributes
    ----------
    week
        Of which the list is.
    now
        When it was asked: listens count by how long ago they were then.
    n, where, from_library, half_life, per_artist, diversity, weeks_apart
        As there.
    """

    all_versions: ClassVar[bool] = False
    """No song comes twice."""

    week: Week
    now: datetime
    n: int
    where: tuple[str, ...]
    from_library: bool
    half_life: float
    per_artist: int | None
    diversity: float
    weeks_apart: int

    def __post_init__(self) -> None:
        """Refuse what no list can meet."""
        for name in ("n", "per_artist"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise QueryError(f"{name} is {value}.", hint=f"Give {name} as 1 or more.")
        if not self.half_life > 0:
            raise QueryError(
                f"A half-life of {self.half_life:g} days lets nothing count.",
                hint="Give the half-life in days, above 0.",
            )
        if not 0 <= self.diversity <= 1:
            raise QueryError(
                f"diversity is {self.diversity:g}.", hint="Give diversity from 0 to 1."
            )
        if self.weeks_apart < 0:
            raise QueryError(f"weeks_apart is {self.weeks_apart}.", hint="Give weeks as 0 or more.")

    @property
    def limits(self) -> Limits:
        """What the list must keep to."""
        return Limits(n=self.n, per_artist=self.per_artist, diversity=self.diversity)

    @property
    def own_wishes(self) -> dict[str, str]:
        """What makes the list another than the plain one of its week, by name."""
        wishes = {
            "from the library": "alone" if self.from_library else None,
            "half-life": f"{self.half_life:g}"
            if self.half_life != HALF_LIFE and not self.from_library
            else None,
            "where": join_conditions(self.where),
        }
        return {name: wish for name, wish in wishes.items() if wish is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)} | {
            "week": str(self.week),
            "now": self.now.isoformat(),
            "where": list(self.where),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "WeeklyQuestion":
        """Make one of what `to_dict` returned.

        Parameters
        ----------
        data
            A value for each attribute.
        """
        return cls(
            **data
            | {
                "week": Week.parse(data["week"]),
                "now": datetime.fromisoformat(data["now"]),
                "where": tuple(data["where"]),
            }
        )
