"""Made tracks whose parts are known, and models of them."""

import numpy as np
import polars as pl
import pytest

from partsong.features import FeatureSpec, FittedRecipe, Recipe, load_recipe
from partsong.nmf import NMF
from partsong.parts import build_model

KINDS = ("quiet acoustic", "loud electric", "spoken")
CENTRES = {
    # danceability, energy, loudness, speechiness, acousticness, instrumentalness
    "quiet acoustic": (0.45, 0.2, -20.0, 0.05, 0.9, 0.1),
    "loud electric": (0.5, 0.9, -4.0, 0.08, 0.02, 0.1),
    "spoken": (0.55, 0.55, -10.0, 0.9, 0.45, 0.1),
}
COLUMNS = ("danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness")
SPREADS = (0.12, 0.05, 1.5, 0.02, 0.05, 0.1)


@pytest.fixture(scope="session")
def planted():
    """Return 300 tracks of three kinds, their genre the kind."""
    random = np.random.default_rng(7)
    kinds = np.repeat(KINDS, 100)
    values = np.array([CENTRES[kind] for kind in kinds]) + random.normal(size=(300, 6)) * SPREADS
    values[:, [0, 1, 3, 4, 5]] = values[:, [0, 1, 3, 4, 5]].clip(0, 1)
    return pl.DataFrame(
        {
            "track_id": [f"t{row}" for row in range(300)],
            "artists": [[f"Artist {row % 40}"] for row in range(300)],
            "genres": [[kind] for kind in kinds],
            **dict(zip(COLUMNS, values.T, strict=True)),
            "valence": random.random(300),
            "tempo": random.normal(120, 20, 300).clip(81, 159),
        }
    )


@pytest.fixture(scope="session")
def recipe():
    return Recipe("planted", "", tuple(FeatureSpec(column, scale="split") for column in COLUMNS))


@pytest.fixture(scope="session")
def build():
    """Return the whole way from tracks to a model."""

    def build(tracks, n_components, recipe="balanced", **settings):
        chosen = load_recipe(recipe) if isinstance(recipe, str) else recipe
        fitted = FittedRecipe.fit(chosen, tracks)
        matrix = fitted.transform(tracks)
        nmf = NMF(n_components, random_state=0, **settings)
        W = nmf.fit_transform(matrix.X)
        return build_model(
            matrix,
            W,
            nmf.components_,
            name="test",
            recipe=fitted,
            tracks=tracks,
            n_iter=nmf.n_iter_,
            seconds=0.1,
            random_state=0,
        )

    return build


@pytest.fixture(scope="session")
def model(planted, recipe, build):
    return build(planted, 3, recipe, n_init=5)
