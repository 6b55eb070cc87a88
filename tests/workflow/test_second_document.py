"""The blog post replayed on its own 208 songs: its error, its rows of H, its recommendations."""

import numpy as np
import pytest

import partsong as ps
from partsong.features import FittedRecipe, load_recipe
from partsong.recommend import NearestRows, unit_rows

# The rows of H as the post prints them, in the order popularity ... time_signature.
PRINTED_H = np.array([
    [0.534903, 0.298442, 0.270266, 0, 0.408649, 0, 0, 0, 0, 0.018999, 0, 0.229539, 0.217800,
     0.248214],
    [0, 0.106725, 0.068626, 0, 0.189821, 1.637913, 0, 0, 0, 0, 0, 0.104684, 0.097882, 0.090924],
    [0.001453, 0, 0.093944, 0.023366, 0, 0, 0, 0.043522, 1.249295, 0, 0, 0.246392, 0, 0],
    [0, 0.104355, 0.006865, 1.335583, 0.023123, 0, 0, 0, 0, 0, 0, 0.009809, 0, 0],
    [0, 0.509518, 0.388543, 0, 0.358000, 0, 1.472285, 0, 0, 0.187331, 0, 0.656888, 0.622994,
     0.116734],
    [0.337989, 0.788880, 0.924321, 0, 0.821795, 0, 0, 0, 0, 0.475844, 1.264722, 0.061846, 0,
     0.535879],
    [0.654970, 0.116540, 0, 0, 0.274794, 0, 0, 1.401693, 0, 0.136065, 0.232226, 0.342329, 0.316328,
     0.246019],
])  # fmt: skip
FEATURES = (
    "popularity", "danceability", "energy", "key", "loudness", "mode", "speechiness",
    "acousticness", "instrumentalness", "liveness", "valence", "tempo", "duration_ms",
    "time_signature",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog(shared_data, tmp_path_factory):
    path = tmp_path_factory.mktemp("blog") / "blog.duckdb"
    report = ps.import_files(
        [shared_data / "blog-bsraya/liked_personal-playlists.parquet"], catalog=path, library=True
    )
    assert (report.layout, report.read, report.kept) == ("blog", 226, 208)
    return path


@pytest.fixture(scope="module")
def matrix(catalog):
    tracks = ps.Catalog(catalog).read_tracks()
    made = FittedRecipe.fit(load_recipe("blog-14"), tracks).transform(tracks)
    order = [made.names.index(feature) for feature in FEATURES]
    return made.X[:, order]


def test_the_matrix_is_the_post_s(matrix):
    assert matrix.shape == (208, 14)
    np.testing.assert_allclose(matrix.min(axis=0), 0)
    np.testing.assert_allclose(matrix.max(axis=0), 1)


def test_the_post_s_error_is_reached_or_beaten(catalog):
    fit = ps.fit_parts(catalog=catalog, recipe="blog-14", n_components=7)
    tracks = ps.Catalog(catalog).read_tracks()
    X = fit.model.recipe.transform(tracks).X
    error = np.linalg.norm(X - fit.model.W @ fit.model.H)
    assert error <= 5.9775


def test_several_starts_find_a_lower_error_than_the_post(matrix):
    nmf = ps.NMF(n_components=7, init="random", n_init=10, random_state=0).fit(matrix)
    assert nmf.reconstruction_err_ < 5.976


def test_from_the_post_s_own_start_the_rows_of_h_are_the_printed_ones_in_direction(matrix):
    nmf = ps.NMF(
        n_components=7, init="random", random_state=0, solver="mu", tol=1e-8, max_iter=20_000
    )
    nmf.fit(matrix)
    assert nmf.reconstruction_err_ <= 5.9775
    unit = nmf.components_ / np.linalg.norm(nmf.components_, axis=1, keepdims=True)
    printed = PRINTED_H / np.linalg.norm(PRINTED_H, axis=1, keepdims=True)
    assert ((printed @ unit.T).max(axis=1) > 0.9999).all()


@pytest.mark.parametrize("solver", ["hals", "mu"])
def test_started_from_the_printed_solution_it_stays_there(matrix, solver):
    W = ps.NMF(n_components=7, init="custom", solver=solver, tol=1e-6, max_iter=2000).fit_transform(
        matrix, W=np.full((208, 7), 0.1), H=PRINTED_H + 1e-9
    )
    assert np.isfinite(W).all()
    nmf = ps.NMF(n_components=7, init="custom", solver=solver, tol=1e-6, max_iter=2000)
    nmf.fit_transform(matrix, W=W, H=PRINTED_H + 1e-9)
    unit = nmf.components_ / np.linalg.norm(nmf.components_, axis=1, keepdims=True)
    printed = PRINTED_H / np.linalg.norm(PRINTED_H, axis=1, keepdims=True)
    assert ((unit * printed).sum(axis=1) > 0.9999).all()
    assert nmf.reconstruction_err_ == pytest.approx(5.977, abs=0.0015)


PRINTED_NEIGHBOURS = {
    "Cornfield Chase", "Cornfield Chase - Piano-Cello Version", "Cornfield Chase (Slowed + Reverb)",
    "Idea 22 (Slowed + Reverb)", "Interstellar- Main Theme", "Solas",
    "Day One (Interstellar Theme)", "dream river.", "Idea 22 (Sped Up)",
}  # fmt: skip


def test_by_its_parts_alone_idea_1_has_the_printed_neighbours(catalog):
    model = ps.fit_parts(catalog=catalog, recipe="blog-14", n_components=7, name="post").model
    tracks = ps.Catalog(catalog).read_tracks_by_id(model.track_ids, ["title"])["title"].to_list()
    query = unit_rows(model.W[[tracks.index("Idea 1")]])[0]
    rows, _ = next(NearestRows(model.W).best_first(query, n=10))
    titles = [tracks[row] for row in rows.tolist()[1:10]]
    assert all(title.startswith(("Cornfield Chase", "Idea 22")) for title in titles[:4])
    assert len(PRINTED_NEIGHBOURS & set(titles)) >= 8


def test_with_what_is_beyond_the_parts_most_of_them_stay(catalog):
    ps.fit_parts(catalog=catalog, recipe="blog-14", n_components=7, name="post")
    found = ps.recommend_tracks(
        "Idea 1", catalog=catalog, model="post", n=9, all_versions=True, per_artist=None
    ).recommendations
    titles = [track.title for track in found]
    assert all(title.startswith(("Cornfield Chase", "Idea 22")) for title in titles[:4])
    assert len(PRINTED_NEIGHBOURS & set(titles)) >= 6
    assert found[0].score > 0.95


def test_unheard_candidates_come_from_the_other_table(shared_data, tmp_path):
    path = tmp_path / "both.duckdb"
    folder = shared_data / "blog-bsraya"
    ps.import_files([folder / "liked_personal-playlists.parquet"], catalog=path, library=True)
    ps.import_files([folder / "unheard_categories.parquet"], catalog=path)
    ps.fit_parts(catalog=path, n_components=7)
    found = ps.recommend_tracks("Idea 1", catalog=path, n=20, unheard=True)
    heard = set(ps.Catalog(path).read_tracks(["title"], where="in_library")["track_id"])
    assert len(found.recommendations) == 20
    assert not heard & {track.track_id for track in found.recommendations}
