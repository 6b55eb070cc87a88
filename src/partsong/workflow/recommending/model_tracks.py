"""The tracks of a model as the catalog knows them: names, songs, filters, what is heard.

What a command needs once is read once, by id. What a server needs for every question is read
whole after the first few, and kept until the catalog's file changes.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import Catalog, FoundTrack, list_conditions, song_key
from partsong.errors import UnknownTrackError
from partsong.parts import Model, read_model
from partsong.recommend import Described
from partsong.workflow.places import find_model, open_catalog
from partsong.workflow.selecting import Conditions

__all__ = ["IDS", "ModelTracks"]

IDS: Final = ("isrc", "spotify_id", "mbid", "path")
"""Columns of the catalog that name a track to others."""

_SHOWN: Final = ("title", "artists", "album", "release_year", "duration_ms", "popularity", *IDS)
_ROWS_BEFORE_ALL: Final = 2_000
"""So many tracks are asked for one by one before all are read: a command asks for fewer."""

_MOST_KEPT: Final = 200_000
"""So many tracks are kept as they were read, which takes some 300 MB."""

_MOST_MASKS: Final = 64
"""So many filters are kept; the oldest goes."""

_FEW_IDS: Final = 30
"""So many ids are sought one by one, which takes as long as an index of all."""

_PLACE_IT: Final = (
    "Fold new tracks in with: partsong update. A track without audio features, or outside the "
    "model's condition, cannot be placed."
)
_LIBRARY: Final = "in_library"
_MS_A_MINUTE: Final = 60_000


class ModelTracks:
    """The tracks of a model, in the order of its rows.

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
    >>> tracks = ModelTracks(catalog)
    >>> row = tracks.row_of(tracks.find_seed("hush song 7").track_id)
    >>> tracks.shown([row])[0]["title"]
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
        self._described: dict[int, Described] = {}
        self._table: pl.DataFrame | None = None
        self._refused: frozenset[Hashable] | None = None
        self._popularity: NDArray[np.float64] | None = None

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
                hint=_PLACE_IT,
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
            hint=_PLACE_IT,
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
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
            self._described.clear()
        new = list(dict.fromkeys(row for row in rows if row not in self._known))
        if new:
            self._known.update(zip(new, self._read(new).iter_rows(named=True), strict=True))
        return [self._known[row] for row in rows]

    def _read(self, rows: Sequence[int]) -> pl.DataFrame:
        """Read some tracks by id, or all once that many have been asked for."""
        if self._table is None and len(self._known) + len(rows) > _ROWS_BEFORE_ALL:
            self._table = self._read_all()
        if self._table is not None:
            return self._table[rows]
        return self.catalog.read_tracks_by_id(self.model.track_ids[rows].to_list(), _SHOWN)

    def described(self, rows: Sequence[int]) -> list[Described]:
        """Return what the limits of a list ask of some tracks.

        Parameters
        ----------
        rows
            Rows of the model.
        """
        self._refresh()
        known = {row: self._described[row] for row in rows if row in self._described}
        new = [row for row in dict.fromkeys(rows) if row not in known]
        for row, track in zip(new, self.shown(new), strict=True):
            known[row] = self._described[row] = _describe(track)
        return [known[row] for row in rows]

    def songs(self, rows: Sequence[int]) -> list[Hashable]:
        """Return which song each of some tracks is a version of.

        Parameters
        ----------
        rows
            Rows of the model.
        """
        return [described.song for described in self.described(rows)]

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
        masks = [self.met(condition) for condition in list_conditions(conditions) if condition]
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
        """The songs that never come: a track of theirs is disliked or hidden, or its artist is."""
        self._refresh()
        if self._refused is None:
            said = self.catalog.read_feedback().filter(pl.col("kind") != "like")
            ids = [*said["track_id"].to_list(), *self.catalog.tracks_by_hidden_artists()]
            self._refused = frozenset({*self.catalog.refused_songs(), *ids} if ids else ())
        return self._refused

    @property
    def refused(self) -> NDArray[np.bool_]:
        """Which tracks are disliked or hidden, versions of such, or by hidden artists."""
        return self._listed("refused", self.catalog.refused_tracks)

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
        self._described.clear()
        self._table = self._popularity = self._refused = None


def _describe(track: Mapping[str, Any]) -> Described:
    return Described(
        song=song_key(track["title"], track["artists"]) or track["track_id"],
        artists=tuple(track["artists"] or ()),
        album=track["album"],
        minutes=track["duration_ms"] / _MS_A_MINUTE if track["duration_ms"] else None,
    )
