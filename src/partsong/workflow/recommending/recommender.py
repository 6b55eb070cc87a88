"""A model joined to its catalog, kept warm to answer one question after another."""

import itertools
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partsong.catalog import Catalog
from partsong.parts import BEYOND, Model, TrackSpace, track_space
from partsong.recommend import Limits, NearestRows, Pick, pick_for_many, unit_rows
from partsong.workflow.recommending.model_tracks import IDS, ModelTracks
from partsong.workflow.recommending.results import NearTrack, Reason, RecommendedTrack
from partsong.workflow.selecting import Conditions

__all__ = ["Recommender"]


class Recommender(ModelTracks):
    """Everything that answering takes, ready: the model, the rows it compares, the catalog.

    Parameters
    ----------
    catalog
        The catalog, or its file; the default one if it is None.
    model
        The model, its name or folder; the newest by default.

    Attributes
    ----------
    catalog, model
        Both, opened.

    Examples
    --------
    >>> recommender = Recommender(catalog)
    >>> seed = recommender.find_seed("hush song 7")
    >>> [[best, *_]] = recommender.recommend_many([seed.track_id])
    >>> best.artists[0].split()[0]
    'Hush'
    """

    def __init__(
        self, catalog: Catalog | Path | str | None = None, model: Model | Path | str | None = None
    ) -> None:
        super().__init__(catalog, model)
        self._library: tuple[object, NDArray[np.intp], NDArray[np.float32]] | None = None

    @cached_property
    def space(self) -> TrackSpace:
        """The space in which tracks are compared."""
        return track_space(self.model)

    @cached_property
    def nearest(self) -> NearestRows:
        """Its rows, ready to be searched."""
        return NearestRows(self.space.loadings)

    def reasons(self, contributions: NDArray[np.floating]) -> tuple[Reason, ...]:
        """Say what a score is the sum of.

        Parameters
        ----------
        contributions
            What each column of the space adds to it, shape (n_columns,).

        Returns
        -------
        tuple of Reason
            The parts, the most first, then what is beyond them; without those that add nothing.
        """
        (reasons,) = self._all_reasons(contributions[np.newaxis])
        return reasons

    def _all_reasons(self, contributions: NDArray[np.floating]) -> list[tuple[Reason, ...]]:
        names = [part.name for part in self.space.parts]
        by_part = self.space.by_part(contributions)
        order = np.argsort(-by_part[:, :-1], axis=1, kind="stable").tolist()
        told = []
        beyond = self.space.beyond(contributions)
        for added, most_first, features in zip(by_part.tolist(), order, beyond, strict=True):
            own = [Reason(names[part], added[part]) for part in most_first if added[part] > 0]
            if added[-1] > 0:
                own.append(Reason(BEYOND, added[-1], features))
            told.append(tuple(own))
        return told

    def present(self, picks: Sequence[Pick]) -> tuple[RecommendedTrack, ...]:
        """Make picked rows ready to be shown.

        Parameters
        ----------
        picks
            As `pick_tracks` returns them.
        """
        if not picks:
            return ()
        rows = [pick.row for pick in picks]
        reasons = self._all_reasons(np.stack([pick.contributions for pick in picks]))
        return tuple(
            RecommendedTrack(
                track_id=track["track_id"],
                title=track["title"] or track["track_id"],
                artists=tuple(track["artists"] or ()),
                album=track["album"],
                release_year=track["release_year"],
                duration_ms=track["duration_ms"],
                score=pick.score,
                reasons=why,
                answers=pick.centre,
                near_in_library=one,
                ids={name: track[name] for name in IDS if track[name]},
            )
            for pick, track, why, one in zip(
                picks, self.shown(rows), reasons, self._near_in_library(rows), strict=True
            )
        )

    def recommend_many(
        self,
        seed_tracks: Sequence[str],
        *,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        unheard: bool = False,
        where: Conditions = None,
    ) -> list[tuple[RecommendedTrack, ...]]:
        """Recommend tracks for each of many, in one pass over all rows.

        Parameters
        ----------
        seed_tracks
            Ids of tracks, each a question of its own.
        limits
            What each list must keep to.
        unheard
            Leave out what is nothing new to the listener.
        where
            SQL conditions over the catalog's tracks that recommendations must meet.

        Returns
        -------
        list of tuple of RecommendedTrack
            For each seed what `recommend_tracks` would answer.

        Raises
        ------
        UnknownTrackError
            If the model does not hold one of them.
        FilterError
            If a condition is not usable.
        """
        rows = self.rows_of(seed_tracks)
        if (rows < 0).any():
            self.row_of(seed_tracks[int(np.argmin(rows))])  # says that it is unknown, and the mend
        candidates = self.mask(where)
        if unheard:
            candidates = ~self.heard if candidates is None else candidates & ~self.heard
        refused = self.refused_songs
        lists = pick_for_many(
            self.nearest,
            unit_rows(self.space.loadings[rows]),
            limits=limits,
            describe=self.described,
            candidates=candidates,
            avoid=[refused | {song} for song in self.songs(rows.tolist())],
        )
        shown = iter(self.present([pick for picks in lists for pick in picks]))
        return [tuple(itertools.islice(shown, len(picks))) for picks in lists]

    def _near_in_library(self, rows: Sequence[int]) -> list[NearTrack | None]:
        in_library = self.in_library
        if self._library is None or self._library[0] is not in_library:
            owned = np.flatnonzero(in_library)
            unit = unit_rows(self.space.loadings[owned]).astype(np.float32)
            self._library = in_library, owned, unit
        _, owned, unit = self._library
        wanted = unit_rows(self.space.loadings[list(rows)])
        likeness = wanted.astype(np.float32) @ unit.T
        likeness[np.asarray(rows, dtype=np.intp)[:, np.newaxis] == owned] = 0
        if not likeness.size:
            return [None] * len(rows)
        best = likeness.argmax(axis=1)
        scores = likeness[np.arange(len(rows)), best].tolist()
        return [
            NearTrack(
                track["track_id"],
                track["title"] or track["track_id"],
                tuple(track["artists"] or ()),
                min(score, 1.0),
            )
            if score > 0
            else None
            for track, score in zip(self.shown(owned[best].tolist()), scores, strict=True)
        ]
