"""The columns of a matrix that hold genres: what is known and what the sound suggests, blended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.features.genre_labels import GenreLabels, artist_folds, genre_shares
from partsong.features.genre_model import GenreModel
from partsong.features.genre_spec import GenreSpec
from partsong.progress import SILENT, Progress

__all__ = ["GenreBlock", "learn_block"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GenreBlock:
    """Genres of a recipe with a model of them learned.

    Attributes
    ----------
    spec
        What the recipe says.
    genres
        The genre of each column.
    model
        What estimates them.
    """

    spec: GenreSpec
    genres: tuple[str, ...]
    model: GenreModel

    @property
    def names(self) -> tuple[str, ...]:
        """What each column holds."""
        return tuple(f"genre: {genre}" for genre in self.genres)

    def has_known(self, tracks: pl.DataFrame) -> NDArray[np.bool_]:
        """Say which tracks carry one of the genres, shape (n_tracks,)."""
        return np.asarray(genre_shares(tracks, self.genres).any(axis=1), dtype=np.bool_)

    def affinities(
        self, tracks: pl.DataFrame, sound: tuple[FloatArray, FloatArray]
    ) -> NDArray[np.float32]:
        """Say how much of each genre a track has, as a distribution.

        Parameters
        ----------
        tracks
            `track_id`, and if there are `genres`, `artist_genres` and `artists`.
        sound
            Their values and levels.

        Returns
        -------
        ndarray of shape (n_tracks, n_genres)
            Every row sums to 1. A track without any value of the sound has its known genres only.
        """
        values, levels = sound
        known = genre_shares(tracks, self.genres)
        is_known = known.any(axis=1)
        folds = np.where(is_known, artist_folds(tracks), -1)
        estimated = self.model.estimate(values, levels, folds=folds)
        believed = np.where(np.isnan(levels).all(axis=1), 1.0, self.spec.known) * is_known
        believed = believed[:, None].astype(np.float32)
        return np.asarray(believed * known + (1 - believed) * estimated, dtype=np.float32)

    def encode(self, tracks: pl.DataFrame, sound: tuple[FloatArray, FloatArray]) -> FloatArray:
        """Turn tracks into columns of the matrix, each row as long as the weight of the block."""
        return np.sqrt(self.affinities(tracks, sound), dtype=np.float64) * self.spec.weight

    def to_dict(self) -> dict[str, Any]:
        """Return what was learned, as plain data."""
        return {"genres": list(self.genres), "model": self.model.to_dict()}

    @classmethod
    def from_dict(cls, spec: GenreSpec, data: Mapping[str, Any]) -> "GenreBlock":
        """Join a spec to what :meth:`to_dict` wrote."""
        return cls(spec, tuple(data["genres"]), GenreModel.from_dict(data["model"]))


def learn_block(
    spec: GenreSpec,
    tracks: pl.DataFrame,
    sound: tuple[FloatArray, FloatArray],
    *,
    progress: Progress = SILENT,
) -> tuple[GenreBlock | None, str]:
    """Learn from the tracks whose genres are known, if they are enough.

    Parameters
    ----------
    spec
        What the recipe says.
    tracks
        `track_id`, and if there are `genres`, `artist_genres` and `artists`.
    sound
        Values and levels of the tracks, as `GenreModel.estimate` takes them; each track has one
        at least.
    progress
        Listener to the steps.

    Returns
    -------
    block, note
        None where too few labels are known; a sentence or two on what was learned from, or why
        nothing was.
    """
    from partsong.features.genre_learning import learn_genres

    values, levels = sound
    if not levels.shape[1]:
        return None, "Genres were left out: no feature but the key has a value to go by."
    labels = GenreLabels.choose(tracks)
    if labels.shortage:
        return None, (
            f"Genres were left out: {labels.shortage} Import a source that carries genres, of "
            "tracks or of their artists."
        )
    taught = labels.is_known
    model = learn_genres(
        values[taught],
        levels[taught],
        labels.shares[taught],
        artist_folds(tracks)[taught],
        random_state=spec.random_state,
        progress=progress,
    )
    n_known = int(taught.sum())
    note = (
        f"Genres: {len(labels.genres)} of {labels.n_seen:,} seen count; {n_known:,} tracks carry "
        f"them, and those of {len(tracks) - n_known:,} are estimated from the sound. The likeliest "
        f"genre is right for {model.hit_rate:.1%} of the tracks by artists the model has not met; "
        f"guessing the commonest would be for {labels.commonest:.1%}."
    )
    return GenreBlock(spec, labels.genres, model), note
