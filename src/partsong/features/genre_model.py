"""A model that estimates genres from the sound: plain arrays, read and used with NumPy alone.

It is a small network for each of five groups of artists, taught by the tracks of the other four
(:mod:`partsong.features.genre_learning`). So what it says of a labelled track comes from a network
that has not met the track's artist; of a track without labels all five are asked.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["GenreModel", "Network", "Places", "network_inputs", "softmax"]

FloatArray = NDArray[np.float64]
SingleArray = NDArray[np.float32]

_BLOCK_ROWS: Final = 50_000
_N_QUANTILES: Final = 257
_SPREAD_OF_LOG_ODDS: Final = np.pi / np.sqrt(3)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the values of each feature lie among those of the fit.

    Attributes
    ----------
    grid
        Shape (n_features, 257): even quantiles of each feature.
    """

    grid: SingleArray

    @classmethod
    def learn(cls, values: FloatArray) -> "Places":
        """Learn from `values`, shape (n_tracks, n_features), some in every column not NaN."""
        levels = np.linspace(0, 1, _N_QUANTILES)
        return cls(np.nanquantile(values, levels, axis=0).T.astype(np.float32))

    def place(self, values: FloatArray) -> FloatArray:
        """Turn values into the log odds of their places, with a spread of 1; 0 where missing.

        Ties share the middle of their places, so that a feature which is 0 in half of the tracks
        does not put them at its end.

        Examples
        --------
        >>> places = Places.learn(np.array([[1.0], [2.0], [4.0]]))
        >>> places.place(np.array([[0.0], [2.0], [np.nan]])).round(3).ravel()
        array([-3.44,  0.  ,  0.  ])
        """
        placed = np.empty_like(values)
        for column, grid in enumerate(self.grid):
            distinct, first, count = np.unique(grid, return_index=True, return_counts=True)
            share = (first + (count - 1) / 2 + 0.5) / len(grid)
            found = np.interp(values[:, column], distinct, share)
            placed[:, column] = np.log(found / (1 - found)) / _SPREAD_OF_LOG_ODDS
        return np.nan_to_num(placed, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """One hidden layer of rectified units and a softmax.

    Attributes
    ----------
    into_hidden, hidden_bias
        Shapes (n_inputs, n_hidden) and (n_hidden,).
    into_genres, genre_bias
        Shapes (n_hidden, n_genres) and (n_genres,).
    """

    into_hidden: SingleArray
    hidden_bias: SingleArray
    into_genres: SingleArray
    genre_bias: SingleArray

    def scores(self, inputs: SingleArray) -> SingleArray:
        """Return logarithms of the probabilities but for a constant, shape (n, n_genres)."""
        hidden = np.maximum(inputs @ self.into_hidden + self.hidden_bias, 0)
        return np.asarray(hidden @ self.into_genres + self.genre_bias, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class GenreModel:
    """Estimate how likely each genre is, given the sound.

    Attributes
    ----------
    places
        Turns values into inputs of the networks.
    networks
        One for each group of artists, which it has not met.
    temperature
        Divides the scores, so that probabilities are as often right as they say (Guo, Pleiss, Sun
        and Weinberger 2017). Learned on artists that a network had not met.
    hit_rate
        Share of the tracks learned from whose likeliest genre is one of theirs, by the network
        that had not met their artist.
    """

    places: Places
    networks: tuple[Network, ...]
    temperature: float
    hit_rate: float

    def estimate(
        self, values: FloatArray, levels: FloatArray, *, folds: NDArray[np.intp]
    ) -> SingleArray:
        """Estimate the genres of tracks.

        Parameters
        ----------
        values, levels
            Features of the sound in the units of the recipe, and as standard deviations from the
            average; both of shape (n_tracks, n_features), missing ones NaN.
        folds
            The group of the artist where the track may have been learned from; -1 asks all
            networks. Shape (n_tracks,).

        Returns
        -------
        ndarray of shape (n_tracks, n_genres)
            Probabilities; every row sums to 1.
        """
        n_genres = len(self.networks[0].genre_bias)
        estimated = np.empty((len(values), n_genres), dtype=np.float32)
        for start in range(0, len(values), _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS)
            inputs = network_inputs(self.places, values[block], levels[block])
            estimated[block] = self._ask(inputs, folds[block])
        return estimated

    def _ask(self, inputs: SingleArray, folds: NDArray[np.intp]) -> SingleArray:
        answers = np.zeros((len(inputs), len(self.networks[0].genre_bias)), dtype=np.float32)
        for fold, network in enumerate(self.networks):
            for asked, share in ((folds == fold, 1.0), (folds < 0, 1 / len(self.networks))):
                if asked.any():
                    scores = network.scores(inputs[asked])
                    answers[asked] += share * softmax(scores / self.temperature)
        return answers

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: arrays as base64 text of little-endian float32, row by row."""
        return {
            "places": _pack(self.places.grid),
            "temperature": self.temperature,
            "hit_rate": self.hit_rate,
            "networks": [
                {
                    "into_hidden": _pack(network.into_hidden),
                    "hidden_bias": _pack(network.hidden_bias),
                    "into_genres": _pack(network.into_genres),
                    "genre_bias": _pack(network.genre_bias),
                }
                for network in self.networks
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "GenreModel":
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        ValueError
            If the arrays do not fit one another.
        """
        return cls(
            places=Places(_unpack(data["places"], (-1, _N_QUANTILES))),
            temperature=float(data["temperature"]),
            hit_rate=float(data["hit_rate"]),
            networks=tuple(_read_network(network) for network in data["networks"]),
        )


def network_inputs(places: Places, values: FloatArray, levels: FloatArray) -> SingleArray:
    """Return what a network sees: each feature's place and its level, 0 where it is missing."""
    return np.hstack([places.place(values), np.nan_to_num(levels)], dtype=np.float32)


def softmax(scores: NDArray[np.float32]) -> SingleArray:
    """Turn scores into probabilities, row by row.

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0, -np.inf]], dtype=np.float32))
    array([[0.5, 0.5, 0. ]], dtype=float32)
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _read_network(data: Mapping[str, str]) -> Network:
    hidden_bias = _unpack(data["hidden_bias"], (-1,))
    genre_bias = _unpack(data["genre_bias"], (-1,))
    return Network(
        into_hidden=_unpack(data["into_hidden"], (-1, len(hidden_bias))),
        hidden_bias=hidden_bias,
        into_genres=_unpack(data["into_genres"], (len(hidden_bias), len(genre_bias))),
        genre_bias=genre_bias,
    )


def _pack(array: NDArray[np.floating]) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode("ascii")


def _unpack(text: str, shape: Sequence[int]) -> SingleArray:
    flat = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    return flat.reshape(shape).astype(np.float32)
