"""A model's scorecard: what is asked, what is hidden, what is kept."""

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

import partsong as ps
from partsong.errors import ModelMissingError, QueryError
from partsong.evaluate import BASELINES, Scorecard, in_half
from partsong.parts import read_model, write_model
from partsong.workflow import evaluate_model, find_model, find_scorecard, open_catalog
from partsong.workflow.evaluation.files import SCORECARD
from partsong.workflow.evaluation.models import relearn_hidden
from partsong.workflow.evaluation.tracks import read_judged_tracks


@pytest.fixture(scope="module")
def catalog(planted_tracks, tmp_path_factory):
    """The planted songs; the first two of an artist again in a live version."""
    folder = tmp_path_factory.mktemp("evaluate")
    again = planted_tracks.head(20).with_columns(
        pl.col("track_id").str.replace("hush", "live"),
        pl.col("track_name") + " - Live",
        pl.col("tempo") + 1,
    )
    pl.concat([planted_tracks, again]).write_csv(folder / "songs.csv")
    catalog = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=catalog)
    ps.fit_parts(catalog=catalog, n_components=3, name="planted")
    return catalog


@pytest.fixture(scope="module")
def card(catalog):
    return evaluate_model(catalog=catalog)


def test_planted_kinds_are_found(card):
    assert card.find("genre", "partsong").value == 1
    assert card.find("genre", "random").value < 0.5
    assert set(BASELINES) - set(card.methods_of("genre")) == {"same artist"}
    assert set(card.methods_of("genre", artist_filter=False)) == {
        *BASELINES,
        "partsong",
        "parts alone",
    }
    gain = next(one for one in card.differences if one.metric == "precision")
    assert gain.method == "partsong"
    assert gain.low <= 0  # plain methods find them as well


def test_every_metric_has_figures_within_its_interval(card):
    metrics = set(card.to_frame().filter(method="partsong")["metric"])
    assert metrics == {
        "precision", "hit_rate", "recall", "ndcg", "mrr", "coverage", "gini", "hubness",
        "novelty", "spread", "agreement",
    }  # fmt: skip
    for result in card.results:
        if result.low is not None:
            assert result.low - 1e-9 <= result.value <= result.high + 1e-9


def test_of_every_song_one_version_is_ranked(catalog, card):
    store = open_catalog(catalog)
    tracks = read_judged_tracks(store, read_model(find_model(store, "planted")))
    assert (len(tracks.every), len(tracks.table)) == (200, 180)
    assert tracks.table["song"].n_unique() == 180
    both = tracks.every.filter(pl.col("title").str.starts_with("Hush Song 3"))["track_id"]
    assert len(tracks.places(both.to_list())) < len(both)
    (task,) = card.tasks
    assert task.n_tracks == in_half(tracks.table["main"].to_list(), "report").sum()


def test_the_halves_ask_of_different_artists(catalog, card):
    other = evaluate_model(catalog=catalog, half="choose", queries=None)
    assert other.half == "choose"
    assert other.tasks[0].n_tracks + card.tasks[0].n_tracks == 180
    assert other.tasks[0].n_groups + card.tasks[0].n_groups == 60
    assert find_scorecard(catalog=catalog).half == "report"  # the other was not kept


def test_what_cannot_be_asked_is_left_out_and_said(catalog, card):
    assert [task.name for task in card.tasks] == ["genre"]
    assert any("playlist" in note for note in card.notes)
    assert any("listener" in note for note in card.notes)
    with pytest.raises(QueryError, match="no playlist"):
        evaluate_model(catalog=catalog, tasks=["playlist"])
    with pytest.raises(QueryError, match="'moods'") as caught:
        evaluate_model(catalog=catalog, tasks=["moods"])
    assert "genre" in caught.value.candidates
    with pytest.raises(QueryError, match="list of 0"):
        evaluate_model(catalog=catalog, k=0)
    with pytest.raises(QueryError, match="0 queries"):
        evaluate_model(catalog=catalog, queries=0)
    with pytest.raises(ModelMissingError):
        evaluate_model(catalog=catalog, model="nothing")


def test_the_same_seed_gives_the_same_card(catalog, card):
    assert evaluate_model(catalog=catalog) == card
    assert evaluate_model(catalog=catalog, random_state=1).results != card.results
    evaluate_model(catalog=catalog)


def test_the_card_is_kept_with_its_model_and_no_other(catalog, card, tmp_path):
    folder = find_model(open_catalog(catalog), "planted")
    assert find_scorecard(catalog=catalog, model="planted") == card
    kept = json.loads((folder / SCORECARD).read_text(encoding="utf-8"))
    assert Scorecard.from_dict(kept) == card
    assert not list(folder.glob(".*.partial"))
    model = read_model(folder)
    later = replace(model, fit=replace(model.fit, created=model.fit.created + timedelta(days=1)))
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / SCORECARD).write_text(json.dumps(kept), encoding="utf-8")
    write_model(later, tmp_path / "later")
    assert find_scorecard(catalog=catalog, model=tmp_path / "later") is None
    (tmp_path / "later" / SCORECARD).write_text("{", encoding="utf-8")
    assert find_scorecard(catalog=catalog, model=tmp_path / "later") is None


