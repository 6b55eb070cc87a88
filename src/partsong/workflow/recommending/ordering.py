"""``partsong order``: a playlist in an order in which neighbours fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import FoundTrack
from partsong.errors import QueryError, UnknownTrackError
from partsong.parts import Model
from partsong.recommend import (
    Pick,
    angle_distances,
    blend_distances,
    camelot_code,
    key_distances,
    order_rows,
    path_cost,
    tempo_distances,
    unit_rows,
)
from partsong.workflow.recommending.exporting import Exported, open_export
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.results import RecommendedTrack
from partsong.workflow.recommending.seeds import read_playlist_tracks

__all__ = ["OrderResult", "OrderedTrack", "order_playlist"]

_MOST_TRACKS: Final = 3_000
"""More would take minutes and gigabytes: every track is compared with every other."""


@dataclass(frozen=True, slots=True)
class OrderedTrack:
    """One track in its new place.

    Attributes
    ----------
    track
        The track; its score is its likeness to the one before, and its reasons are what the two
        share. The first is compared with itself.
    was
        Its place in the playlist before, counted from 1.
    key
        Its key as DJs write it, such as 8A; empty where it is not known.
    tempo
        Beats a minute, if known.
    """

    track: RecommendedTrack
    was: int
    key: str
    tempo: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderResult:
    """A playlist in its new order.

    Attributes
    ----------
    model
        The model that answered.
    playlist
        What it is called.
    tracks
        In the new order.
    cost_before, cost_after
        Mean distance of neighbours as it was and as it is. A pair taken at random costs 1.
    likeness_before, likeness_after
        Mean likeness of neighbours, from 0 to 1.
    not_found
        What of the playlist has no place, as the catalog or the model does not hold it.
    exported
        Where the list was written to; None where it was not to be.
    """

    model: Model
    playlist: str
    tracks: tuple[OrderedTrack, ...]
    cost_before: float
    cost_after: float
    likeness_before: float
    likeness_after: float
    not_found: tuple[str, ...] = ()
    exported: Exported | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong order --json``."""
        return {
            "model": self.model.name,
            "playlist": self.playlist,
            "tracks": [
                {
                    "track_id": one.track.track_id,
                    "title": one.track.title,
                    "artists": list(one.track.artists),
                    "was": one.was,
                    "likeness": one.track.score if number else None,
                    "key": one.key,
                    "tempo": one.tempo,
                }
                for number, one in enumerate(self.tracks)
            ],
            "cost_before": self.cost_before,
            "cost_after": self.cost_after,
            "likeness_before": self.likeness_before,
            "likeness_after": self.likeness_after,
            "not_found": list(self.not_found),
            "exported": None if self.exported is None else self.exported.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a track, with the columns that ``--json`` prints of it."""
        return pl.DataFrame(self.to_dict()["tracks"], infer_schema_length=None)


def order_playlist(
    playlist: Path | str,
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    keys: bool = False,
    tempi: bool = False,
    first: str | None = None,
    export: Path | str | None = None,
) -> OrderResult:
    r"""Order a playlist so that each track fits the one before.

    Parameters
    ----------
    playlist
        A playlist of the catalog, by name or id, or a playlist file. A track that stands in it
        twice stays so.
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    keys
        Let keys count as much as the sound.
    tempi
        Let tempi count as much as the sound.
    first
        The track to begin with, as a title or id; any by default.
    export
        Where to write the result to: a playlist file, in the format of its suffix, or
        ``"spotify:NAME"`` for a new private playlist in the resultener's account.

    Returns
    -------
    OrderResult

    Raises
    ------
    UnknownPlaylistError, UnreadableFileError
        If there is no such playlist.
    UnknownTrackError
        If the model holds none of its tracks, or `first` is not in it.
    QueryError
        If it is too long to be ordered.
    ModelMissingError
        If nothing has been fitted yet.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mixed.txt")
    ...     _ = path.write_text("Hush Song 1\nRap Song 1\nHush Song 2\nRap Song 2\n")
    ...     result = order_playlist(path, catalog=catalog)
    >>> [one.was for one in result.tracks], result.likeness_before < result.likeness_after
    ([1, 3, 2, 4], True)
    """
    opened = open_export(export)
    recommender = Recommender(catalog, model)
    name, track_ids, not_found = read_playlist_tracks(recommender, str(playlist))
    rows = recommender.rows_of(track_ids)
    homeless = [track_id for track_id, row in zip(track_ids, rows, strict=True) if row < 0]
    rows = rows[rows >= 0]
    if not len(rows):
        raise UnknownTrackError(
            f"The model {recommender.model.name!r} holds no track of the playlist {name!r}.",
            hint="Import its tracks, then place them: partsong update",
        )
    if len(rows) > _MOST_TRACKS:
        raise QueryError(
            f"{name!r} has {len(rows):,} tracks, and at most {_MOST_TRACKS:,} can be ordered.",
            hint="Split the playlist.",
        )
    begin = None if first is None else _place_of(recommender, rows, first)
    features = recommender.catalog.read_tracks_by_id(
        recommender.model.track_ids[rows.tolist()].to_list(), ["key", "mode", "tempo"]
    )
    unit = unit_rows(recommender.space.loadings[rows])
    kinds = [angle_distances(unit)]
    if keys:
        kinds.append(key_distances(features["key"].to_list(), features["mode"].to_list()))
    if tempi:
        kinds.append(tempo_distances(features["tempo"].to_list()))
    distances = blend_distances(*kinds)
    order = order_rows(distances, first=begin)
    n_steps = max(1, len(rows) - 1)
    before = np.arange(len(rows))
    tracks = _ordered(recommender, rows, unit, order, features)
    result = OrderResult(
        model=recommender.model,
        playlist=name,
        tracks=tracks,
        cost_before=path_cost(distances, before) / n_steps,
        cost_after=path_cost(distances, order) / n_steps,
        likeness_before=_mean_likeness(unit),
        likeness_after=_mean_likeness(unit[order]),
        not_found=(*not_found, *_labels(recommender, homeless)),
    )
    if opened is not None:
        written = opened.write([one.track for one in tracks], name=name)
        result = replace(result, exported=written)
    return result


def _place_of(recommender: Recommender, rows: NDArray[np.intp], title: str) -> int:
    seed = recommender.find_seed(title)
    places = np.flatnonzero(rows == recommender.row_of(seed.track_id))
    if not len(places):
        raise UnknownTrackError(
            f"{seed.label!r} is not in the playlist.", hint="Begin with one of its tracks."
        )
    return int(places[0])


def _mean_likeness(unit: NDArray[np.float64]) -> float:
    likeness = np.einsum("ij,ij->i", unit[:-1], unit[1:])
    return float(min(likeness.mean(), 1.0)) if len(likeness) else 1.0


def _ordered(
    recommender: Recommender,
    rows: NDArray[np.intp],
    unit: NDArray[np.float64],
    order: NDArray[np.intp],
    features: pl.DataFrame,
) -> tuple[OrderedTrack, ...]:
    before = unit[[order[0], *order[:-1]]]
    picks = [
        Pick(int(row), float(min(added.sum(), 1.0)), added, 0)
        for row, added in zip(rows[order], unit[order] * before, strict=True)
    ]
    known = features[order.tolist()]
    return tuple(
        OrderedTrack(track, int(place) + 1, camelot_code(key, mode), tempo)
        for track, place, key, mode, tempo in zip(
            recommender.present(picks),
            order,
            known["key"],
            known["mode"],
            known["tempo"],
            strict=True,
        )
    )


def _labels(recommender: Recommender, track_ids: Sequence[str]) -> list[str]:
    tracks = recommender.catalog.read_tracks_by_id(track_ids, ["title", "artists"])
    return [
        FoundTrack(track_id, title, tuple(artists or ())).label
        for track_id, title, artists in tracks.iter_rows()
    ]
