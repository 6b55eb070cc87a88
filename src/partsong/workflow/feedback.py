"""What the listener says of tracks, by title, and of artists: like, dislike, hide, take it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from partsong.catalog import Catalog, FoundTrack, Verdict
from partsong.workflow.labels import read_labels
from partsong.workflow.places import open_catalog

__all__ = [
    "FeedbackResult",
    "HiddenArtist",
    "SaidVerdict",
    "hide_artists",
    "judge_tracks",
    "list_feedback",
    "take_back",
]


@dataclass(frozen=True, slots=True)
class SaidVerdict:
    """What was said of one track.

    Parameters
    ----------
    track_id, title, artists
        The track.
    kind
        ``"like"``, ``"dislike"`` or ``"hide"``.
    said_at
        When, UTC.
    replaced
        The verdict that this one replaced just now, or None.
    """

    track_id: str
    title: str | None
    artists: tuple[str, ...]
    kind: str
    said_at: datetime
    replaced: str | None = None

    @property
    def label(self) -> str:
        """The track as a person can type it."""
        return FoundTrack(self.track_id, self.title, self.artists).label


@dataclass(frozen=True, slots=True)
class HiddenArtist:
    """An artist of whom nothing is to come.

    Parameters
    ----------
    name
        The artist.
    said_at
        When that was said, UTC.
    """

    name: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackResult:
    """Verdicts: those just given, those taken back, or all that hold.

    Parameters
    ----------
    verdicts
        One for each track and kind.
    artists
        Hidden artists.
    """

    verdicts: tuple[SaidVerdict, ...]
    artists: tuple[HiddenArtist, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the verdicts under the stable keys of ``partsong feedback --json``."""
        return {
            "verdicts": [
                {
                    "track_id": verdict.track_id,
                    "title": verdict.title,
                    "artists": list(verdict.artists),
                    "kind": verdict.kind,
                    "said_at": verdict.said_at.isoformat(timespec="seconds") + "Z",
                    "replaced": verdict.replaced,
                }
                for verdict in self.verdicts
            ],
            "artists": [
                {
                    "name": artist.name,
                    "said_at": artist.said_at.isoformat(timespec="seconds") + "Z",
                }
                for artist in self.artists
            ],
        }


def judge_tracks(
    titles: Sequence[str], kind: Verdict, *, catalog: Path | str | None = None
) -> FeedbackResult:
    """Say of some tracks that they are liked, disliked or to be hidden; of all or of none.

    A like replaces a dislike, and the other way round; hiding stands beside either.

    Parameters
    ----------
    titles
        The tracks, as :meth:`~partsong.catalog.Catalog.find_track` takes them. Where a song is
        there several times, its most popular recording is meant.
    kind
        ``"like"``, ``"dislike"`` or ``"hide"``.
    catalog
        The catalog's file; the default one where it is None.

    Returns
    -------
    FeedbackResult
        What now holds of these tracks, each with the verdict that was replaced.

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title names no track, or songs of different artists.
    CatalogError
        If there is no catalog, or it cannot be written.

    Examples
    --------
    >>> _ = judge_tracks(["Rap Song 1"], "like", catalog=catalog)
    >>> changed = judge_tracks(["Rap Song 1"], "dislike", catalog=catalog)
    >>> [(verdict.kind, verdict.replaced) for verdict in changed.verdicts]
    [('dislike', 'like')]
    >>> _ = take_back(catalog=catalog)
    """
    store = open_catalog(catalog)
    track_ids = [store.find_track(title).track_id for title in titles]
    replaced = store.say(track_ids, kind)
    holding = store.read_feedback().filter(
        pl.col("track_id").is_in(track_ids) & (pl.col("kind") == kind)
    )
    return _result(store, holding, dict(replaced.select("track_id", "kind").iter_rows()))


