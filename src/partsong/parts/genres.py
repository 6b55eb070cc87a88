"""How parts meet genres: labels from outside, many a track, never another word for a part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.errors import QueryError

__all__ = ["GenrePair", "GenreTable", "genre_table"]


@dataclass(frozen=True, slots=True)
class GenrePair:
    """One part and one genre.

    Attributes
    ----------
    part, genre
        Their names.
    count
        Tracks of the part that carry the genre.
    share
        Share of the genre's tracks that belong to the part, in [0, 1].
    lift
        How much more often the genre is met in the part than among all tracks with a genre;
        1 is chance.
    p_value
        Chance of at least this count if genres and parts had nothing to do with each other
        (hypergeometric), corrected for the number of pairs (Benjamini and Hochberg 1995).
    """

    part: str
    genre: str
    count: int
    share: float
    lift: float
    p_value: float


@dataclass(frozen=True, slots=True)
class GenreTable:
    """Parts against genres.

    Attributes
    ----------
    pairs
        Pairs with at least one track; by part, the smallest `p_value` first, then the largest
        lift.
    ami, ari
        Agreement of the whole, adjusted mutual information and adjusted Rand index: 0 is chance,
        1 the same groups. A track counts once, with the most widespread of its genres, so that
        a track with many genres weighs no more than others; mixed tracks are a group of their
        own. With more genres than parts 1 is out of reach.
    n_tracks
        Tracks that have a genre; only these count.
    """

    pairs: tuple[GenrePair, ...]
    ami: float
    ari: float
    n_tracks: int


def genre_table(
    labels: NDArray[np.integer],
    genres: pl.Series,
    part_names: Sequence[str],
    *,
    min_tracks: int = 5,
) -> GenreTable:
    """Compare parts with known genres.

    Parameters
    ----------
    labels
        Part of each track, -1 for mixed, as `assign_parts` gives them; shape (n_tracks,).
    genres
        Genres of each track, a list of strings; empty or null where none is known.
    part_names
        The name of each label.
    min_tracks
        Genres with fewer tracks are left out of the pairs.

    Raises
    ------
    QueryError
        If no track has a genre.

    Examples
    --------
    >>> genres = pl.Series([["rock"], ["rock", "pop"], ["folk"], ["folk"]])
    >>> table = genre_table(np.array([0, 0, 1, 1]), genres, ["loud", "quiet"], min_tracks=2)
    >>> [(pair.part, pair.genre, pair.lift) for pair in table.pairs]
    [('loud', 'rock', 2.0), ('quiet', 'folk', 2.0)]
    >>> table.ami
    1.0
    """
    rows = (
        pl.DataFrame({"label": labels, "genre": genres})
        .with_row_index("track")
        .explode("genre")
        .drop_nulls("genre")
        .unique(["track", "genre"], maintain_order=True)
        .with_columns(pl.len().over("genre").alias("genre_tracks"))
    )
    if rows.is_empty():
        raise QueryError(
            "No track of the model has a genre.",
            hint="Import a source that carries genres, for tracks or for their artists.",
        )
    one_each = rows.sort("track", "genre_tracks", "genre", descending=[False, True, False]).unique(
        "track", keep="first", maintain_order=True
    )
    clusters = one_each.get_column("label").to_numpy()
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    _, truth = np.unique(one_each.get_column("genre").to_list(), return_inverse=True)
    return GenreTable(
        pairs=_compare_pairs(
            rows.filter(pl.col("genre_tracks") >= min_tracks), clusters, part_names
        ),
        ami=float(adjusted_mutual_info_score(truth, clusters)),
        ari=float(adjusted_rand_score(truth, clusters)),
        n_tracks=len(one_each),
    )


def _compare_pairs(
    rows: pl.DataFrame, clusters: NDArray[np.integer], part_names: Sequence[str]
) -> tuple[GenrePair, ...]:
    """Count, weigh and sort every pair; `clusters` holds the part of each track with a genre."""
    from scipy.stats import (  # type: ignore[attr-defined]  # SciPy makes distributions at run time
        false_discovery_control,
        hypergeom,
    )

    names, genre = np.unique(rows.get_column("genre").to_list(), return_inverse=True)
    if not len(names):
        return ()
    label = rows.get_column("label").to_numpy()
    counts = np.zeros((len(part_names), len(names)), dtype=np.int64)
    np.add.at(counts, (label[label >= 0], genre[label >= 0]), 1)
    part_sizes = np.bincount(clusters[clusters >= 0], minlength=len(part_names))[:, None]
    genre_sizes = np.bincount(genre)[None, :]
    p_values = hypergeom.sf(counts - 1, len(clusters), genre_sizes, part_sizes)
    p_values = false_discovery_control(np.clip(p_values, 0, 1).ravel()).reshape(counts.shape)
    pairs = [
        GenrePair(
            part=part_names[part],
            genre=str(names[column]),
            count=int(counts[part, column]),
            share=float(counts[part, column] / genre_sizes[0, column]),
            lift=float(
                counts[part, column]
                * len(clusters)
                / (genre_sizes[0, column] * part_sizes[part, 0])
            ),
            p_value=float(p_values[part, column]),
        )
        for part, column in np.argwhere(counts)
    ]
    place = {name: part for part, name in enumerate(part_names)}
    return tuple(sorted(pairs, key=lambda pair: (place[pair.part], pair.p_value, -pair.lift)))
