"""How a feature of the catalog is shown: its unit, its range, the names of its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.plain_text import in_words
from partsong.schema import AUDIO_FEATURES, track_field

__all__ = ["MEASURES", "Measure", "measures_in"]

_KEYS: Final = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_VALUES: Final[dict[str, dict[int, str]]] = {
    "key": dict(enumerate(_KEYS)),
    "mode": {0: "minor", 1: "major"},
    "time_signature": {beats: str(beats) for beats in range(1, 8)},
}
_TAIL: Final = 0.005


@dataclass(frozen=True, slots=True)
class Measure:
    """One feature as a reader sees it.

    Parameters
    ----------
    column
        Its column in the catalog.
    unit
        Unit of what is shown; empty where there is none.
    divisor
        What the catalog's values are divided by to get that unit.
    names
        Names of its values, where they are few; else empty.
    """

    column: str
    unit: str = ""
    divisor: float = 1.0
    names: Mapping[int, str] | None = None

    @property
    def name(self) -> str:
        """The feature in plain words."""
        return in_words(self.column)

    @property
    def title(self) -> str:
        """The feature with its unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def values(self, tracks: pl.DataFrame) -> NDArray[np.float64]:
        """Return what `tracks` have of it, in its unit, shape (n_tracks,); NaN where missing."""
        column = tracks[self.column].cast(pl.Float64).fill_null(float("nan"))
        return column.to_numpy() / self.divisor

    def limits(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Return the range to draw: the possible one, or where 99% of the values lie.

        Examples
        --------
        >>> tempo = Measure("tempo", "BPM")
        >>> tempo.limits(np.array([*np.linspace(60, 180, 999), 380.0]))
        (60.0, 180.0)
        >>> Measure("energy").limits(np.array([0.4]))
        (0.0, 1.0)
        """
        field = track_field(self.column)
        if self.names is not None:
            return min(self.names) - 0.5, max(self.names) + 0.5
        if field.low == 0 and field.high in {1, 100}:
            return 0.0, float(field.high)
        low, high = np.nanquantile(values, [_TAIL, 1 - _TAIL])
        low, high = _rounded(low, high)
        return (low, high) if low < high else (low - 0.5, high + 0.5)


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Return both ends, moved outward to a round number of a twentieth of the range or less."""
    if high <= low:
        return float(low), float(high)
    step = 10.0 ** np.floor(np.log10((high - low) / 5))
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def _measure(column: str) -> Measure:
    if column == "duration_ms":
        return Measure(column, "min", 60_000.0)
    return Measure(column, track_field(column).unit, names=_VALUES.get(column))


MEASURES: Final = tuple(map(_measure, ("popularity", "duration_ms", *AUDIO_FEATURES)))
"""Every feature that the figures of a catalog show, in the catalog's order."""


def measures_in(tracks: pl.DataFrame) -> list[Measure]:
    """Return the features that at least one of `tracks` has.

    Examples
    --------
    >>> [measure.title for measure in measures_in(pl.DataFrame({"tempo": [90.0], "key": [None]}))]
    ['tempo (BPM)']
    """
    return [
        measure
        for measure in MEASURES
        if measure.column in tracks.columns and tracks[measure.column].count()
    ]
