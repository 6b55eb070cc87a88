"""``partsong update``: a model brought up to date with its catalog."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from partsong.catalog import Catalog
from partsong.errors import ModelError
from partsong.features import FittedRecipe
from partsong.parts import (
    FeatureMove,
    FitRecord,
    Model,
    PartMove,
    Refresh,
    drop_tracks,
    find_stale,
    fold_in,
    measure_moves,
    read_model,
    refresh_parts,
    write_model,
)
from partsong.progress import SILENT, Progress
from partsong.workflow.aligning import read_aligned
from partsong.workflow.consent import withhold_tracks
from partsong.workflow.model_lock import hold_model
from partsong.workflow.places import find_model, open_catalog

__all__ = ["MOST_LEAD", "MOST_MOVE", "UpdateResult", "update_model"]

MOST_MOVE: Final = 0.15
"""How far a feature may move before a fit is due: its average in standard deviations of the fit, its
spread in the logarithm of their ratio.

In 80 tries with tracks of one kind added to the 114k set, refreshed parts missed 1% more than parts
from scratch, or worse, in 1 of the 36 where nothing had moved further, and in 13 of the 44 others
(decision 30, ``benchmarks/moves.py``).
"""

MOST_LEAD: Final = 0.01
"""What parts from scratch may explain better than refreshed ones before a fit is due."""

_SAMPLE: Final = 5_000
_MARGIN: Final = timedelta(minutes=1)
"""Taken off the time of the fit; to look at a track once more does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """The model after the update, and what it took.

    Attributes
    ----------
    model
        As it was saved.
    added
        Tracks that came in.
    changed
        Known tracks that were placed again, since an import changed what the recipe hears of them.
    left
        Tracks that went, since they are no longer in the catalog or meet its condition no more.
    outside
        Tracks of the catalog that do not meet the condition of the model or its recipe.
    unplaced
        Tracks that meet it and lack the features that the recipe needs.
    moved
        Features whose average or spread over the model's tracks has moved so far since the fit
        (0.15 or more) that another fit is due, the furthest first.
    refresh
        What came of letting the parts move; None where they were not.
    notes
        What the reader should know, such as tracks that may not be learned from.
    """

    model: Model
    added: int
    changed: int = 0
    left: int = 0
    outside: int = 0
    unplaced: int = 0
    moved: tuple[FeatureMove, ...] = ()
    refresh: Refresh | None = None
    notes: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[PartMove, ...]:
        """The parts that moved so far that they are others now."""
        return (
            tuple(part for part in self.refresh.parts if not part.is_same) if self.refresh else ()
        )

    @property
    def is_fit_due(self) -> bool:
        """Whether the catalog has moved so far that `fit_parts` would find better parts."""
        lead = self.refresh.lead if self.refresh else 0.0
        return bool(self.moved or self.lost) or lead > MOST_LEAD

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong update --json``."""
        return {
            "model": self.model.name,
            "added": self.added,
            "changed": self.changed,
            "left": self.left,
            "outside": self.outside,
            "unplaced": self.unplaced,
            "n_tracks": len(self.model.track_ids),
            "moved": [move.to_dict() for move in self.moved],
            "fit_is_due": self.is_fit_due,
            "refresh": None if self.refresh is None else self.refresh.to_dict(),
            "notes": list(self.notes),
        }


def update_model(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    refresh: bool = False,
    progress: Progress = SILENT,
) -> UpdateResult:
    """Bring a model up to date with what was imported since its fit.

    New tracks are placed, tracks that an import changed are placed again, and tracks that left
    the catalog, or meet the condition of the fit no more, go. The rows of all others stay bit for
    bit, and so do the parts and their names, unless they are let move.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    refresh
        Whether the parts may move: the descent goes on from where they are, over all tracks. They
        keep their names while they are the same (cosine 0.9 or more), and the recipe keeps the
        bounds that it learned.
    progress
        Listener to the steps.

    Raises
    ------
    ModelError
        If most tracks of the model are not in the catalog, so that it is probably the wrong one, or
        another program is changing the model.

    Examples
    --------
    >>> update_model(catalog=catalog).added
    0
    >>> result = update_model(catalog=catalog, refresh=True)
    >>> [round(part.cosine, 3) for part in result.refresh.parts], result.is_fit_due
    ([1.0, 1.0, 1.0], False)
    """
    store = open_catalog(catalog)
    folder = find_model(store, model)
    with hold_model(folder):
        started = time.perf_counter()
        fitted = read_model(folder)
        progress.start("looking for new tracks")
        found = _compare(store, fitted)
        progress.finish()
        if refresh:
            result = _refresh(store, fitted, found, started=started, progress=progress)
        else:
            result = _place(store, fitted, found, progress=progress)
        if refresh or result.added or result.changed or result.left:
            progress.start("saving the model")
            write_model(result.model, folder)
            progress.finish()
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What differs between a catalog and a model: ids of tracks, and how many stay out."""

    new: pl.Series
    left: pl.Series
    touched: pl.Series
    outside: int
    unplaced: int


