"""What is asked and what would be right, as sparse matrices: one form for every task.

A query is a set of tracks to ask with, and a set of labels. A track is wanted where it carries one
of the labels. So the tracks of a genre, the rest of a playlist and what a listener went on to hear
are the same task with other labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Task", "label_matrix", "same_label", "same_list"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Task:
    """Queries about the same tracks.

    Attributes
    ----------
    name
        What the task is called.
    seeds
        The tracks that each query asks with, shape (n_queries, n_tracks); rows sum to 1. They are
        never recommended.
    wanted
        The labels that each query looks for, shape (n_queries, n_labels).
    labels
        The labels that each track carries, shape (n_tracks, n_labels).
    groups
        Which queries are no separate witnesses: the number of the artist or list behind each, shape
        (n_queries,).
    """

    name: str
    seeds: sparse.csr_array
    wanted: sparse.csr_array
    labels: sparse.csr_array
    groups: NDArray[np.intp]

    @property
    def n_queries(self) -> int:
        """How many queries there are."""
        return int(self.seeds.shape[0])

    @property
    def n_tracks(self) -> int:
        """How many tracks are ranked."""
        return int(self.seeds.shape[1])

    def sample(self, n: int | None, *, random_state: int = 0) -> "Task":
        """Draw some queries at random, in their order; all of them where there are no more.

        Parameters
        ----------
        n
            How many; None for all.
        random_state
            Seed of the draw.
        """
        if n is None or n >= self.n_queries:
            return self
        drawn = np.random.default_rng(random_state).choice(self.n_queries, n, replace=False)
        rows = np.sort(drawn)
        return replace(
            self, seeds=self.seeds[rows], wanted=self.wanted[rows], groups=self.groups[rows]
        )


def label_matrix(labels: Sequence[Sequence[str] | None]) -> sparse.csr_array:
    """Turn the labels of tracks into a sparse matrix.

    Parameters
    ----------
    labels
        Of each track, such as its genres or artists; empty or None where it has none.

    Returns
    -------
    csr_array of shape (n_tracks, n_labels)
        1 where a track carries a label; labels in the order of their names.

    Examples
    --------
    >>> label_matrix([["rock", "pop"], None, ["pop"]]).toarray().tolist()
    [[1.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    """
    names = sorted({name for row in labels for name in row or ()})
    place = {name: number for number, name in enumerate(names)}
    entries = [sorted({place[name] for name in row or ()}) for row in labels]
    ends = np.concatenate([[0], np.cumsum([len(row) for row in entries], dtype=np.intp)])
    columns = np.array([column for row in entries for column in row], dtype=np.intp)
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_array((ones, columns, ends), shape=(len(labels), len(names)))


def same_label(
    name: str,
    labels: sparse.csr_array,
    *,
    rows: NDArray[np.integer],
    groups: NDArray[np.integer],
) -> Task:
    """Ask with one track at a time for those that share a label with it, such as a genre.

    Parameters
    ----------
    name
        What to call the task.
    labels
        From `label_matrix`, shape (n_tracks, n_labels).
    rows
        The tracks to ask with; those without a label are left out.
    groups
        The number of each track's artist, shape (n_tracks,).

    Examples
    --------
    >>> labels = label_matrix([["rock"], ["rock", "pop"], []])
    >>> task = same_label("genre", labels, rows=np.arange(3), groups=np.array([0, 0, 1]))
    >>> task.n_queries, (task.wanted @ task.labels.T).toarray().tolist()
    (2, [[1.0, 1.0, 0.0], [1.0, 2.0, 0.0]])
    """
    has_label = np.diff(labels.indptr) > 0
    asked = np.asarray(rows, dtype=np.intp)[has_label[rows]]
    return Task(
        name=name,
        seeds=_seed_rows(
            [asked[place : place + 1] for place in range(len(asked))], labels.shape[0]
        ),
        wanted=labels[asked],
        labels=labels,
        groups=np.asarray(groups, dtype=np.intp)[asked],
    )


def same_list(
    name: str,
    splits: Sequence[tuple[NDArray[np.integer], NDArray[np.integer]]],
    *,
    n_tracks: int,
    groups: NDArray[np.integer],
) -> Task:
    """Ask with a part of a list for the rest of it.

    Parameters
    ----------
    name
        What to call the task.
    splits
        For each query the tracks to ask with, and those that are wanted.
    n_tracks
        How many tracks are ranked.
    groups
        The number of the list that each query is about.

    Examples
    --------
    >>> splits = [(np.array([0, 2]), np.array([3]))]
    >>> task = same_list("playlist", splits, n_tracks=4, groups=np.array([0]))
    >>> task.seeds.toarray().tolist(), (task.wanted @ task.labels.T).toarray().tolist()
    ([[0.5, 0.0, 0.5, 0.0]], [[0.0, 0.0, 0.0, 1.0]])
    """
    held_out = _seed_rows([wanted for _, wanted in splits], n_tracks)
    held_out.data[:] = 1
    return Task(
        name=name,
        seeds=_seed_rows([asked for asked, _ in splits], n_tracks),
        wanted=sparse.eye_array(len(splits), dtype=np.float32, format="csr"),
        labels=sparse.csr_array(held_out.T),
        groups=np.asarray(groups, dtype=np.intp),
    )


def _seed_rows(seeds: Sequence[NDArray[np.integer]], n_tracks: int) -> sparse.csr_array:
    counts = np.array([len(rows) for rows in seeds], dtype=np.intp)
    weights = np.repeat(1 / np.maximum(counts, 1), counts).astype(np.float32)
    columns = np.concatenate([*seeds, np.array([], dtype=np.intp)]).astype(np.intp)
    ends = np.concatenate([[0], np.cumsum(counts)])
    return sparse.csr_array((weights, columns, ends), shape=(len(seeds), n_tracks))
