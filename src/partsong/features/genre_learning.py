"""Teach a genre model: the one place in this package that needs scikit-learn.

The settings were compared on artists that the model had not met (`python benchmarks/informed.py`
for what came of it): places beside levels, one hidden layer, and the mean of five networks each
helped; key, mode, metre and a second layer did not.
"""

import warnings
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.features.genre_labels import N_FOLDS
from partsong.features.genre_model import GenreModel, Network, Places, network_inputs, softmax
from partsong.progress import SILENT, Progress

__all__ = ["learn_genres"]

FloatArray = NDArray[np.float64]
SingleArray = NDArray[np.float32]

_N_HIDDEN: Final = 128
_LOOKS: Final = 16
_ROWS_TO_LOOK_AT: Final = 1_500_000
_LEAST: Final = 1e-12


def learn_genres(
    values: FloatArray,
    levels: FloatArray,
    shares: SingleArray,
    folds: NDArray[np.intp],
    *,
    random_state: int,
    progress: Progress = SILENT,
) -> GenreModel:
    """Learn to estimate genres.

    Parameters
    ----------
    values, levels
        Features of the sound as `GenreModel.estimate` takes them, of tracks whose genres are
        known.
    shares
        How these genres share each track, shape (n_tracks, n_genres); rows sum to 1.
    folds
        The group of each track's artist, from 0 to 4.
    random_state
        Seed of the networks.
    progress
        Hears of each of the five networks.
    """
    from scipy.optimize import minimize_scalar

    places = Places.learn(values)
    inputs = network_inputs(places, values, levels)
    scores = np.empty_like(shares)
    networks = []
    progress.start(f"learning {shares.shape[1]} genres of {len(shares):,} tracks", N_FOLDS)
    for fold in range(N_FOLDS):
        unmet = folds == fold
        network = _teach(inputs[~unmet], shares[~unmet], random_state=random_state + fold)
        scores[unmet] = network.scores(inputs[unmet])
        networks.append(network)
        progress.advance()
    progress.finish()

    def surprise(temperature: float) -> float:
        likely = np.maximum(softmax(scores / np.float32(temperature)), _LEAST)
        return float(-(shares * np.log(likely)).sum(axis=1).mean())

    found = minimize_scalar(surprise, bounds=(0.5, 5.0), method="bounded", options={"xatol": 0.01})
    hits = shares[np.arange(len(shares)), scores.argmax(axis=1)] > 0
    return GenreModel(places, tuple(networks), float(found.x), hit_rate=float(hits.mean()))


def _teach(inputs: SingleArray, shares: SingleArray, *, random_state: int) -> Network:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.utils.parallel import _get_threadpool_controller

    # A track of several genres is shown once with each, with its share of the weight.
    tracks, genres = np.nonzero(shares)
    network = MLPClassifier(
        (_N_HIDDEN,),
        alpha=0.3,
        batch_size=int(np.clip(len(tracks) // 16, 64, 512)),
        learning_rate_init=3e-3,
        max_iter=int(np.clip(_ROWS_TO_LOOK_AT // len(tracks), 3, _LOOKS)),
        random_state=random_state,
    )
    # One thread is faster on matrices this small, and makes the answer independent of the machine.
    with warnings.catch_warnings(), _get_threadpool_controller().limit(limits=1, user_api="blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of looks is meant
        network.fit(inputs[tracks], genres, sample_weight=shares[tracks, genres])
    met = network.classes_
    into_genres = np.zeros((_N_HIDDEN, shares.shape[1]), dtype=np.float32)
    genre_bias = np.full(shares.shape[1], -np.inf, dtype=np.float32)
    into_genres[:, met], genre_bias[met] = network.coefs_[1], network.intercepts_[1]
    return Network(
        into_hidden=network.coefs_[0].astype(np.float32),
        hidden_bias=network.intercepts_[0].astype(np.float32),
        into_genres=into_genres,
        genre_bias=genre_bias,
    )
