"""A model joined to its catalog, kept warm to answer one question after another.

What a command needs once is read once, by id. What a server needs for every question is read
whole after the first few, and kept until the catalog's file changes.
"""

import itertools
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import Catalog, FoundTrack, song_key
from partsong.errors import UnknownTrackError
from partsong.parts import BEYOND, Model, TrackSpace, read_model, track_space
from partsong.recommend import (
    Described,
    Limits,
    NearestRows,
    Pick,
    pick_for_many,
    unit_rows,
)
from partsong.workflow.places import find_model, open_catalog
from partsong.workflow.recommending.results import NearTrack, Reason, RecommendedTrack
from partsong.workflow.selecting import Conditions

__all__ = ["Recommender"]

_IDS: Final = ("isrc", "spotify_id", "mbid", "path")
_SHOWN: Final = ("title", "artists", "album", "release_year", "duration_ms", "popularity", *_IDS)
_ROWS_BEFORE_ALL: Final = 2_000
"""So many tracks are asked for one by one before all are read: a command asks for fewer."""

_MOST_KEPT: Final = 200_000
"""So many tracks are kept as they were read, which takes some 300 MB."""

_MOST_MASKS: Final = 64
"""So many filters are kept; the oldest goes."""

_FEW_IDS: Final = 30
"""So many ids are sought one by one, which takes as long as an index of all."""

_LIBRARY: Final = "in_library"
_MS_A_MINUTE: Final = 60_000


