"""Fixtures shared by the tests and by the examples in docstrings."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest

if find_spec("hypothesis") is not None:  # the tests of wheels run without it
    from hypothesis import settings

    # How long an example takes is no part of what is tested: machines are shared.
    settings.register_profile("shared machines", deadline=None)
    settings.load_profile("shared machines")

# What `make docs` leaves behind; to collect it would be to run the examples once more.
collect_ignore = ["docs/_build", "docs/gallery"]

SHARED_DATA = Path(__file__).resolve().parents[1] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data sets, which travels beside the project, not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data sets are not here ({SHARED_DATA.name} beside the checkout)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def planted_tracks() -> pl.DataFrame:
    """Return 180 made-up tracks of three plain kinds, in the layout of the 114k set."""
    rng = np.random.default_rng(7)
    kinds = {
        # genre: danceability, energy, loudness, speechiness, acousticness, instrumentalness, tempo
        "hush": (0.35, 0.15, -22.0, 0.04, 0.95, 0.85, 80.0),
        "thrash": (0.40, 0.95, -4.0, 0.08, 0.01, 0.02, 150.0),
        "rap": (0.85, 0.60, -8.0, 0.45, 0.15, 0.01, 95.0),
    }
    rows = []
    for number, (genre, means) in enumerate(kinds.items()):
        for place in range(60):
            dance, energy, loudness, speech, acoustic, instrumental, tempo = means
            rows.append(
                {
                    "track_id": f"{genre}{place:02}".ljust(22, "0"),
                    "artists": f"{genre.title()} Artist {place % 20}",
                    "album_name": f"{genre.title()} Album {place % 10}",
                    "track_name": f"{genre.title()} Song {place}",
                    "popularity": int(rng.integers(0, 100)),
                    "duration_ms": int(rng.integers(150_000, 300_000)),
                    "explicit": genre == "rap",
                    "danceability": float(np.clip(rng.normal(dance, 0.05), 0.01, 1)),
                    "energy": float(np.clip(rng.normal(energy, 0.05), 0.01, 1)),
                    "key": (place + number) % 12,
                    "loudness": float(rng.normal(loudness, 1)),
                    "mode": place % 2,
                    "speechiness": float(np.clip(rng.normal(speech, 0.02), 0.01, 1)),
                    "acousticness": float(np.clip(rng.normal(acoustic, 0.03), 0, 1)),
                    "instrumentalness": float(np.clip(rng.normal(instrumental, 0.03), 0, 1)),
                    "liveness": float(rng.uniform(0.05, 0.3)),
                    "valence": float(rng.uniform(0.2, 0.8)),
                    "tempo": float(rng.normal(tempo, 3)),
                    "time_signature": 4,
                    "track_genre": genre,
                }
            )
    return pl.DataFrame(rows)


@pytest.fixture(scope="session")
def example_catalog(planted_tracks, tmp_path_factory) -> Path:
    """Return a catalog of the planted tracks with three parts learned, for examples."""
    import partsong as ps

    folder = tmp_path_factory.mktemp("example")
    planted_tracks.write_csv(folder / "songs.csv")
    catalog = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=catalog)
    ps.fit_parts(catalog=catalog, n_components=3)
    return catalog


@pytest.fixture(autouse=True)
def _names_of_examples(request, doctest_namespace) -> None:
    """Give the examples of `partsong.workflow` a catalog to speak of."""
    if isinstance(request.node, pytest.DoctestItem) and "partsong.workflow" in request.node.name:
        doctest_namespace["catalog"] = request.getfixturevalue("example_catalog")
        doctest_namespace["songs"] = doctest_namespace["catalog"].with_name("songs.csv")
