"""Weekly lists: one a week, the same all week, and nothing of it again for a while.

What was shown is remembered in the catalog, under a name that holds the week. So a list can be read
again, and the next one knows what to leave out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl

from partsong.catalog import Catalog
from partsong.errors import CatalogBusyError, CatalogWriteError, QueryError

__all__ = ["Week", "WeeklyList"]

_NAME: Final = re.compile(r"discover (?P<week>\d{4}-W\d{2})(?:;|$)")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week from Monday to Sunday, as ISO 8601 counts them.

    Attributes
    ----------
    monday
        Its first day.

    Examples
    --------
    >>> str(Week.parse("2026-W47")), Week.parse("2026-W01").monday.isoformat()
    ('2026-W47', '2025-12-29')
    """

    monday: date

    @classmethod
    def of(cls, moment: datetime) -> "Week":
        """Return the week of a moment, by the calendar of its own time zone."""
        day = moment.date()
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read a week such as ``2026-W47``.

        Raises
        ------
        QueryError
            If it is no week.
        """
        found = re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text.strip())
        try:
            year, number = (int(found[1]), int(found[2])) if found else (0, 0)  # no such week
            return cls(date.fromisocalendar(year, number, 1))
        except ValueError as error:
            raise QueryError(
                f"{text!r} is no week.", hint="Write the year and the ISO week, such as 2026-W47."
            ) from error

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def number(self) -> int:
        """Weeks since the year 1; two weeks that follow each other differ by 1."""
        return self.monday.toordinal() // 7

    @property
    def seed(self) -> tuple[int, int]:
        """Year and week, from which the week's chance is drawn."""
        year, number, _ = self.monday.isocalendar()
        return year, number


class WeeklyList:
    """The list of a week, for one set of wishes.

    Parameters
    ----------
    catalog
        Where lists are remembered.
    week
        The week.
    wishes
        What the list was asked to be, where that is not the default; lists of other wishes are
        other lists.
    """

    def __init__(self, catalog: Catalog, week: Week, wishes: Mapping[str, Any]) -> None:
        self.week = week
        self.name = "; ".join([f"discover {week}", *(f"{k} {v}" for k, v in wishes.items())])
        self._catalog = catalog
        self._shown = catalog.read_shown()

    def read(self) -> list[str]:
        """Return the ids of the list as it was shown last; none where it was not made yet."""
        of_this_name = self._shown.filter(pl.col("list_name") == self.name)
        last = of_this_name.filter(pl.col("shown_at") == pl.col("shown_at").max())
        return last.sort("position")["track_id"].to_list()

    def shown_lately(self, n_weeks: int) -> dict[Week, list[str]]:
        """Return the ids of what the lists of each of the weeks before showed, the last first.

        Parameters
        ----------
        n_weeks
            How many weeks count; this one and later ones do not.
        """
        names: dict[Week, list[str]] = {}
        for name in self._shown["list_name"].unique():
            week = _week_of(name)
            if week is not None and 0 < self.week.number - week.number <= n_weeks:
                names.setdefault(week, []).append(name)
        return {
            week: self._shown.filter(pl.col("list_name").is_in(names[week]))["track_id"]
            .unique(maintain_order=True)
            .to_list()
            for week in sorted(names, reverse=True)
        }

    def keep(self, track_ids: list[str], *, at: datetime) -> bool:
        """Remember the list, and say whether it is remembered.

        Parameters
        ----------
        track_ids
            Its tracks, in order. Where the list begins with them already, nothing is written.
        at
            When it was made.
        """
        if track_ids == self.read()[: len(track_ids)]:
            return True
        try:
            self._catalog.add_shown(track_ids, list_name=self.name, at=at)
        except (CatalogBusyError, CatalogWriteError):
            return False
        return True


def _week_of(name: str) -> Week | None:
    found = _NAME.match(name)
    return Week.parse(found["week"]) if found else None