class Recommender:
    """Everything that answering takes, ready: the model, the rows it compares, the catalog.

    Parameters
    ----------
    catalog
        The catalog, or its file; the default one if it is None.
    model
        The model's name or folder; the newest by default.

    Attributes
    ----------
    catalog, model
        Both, opened.

    Examples
    --------
    >>> recommender = Recommender(catalog)
    >>> row = recommender.row_of(recommender.find_seed("hush song 7").track_id)
    >>> recommender.shown([row])[0]["title"]
    'Hush Song 7'
    """

    def __init__(
        self, catalog: Catalog | Path | str | None = None, model: Model | Path | str | None = None
    ) -> None:
        self.catalog = catalog if isinstance(catalog, Catalog) else open_catalog(catalog)
        self.model = (
            model if isinstance(model, Model) else read_model(find_model(self.catalog, model))
        )
        self._stamp: tuple[int, int] = (0, 0)
        self._n_sought = 0
        self._masks: dict[str, NDArray[np.bool_]] = {}
        self._known: dict[int, dict[str, Any]] = {}
        self._songs: dict[int, str] = {}
        self._table: pl.DataFrame | None = None
        self._refused: frozenset[Hashable] | None = None
        self._popularity: NDArray[np.float64] | None = None
        self._library: tuple[NDArray[np.intp], NDArray[np.float32]] | None = None

    @cached_property
    def space(self) -> TrackSpace:
        """The space in which tracks are compared."""
        return track_space(self.model)

    @cached_property
    def nearest(self) -> NearestRows:
        """Its rows, ready to be searched."""
        return NearestRows(self.space.loadings)

    @cached_property
    def _row_numbers(self) -> dict[str, int]:
        return {track_id: row for row, track_id in enumerate(self.model.track_ids)}

    def row_of(self, track_id: str) -> int:
        """Return the row of a track.

        Parameters
        ----------
        track_id
            Its id.

        Raises
        ------
        UnknownTrackError
            If the model does not hold it.
        """
        (row,) = self.rows_of([track_id])
        if row < 0:
            raise UnknownTrackError(
                f"The track {track_id!r} is not in the model {self.model.name!r}.",
                hint="Fold new tracks in with: partsong update. A track without audio features, "
                "or outside the model's condition, cannot be placed.",
            )
        return int(row)

    def rows_of(self, track_ids: Sequence[str]) -> NDArray[np.intp]:
        """Return the rows of some tracks, -1 for those that the model does not hold.

        Parameters
        ----------
        track_ids
            Their ids.
        """
        self._n_sought += len(track_ids)
        if self._n_sought <= _FEW_IDS:
            found = map(self.model.track_ids.index_of, track_ids)
            return np.array([-1 if row is None else row for row in found], dtype=np.intp)
        rows = [self._row_numbers.get(track_id, -1) for track_id in track_ids]
        return np.array(rows, dtype=np.intp)

    def find_seed(self, title: str) -> FoundTrack:
        """Find the track that a text names, as the recording of it that the model holds.

        Parameters
        ----------
        title
            ``"Title"``, ``"Title - Artist"``, a track id or a Spotify id, link or URI.

        Raises
        ------
        UnknownTrackError, AmbiguousTrackError
            If it is not, or not uniquely, in the catalog, or not in the model.
        """
        (row,) = self.rows_of([title])
        if row >= 0:
            track = self.shown([row])[0]
            return FoundTrack(title, track["title"], tuple(track["artists"] or ()))
        found = self.catalog.find_track(title)
        for track_id, row in zip(
            (found.track_id, *found.duplicates),
            self.rows_of([found.track_id, *found.duplicates]),
            strict=True,
        ):
            if row >= 0:
                return found if track_id == found.track_id else self.find_seed(track_id)
        raise UnknownTrackError(
            f"{found.label!r} is in the catalog, but not in the model {self.model.name!r}.",
            hint="Fold new tracks in with: partsong update. A track without audio features, or "
            "outside the model's condition, cannot be placed.",
        )

    def shown(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """Return what a view shows of some tracks.

        Parameters
        ----------
        rows
            Rows of the model.

        Returns
        -------
        list of dict
            For each its `track_id`, `title`, `artists`, `album`, `release_year`, `duration_ms`,
            `popularity`, `isrc`, `spotify_id`, `mbid` and `path`, as the catalog has them.
        """
        self._refresh()
        new = list(dict.fromkeys(row for row in rows if row not in self._known))
        if len(self._known) > _MOST_KEPT:
            self._known, self._songs = (
                {row: self._known[row] for row in rows if row in self._known},
                {},
            )
        if new and self._table is None and len(self._known) + len(new) > _ROWS_BEFORE_ALL:
            self._table = self._read_all()
        if new and self._table is not None:
            read = self._table[new]
        elif new:
            read = self.catalog.read_tracks_by_id(self.model.track_ids[new].to_list(), _SHOWN)
        if new:
            self._known.update(zip(new, read.iter_rows(named=True), strict=True))
        return [self._known[row] for row in rows]

    def described(self, rows: Sequence[int]) -> list[Described]:
        """Return what the limits of a list ask of some tracks.

        Parameters
        ----------
        rows
            Rows of the model.
        """
        return [
            Described(
                song=self._song(row, track),
                artists=tuple(track["artists"] or ()),
                album=track["album"],
                minutes=track["duration_ms"] / _MS_A_MINUTE if track["duration_ms"] else None,
            )
            for row, track in zip(rows, self.shown(rows), strict=True)
        ]

    def songs(self, rows: Sequence[int]) -> list[Hashable]:
        """Return which song each of some tracks is a version of.

        Parameters
        ----------
        rows
            Rows of the model.
        """
        return [self._song(row, track) for row, track in zip(rows, self.shown(rows), strict=True)]

    def mask(self, conditions: Conditions) -> NDArray[np.bool_] | None:
        """Return which tracks meet some SQL conditions; each is asked of the catalog once.

        Parameters
        ----------
        conditions
            Over the catalog's tracks; all must hold.

        Returns
        -------
        ndarray of shape (n_tracks,) or None
            None where there is no condition.

        Raises
        ------
        FilterError
            If a condition is not usable.
        """
        given = [conditions] if isinstance(conditions, str) else conditions or ()
        masks = [self.met(condition) for condition in given if condition]
        return np.logical_and.reduce(masks) if masks else None

    def met(self, condition: str) -> NDArray[np.bool_]:
        """Return which tracks meet one SQL condition, shape (n_tracks,).

        Parameters
        ----------
        condition
            Over the catalog's tracks.

        Raises
        ------
        FilterError
            If it is not usable.
        """
        return self._listed(
            f"where {condition}",
            lambda: self.catalog.read_tracks(["track_id"], where=condition)["track_id"],
        )

    @property
    def popularity(self) -> NDArray[np.float64]:
        """How popular each track is, from 0 to 100; NaN where that is not known."""
        self._refresh()
        if self._popularity is None:
            tracks = self.catalog.read_tracks(["popularity"])
            ids = self.model.track_ids.rename("track_id").to_frame()
            known = ids.join(tracks, on="track_id", how="left", maintain_order="left")
            self._popularity = known["popularity"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return self._popularity

    @property
    def in_library(self) -> NDArray[np.bool_]:
        """Which tracks are in the listener's library, shape (n_tracks,)."""
        return self.met(_LIBRARY)

    @property
    def heard(self) -> NDArray[np.bool_]:
        """Which tracks are nothing new to the listener, as `Catalog.heard_tracks` has it."""
        return self._listed("heard", self.catalog.heard_tracks)

    @property
    def refused_songs(self) -> frozenset[Hashable]:
        """The songs that never come, because a track of theirs is disliked or hidden."""
        self._refresh()
        if self._refused is None:
            said = self.catalog.read_feedback().filter(pl.col("kind") != "like")
            ids = said["track_id"].to_list()
            self._refused = frozenset({*self.catalog.refused_songs(), *ids} if ids else ())
        return self._refused

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Which tracks are disliked or hidden, or versions of such."""
        return self._listed("refused", self.catalog.refused_tracks)

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
        for added, most_first, columns in zip(by_part.tolist(), order, contributions, strict=True):
            own = [Reason(names[part], added[part]) for part in most_first if added[part] > 0]
            if added[-1] > 0:
                own.append(Reason(BEYOND, added[-1], self.space.beyond(columns)))
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
                ids={name: track[name] for name in _IDS if track[name]},
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
        self._refresh()
        if self._library is None:
            owned = np.flatnonzero(self.in_library)
            self._library = owned, unit_rows(self.space.loadings[owned]).astype(np.float32)
        owned, unit = self._library
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

    def _song(self, row: int, track: Mapping[str, Any]) -> str:
        if row not in self._songs:
            self._songs[row] = song_key(track["title"], track["artists"]) or track["track_id"]
        return self._songs[row]

    def _listed(self, name: str, read: Callable[[], Iterable[str]]) -> NDArray[np.bool_]:
        """Turn a list of tracks into a mask, once until the catalog changes."""
        self._refresh()
        if name not in self._masks:
            listed = pl.Series(list(read()), dtype=pl.String)
            if len(self._masks) >= _MOST_MASKS:
                del self._masks[next(iter(self._masks))]
            self._masks[name] = self.model.track_ids.is_in(listed.implode()).to_numpy()
        return self._masks[name]

    def _read_all(self) -> pl.DataFrame:
        ids = self.model.track_ids.rename("track_id").to_frame()
        tracks = self.catalog.read_tracks(_SHOWN)
        return ids.join(tracks, on="track_id", how="left", maintain_order="left")

    def _refresh(self) -> None:
        """Forget what was read of a catalog that has changed since."""
        try:
            state = self.catalog.path.stat()
        except OSError:
            return  # whoever reads it next says what is amiss
        stamp = (state.st_mtime_ns, state.st_size)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._masks.clear()
        self._known.clear()
        self._songs.clear()
        self._table = self._library = self._popularity = self._refused = None
