"""Tasks with a known answer: who knows it scores 1, who knows nothing scores chance."""

import numpy as np
import pytest

from partsong.evaluate import (
    BASELINES,
    by_artist,
    by_centres,
    by_cluster,
    by_cosine,
    by_distance,
    by_value,
    hit_rate,
    in_half,
    judge,
    label_matrix,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
    same_label,
    same_list,
    score_answers,
)

N_TRACKS, N_GENRES, N_ARTISTS = 600, 12, 120


@pytest.fixture(scope="module")
def planted():
    """Tracks of twelve genres and 120 artists of one genre each; features tell the genre."""
    random = np.random.default_rng(11)
    artist = np.arange(N_TRACKS) % N_ARTISTS
    genre = artist % N_GENRES
    vectors = np.eye(N_GENRES)[genre] + random.random((N_TRACKS, N_GENRES)) * 0.1
    return artist, genre, vectors


@pytest.fixture(scope="module")
def artists(planted):
    return label_matrix([[f"artist {number}"] for number in planted[0]])


@pytest.fixture(scope="module")
def task(planted):
    artist, genre, _ = planted
    labels = label_matrix([[f"genre {number:02}"] for number in genre])
    return same_label("genre", labels, rows=np.arange(N_TRACKS), groups=artist)


@pytest.mark.parametrize("by", [by_cosine, by_distance, by_centres])
def test_who_knows_the_answer_scores_one(planted, task, artists, by):
    for answers in judge(task, [by("mine", planted[2])], artists=artists):
        assert precision(answers.hits).min() == 1
        assert ndcg(answers.hits, answers.n_wanted).min() == pytest.approx(1)
        assert reciprocal_rank(answers.ranks).min() == 1


def test_who_knows_nothing_scores_chance(task, artists):
    random = np.random.default_rng(0)
    methods = [
        by_value("random", None, n_tracks=N_TRACKS),
        by_value("constant", np.zeros(N_TRACKS), n_tracks=N_TRACKS),
        by_cosine("noise", random.normal(size=(N_TRACKS, 8))),
    ]
    plain_chance = (N_TRACKS / N_GENRES - 1) / (N_TRACKS - 1)
    others_chance = (N_TRACKS / N_GENRES - 5) / (N_TRACKS - 5)
    for answers in judge(task, methods, artists=artists):
        chance = others_chance if answers.artist_filter else plain_chance
        assert precision(answers.hits).mean() == pytest.approx(chance, abs=0.015)
        found = recall(answers.hits, answers.n_wanted).mean()
        assert found == pytest.approx(10 / N_TRACKS, abs=0.004)


def test_labels_that_were_shuffled_leave_nothing_but_chance(planted, artists):
    """No way leads from the answer to the list: wrong labels are not found."""
    artist, genre, vectors = planted
    shuffled = np.random.default_rng(1).permutation(genre)
    labels = label_matrix([[f"genre {number:02}"] for number in shuffled])
    task = same_label("genre", labels, rows=np.arange(N_TRACKS), groups=artist)
    for answers in judge(task, [by_cosine("mine", vectors)], artists=artists):
        assert precision(answers.hits).mean() == pytest.approx(1 / N_GENRES, abs=0.02)


def test_no_track_by_the_artist_of_the_query_passes_the_filter(planted, task, artists):
    artist, _, _ = planted
    random = np.random.default_rng(2)
    alike = np.eye(N_ARTISTS)[artist] + random.random((N_TRACKS, N_ARTISTS)) * 0.01
    whole, filtered = judge(task, [by_cosine("mine", alike)], artists=artists, k=4)
    asked = artist[np.arange(N_TRACKS)][:, None]
    assert (artist[whole.lists] == asked).all()
    assert not (artist[filtered.lists] == asked).any()
    assert (filtered.n_wanted == N_TRACKS / N_GENRES - N_TRACKS / N_ARTISTS).all()


def test_an_artist_who_only_takes_part_is_filtered_too():
    artists = label_matrix([["a", "b"], ["b"], ["c"]])
    labels = label_matrix([["x"], ["x"], ["x"]])
    task = same_label("genre", labels, rows=np.array([0]), groups=np.zeros(3, dtype=int))
    _, filtered = judge(task, [by_cosine("mine", np.ones((3, 2)))], artists=artists, k=2)
    assert filtered.lists.tolist() == [[2, -1]]


def test_seeds_are_neither_recommended_nor_wanted():
    splits = [(np.array([0, 1]), np.array([2, 3]))]
    task = same_list("playlist", splits, n_tracks=6, groups=np.array([0]))
    vectors = np.array([[1, 0], [1, 0], [1, 0.1], [0, 1], [0.1, 1], [0.5, 0.5]])
    (answers,) = judge(task, [by_cosine("mine", vectors)], k=6)
    assert set(answers.lists[0]) == {2, 3, 4, 5, -1}
    assert answers.n_wanted.tolist() == [2]
    assert hit_rate(answers.hits).tolist() == [1]
    assert answers.ranks.tolist() == [1]


