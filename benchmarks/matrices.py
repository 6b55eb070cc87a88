"""The matrices that the engine is measured on: real tracks brought to size, and a planted sum.

The data sets stand beside the checkout, in ``../shared/data``; where they are not, only the
synthetic matrix can be had.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["MATRICES", "SHAPE", "planted_matrix", "real_matrix", "relative_error"]

Floats = NDArray[np.floating[Any]]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

SHAPE = 586_672, 14
"""Tracks and features of the larger public set, which the figures of the project speak of."""

_CIRCLES_AND_CLASSES = ("key", "mode", "time_signature")
_CONTINUOUS = (
    "popularity",
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
    "duration_ms",
)
_JITTER = 0.003
"""Of each value: enough that a track drawn twice is not the same row."""


def real_matrix(n_rows: int = SHAPE[0], *, random_state: int = 0) -> NDArray[np.float64]:
    """Return `n_rows` real tracks, drawn with a little jitter, all 14 features scaled to 0..1."""
    tables = [
        pl.read_parquet(DATA / name / "tracks.parquet").select(
            pl.col(*_CONTINUOUS, *_CIRCLES_AND_CLASSES).cast(pl.Float64)
        )
        for name in ("spotify-114k", "spotify-600k-part")
    ]
    tracks = pl.concat(tables).to_numpy()
    tracks = tracks[np.isfinite(tracks).all(axis=1)]
    low, high = tracks.min(axis=0), tracks.max(axis=0)
    rng = np.random.default_rng(random_state)
    X = ((tracks - low) / (high - low))[rng.integers(0, len(tracks), n_rows)]
    shaken = X[:, : len(_CONTINUOUS)]
    shaken *= 1 + _JITTER * rng.standard_normal(shaken.shape)
    return np.ascontiguousarray(np.clip(X, 0, 1))


def planted_matrix(
    n_rows: int = SHAPE[0],
    n_features: int = SHAPE[1],
    n_components: int = 7,
    *,
    random_state: int = 0,
) -> NDArray[np.float64]:
    """Return rows that are sums of few planted parts, with noise of a tenth of their length.

    Half of the loadings and a third of the entries of the parts are zero.
    """
    rng = np.random.default_rng(random_state)
    H = rng.random((n_components, n_features)) * (rng.random((n_components, n_features)) > 1 / 3)
    H += 0.05 * np.eye(n_components, n_features)  # so that no part is empty
    X = np.empty((n_rows, n_features))
    for start in range(0, n_rows, 65_536):
        rows = X[start : start + 65_536]
        W = rng.gamma(1.0, size=(len(rows), n_components))
        W *= rng.random(W.shape) > 1 / 2
        np.matmul(W, H, out=rows)
        noise = rng.standard_normal(rows.shape)
        rows += 0.1 * np.sqrt(np.mean(rows**2)) * noise
        np.maximum(rows, 0, out=rows)
    return X


def relative_error(X: Floats, W: Floats, H: Floats) -> float:
    """Return the length of ``X - W @ H`` over that of ``X``, both summed in double precision."""
    left = total = 0.0
    H = H.astype(np.float64)
    for start in range(0, len(X), 65_536):
        rows = X[start : start + 65_536].astype(np.float64)
        total += float(np.vdot(rows, rows))
        rows -= W[start : start + 65_536].astype(np.float64) @ H
        left += float(np.vdot(rows, rows))
    return float(np.sqrt(left / total))


MATRICES: dict[str, Callable[[int], NDArray[np.float64]]] = {"planted sum": planted_matrix}
"""By name, each to be called with a number of rows."""

if DATA.is_dir():
    MATRICES = {"real tracks": real_matrix, **MATRICES}
