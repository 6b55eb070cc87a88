"""Values of several analyses brought onto one scale before they are learned from.

Of each feature the analysis that most values are of is the reference, and what other analyses say
is moved onto its scale. The catalog keeps what the sources said; a model keeps the maps, so that
tracks that come later are placed as those of the fit were.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.features.value_map import ENOUGH_FOR_SPREAD, MAPPED_FEATURES, ValueMap

__all__ = ["DISAGREE_BELOW", "Alignment", "shared_values"]

FloatArray = NDArray[np.float64]

DISAGREE_BELOW: Final = 0.5
"""Rank correlation below which two analyses do not mean the same by a feature."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The maps of all features; plain data, saved with a model.

    Attributes
    ----------
    maps
        One for each feature and each analysis of its values that is not the reference.

    Examples
    --------
    >>> spotify = np.linspace(0.0, 1.0, 60)
    >>> ids = [f"t{number}" for number in range(60)]
    >>> said = pl.concat([
    ...     pl.DataFrame({"track_id": ids, "analysis": "spotify", "energy": spotify}),
    ...     pl.DataFrame({"track_id": ids, "analysis": "mine", "energy": spotify / 2}),
    ... ])
    >>> analyses = pl.DataFrame({"track_id": [*ids, "new"], "energy": ["spotify"] * 60 + ["mine"]})
    >>> alignment = Alignment.learn(said, analyses)
    >>> new = pl.DataFrame({"track_id": ["new"], "energy": [0.25]})
    >>> alignment.apply(new, analyses)["energy"].to_list()
    [0.5]
    """

    maps: tuple[ValueMap, ...]

    @classmethod
    def learn(cls, said: pl.DataFrame, analyses: pl.DataFrame) -> "Alignment":
        """Learn maps from tracks of which several analyses speak.

        Parameters
        ----------
        said
            `track_id`, `analysis` and features: what each analysis says of each track. Of several
            rows of one track and analysis the last value counts.
        analyses
            `track_id`, and for each feature the analysis that the value in use is of, null where
            there is none.
        """
        maps = []
        features = [name for name in MAPPED_FEATURES if name in analyses.columns]
        for feature in features:
            used = _by_use(analyses[feature])
            for analysis in used[1:]:
                reference = used[0]
                values, reference_values = shared_values(
                    said, feature, analysis=analysis, reference=reference
                )
                maps.append(
                    ValueMap.learn(
                        feature, values, reference_values, analysis=analysis, reference=reference
                    )
                )
        return cls(tuple(maps))

    def apply(self, tracks: pl.DataFrame, analyses: pl.DataFrame) -> pl.DataFrame:
        """Bring the values of tracks onto the scales of the references.

        Parameters
        ----------
        tracks
            `track_id` and any columns.
        analyses
            As in :meth:`learn`. Values whose analysis is not told, or was not known when the maps
            were learned, stay as they are.

        Returns
        -------
        polars.DataFrame
            The same rows and columns.
        """
        moved: dict[str, FloatArray] = {}
        known = tracks.select("track_id").join(
            analyses, on="track_id", how="left", maintain_order="left"
        )
        for one in self.maps:
            if not one.knots or one.feature not in tracks.columns:
                continue
            is_theirs = (known[one.feature] == one.analysis).fill_null(value=False).to_numpy()
            if not is_theirs.any():
                continue
            column = moved.get(one.feature)
            if column is None:
                column = tracks[one.feature].cast(pl.Float64).to_numpy().copy()
            column[is_theirs] = one.apply(column[is_theirs])
            moved[one.feature] = column
        return tracks.with_columns(
            pl.Series(name, column, nan_to_null=True) for name, column in moved.items()
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was moved, what could not be, and what disagrees, as sentences for the reader."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        for method, how in (
            ("quantiles", "by quantiles"),
            ("spread", "by median and quartiles"),
        ):
            for (analysis, reference), maps in self._by_pair(method).items():
                yield (
                    f"Values of {analysis} were moved onto the scale of {reference} {how}: "
                    f"{_listed(maps)}; {_counted(maps)} have both."
                )
        for (analysis, reference), maps in self._by_pair("none").items():
            yield (
                f"Values of {analysis} stand as they are beside those of {reference}: "
                f"{_listed(maps)}; {_counted(maps)} have both, and {ENOUGH_FOR_SPREAD} are needed."
            )
        for one in self.maps:
            rho = one.rank_correlation
            if one.method != "none" and (rho is None or rho < DISAGREE_BELOW):
                yield (
                    f"{one.analysis} and {one.reference} disagree on {one.feature}: "
                    + (
                        "one of them never changes"
                        if rho is None
                        else f"rank correlation {rho:.2f}"
                    )
                    + f" on {one.n_shared:,} tracks."
                )

    def _by_pair(self, method: str) -> dict[tuple[str, str], list[ValueMap]]:
        pairs: dict[tuple[str, str], list[ValueMap]] = {}
        for one in self.maps:
            if one.method == method:
                pairs.setdefault((one.analysis, one.reference), []).append(one)
        return pairs

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that JSON can hold and :meth:`from_dict` reads back."""
        return {"maps": [one.to_dict() for one in self.maps]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Alignment":
        """Read what :meth:`to_dict` wrote."""
        return cls(tuple(ValueMap.from_dict(one) for one in data["maps"]))


def shared_values(
    said: pl.DataFrame, feature: str, *, analysis: str, reference: str
) -> tuple[FloatArray, FloatArray]:
    """Return what two analyses say of the tracks that both have measured.

    Parameters
    ----------
    said
        As in :meth:`Alignment.learn`.
    feature
        The feature.
    analysis, reference
        The two.

    Returns
    -------
    values, reference_values
        Shape (n_shared,) each, in the order of `said`.
    """
    value = pl.col(feature).cast(pl.Float64)
    mine, theirs = (
        said.lazy()
        .filter(pl.col("analysis") == one, pl.col(feature).is_not_null())
        .select("track_id", value.alias(name))
        .unique("track_id", keep="last", maintain_order=True)
        for one, name in ((analysis, "mine"), (reference, "theirs"))
    )
    both = mine.join(theirs, on="track_id", how="inner", maintain_order="left").collect()
    return both["mine"].to_numpy(), both["theirs"].to_numpy()


def _by_use(analyses: pl.Series) -> list[str]:
    """List the analyses of a feature's values, the most used first."""
    counts = (
        analyses.drop_nulls()
        .value_counts(name="n")
        .sort(["n", analyses.name], descending=[True, False])
    )
    return counts[analyses.name].to_list()


def _listed(maps: list[ValueMap]) -> str:
    return ", ".join(one.feature for one in maps)


def _counted(maps: list[ValueMap]) -> str:
    low, high = min(one.n_shared for one in maps), max(one.n_shared for one in maps)
    return f"{low:,} tracks" if low == high else f"{low:,} to {high:,} tracks"
