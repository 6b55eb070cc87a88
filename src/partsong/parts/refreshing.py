"""Parts that follow the catalog: a fit that goes on from the parts as they are."""

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.nmf import match_components, nonnegative_least_squares
from partsong.parts.building import build_model
from partsong.parts.identity import SAME_PART, Drift, carry_names
from partsong.parts.model import Model
from partsong.parts.stale_rows import rows_of

if TYPE_CHECKING:
    from partsong.nmf import NMF

__all__ = ["PartMove", "Refresh", "refresh_parts"]

FloatArray = NDArray[np.floating]

_SAMPLE_ROWS: Final = 20_000
_NOTHING_MISSED: Final = 0.01
"""A relative error below this is no measure for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMove:
    """What became of a part when the parts were let move.

    Attributes
    ----------
    part
        Its name before.
    nearest
        The part that it is now, or that is nearest to it.
    cosine
        How far the two point the same way, in [0, 1]; the least of a merged part's components.
    share_before, share
        How much of the catalog `part` explained, and `nearest` explains.
    """

    part: str
    nearest: str
    cosine: float
    share_before: float
    share: float

    @property
    def is_same(self) -> bool:
        """Whether it is still one part, at a cosine of 0.9 or more."""
        return self.cosine >= SAME_PART

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, for ``partsong update --json``."""
        return {
            "part": self.part,
            "nearest": self.nearest,
            "cosine": self.cosine,
            "share_before": self.share_before,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """What came of letting the parts of a model move.

    Attributes
    ----------
    parts
        Each part of the model before, and where it is now.
    relative_error_before, relative_error
        Of the parts as they were and as they are now, over the same tracks.
    lead
        By what part of itself the error would be smaller with parts learned from scratch; less
        than 0 where the starts find nothing as good. Measured on at most 20,000 tracks.
    """

    parts: tuple[PartMove, ...]
    relative_error_before: float
    relative_error: float
    lead: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, for ``partsong update --refresh --json``."""
        return {
            "parts": [part.to_dict() for part in self.parts],
            "relative_error_before": self.relative_error_before,
            "relative_error": self.relative_error,
            "lead": self.lead,
        }


def refresh_parts(
    model: Model, tracks: pl.DataFrame, *, seconds: float = 0.0
) -> tuple[Model, Refresh]:
    """Let the parts of a model follow the tracks that the catalog holds now.

    The descent goes on from the parts as they are, over all tracks, so they move no further than
    the tracks make them. The recipe keeps the bounds that it learned. Names, merges and hidden
    parts stay with parts that are still the same (cosine 0.9 or more), and so does what is known
    of their stability; the confidence of a track stays where its strongest part does, and is not
    known (NaN) for all others.

    Parameters
    ----------
    model
        A fitted model; it is not changed.
    tracks
        All tracks that it shall hold: `track_id`, the columns of its recipe, `artists`.
    seconds
        For the record: what was spent before, such as reading the tracks.

    Returns
    -------
    model, refresh
        The model, and what became of its parts.
    """
    started = time.perf_counter()
    matrix = model.recipe.transform(tracks)
    settings = model.fit.settings
    W, nmf = _factorise(matrix.X, len(model.H), H=model.H)
    built = build_model(
        matrix,
        W,
        nmf.components_,
        name=model.name,
        recipe=model.recipe,
        tracks=tracks,
        n_iter=nmf.n_iter_,
        seconds=seconds + time.perf_counter() - started,
        random_state=model.fit.random_state,
        settings={**settings, "refreshed": int(settings.get("refreshed") or 0) + 1},
    )
    refreshed, drift = carry_names(_carry_confidence(built, model), model, tracks=tracks)
    assert drift is not None, "the recipe is the same"
    return refreshed, Refresh(
        parts=tuple(_moves(drift, model, refreshed)),
        relative_error_before=_missed_by(matrix.X, model.H),
        relative_error=refreshed.fit.relative_error,
        lead=_lead(matrix.X, refreshed.H),
    )


def _lead(X: FloatArray, H: FloatArray) -> float:
    """Measure on a sample how much better parts from scratch would do."""
    if len(X) > _SAMPLE_ROWS:
        X = X[np.sort(np.random.default_rng(0).choice(len(X), _SAMPLE_ROWS, replace=False))]
    W, nmf = _factorise(X, len(H))
    fresh, ours = _missed(X, W, nmf.components_), _missed_by(X, H)
    return (ours - fresh) / max(fresh, _NOTHING_MISSED)


def _factorise(X: FloatArray, n_components: int, **start: FloatArray) -> tuple[FloatArray, "NMF"]:
    """Learn parts, from scratch or going on from `H`."""
    from sklearn.exceptions import ConvergenceWarning

    from partsong.nmf import NMF

    nmf = NMF(n_components, init="custom" if start else None, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what is missed is measured and told
        return nmf.fit_transform(X, **start), nmf


def _carry_confidence(built: Model, before: Model) -> Model:
    """Give components and tracks what was known of how surely they come back."""
    partners, cosines = match_components(built.H, before.H)
    is_back = cosines >= SAME_PART
    stability = {
        int(partners[component]): part.stability
        for whole in before.parts
        for part in whole.members or (whole,)
        for component in part.components
        if is_back[component]
    }
    parts = tuple(
        replace(part, stability=stability.get(part.components[0])) for part in built.parts
    )
    built = replace(built, parts=parts)
    if before.confidence is None:
        return built
    rows = rows_of(built.track_ids, before.track_ids)
    strongest = before.W[rows].argmax(axis=1)
    stays = (rows >= 0) & is_back[strongest] & (partners[strongest] == built.W.argmax(axis=1))
    confidence = np.where(stays, before.confidence[rows], np.float32(np.nan))
    return replace(built, confidence=confidence.astype(np.float32))


def _moves(drift: Drift, before: Model, after: Model) -> Iterator[PartMove]:
    """Join what became of each part to what it explains, in the order of the earlier model."""
    share = {part.name: part.share for part in after.parts}
    found = {match.part: match for match in (*drift.kept, *drift.lost)}
    for part in before.parts:
        match = found[part.name]
        yield PartMove(
            part=part.name,
            nearest=match.nearest,
            cosine=match.cosine,
            share_before=part.share,
            share=share[match.nearest],
        )


def _missed_by(X: FloatArray, H: FloatArray) -> float:
    """Return the relative error of components with the best loadings for them."""
    return _missed(X, nonnegative_least_squares(X, H), H)


def _missed(X: FloatArray, W: FloatArray, H: FloatArray) -> float:
    return float(np.sqrt(np.nansum((X - W @ H) ** 2) / np.nansum(X**2)))