@pytest.fixture(scope="module")
def informed(planted_tracks, tmp_path_factory):
    """A catalog with six genres that the sound tells, and a model that learned from them."""
    random = np.random.default_rng(4)
    kinds = planted_tracks.group_by("track_genre", maintain_order=True).first()
    copies = [
        kind
        | {
            "track_id": f"{kind['track_genre']}{half}{place:03}".ljust(22, "0"),
            "track_name": f"{kind['track_genre']} {half} song {place}",
            "artists": f"{kind['track_genre']} {half} artist {place % 40}",
            "track_genre": f"{kind['track_genre']} {half}",
            "valence": float(np.clip(0.2 + 0.6 * half + random.normal() * 0.05, 0, 1)),
            "energy": float(np.clip(kind["energy"] + random.normal() * 0.05, 0, 1)),
        }
        for half in (0, 1)
        for kind in kinds.iter_rows(named=True)
        for place in range(200)
    ]
    folder = tmp_path_factory.mktemp("informed")
    pl.DataFrame(copies).write_csv(folder / "songs.csv")
    catalog = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=catalog)
    ps.fit_parts(catalog=catalog, recipe="informed", n_components=6, name="informed")
    return catalog


@pytest.mark.slow
def test_hidden_labels_cannot_change_what_is_learned(informed):
    """Wrong genres of the artists that are judged leave every row as it was."""
    store = open_catalog(informed)
    model = read_model(find_model(store, "informed"))
    assert model.recipe.genre_columns
    tracks = read_judged_tracks(store, model)
    is_new = tracks.in_half("report")
    seen, new = tracks.table.filter(~is_new), tracks.table.filter(is_new)
    wrong = new.with_columns(genres=pl.lit(["polka"]), artist_genres=pl.lit(["polka"]))
    (first, _), (second, _) = (
        relearn_hidden(model, seen, rows, random_state=0) for rows in (new, wrong)
    )
    np.testing.assert_array_equal(first.whole, second.whole)
    assert len(first.whole) == len(new)
    assert first.whole.shape[1] > 6 + 2 * 10  # genres were learned: they have axes of their own


@pytest.mark.slow
def test_a_model_that_learned_from_genres_is_learned_again_for_them(informed):
    card = evaluate_model(catalog=informed, tasks=["genre"], queries=100)
    assert any("hidden" in note for note in card.tasks[0].notes)
    assert card.find("genre", "partsong").value > card.find("genre", "random").value


@pytest.fixture(scope="module")
def listening(planted_tracks, tmp_path_factory):
    """Playlists of one kind each, a library of rap, and what was listened to in which order."""
    folder = tmp_path_factory.mktemp("listening")
    planted_tracks.write_csv(folder / "songs.csv")
    catalog = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=catalog)
    kinds = planted_tracks["track_genre"]
    rap = planted_tracks.filter(kinds == "rap").head(40)
    rap.write_csv(folder / "library.csv")
    ps.import_files([folder / "library.csv"], catalog=catalog, library=True)
    ps.fit_parts(catalog=catalog, n_components=3, name="planted")
    return catalog


def test_a_library_is_found_from_the_rest_of_it(listening):
    card = evaluate_model(catalog=listening, tasks=["listener"])
    (task,) = card.tasks
    assert (task.n_queries, task.n_tracks) == (10, 180)
    found = card.find("listener", "partsong", "recall", artist_filter=False)
    by_chance = card.find("listener", "random", "recall", artist_filter=False)
    assert found.value > 2 * by_chance.value
    assert "no times are known" in task.notes[0]


def test_listens_are_split_by_time(listening, tmp_path):
    listening = shutil.copytree(listening.parent, tmp_path / "own") / listening.name
    store = open_catalog(listening)
    tracks = store.read_tracks(["genres"])
    rap = tracks.filter(pl.col("genres").list.contains("rap"))["track_id"]
    start = datetime(2026, 1, 1)  # noqa: DTZ001 - the catalog keeps UTC without a zone
    store.add_listens(
        pl.DataFrame(
            {
                "track_id": rap,
                "played_at": [start + timedelta(hours=hour) for hour in range(len(rap))],
                "ms_played": [200_000] * len(rap),
            }
        )
    )
    card = evaluate_model(catalog=listening, tasks=["listener"])
    (task,) = card.tasks
    assert "moments" in task.notes[0]
    assert task.n_queries == 10
    found = card.find("listener", "partsong", "recall", artist_filter=False)
    assert found.value > card.find("listener", "random", "recall", artist_filter=False).value


@pytest.mark.slow
def test_a_playlist_is_continued(shared_data, tmp_path):
    catalog = tmp_path / "blog.duckdb"
    ps.import_files([shared_data / "blog-bsraya/unheard_categories.parquet"], catalog=catalog)
    ps.fit_parts(catalog=catalog, n_components=7)
    card = evaluate_model(catalog=catalog, tasks=["playlist"], queries=100)
    (task,) = card.tasks
    assert 20 < task.n_groups < 48  # about half of the 68
    assert task.n_queries <= 100
    assert card.find("playlist", "partsong").value > 4 * card.find("playlist", "random").value