def _compare(store: Catalog, fitted: Model) -> _Found:
    """Compare ids, and ask which known tracks imports have changed since the fit."""
    conditions = _conditions(fitted)
    usable = store.read_tracks(["track_id"], where=[*conditions, _is_usable(fitted.recipe)])
    ids = usable.get_column("track_id")
    n_meeting = store.count_tracks(conditions)
    left = fitted.track_ids.filter(~fitted.track_ids.is_in(ids.implode()))
    if 2 * len(left) > len(fitted.track_ids):
        raise ModelError(
            f"{len(left):,} of the {len(fitted.track_ids):,} tracks of {fitted.name} are not in "
            f"{store.path.name}, or not what it was fitted on.",
            hint="Name the catalog of the model (--catalog), or learn its parts again: partsong fit",
        )
    touched = store.read_changed(fitted.recipe.columns, since=_as_of(fitted.fit))
    return _Found(
        new=ids.filter(~ids.is_in(fitted.track_ids.implode())),
        left=left,
        touched=touched.filter(touched.is_in(fitted.track_ids.implode())),
        outside=store.count_tracks() - n_meeting,
        unplaced=n_meeting - len(ids),
    )


def _place(store: Catalog, fitted: Model, found: _Found, *, progress: Progress) -> UpdateResult:
    """Let tracks come and go; the parts stay."""
    columns = fitted.recipe.recipe.columns
    progress.start(f"placing {len(found.new):,} new tracks")
    kept = drop_tracks(fitted, found.left)
    alignment = fitted.recipe.alignment
    coming = read_aligned(store, columns, alignment, track_ids=[*found.touched, *found.new])
    changed = find_stale(kept, coming)
    grown = fold_in(drop_tracks(kept, changed), coming)
    added = len(grown.track_ids) - len(kept.track_ids)
    ids = grown.track_ids
    sample = np.random.default_rng(0).choice(len(ids), min(len(ids), _SAMPLE), replace=False)
    seen = read_aligned(store, columns, alignment, track_ids=ids[np.sort(sample)].to_list())
    progress.finish()
    return UpdateResult(
        model=grown,
        added=added,
        changed=len(changed),
        left=len(found.left),
        outside=found.outside,
        unplaced=found.unplaced + len(found.new) - added,
        moved=_far_moves(fitted.recipe, seen),
    )


def _refresh(
    store: Catalog, fitted: Model, found: _Found, *, started: float, progress: Progress
) -> UpdateResult:
    """Let tracks come and go, and the parts follow."""
    placed = _place(store, fitted, found, progress=progress)
    holds = placed.model.track_ids
    progress.start(f"moving {len(fitted.H)} parts over {len(holds):,} tracks")
    columns = [*dict.fromkeys((*fitted.recipe.recipe.columns, "artists", "key"))]
    tracks = read_aligned(store, columns, fitted.recipe.alignment, where=_conditions(fitted))
    tracks = tracks.filter(pl.col("track_id").is_in(holds.implode()))
    allowed, withheld = withhold_tracks(store, tracks, fitted.recipe.recipe.columns)
    moved, refreshed = refresh_parts(fitted, allowed, seconds=time.perf_counter() - started)
    progress.finish()
    return replace(
        placed,
        model=fold_in(moved, tracks) if withheld else moved,
        moved=_far_moves(fitted.recipe, tracks),
        refresh=refreshed,
        notes=tuple(filter(None, [withheld])),
    )


def _conditions(fitted: Model) -> list[str | None]:
    """Return what tracks of a model must meet, whatever they hold."""
    where = fitted.fit.settings.get("where")
    return [fitted.recipe.recipe.where, str(where) if where else None]


def _is_usable(recipe: FittedRecipe) -> str:
    """Write as a condition that a track has the values that a recipe needs."""
    specs = [feature.spec for feature in recipe.features]
    some = [f'"{spec.column}" IS NOT NULL' for spec in specs]
    if recipe.genres:
        some += ["len(genres) > 0", "len(artist_genres) > 0"]
    all_of = [f'"{spec.column}" IS NOT NULL' for spec in specs if spec.missing == "drop"]
    return " AND ".join([f"({' OR '.join(some)})", *all_of])


def _as_of(fit: FitRecord) -> datetime:
    """Return a time before which all imports are in the model, by the clock of the fit."""
    return fit.created - timedelta(seconds=fit.seconds) - _MARGIN


def _far_moves(recipe: FittedRecipe, tracks: pl.DataFrame) -> tuple[FeatureMove, ...]:
    """Return the features that have moved so far that the bounds of the recipe are out of date."""
    if tracks.is_empty():
        return ()
    return tuple(move for move in measure_moves(recipe, tracks) if move.size >= MOST_MOVE)
