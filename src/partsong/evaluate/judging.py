"""One pass over all scores: every metric of every method, with and without the artist filter.

Scores of a block of queries are computed once and looked at twice: as they are, and with the tracks
by an artist of the query taken out, so that they neither count nor stand in the way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partsong.evaluate.methods import Method
from partsong.evaluate.ranking import best_columns, first_ranks
from partsong.evaluate.tasks import Task
from partsong.progress import SILENT, Progress

__all__ = ["Answers", "judge"]

_BLOCK_ENTRIES: Final = 2_000_000  # scores at a time: 8 MB, which stays in a cache


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answers:
    """What one method answered to the queries of a task.

    Attributes
    ----------
    method
        Its name.
    artist_filter
        Whether tracks by an artist of the query were taken out.
    lists
        The best tracks, -1 where there are no more; shape (n_queries, k).
    hits
        Which of them are wanted, same shape.
    n_wanted
        How many tracks are wanted, shape (n_queries,).
    ranks
        The place of the first wanted track in the full ranking, shape (n_queries,).
    """

    method: str
    artist_filter: bool
    lists: NDArray[np.intp]
    hits: NDArray[np.bool_]
    n_wanted: NDArray[np.intp]
    ranks: NDArray[np.float64]


def judge(
    task: Task,
    methods: Sequence[Method],
    *,
    k: int = 10,
    artists: sparse.csr_array | None = None,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> list[Answers]:
    """Let methods answer the queries of a task.

    Every track is ranked but the seeds. Equal scores are put in random order: no method gains by
    the order in which tracks stand in a catalog.

    Parameters
    ----------
    task
        What is asked.
    methods
        Who answers.
    k
        Length of the lists.
    artists
        From `label_matrix`, shape (n_tracks, n_artists). Given, everything is answered twice, the
        second time without tracks that share an artist with the seeds.
    random_state
        Seed of the order of ties.
    progress
        Listener: one step for each query.

    Returns
    -------
    list of Answers
        In the order of `methods`, without the filter first.

    Examples
    --------
    >>> from partsong.evaluate import by_cosine, label_matrix, same_label
    >>> labels = label_matrix([["calm"], ["calm"], ["loud"], ["loud"]])
    >>> task = same_label("genre", labels, rows=np.arange(4), groups=np.arange(4))
    >>> vectors = np.array([[1.0, 0.1], [1.0, 0.2], [0.1, 1.0], [0.2, 1.0]])
    >>> (answers,) = judge(task, [by_cosine("mine", vectors)], k=1)
    >>> answers.lists.ravel().tolist(), answers.hits.all()
    ([1, 0, 3, 2], np.True_)
    """
    filters = (False,) if artists is None else (False, True)
    rng = np.random.default_rng(random_state)
    priority = rng.permutation(task.n_tracks)
    # Every query reads the same random numbers from a place of its own.
    noise = rng.random(2 * task.n_tracks, dtype=np.float32) * np.float32(0.5)
    offsets = rng.integers(task.n_tracks, size=task.n_queries)
    windows = np.lib.stride_tricks.sliding_window_view(noise, task.n_tracks)
    answers = {
        (place, is_filtered): _blank(method.name, task.n_queries, k, is_filtered=is_filtered)
        for place, method in enumerate(methods)
        for is_filtered in filters
    }
    tracks_of_label = task.labels.T.tocsr()
    tracks_of_artist = None if artists is None else artists.T.tocsr()
    progress.start(f"asking for {task.name}", task.n_queries)
    for block in _blocks(task):
        seeds = task.seeds[block]
        wanted = task.wanted[block] @ tracks_of_label
        by_artist = None if artists is None else (seeds @ artists) @ tracks_of_artist
        looks = list(_looks(seeds, wanted, by_artist))
        for place, method in enumerate(methods):
            scores = method.score(seeds)
            if method.has_ties:
                scores += windows[offsets[block]]
            for look in looks:
                scores[look.out_rows, look.out_columns] = -np.inf
                filled = answers[place, look.is_filtered]
                lists = best_columns(scores, k, priority=priority)
                filled.lists[block] = lists
                filled.hits[block] = look.is_wanted(lists)
                filled.n_wanted[block] = look.n_wanted
                filled.ranks[block] = first_ranks(scores, look.rows, look.columns)
        progress.advance(block.stop - block.start)
    progress.finish()
    return list(answers.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What is wanted of a block of queries, and what is out of the question."""

    is_filtered: bool
    wanted: NDArray[np.bool_]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    out_rows: NDArray[np.intp]
    out_columns: NDArray[np.intp]

    @property
    def n_wanted(self) -> NDArray[np.intp]:
        return np.bincount(self.rows, minlength=len(self.wanted))

    def is_wanted(self, lists: NDArray[np.intp]) -> NDArray[np.bool_]:
        found = np.take_along_axis(self.wanted, np.maximum(lists, 0), axis=1)
        return np.asarray(found & (lists >= 0))


def _looks(
    seeds: sparse.csr_array, wanted: sparse.csr_array, by_artist: sparse.csr_array | None
) -> Iterator[_Look]:
    """Yield what is wanted without the artist filter, and then with it."""
    is_wanted = wanted.toarray() > 0
    for is_filtered, out in ((False, seeds), (True, by_artist)):
        if out is None:
            return
        out_rows, out_columns = out.nonzero()
        is_wanted = is_wanted.copy()
        is_wanted[out_rows, out_columns] = False
        rows, columns = is_wanted.nonzero()
        yield _Look(is_filtered, is_wanted, rows, columns, out_rows, out_columns)


def _blocks(task: Task) -> Iterator[slice]:
    size = max(_BLOCK_ENTRIES // max(task.n_tracks, 1), 1)
    for start in range(0, task.n_queries, size):
        yield slice(start, min(start + size, task.n_queries))


def _blank(method: str, n_queries: int, k: int, *, is_filtered: bool) -> Answers:
    return Answers(
        method=method,
        artist_filter=is_filtered,
        lists=np.full((n_queries, k), -1, dtype=np.intp),
        hits=np.zeros((n_queries, k), dtype=np.bool_),
        n_wanted=np.zeros(n_queries, dtype=np.intp),
        ranks=np.full(n_queries, np.inf),
    )
