"""Rank tracks by the parts they share with seed tracks."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partsong.errors import UnknownTrackError
from partsong.recommend.nearest import NearestRows, unit_rows

__all__ = ["Recommendation", "similar_tracks"]


@dataclass(frozen=True, slots=True, eq=False)
class Recommendation:
    """One ranked track.

    Parameters
    ----------
    track_id
        The track.
    score
        Cosine of its loadings and the seeds', from 0 to 1.
    contributions
        What each part adds to the score, shape (n_components,), non-negative; their sum is the
        score.
    """

    track_id: str
    score: float
    contributions: NDArray[np.float64]


def similar_tracks(
    W: NDArray[np.floating] | NearestRows,
    track_ids: Sequence[str],
    seed_tracks: Sequence[str],
    *,
    n: int = 10,
    candidates: NDArray[np.bool_] | None = None,
    song_of: Callable[[Sequence[str]], Sequence[Hashable]] | None = None,
) -> list[Recommendation]:
    """Rank tracks by how far they share the parts of the seed tracks.

    Rows of `W` are compared by cosine, so a track's overall weight does not count, only its mix of
    parts. Several seeds are averaged, each at unit length.

    Parameters
    ----------
    W
        Loadings, shape (n_tracks, n_components), of components of unit length
        (`partsong.nmf.balance_scale`); otherwise the contributions depend on the random start.
        Whoever asks often keeps `NearestRows` of them and hands these in.
    track_ids
        The id of each row of `W`.
    seed_tracks
        Tracks to start from. They are left out of the result.
    n
        Length of the list. A small catalog may yield fewer.
    candidates
        Which rows may be recommended, shape (n_tracks,); all by default.
    song_of
        Tells which song each of some tracks is a version of. If given, no version of a seed comes
        back, and of every other song only the nearest version. It is asked for the best few tracks
        only.

    Returns
    -------
    list of Recommendation
        Best first; ties keep catalog order. Tracks that share no part with the seeds, and tracks
        without any loading, are not recommended.

    Raises
    ------
    UnknownTrackError
        If a seed track is not in `track_ids`.
    ValueError
        If there is no seed track, or every seed has only zero loadings.

    Examples
    --------
    >>> W = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> best = similar_tracks(W, ["moonlight", "surf", "solas"], ["moonlight"], n=1)[0]
    >>> best.track_id, best.score, best.contributions.tolist()
    ('surf', 0.8, [0.8, 0.0])
    """
    nearest = W if isinstance(W, NearestRows) else NearestRows(W)
    seed_rows = _find_rows(track_ids, seed_tracks)
    query = _mean_direction(nearest.W[seed_rows])
    is_seed = set(seed_rows)
    seen: set[Hashable] = set(song_of(list(seed_tracks))) if song_of else set()
    found: list[Recommendation] = []
    best_first = nearest.best_first(query, n=n + len(seed_rows), candidates=candidates)
    for rows, contributions in best_first:
        ids = [track_ids[int(row)] for row in rows]
        songs: Sequence[Hashable] = song_of(ids) if song_of else ids
        for row, track_id, song, added in zip(rows, ids, songs, contributions, strict=True):
            if len(found) == n:
                return found
            if row in is_seed or song in seen:
                continue
            seen.add(song)
            found.append(Recommendation(track_id, float(min(added.sum(), 1.0)), added))
    return found


def _find_rows(track_ids: Sequence[str], wanted: Sequence[str]) -> list[int]:
    if not wanted:
        raise ValueError("At least one seed track is needed.")
    missing = set(wanted)
    row_of: dict[str, int] = {}
    for row, track_id in enumerate(track_ids):
        if track_id in missing:
            row_of[track_id] = row
            missing.discard(track_id)
            if not missing:
                break
    if missing:
        raise UnknownTrackError(
            f"{len(missing)} seed tracks are not in the model ({', '.join(sorted(missing)[:5])}).",
            hint="Fold new tracks in with: partsong update",
        )
    return [row_of[track_id] for track_id in wanted]


def _mean_direction(W_seeds: NDArray[np.floating]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = unit_rows(W_seeds).sum(axis=0)
    length = float(np.linalg.norm(mean))
    if length == 0:
        raise ValueError("The seed tracks have no loadings, so nothing is like them.")
    mean /= length
    return mean
