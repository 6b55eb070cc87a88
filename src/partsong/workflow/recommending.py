"""``partsong recommend``: tracks like these, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import Catalog, FoundTrack, song_key
from partsong.errors import ModelError, UnknownTrackError
from partsong.parts import Model, Part, read_model
from partsong.recommend import Recommendation, similar_tracks
from partsong.workflow.places import find_model, open_catalog

__all__ = ["RecommendResult", "RecommendedTrack", "recommend_tracks"]


@dataclass(frozen=True, slots=True)
class RecommendedTrack:
    """One recommendation, ready to be shown.

    Attributes
    ----------
    track_id, title, artists, album, release_year
        The track.
    score
        Likeness to the seeds, from 0 to 1.
    reasons
        Name of each part and what it adds to the score, the most first; they sum to the score.
        What a merged part adds is the sum of its components'; hidden parts add nothing.
    """

    track_id: str
    title: str
    artists: tuple[str, ...]
    album: str | None
    release_year: int | None
    score: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class RecommendResult:
    """The seeds as they were understood, and the answer."""

    model: Model
    seed_tracks: tuple[FoundTrack, ...]
    recommendations: tuple[RecommendedTrack, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each track and reason, as `partsong.plots.plot_reasons` takes it."""
        return pl.DataFrame(
            [
                {
                    "track_id": track.track_id,
                    "track": f"{track.title} - {', '.join(track.artists)}",
                    "part": part,
                    "contribution": contribution,
                }
                for track in self.recommendations
                for part, contribution in track.reasons
            ],
            schema={
                "track_id": pl.String,
                "track": pl.String,
                "part": pl.String,
                "contribution": pl.Float64,
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong recommend --json``."""
        return {
            "model": self.model.name,
            "seed_tracks": [
                {"track_id": seed.track_id, "title": seed.title, "artists": list(seed.artists)}
                for seed in self.seed_tracks
            ],
            "recommendations": [
                {
                    "track_id": track.track_id,
                    "title": track.title,
                    "artists": list(track.artists),
                    "album": track.album,
                    "release_year": track.release_year,
                    "score": track.score,
                    "reasons": [
                        {"part": part, "contribution": contribution}
                        for part, contribution in track.reasons
                    ],
                }
                for track in self.recommendations
            ],
        }


def recommend_tracks(
    titles: Sequence[str] | str,
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    n: int = 10,
    unheard: bool = False,
    where: str | None = None,
    all_versions: bool = False,
) -> RecommendResult:
    """Recommend tracks that share the parts of the given ones.

    Parameters
    ----------
    titles
        One or several tracks to start from, each as ``"Title"``, ``"Title - Artist"``, a track id
        or a Spotify id, link or URI.
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    n
        Length of the list.
    unheard
        Leave out what is in the listener's library.
    where
        SQL condition over the catalog's tracks that recommendations must meet.
    all_versions
        Let several versions of one song into the list. Versions of a seed stay out all the same.

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title is not, or not uniquely, in the catalog; with the nearest candidates.
    ModelMissingError
        If nothing has been fitted yet.
    FilterError
        If `where` is not a usable condition.

    Examples
    --------
    >>> result = recommend_tracks("hush song 7", catalog=catalog, n=3)
    >>> [track.artists[0].split()[0] for track in result.recommendations]
    ['Hush', 'Hush', 'Hush']
    >>> best = result.recommendations[0]
    >>> abs(sum(contribution for _, contribution in best.reasons) - best.score) < 1e-9
    True
    """
    store = open_catalog(catalog)
    fitted = read_model(find_model(store, model))
    wanted = [titles] if isinstance(titles, str) else list(titles)
    seeds = tuple(_seed(store, fitted, title) for title in wanted)
    candidates = _candidates(store, fitted, [where, "NOT in_library" if unheard else None])
    rows = _Rows(store)
    seed_songs = {_song(seed.track_id, seed.title, seed.artists) for seed in seeds}

    def song_of(track_ids: Sequence[str]) -> list[str]:
        songs = [_song(row["track_id"], row["title"], row["artists"]) for row in rows.of(track_ids)]
        if not all_versions:
            return songs
        return [
            song if song in seed_songs else track_id
            for song, track_id in zip(songs, track_ids, strict=True)
        ]

    columns = sorted(component for part in fitted.shown for component in part.components)
    try:
        found = similar_tracks(
            fitted.W if len(columns) == len(fitted.H) else fitted.W[:, columns],
            fitted.track_ids.to_list(),
            [seed.track_id for seed in seeds],
            n=n,
            candidates=candidates,
            song_of=song_of,
        )
    except ValueError as error:
        raise ModelError(
            f"Nothing can be like these seeds: {error}", hint="Choose another seed track."
        ) from error
    shown = rows.of([recommendation.track_id for recommendation in found])
    return RecommendResult(
        fitted,
        seeds,
        tuple(_describe(fitted.shown, *pair) for pair in zip(found, shown, strict=True)),
    )


def _seed(store: Catalog, model: Model, title: str) -> FoundTrack:
    """Find a seed in the catalog, as the pressing of it that the model knows."""
    found = store.find_track(title)
    known = model.track_ids.is_in([found.track_id]).any()
    if known:
        return found
    for twin in found.duplicates:
        if model.track_ids.is_in([twin]).any():
            return store.find_track(twin)
    raise UnknownTrackError(
        f"{found.label!r} is in the catalog, but not in the model {model.name!r}.",
        hint="Fold new tracks in with: partsong update. A track without audio features, or outside "
        "the model's condition, cannot be placed.",
    )


def _candidates(
    store: Catalog, model: Model, conditions: Sequence[str | None]
) -> NDArray[np.bool_] | None:
    if not any(conditions):
        return None
    allowed = store.read_tracks(["track_id"], where=conditions)["track_id"]
    return model.track_ids.is_in(allowed.implode()).to_numpy()


class _Rows:
    """Rows of the catalog, each read once: tracks are first compared as songs, then shown."""

    def __init__(self, store: Catalog) -> None:
        self._store = store
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, track_ids: Sequence[str]) -> list[dict[str, Any]]:
        new = [track_id for track_id in track_ids if track_id not in self._known]
        if new:
            read = self._store.read_tracks_by_id(new, ["title", "artists", "album", "release_year"])
            self._known.update(zip(new, read.iter_rows(named=True), strict=True))
        return [self._known[track_id] for track_id in track_ids]


def _song(track_id: str, title: str | None, artists: Sequence[str] | None) -> str:
    return song_key(title, artists) if title else track_id


def _describe(
    parts: Sequence[Part], recommendation: Recommendation, row: dict[str, Any]
) -> RecommendedTrack:
    columns = sorted(component for part in parts for component in part.components)
    added = dict(zip(columns, recommendation.contributions, strict=True))
    reasons = [
        (part.name, float(sum(added[component] for component in part.components))) for part in parts
    ]
    return RecommendedTrack(
        track_id=recommendation.track_id,
        title=row["title"] or recommendation.track_id,
        artists=tuple(row["artists"] or ()),
        album=row["album"],
        release_year=row["release_year"],
        score=recommendation.score,
        reasons=tuple(
            (name, contribution)
            for name, contribution in sorted(reasons, key=lambda reason: -reason[1])
            if contribution > 0
        ),
    )
