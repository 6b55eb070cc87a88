"""From titles and playlists to the tracks that a recommendation starts from."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.catalog import FoundTrack, song_key
from partsong.errors import QueryError, UnknownTrackError
from partsong.workflow.recommending.question import Question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.results import track_label

__all__ = ["Seeds", "find_seeds", "is_playlist_file", "read_playlist_tracks"]

_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """The tracks that a recommendation starts from.

    Attributes
    ----------
    tracks
        As they were found.
    rows
        Of the model, one a track.
    playlist
        The playlist that they came from, if they did.
    not_found
        What of the playlist the catalog or the model does not hold, as it can be typed.
    """

    tracks: tuple[FoundTrack, ...]
    rows: NDArray[np.intp]
    playlist: str | None = None
    not_found: tuple[str, ...] = ()

    @property
    def songs(self) -> frozenset[Hashable]:
        """Of which songs they are versions, as `Recommender.described` names them."""
        return frozenset(
            song_key(track.title, track.artists) or track.track_id for track in self.tracks
        )


def find_seeds(recommender: Recommender, question: Question) -> Seeds:
    """Find the seeds of a question; each track once.

    Parameters
    ----------
    recommender
        Whose catalog and model are searched.
    question
        Its titles, and its playlist.

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title is not, or not uniquely, there; or nothing of the playlist is.
    UnknownPlaylistError, QueryError
        If there is no such playlist, or no seed at all.
    """
    tracks = {seed.track_id: seed for seed in map(recommender.find_seed, question.titles)}
    name = None
    not_found: list[str] = []
    if question.playlist is not None:
        name, listed, not_found = read_playlist_tracks(recommender, question.playlist)
        rows = recommender.rows_of(listed)
        not_found += _labels(
            recommender, [track_id for track_id, row in zip(listed, rows, strict=True) if row < 0]
        )
        for track in recommender.shown(rows[rows >= 0].tolist()):
            artists = tuple(track["artists"] or ())
            tracks[track["track_id"]] = FoundTrack(track["track_id"], track["title"], artists)
        if not tracks:
            raise UnknownTrackError(
                f"Nothing of the playlist {name!r} is in the model {recommender.model.name!r}.",
                hint="Import its tracks, then place them: partsong update",
                candidates=not_found[:_MOST_NAMED],
            )
    if not tracks:
        raise QueryError(
            "There is nothing to start from.",
            hint='Name a track or a playlist: partsong recommend "TITLE", or --playlist NAME',
        )
    return Seeds(tuple(tracks.values()), recommender.rows_of(list(tracks)), name, tuple(not_found))


def read_playlist_tracks(
    recommender: Recommender, playlist: str
) -> tuple[str, list[str], list[str]]:
    """Read a playlist of the catalog, or a playlist file.

    Parameters
    ----------
    recommender
        Whose catalog holds its tracks.
    playlist
        Name or id of a playlist of the catalog, or path of a file.

    Returns
    -------
    name, track_ids, not_found
        What it is called, those of its tracks that are in the catalog, in its order, and the
        others, as they can be typed.

    Raises
    ------
    UnknownPlaylistError, UnreadableFileError
        If there is none.
    """
    if not is_playlist_file(playlist):
        listed = recommender.catalog.read_playlist(playlist)
        return playlist, listed["track_id"].to_list(), []
    from partsong.playlists import read_playlist_file
    from partsong.workflow.recommending.matching import match_entries

    read = read_playlist_file(Path(playlist))
    found = match_entries(recommender.catalog, read.entries)
    pairs = list(zip(read.entries, found, strict=True))
    return (
        read.name or Path(playlist).stem,
        [track_id for _, track_id in pairs if track_id is not None],
        [entry.label for entry, track_id in pairs if track_id is None],
    )


def is_playlist_file(playlist: str) -> bool:
    """Tell whether a playlist is named as a file: by a path that is there, or by a suffix.

    Parameters
    ----------
    playlist
        What was typed.
    """
    from partsong.playlists import FORMATS

    path = Path(playlist)
    return path.suffix.lower() in FORMATS or path.is_file()


def _labels(recommender: Recommender, track_ids: list[str]) -> list[str]:
    tracks = recommender.catalog.read_tracks_by_id(track_ids, ["title", "artists"])
    return [
        track_label(title or track_id, tuple(artists or ()))
        for track_id, title, artists in tracks.iter_rows()
    ]