def test_the_order_of_the_tracks_changes_nothing_but_ties(planted, artists):
    artist, genre, _ = planted
    vectors = np.random.default_rng(3).random((N_TRACKS, 5))
    mixed = np.random.default_rng(4).permutation(N_TRACKS)
    found = []
    for order in (np.arange(N_TRACKS), mixed):
        labels = label_matrix([[f"genre {number:02}"] for number in genre[order]])
        task = same_label("genre", labels, rows=np.arange(N_TRACKS), groups=artist[order])
        _, filtered = judge(task, [by_cosine("mine", vectors[order])], artists=artists[order])
        found.append((precision(filtered.hits).mean(), reciprocal_rank(filtered.ranks).mean()))
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_catalogs_sorted_by_genre_are_no_help_to_ties():
    genre = np.repeat(np.arange(10), 50)
    labels = label_matrix([[str(number)] for number in genre])
    task = same_label("genre", labels, rows=np.arange(50), groups=np.arange(500))
    for method in (
        by_value("none", np.zeros(500), n_tracks=500),
        by_cosine("same", np.ones((500, 2))),
    ):
        (answers,) = judge(task, [method])
        assert precision(answers.hits).mean() < 0.35


def test_the_same_seed_gives_the_same_answers(planted, task, artists):
    methods = [by_cosine("mine", planted[2]), by_value("random", None, n_tracks=N_TRACKS)]
    runs = [judge(task, methods, artists=artists, random_state=seed) for seed in (0, 0, 1)]
    for first, second in zip(runs[0], runs[1], strict=True):
        np.testing.assert_array_equal(first.lists, second.lists)
    assert (runs[0][2].lists != runs[2][2].lists).any()


def test_samples_of_queries_keep_seeds_labels_and_groups_together(planted, task):
    sample = task.sample(100, random_state=2)
    rows = sample.seeds.indices
    assert len(set(rows)) == 100
    np.testing.assert_array_equal(sample.groups, planted[0][rows])
    np.testing.assert_array_equal(sample.wanted.toarray(), task.labels[rows].toarray())


def test_popularity_is_one_list_and_same_artist_is_the_artist(planted, task, artists):
    popularity = np.arange(N_TRACKS, dtype=float)
    popularity[::2] = np.nan
    methods = [
        by_value("popularity", popularity, n_tracks=N_TRACKS),
        by_artist("same artist", artists),
    ]
    popular, by_the_artist = judge(task, methods, k=4)
    assert set(popular.lists.ravel()) <= set(range(N_TRACKS - 11, N_TRACKS, 2)) | {N_TRACKS - 1}
    assert (planted[0][by_the_artist.lists] == planted[0][:, None]).all()


def test_a_cluster_comes_first_and_its_middle_before_its_rim():
    clusters, distances = np.repeat([0, 1], 20), np.tile(np.arange(20.0), 2)
    task = same_list(
        "list", [(np.array([5, 25, 30]), np.array([0]))], n_tracks=40, groups=np.array([0])
    )
    (answers,) = judge(task, [by_cluster("k-means", clusters, distances)], k=5)
    assert answers.lists.tolist() == [[20, 21, 22, 23, 24]]


def test_two_moods_share_the_list():
    rng = np.random.default_rng(0)
    loud = np.array([1.0, 0.0]) + rng.random((50, 2)) * 0.1
    quiet = np.array([0.0, 1.0]) + rng.random((50, 2)) * 0.1
    between = np.array([1.0, 1.0]) + rng.random((50, 2)) * 0.1
    seeds = np.array([*range(6), *range(50, 56)])
    task = same_list("playlist", [(seeds, np.array([10, 60]))], n_tracks=150, groups=np.array([0]))
    vectors = np.concatenate([loud, quiet, between])
    apart, mean = judge(task, [by_centres("apart", vectors), by_cosine("mean", vectors)], k=10)
    assert (apart.lists < 50).sum() == 5
    assert (apart.lists < 100).all()
    assert (mean.lists >= 100).all()


def test_scores_beside_the_best_plain_method(planted, task, artists):
    methods = [by_cosine("mine", planted[2]), by_value("random", None, n_tracks=N_TRACKS)]
    answers = judge(task, methods, artists=artists)
    again = judge(task, methods[:1], artists=artists, random_state=5)
    results, differences = score_answers(
        "genre",
        answers,
        groups=task.groups,
        vectors=planted[2],
        popularity=np.arange(N_TRACKS, dtype=float),
        again={"mine": again},
        plain=BASELINES,
    )
    value = {(one.method, one.artist_filter, one.metric): one for one in results}
    assert value["mine", True, "precision"].value == 1
    assert value["mine", True, "agreement"].value == 1
    assert value["mine", True, "coverage"].low is None
    assert (
        value["random", False, "precision"].low < 1 / 12 < value["random", False, "precision"].high
    )
    gain = next(one for one in differences if one.artist_filter and one.metric == "precision")
    assert (gain.method, gain.against) == ("mine", "random")
    assert gain.value == pytest.approx(1 - value["random", True, "precision"].value)
    assert gain.low <= gain.value <= gain.high


def test_queries_that_want_nothing_do_not_count():
    """The only other track of the genre is by the same artist."""
    artists = label_matrix([["a"], ["a"], ["b"], ["c"]])
    labels = label_matrix([["x"], ["x"], ["y"], ["y"]])
    task = same_label("genre", labels, rows=np.arange(4), groups=np.array([0, 0, 1, 2]))
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    answers = judge(task, [by_cosine("mine", vectors)], artists=artists, k=1)
    results, _ = score_answers("genre", answers, groups=task.groups, vectors=vectors)
    filtered = {one.metric: one.value for one in results if one.artist_filter}
    assert filtered["precision"] == filtered["recall"] == 1


def test_the_halves_share_no_artist_and_are_about_even():
    names = [f"artist {number}" for number in range(1000)]
    choose, report = in_half(names, "choose"), in_half(names, "report")
    assert (choose ^ report).all()
    assert 400 < choose.sum() < 600
    np.testing.assert_array_equal(in_half(names[::-1], "choose"), choose[::-1])
