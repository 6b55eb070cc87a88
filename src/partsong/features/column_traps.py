"""Traps that show in a single column: signs, circles, zeros, tails, constants."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.features.finding import Finding
from partsong.features.recipe import FeatureSpec
from partsong.plain_text import counted
from partsong.schema import track_field

__all__ = ["find_column_traps"]

FloatArray = NDArray[np.float64]

_NEAR_CONSTANT: Final = 0.85
_HEAVY_TAIL: Final = 0.5
_FEW_VALUES: Final = 5


def find_column_traps(spec: FeatureSpec, values: FloatArray) -> Iterator[Finding]:
    """Look for traps in one catalog column.

    Parameters
    ----------
    spec
        How the recipe uses the column.
    values
        The column, shape (n_tracks,), missing entries NaN.

    Yields
    ------
    Finding
        One for each trap.

    Examples
    --------
    >>> [finding.trap for finding in find_column_traps(FeatureSpec("key"), np.arange(12.0))]
    ['circular number']
    """
    observed = values[~np.isnan(values)]
    if not observed.size:
        return
    yield from _find_meaning(spec)
    yield from _find_signs(spec, observed)
    yield from _find_zeros(spec, observed)
    if spec.transform != "circle":
        yield from _find_shape(spec, observed)


def _find_meaning(spec: FeatureSpec) -> Iterator[Finding]:
    if spec.column == "popularity":
        yield Finding(
            "distorts",
            "popularity",
            "popularity",
            "'popularity' is among the features.",
            "It is no property of the sound: well-known tracks become alike whatever they "
            "sound like, and a rank of one day is kept for good.",
            "Leave it out; filter or weigh recommendations by it instead.",
        )
    if spec.column == "key" and spec.transform != "circle":
        yield Finding(
            "distorts",
            "circular number",
            "key",
            "'key' is used as a plain number from 0 (C) to 11 (B).",
            "B and C are neighbours on a circle, yet lie furthest apart in the matrix; parts "
            "split keys into low and high numbers, which nobody can hear.",
            "Use transform = 'circle' without a scale, or leave it out.",
        )


def _find_signs(spec: FeatureSpec, observed: FloatArray) -> Iterator[Finding]:
    column, n_negative = spec.column, int((observed < 0).sum())
    if not n_negative:
        return
    if spec.transform == "abs":
        n_folded = int((observed > 0).sum())
        yield Finding(
            "distorts",
            "absolute value",
            column,
            f"The absolute value of {column!r} is used; {n_negative:,} values lie below 0 and "
            f"{n_folded:,} above.",
            "High becomes low, so the loudest tracks get the smallest numbers, and values "
            "above 0 fold onto those below.",
            "Use transform = 'none' with scale = 'split', which takes negative values.",
        )
    elif spec.scale == "none" and spec.transform == "none":
        yield Finding(
            "spoils",
            "negative values",
            column,
            f"{column!r} is below 0 in {counted(n_negative)} and has no scale.",
            "NMF cannot represent negative numbers; a fit is refused.",
            f"Give {column!r} a scale, such as scale = 'split'.",
        )


def _find_zeros(spec: FeatureSpec, observed: FloatArray) -> Iterator[Finding]:
    low = track_field(spec.column).low
    n_zeros = int((observed == 0).sum())
    if low is None or low <= 0 or not n_zeros:
        return
    is_refused = spec.transform in {"log", "octave"}
    yield Finding(
        "spoils" if is_refused else "distorts",
        "coded zeros",
        spec.column,
        f"{spec.column!r} is 0 in {counted(n_zeros)}, which no real track can be.",
        f"transform = {spec.transform!r} cannot take 0; a fit is refused."
        if is_refused
        else "A failed analysis counts as the lowest value of all.",
        "Import the tracks with partsong, which turns such zeros into missing values.",
    )


def _find_shape(spec: FeatureSpec, observed: FloatArray) -> Iterator[Finding]:
    column, n = spec.column, observed.size
    distinct, counts = np.unique(observed, return_counts=True)
    commonest, share = distinct[counts.argmax()], counts.max() / n
    is_on_scale = spec.scale in {"standard", "split", "overlap"}
    if share >= _NEAR_CONSTANT or observed.std() < 0.01 * abs(observed.mean()):
        yield Finding(
            "note" if is_on_scale else "distorts",
            "near-constant",
            column,
            f"{column!r} is {commonest:g} in {share:.1%} of the tracks."
            if share >= _NEAR_CONSTANT
            else f"{column!r} hardly varies: {observed.mean():g}, give or take {observed.std():g}.",
            "It tells most tracks apart from nothing, and a few from everything else.",
            f"Leave {column!r} out.",
        )
    elif len(distinct) <= _FEW_VALUES:
        shown = ", ".join(f"{value:g}" for value in distinct)
        yield Finding(
            "distorts",
            "few values",
            column,
            f"{column!r} has only the values {shown}.",
            "A switch varies more than any measure on the same footing, so parts are made of "
            "the switch and of little else.",
            f"Leave {column!r} out, or give it a weight well below 1.",
        )
    extent = float(np.ptp(observed))
    low, high = np.quantile(observed, [0.01, 0.99])
    if spec.scale == "minmax" and len(distinct) > _FEW_VALUES and high - low < _HEAVY_TAIL * extent:
        yield Finding(
            "distorts",
            "heavy tail",
            column,
            f"98% of {column!r} lie in {(high - low) / extent:.0%} of its range, which reaches "
            f"from {distinct[0]:,.6g} to {distinct[-1]:,.7g}.",
            "Min-max gives the range to a few outliers and squeezes all others together.",
            "Use scale = 'split' or 'standard', which clip at three standard deviations"
            + (", with transform = 'log'." if column == "duration_ms" else "."),
        )
