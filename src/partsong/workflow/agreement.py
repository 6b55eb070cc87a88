"""How far the analyses of a catalog agree, and what bringing them onto one scale is worth."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import Catalog
from partsong.features import MAPPED_FEATURES, ValueMap, rank_correlation, shared_values
from partsong.schema import AUDIO_FEATURES
from partsong.workflow.aligning import read_said

__all__ = ["AgreementReport", "FeatureAgreement", "measure_agreement"]

_N_DRAWS: Final = 200
_MOST_DRAWN: Final = 5_000
_FEWEST: Final = 20

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureAgreement:
    """What two analyses say of one feature.

    Attributes
    ----------
    analysis, reference
        The two; the reference has measured more tracks.
    feature
        The feature.
    n_shared
        Tracks that both have measured.
    coverage
        Their share of all tracks of the catalog, 0 to 1.
    rank_correlation, low, high
        Spearman's correlation on these tracks, and an interval of 95%: tracks drawn anew, at most
        5,000 at a time. None for keys, modes and time signatures, for fewer than 20 shared tracks,
        and where one of the two never changes.
    difference
        Median absolute difference of the two, in the unit of the feature; None where the
        correlation is not asked for.
    difference_after
        The same with the values brought onto the reference's scale, on one half of the tracks by
        what was learned of the other half.
    same
        Share of the shared tracks on which the two say the very same, 0 to 1; None without any.
    """

    analysis: str
    reference: str
    feature: str
    n_shared: int
    coverage: float
    rank_correlation: float | None = None
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    difference_after: float | None = None
    same: float | None = None


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """How far the analyses of a catalog agree.

    Attributes
    ----------
    features
        One for each pair of analyses and each feature that both measure; empty where the catalog
        has one analysis.
    """

    features: tuple[FeatureAgreement, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data: `agreement`, a list with one entry a pair and feature."""
        return {"agreement": [asdict(one) for one in self.features]}

    def to_frame(self) -> pl.DataFrame:
        """Return one row a pair of analyses and feature."""
        return pl.DataFrame([asdict(one) for one in self.features], infer_schema_length=None)


def measure_agreement(store: Catalog, *, random_state: int = 0) -> AgreementReport:
    """Measure how far the analyses of a catalog agree on the tracks that several have measured.

    Parameters
    ----------
    store
        The catalog.
    random_state
        Seed of the halves and of the draws.

    Examples
    --------
    >>> measure_agreement(Catalog(catalog)).features  # one analysis agrees with itself
    ()
    """
    analyses = store.list_analyses()
    if len(analyses) < 2:
        return AgreementReport(())
    said = read_said(store, AUDIO_FEATURES)
    n_measured = said.group_by("analysis").agg(pl.col("track_id").n_unique())
    order = dict(n_measured.iter_rows())
    by_size = sorted(analyses, key=lambda name: (-order[name], name))
    n_tracks = max(store.count_tracks(), 1)
    measured = []
    for reference, analysis in combinations(by_size, 2):
        rows = said.filter(pl.col("analysis").is_in([reference, analysis]))
        for feature in AUDIO_FEATURES:
            if rows.drop_nulls(feature)["analysis"].n_unique() < 2:
                continue  # only one of the two measures it
            values, reference_values = shared_values(
                rows, feature, analysis=analysis, reference=reference
            )
            measured.append(
                FeatureAgreement(
                    analysis=analysis,
                    reference=reference,
                    feature=feature,
                    n_shared=len(values),
                    coverage=len(values) / n_tracks,
                    same=float((values == reference_values).mean()) if len(values) else None,
                    **_scores(
                        values,
                        reference_values,
                        names=(feature, analysis, reference),
                        random_state=random_state,
                    ),
                )
            )
    return AgreementReport(tuple(measured))


def _scores(
    values: _Floats, reference_values: _Floats, *, names: Sequence[str], random_state: int
) -> dict[str, Any]:
    feature, analysis, reference = names
    if feature not in MAPPED_FEATURES or len(values) < _FEWEST:
        return {}
    rng = np.random.default_rng(random_state)
    low, high = _interval(values, reference_values, rng)
    learns = np.zeros(len(values), dtype=np.bool_)
    learns[rng.permutation(len(values))[: len(values) // 2]] = True
    learned = ValueMap.learn(
        feature, values[learns], reference_values[learns], analysis=analysis, reference=reference
    )
    moved = learned.apply(values[~learns])
    return {
        "rank_correlation": rank_correlation(values, reference_values),
        "low": low,
        "high": high,
        "difference": float(np.median(np.abs(values - reference_values))),
        "difference_after": float(np.median(np.abs(moved - reference_values[~learns]))),
    }


def _interval(
    values: _Floats, reference_values: _Floats, rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """Draw tracks with replacement; ranks are those among the tracks drawn from."""
    if len(values) > _MOST_DRAWN:
        chosen = rng.choice(len(values), _MOST_DRAWN, replace=False)
        values, reference_values = values[chosen], reference_values[chosen]
    ranks = pl.DataFrame({"first": values, "second": reference_values}).select(pl.all().rank())
    first, second = ranks["first"].to_numpy(), ranks["second"].to_numpy()
    drawn = rng.integers(len(first), size=(_N_DRAWS, len(first)))
    x, y = first[drawn], second[drawn]
    x = x - x.mean(axis=1, keepdims=True)
    y = y - y.mean(axis=1, keepdims=True)
    length = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    rho = (x * y).sum(axis=1)[length > 0] / length[length > 0]
    if not rho.size:
        return None, None
    low, high = np.percentile(rho, [2.5, 97.5])
    return float(low), float(high)
