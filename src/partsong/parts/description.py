"""Parts described: what sets their tracks apart, how many there are, which are strongest."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.features import FittedRecipe
from partsong.parts.assignment import MIXED, assign_parts, part_shares
from partsong.parts.naming import name_parts, number_repeats
from partsong.parts.part import FeatureLevel, Part

__all__ = ["describe_parts", "join_tracks", "strongest_tracks"]

FloatArray = NDArray[np.floating]

_KEY_NAMES: Final = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_ONE_KEY: Final = 0.95
_NEAR_ONE_KEY: Final = 0.7
_UNLIKE_CATALOG: Final = 0.5


def describe_parts(
    W: FloatArray,
    H: FloatArray,
    *,
    tracks: pl.DataFrame,
    levels: pl.DataFrame,
    genre_words: Sequence[Sequence[str]] | None = None,
) -> tuple[Part, ...]:
    """Describe and name the parts of a factorisation.

    The levels of a part are averages over the tracks whose strongest part it is, each weighted
    with the part's share of it. A part that is strongest nowhere is described by all tracks it
    has a share of; one that has none anywhere is called "unused".

    Parameters
    ----------
    W, H
        Loadings, shape (n_tracks, n_components), and components, shape
        (n_components, n_features), in any scale.
    tracks
        One row for each row of `W`: `track_id`, and if there are `artists` and `key`.
    levels
        Of the same rows, as `partsong.features.FittedRecipe.levels` gives them.
    genre_words
        For each part the genres that it stands for, to be added to its name; see `name_parts`.

    Returns
    -------
    tuple of Part
        In the order of the components.

    Examples
    --------
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"]})
    >>> levels = pl.DataFrame({"loudness": [-1.0, 1.0]})
    >>> [part.name for part in describe_parts(np.eye(2), np.eye(2), tracks=tracks, levels=levels)]
    ['quiet', 'loud']
    """
    shares = part_shares(W, H)
    weights = _part_weights(shares)
    averages = _weighted_means(weights, levels.to_numpy())
    features = [
        tuple(
            FeatureLevel(levels.columns[column], float(row[column]))
            for column in np.argsort(-np.abs(row), kind="stable")
        )
        for row in averages
    ]
    keys = _gathered_keys(weights, tracks)
    words = name_parts(features, keys, genre_words=genre_words)
    names = number_repeats(
        [name if weights[:, part].any() else "unused" for part, name in enumerate(words)]
    )
    labels = assign_parts(W, H).labels
    explained = shares[shares.any(axis=1)]
    total = explained.mean(axis=0) if len(explained) else np.zeros(shares.shape[1])
    strengths = _typical_strengths(shares, W, H, levels)
    return tuple(
        Part(
            name=names[part],
            share=float(total[part]),
            size=int((labels == part).sum()),
            features=features[part],
            tracks=strongest_tracks(strengths[:, part], tracks),
            key=keys[part],
            components=(part,),
            genres=tuple(genre_words[part]) if genre_words else (),
        )
        for part in range(shares.shape[1])
    )


def join_tracks(track_ids: pl.Series, tracks: pl.DataFrame, recipe: FittedRecipe) -> pl.DataFrame:
    """Return what is known of each track of a model, in the order of its rows.

    Parameters
    ----------
    track_ids
        Of the model.
    tracks
        `track_id`, the columns of the recipe and `artists`, in any order; with other tracks, or
        without some: those have no values.
    recipe
        Of the model. The key is left out where no part was made by it, so that none is named
        after it.
    """
    ids = track_ids.alias("track_id").to_frame()
    rows = ids.join(tracks, on="track_id", how="left", maintain_order="left")
    return rows if "key" in recipe.columns else rows.drop("key", strict=False)


def strongest_tracks(
    strengths: FloatArray, tracks: pl.DataFrame, *, n: int = 10
) -> tuple[str, ...]:
    """Pick the tracks that are most of a part, at most one of each main artist.

    Parameters
    ----------
    strengths
        Loading times share, so that both a large and a pure one count; shape (n_tracks,).
    tracks
        One row a track: `track_id`, and if there are `artists`.
    n
        How many. Ties keep the order of the rows; tracks of strength 0 are never picked.

    Examples
    --------
    >>> tracks = pl.DataFrame({"track_id": ["a", "b", "c"], "artists": [["X"], ["X"], ["Y"]]})
    >>> strongest_tracks(np.array([0.5, 0.9, 0.1]), tracks)
    ('b', 'c')
    """
    order = np.argsort(-strengths, kind="stable")
    order = order[strengths[order] > 0]
    ranked = tracks.select(pl.col(["track_id", "artists"]) if "artists" in tracks else "track_id")
    ranked = ranked[order.tolist()]
    if "artists" in ranked:
        main = pl.coalesce(pl.col("artists").list.first(), pl.col("track_id"))
        ranked = ranked.unique(main, keep="first", maintain_order=True)
    return tuple(ranked.get_column("track_id").head(n).to_list())


def _part_weights(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each track's weight to its strongest part alone, where a part has any such track."""
    strongest = np.where(shares.any(axis=1), shares.argmax(axis=1), MIXED)
    weights = shares * (strongest[:, None] == np.arange(shares.shape[1]))
    is_leading = weights.any(axis=0)
    return np.where(is_leading, weights, shares)


def _typical_strengths(
    shares: NDArray[np.float64], W: FloatArray, H: FloatArray, levels: pl.DataFrame
) -> NDArray[np.float64]:
    """Multiply loadings by shares, for tracks that miss no value where there are such.

    Loadings of a track with gaps may be large only because nothing speaks against them.
    """
    loadings = np.asarray(W, dtype=np.float64) * np.linalg.norm(H, axis=1)
    is_complete = ~np.isnan(levels.to_numpy()).any(axis=1)
    weight = is_complete if is_complete.any() else np.ones(len(loadings))
    return np.asarray(shares * loadings * weight[:, None], dtype=np.float64)


def _weighted_means(
    weights: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average the columns of `values` over the observed rows, for each column of weights."""
    observed = ~np.isnan(values)
    totals = weights.T @ observed
    sums = weights.T @ np.where(observed, values, 0.0)
    return np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)


def _gathered_keys(weights: NDArray[np.float64], tracks: pl.DataFrame) -> list[str]:
    """Name the key that a part's tracks gather at, by their mean place on the circle of keys."""
    if "key" not in tracks:
        return [""] * weights.shape[1]
    keys = tracks.get_column("key").cast(pl.Float64).to_numpy()
    angles = 2 * np.pi * keys / len(_KEY_NAMES)
    places = np.column_stack([np.cos(angles), np.sin(angles)])
    means = _weighted_means(weights, places)
    catalog = _weighted_means(np.ones((len(keys), 1)), places)
    gathered = []
    for mean in means:
        length = float(np.hypot(*mean))
        nearest = round(np.arctan2(mean[1], mean[0]) * len(_KEY_NAMES) / (2 * np.pi))
        if length < _NEAR_ONE_KEY or np.hypot(*(mean - catalog[0])) < _UNLIKE_CATALOG:
            gathered.append("")
        else:
            how = "in" if length >= _ONE_KEY else "around"
            gathered.append(f"{how} {_KEY_NAMES[nearest % len(_KEY_NAMES)]}")
    return gathered
