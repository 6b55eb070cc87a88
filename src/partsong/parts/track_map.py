"""Where tracks lie on a plane: near the parts they have most of.

Parts are placed first, those that share tracks close together. Each track then lies at the mean
of the parts' places, weighted with what it has of each. So the map needs no training, a new track
can be put on it, and a place can be explained. What it cannot do is keep all distances: ten
directions do not fit on a plane.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["map_parts", "map_tracks"]

FloatArray = NDArray[np.floating]

_BLOCK_ROWS: Final = 65_536
_PULL: Final = 3
"""Power of the weights: with 1 nearly all tracks crowd in the middle."""

_STEPS: Final = 300
_NOTHING: Final = 1e-9


def map_parts(part_loadings: FloatArray) -> NDArray[np.float64]:
    """Place parts on a plane, those that occur in the same tracks close together.

    Two parts are as far apart as 1 minus the cosine of their columns, over tracks at unit length.
    Multidimensional scaling fits these distances to a plane as well as may be: SMACOF (de Leeuw
    1977), started at the classical solution (Torgerson 1952). No random number is drawn.

    Parameters
    ----------
    part_loadings
        Balanced loadings, shape (n_tracks, n_parts), as `Model.part_loadings` gives them.

    Returns
    -------
    ndarray of shape (n_parts, 2)
        Centred, the farthest at distance 1; a single part lies at the origin.

    Examples
    --------
    >>> loadings = np.array([[1.0, 0.8, 0.0], [0.7, 1.0, 0.1], [0.0, 0.1, 1.0]])
    >>> places = map_parts(loadings)
    >>> first, second, third = places
    >>> bool(np.linalg.norm(first - second) < np.linalg.norm(first - third))
    True
    """
    n_parts = part_loadings.shape[1]
    if n_parts < 2:
        return np.zeros((n_parts, 2))
    wanted = _dissimilarities(part_loadings)
    places = _classical_scaling(wanted)
    for _ in range(_STEPS):
        places = _majorise(places, wanted)
    places -= places.mean(axis=0)
    farthest = np.abs(places).argmax(axis=0), np.arange(2)
    places *= np.where(places[farthest] < 0, -1.0, 1.0)
    radius = np.linalg.norm(places, axis=1).max()
    return places / radius if radius > _NOTHING else np.zeros((n_parts, 2))


def map_tracks(part_loadings: FloatArray, places: FloatArray | None = None) -> NDArray[np.float32]:
    """Place tracks on a plane, each near the parts it has most of.

    Parameters
    ----------
    part_loadings
        Balanced loadings, shape (n_tracks, n_parts), as `Model.part_loadings` gives them.
    places
        Of the parts, shape (n_parts, 2). By default `map_parts` of the same loadings; hand in
        those of a whole model to put a few tracks on its map.

    Returns
    -------
    ndarray of shape (n_tracks, 2)
        The mean of the parts' places, weighted with the cube of the loadings. A track that no part
        explains has no place: both its values are NaN.

    Notes
    -----
    The places are approximate. Neighbours on the map are often alike, but tracks that are alike
    may lie apart, and the length of a distance means little.

    Examples
    --------
    >>> places = np.array([[-1.0, 0.0], [1.0, 0.0]])
    >>> map_tracks(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), places).round(2).tolist()
    [[-1.0, 0.0], [0.0, 0.0], [0.7799999713897705, 0.0]]
    """
    if places is None:
        places = map_parts(part_loadings)
    positions = np.empty((len(part_loadings), 2), dtype=np.float32)
    for start in range(0, len(part_loadings), _BLOCK_ROWS):
        block = np.asarray(part_loadings[start : start + _BLOCK_ROWS], dtype=np.float64)
        weights = _divided(block, block.max(axis=1, initial=0.0)) ** _PULL
        positions[start : start + len(block)] = _divided(weights @ places, weights.sum(axis=1))
    return positions


def _dissimilarities(part_loadings: FloatArray) -> NDArray[np.float64]:
    n_parts = part_loadings.shape[1]
    products = np.zeros((n_parts, n_parts))
    for start in range(0, len(part_loadings), _BLOCK_ROWS):
        block = np.asarray(part_loadings[start : start + _BLOCK_ROWS], dtype=np.float64)
        unit = np.nan_to_num(_divided(block, np.linalg.norm(block, axis=1)))
        products += unit.T @ unit
    lengths = np.sqrt(np.diag(products))
    lengths[lengths == 0] = 1.0
    dissimilarities = np.maximum(1 - products / np.outer(lengths, lengths), 0.0)
    np.fill_diagonal(dissimilarities, 0.0)
    return np.asarray((dissimilarities + dissimilarities.T) / 2, dtype=np.float64)


def _classical_scaling(dissimilarities: FloatArray) -> NDArray[np.float64]:
    squares = dissimilarities**2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    return np.asarray(vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0)))


def _majorise(places: FloatArray, wanted: FloatArray) -> NDArray[np.float64]:
    """Make one step of SMACOF, which never raises the stress (the Guttman transform)."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    pull = np.divide(wanted, distances, out=np.zeros_like(wanted), where=distances > _NOTHING)
    return np.asarray((pull.sum(axis=1)[:, None] * places - pull @ places) / len(places))


def _divided(rows: FloatArray, by: FloatArray) -> NDArray[np.float64]:
    """Divide each row by its own number; by zero gives NaN."""
    quotients = np.full(rows.shape, np.nan)
    np.divide(rows, by[:, None], out=quotients, where=by[:, None] > 0)
    return quotients