def hide_artists(
    names: Sequence[str], *, titles: Sequence[str] = (), catalog: Path | str | None = None
) -> FeedbackResult:
    """Hide artists: no track of theirs comes in any list, not even one that comes later.

    Parameters
    ----------
    names
        The artists; case, accents and punctuation do not matter.
    titles
        Tracks to hide beside them. If one name or title is not found, nothing is said.
    catalog
        The catalog's file; the default one where it is None.

    Returns
    -------
    FeedbackResult
        What now holds of these artists and tracks.

    Raises
    ------
    QueryError
        If the catalog has no artist of a name, or a title names no track, or several.
    CatalogError
        If there is no catalog, or it cannot be written.

    Examples
    --------
    >>> [artist.name for artist in hide_artists(["rap artist 1"], catalog=catalog).artists]
    ['Rap Artist 1']
    >>> [artist.name for artist in take_back(catalog=catalog).artists]
    ['Rap Artist 1']
    """
    store = open_catalog(catalog)
    for title in titles:
        store.find_track(title)
    hidden = store.hide_artists(names)
    rows = store.read_hidden_artists().filter(pl.col("name").is_in(hidden))
    judged = judge_tracks(titles, "hide", catalog=catalog) if titles else FeedbackResult(())
    return replace(judged, artists=_artists(rows))


def take_back(
    titles: Sequence[str] = (),
    *,
    artists: Sequence[str] = (),
    catalog: Path | str | None = None,
) -> FeedbackResult:
    """Take back what was said last of some tracks, or what was said last at all.

    Parameters
    ----------
    titles
        The tracks; of each the last verdict goes. Without titles it is all that the last command
        said; an import is not taken back that way.
    artists
        Hidden artists who are to come again.
    catalog
        The catalog's file; the default one where it is None.

    Returns
    -------
    FeedbackResult
        What was taken back; nothing if nothing was said.

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title names no track, or songs of different artists.
    CatalogError
        If there is no catalog, or it cannot be written.

    Examples
    --------
    >>> _ = judge_tracks(["Rap Song 1", "Rap Song 2"], "hide", catalog=catalog)
    >>> [verdict.title for verdict in take_back(["Rap Song 2"], catalog=catalog).verdicts]
    ['Rap Song 2']
    >>> [verdict.title for verdict in take_back(catalog=catalog).verdicts]
    ['Rap Song 1']
    """
    store = open_catalog(catalog)
    if artists:
        shown = pl.concat([store.show_artist(name) for name in artists])
        verdicts = take_back(titles, catalog=catalog).verdicts if titles else ()
        return FeedbackResult(verdicts, _artists(shown))
    if not titles:
        last_artist = store.show_artist()
        if not last_artist.is_empty():
            return FeedbackResult((), _artists(last_artist))
        return _result(store, store.unsay())
    found = [store.find_track(title) for title in titles]
    judged = store.read_feedback()["track_id"].to_list()
    last = {track_id: place for place, track_id in enumerate(judged)}
    # Of several recordings of a song, the one that something was said of is meant.
    meant = [
        max((track.track_id, *track.duplicates), key=lambda track_id: last.get(track_id, -1))
        for track in found
    ]
    return _result(store, store.unsay(meant))


def list_feedback(*, catalog: Path | str | None = None) -> FeedbackResult:
    """List all verdicts that hold, and all hidden artists, the newest first.

    Parameters
    ----------
    catalog
        The catalog's file; the default one where it is None.

    Returns
    -------
    FeedbackResult

    Raises
    ------
    CatalogMissingError
        If there is no catalog yet.

    Examples
    --------
    >>> list_feedback(catalog=catalog).verdicts
    ()
    """
    store = open_catalog(catalog)
    said = _result(store, store.read_feedback().reverse())
    return replace(said, artists=_artists(store.read_hidden_artists().reverse()))


def _artists(rows: pl.DataFrame) -> tuple[HiddenArtist, ...]:
    return tuple(HiddenArtist(name, said_at) for name, said_at in rows.iter_rows())


def _result(
    store: Catalog, verdicts: pl.DataFrame, replaced: dict[str, str] | None = None
) -> FeedbackResult:
    labels = read_labels(store, verdicts["track_id"].unique().to_list())
    return FeedbackResult(
        tuple(
            SaidVerdict(
                track_id,
                labels[track_id].title,
                labels[track_id].artists,
                kind,
                said_at,
                (replaced or {}).get(track_id),
            )
            for track_id, kind, said_at in verdicts.iter_rows()
        )
    )
