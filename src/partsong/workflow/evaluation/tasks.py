"""What a catalog can ask of a model: its genres, its playlists, its listener."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.catalog import Catalog
from partsong.evaluate import Half, Task, in_half, label_matrix, same_label, same_list
from partsong.workflow.evaluation.tracks import JudgedTracks

__all__ = [
    "GENRE",
    "LISTENER",
    "PLAYLIST",
    "TASKS",
    "AskedTask",
    "ask_genres",
    "ask_listener",
    "ask_playlists",
]

GENRE: Final = "genre"
PLAYLIST: Final = "playlist"
LISTENER: Final = "listener"
TASKS: Final = (GENRE, PLAYLIST, LISTENER)
"""What can be asked, by name."""

_SHORTEST_LIST: Final = 4
_MOST_SPLITS: Final = 10
_HALVED_FROM: Final = 20  # fewer playlists are not split in halves
_MOST_LISTS: Final = 500
_N_FOLDS: Final = 10
_FEWEST_KNOWN: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class AskedTask:
    """A task over some of the judged tracks.

    Attributes
    ----------
    task
        What is asked; its tracks are numbered as in `places`.
    places
        Which of the judged tracks are ranked.
    how
        How it is asked, in sentences.
    """

    task: Task
    places: NDArray[np.intp]
    how: str


def ask_genres(tracks: JudgedTracks, *, half: Half) -> AskedTask | str:
    """Ask with each track of a half of the artists for others of its genres in that half.

    Parameters
    ----------
    tracks
        Of the model.
    half
        Which half.

    Returns
    -------
    AskedTask or str
        Why it cannot be asked, in a sentence.
    """
    places = np.flatnonzero(tracks.in_half(half))
    labels = label_matrix(tracks.table["labels"][places].to_list())
    if labels.shape[1] < 2 or not len(places):
        return "Same genre is left out: fewer than two genres are known in this half."
    task = same_label(
        GENRE, labels, rows=np.arange(len(places)), groups=tracks.artist_numbers[places]
    )
    return AskedTask(
        task,
        places,
        "Asked with one track at a time; right are tracks that share a genre with it, its own "
        "genres or else its artists'. Only tracks of this half of the artists are ranked.",
    )


def ask_playlists(
    catalog: Catalog, tracks: JudgedTracks, *, half: Half, n_queries: int | None, random_state: int
) -> AskedTask | str:
    """Ask with a random half of each playlist for its other half.

    Parameters
    ----------
    catalog, tracks
        Of the model.
    half
        Which half of the playlists, where there are at least twenty.
    n_queries
        About how many queries; each playlist is split up to ten times.
    random_state
        Seed of the splits.

    Returns
    -------
    AskedTask or str
        Why it cannot be asked, in a sentence.
    """
    rng = np.random.default_rng(random_state)
    known = catalog.list_playlists()
    ids = known.filter(known["n_tracks"] >= _SHORTEST_LIST)["playlist_id"].to_list()
    is_halved = len(ids) >= _HALVED_FROM
    if is_halved:
        ids = [one for one, is_kept in zip(ids, in_half(ids, half), strict=True) if is_kept]
    if len(ids) > _MOST_LISTS:
        ids = [ids[place] for place in np.sort(rng.choice(len(ids), _MOST_LISTS, replace=False))]
    read = (tracks.places(catalog.read_playlist(one)["track_id"].to_list()) for one in ids)
    lists = [places for places in read if len(places) >= _SHORTEST_LIST]
    if not lists:
        return f"Same playlist is left out: no playlist has {_SHORTEST_LIST} songs that the model knows."
    n_splits = _MOST_SPLITS
    if n_queries is not None:
        n_splits = min(max(n_queries // len(lists), 1), _MOST_SPLITS)
    splits, groups = [], []
    for number, places in enumerate(lists):
        for _ in range(n_splits):
            mixed = rng.permutation(places)
            splits.append((mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]))
            groups.append(number)
    n_tracks = len(tracks.table)
    task = same_list(PLAYLIST, splits, n_tracks=n_tracks, groups=np.array(groups))
    return AskedTask(
        task,
        np.arange(n_tracks),
        f"Asked with a random half of a playlist for its other half, {n_splits} times each. All "
        f"tracks are ranked.{' Only playlists of this half are asked about.' if is_halved else ''}",
    )


def ask_listener(catalog: Catalog, tracks: JudgedTracks, *, random_state: int) -> AskedTask | str:
    """Ask with what the listener knew for what came later, or for a random tenth.

    Parameters
    ----------
    catalog, tracks
        Of the model.
    random_state
        Seed of the split, where no times are known.

    Returns
    -------
    AskedTask or str
        Why it cannot be asked, in a sentence.
    """
    listens = catalog.read_listens().drop_nulls("played_at").sort("played_at")
    heard = tracks.places(listens["track_id"].to_list())
    if len(heard) >= _FEWEST_KNOWN:
        return _listener_task(tracks, *_by_time(heard))
    liked = catalog.read_feedback()
    disliked = set(liked.filter(liked["kind"] != "like")["track_id"].to_list())
    ids = liked.filter(liked["kind"] == "like")["track_id"].to_list()
    ids += catalog.read_tracks(["track_id"], where="in_library")["track_id"].to_list()
    known = tracks.places([track_id for track_id in ids if track_id not in disliked])
    if len(known) < _FEWEST_KNOWN:
        return (
            f"Same listener is left out: fewer than {_FEWEST_KNOWN} songs of the model are liked, "
            "listened to or in the library."
        )
    if len(tracks.table) < len(known) + 2 * len(known) / _N_FOLDS:
        return "Same listener is left out: beside the library there is hardly anything to rank."
    return _listener_task(tracks, *_by_chance(known, random_state))


def _by_time(
    heard: NDArray[np.intp],
) -> tuple[list[tuple[NDArray[np.intp], NDArray[np.intp]]], str]:
    """Split songs in the order in which they were first heard, at ten points of the second half."""
    cuts = np.linspace(len(heard) // 2, len(heard), _N_FOLDS + 1).astype(np.intp)
    splits = [(heard[:start], heard[start:end]) for start, end in pairwise(cuts) if end > start]
    return splits, (
        f"Asked, at {len(splits)} moments of the second half of the listens, with all songs heard "
        "so far, for the songs first heard next."
    )


def _by_chance(
    known: NDArray[np.intp], random_state: int
) -> tuple[list[tuple[NDArray[np.intp], NDArray[np.intp]]], str]:
    mixed = np.random.default_rng(random_state).permutation(known)
    folds = np.array_split(mixed, _N_FOLDS)
    splits = [
        (np.concatenate(folds[:place] + folds[place + 1 :]), fold)
        for place, fold in enumerate(folds)
    ]
    return splits, (
        "Asked with nine tenths of the songs that the listener likes or has in the library for the "
        "tenth left out; no times are known."
    )


def _listener_task(
    tracks: JudgedTracks,
    splits: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    how: str,
) -> AskedTask:
    n_tracks = len(tracks.table)
    task = same_list(LISTENER, splits, n_tracks=n_tracks, groups=np.arange(len(splits)))
    return AskedTask(
        task,
        np.arange(n_tracks),
        f"{how} All tracks are ranked. This is one listener; the intervals speak of no other.",
    )
