"""What the terms of the Web API close to learning is not learned from, until the listener says so."""

import io
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer

import partsong as ps
from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError, SourceError
from partsong.parts import read_model
from partsong.rows import Batch, ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.workflow.consent import agree_to_training, may_train, withhold_tracks


def rows_of(planted, genre):
    """The planted tracks of one kind, as batches hold them."""
    chosen = planted.filter(pl.col("track_genre") == genre)
    return chosen.select(
        pl.int_range(pl.len()).alias("line"),
        pl.col("track_name").alias("title"),
        pl.concat_list("artists").alias("artists"),
        pl.col("track_id").alias("spotify_id"),
        pl.concat_list("track_genre").alias("genres"),
        "duration_ms",
        *(pl.col(name).cast(pl.Float32) for name in AUDIO_FEATURES if name not in _WHOLE),
        *(pl.col(name).cast(pl.Int8) for name in _WHOLE),
    )


_WHOLE = ("key", "mode", "time_signature")


def add(path, rows, source):
    report = ImportReport(files=[source], layout=source, read=len(rows))
    Catalog(path).add([Batch(rows, source=source)], report)


@pytest.fixture(scope="module")
def made(tmp_path_factory, planted_tracks):
    """Two kinds of songs from a file, and a third that only the account knows, on two measures."""
    folder = tmp_path_factory.mktemp("made")
    add(folder / "usual.duckdb", rows_of(planted_tracks, "hush"), "table")
    add(folder / "usual.duckdb", rows_of(planted_tracks, "thrash"), "table")
    shutil.copy(folder / "usual.duckdb", folder / "other.duckdb")
    theirs = rows_of(planted_tracks, "rap")
    add(folder / "usual.duckdb", theirs, "spotify")
    changed = (pl.col("tempo") * 1.5, pl.col("danceability") / 3)
    add(folder / "other.duckdb", theirs.with_columns(changed), "spotify")
    return folder


@pytest.fixture
def catalog(made, tmp_path):
    return Path(shutil.copy(made / "usual.duckdb", tmp_path / "usual.duckdb"))


@pytest.fixture
def changed(made, tmp_path):
    """The same, but for other values of what only the account knows."""
    return Path(shutil.copy(made / "other.duckdb", tmp_path / "other.duckdb"))


def test_nobody_has_been_asked_at_first_and_the_answer_can_change(catalog):
    assert may_train("spotify", catalog=catalog) is None
    agree_to_training("spotify", answer=True, catalog=catalog)
    assert may_train("spotify", catalog=catalog) is True
    agree_to_training("spotify", answer=False, catalog=catalog)
    assert may_train("spotify", catalog=catalog) is False


def test_other_sources_need_no_answer(catalog):
    assert may_train("exportify", catalog=catalog) is True
    with pytest.raises(SourceError):
        agree_to_training("spotfy", answer=True, catalog=catalog)


def test_a_fit_does_not_depend_on_what_it_may_not_learn_from(catalog, changed):
    """The parts are the same bit for bit, whatever values those tracks have."""
    result = ps.fit_parts(catalog=catalog, n_components=2, solver="mu", n_init=1)
    other = ps.fit_parts(catalog=changed, n_components=2, solver="mu", n_init=1)

    np.testing.assert_array_equal(result.model.H, other.model.H)
    assert len(result.model.track_ids) == 180  # yet they have their place in the model
    (note,) = [note for note in result.notes if "not learned from" in note]
    assert note.startswith("60 tracks not learned from")
    assert "partsong import spotify --may-train" in note


def test_once_the_listener_has_agreed_everything_is_learned_from(catalog, changed):
    for path in (catalog, changed):
        agree_to_training("spotify", answer=True, catalog=path)
    result = ps.fit_parts(catalog=catalog, n_components=2, solver="mu", n_init=1)
    other = ps.fit_parts(catalog=changed, n_components=2, solver="mu", n_init=1)

    assert not np.allclose(result.model.H, other.model.H)
    assert not [note for note in result.notes if "learned from" in note]


def test_a_refresh_does_not_learn_from_them_either(catalog, changed):
    moved = []
    for path in (catalog, changed):
        ps.fit_parts(catalog=path, n_components=2, solver="mu", n_init=1)
        result = ps.update_model(catalog=path, refresh=True)
        moved.append(read_model(path.with_suffix(".models") / result.model.name))
        assert any("60 tracks not learned from" in note for note in result.notes)

    np.testing.assert_array_equal(moved[0].H, moved[1].H)
    assert len(moved[0].track_ids) == 180


def test_the_search_for_a_number_of_parts_leaves_them_out(catalog):
    choice = ps.choose_parts(catalog=catalog, n_components=[2, 3], n_init=1)

    assert choice.n_tracks == 120
    assert choice.notes[0].startswith("60 tracks not learned from")


@pytest.mark.slow
def test_a_scorecard_learns_nothing_from_them_either(made, tmp_path):
    """Other methods are learned for the comparison: their figures do not move."""
    cards = []
    for name in ("usual", "other"):
        path = Path(shutil.copy(made / f"{name}.duckdb", tmp_path / f"{name}.duckdb"))
        ps.fit_parts(catalog=path, n_components=2, solver="mu", n_init=1)
        cards.append(ps.evaluate_model(catalog=path, tasks=["genre"], queries=20))

    assert cards[0].results == cards[1].results
    assert cards[0].n_tracks == 120
    assert any("60 tracks not learned from" in note for note in cards[0].notes)


def test_a_song_that_a_file_of_ones_own_names_too_is_learned_from(catalog, planted_tracks):
    add(catalog, rows_of(planted_tracks, "rap"), "spotify-export")
    store = Catalog(catalog)

    kept, note = withhold_tracks(store, store.read_tracks(["tempo"]), ["tempo"])

    assert (len(kept), note) == (180, "")


def test_a_value_that_only_the_account_gave_withholds_its_track_where_it_counts(
    catalog, planted_tracks
):
    """An export names the songs, but tells no tempo: that is the account's."""
    names = rows_of(planted_tracks, "rap").drop("tempo")
    add(catalog, names, "spotify-export")
    store = Catalog(catalog)
    tracks = store.read_tracks(["tempo"])

    assert len(withhold_tracks(store, tracks, ["tempo"])[0]) == 120
    assert len(withhold_tracks(store, tracks, ["energy"])[0]) == 180


def test_where_nothing_is_left_one_is_told_what_to_do(tmp_path, planted_tracks):
    path = tmp_path / "music.duckdb"
    add(path, rows_of(planted_tracks, "rap"), "spotify")

    with pytest.raises(CatalogMissingError, match="None of 60 tracks may be learned") as caught:
        ps.fit_parts(catalog=path, n_components=2)

    assert "--may-train" in caught.value.hint
    assert "export" in caught.value.hint


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("typed", "said"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_the_question_is_asked_once_and_no_is_the_default(
    catalog, monkeypatch, capsys, typed, said
):
    from partsong.cli.importing.spotify_login import settle_training

    monkeypatch.setattr("sys.stdin", Terminal(typed))
    settle_training(catalog, answer=None)

    first = capsys.readouterr().out
    assert "15 May 2025" in first
    assert "May partsong learn" in first
    assert may_train("spotify", catalog=catalog) is said

    settle_training(catalog, answer=None)  # a second question would find nothing more to read
    assert not capsys.readouterr().out


def test_where_nobody_can_be_asked_nothing_is_recorded(catalog, monkeypatch, capsys):
    from partsong.cli.importing.spotify_login import settle_training

    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    settle_training(catalog, answer=None)

    assert may_train("spotify", catalog=catalog) is None
    assert "--may-train" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [True, False])
def test_an_option_answers_without_a_question(catalog, monkeypatch, capsys, answer):
    from partsong.cli.importing.spotify_login import settle_training

    monkeypatch.setattr(typer, "confirm", pytest.fail)
    settle_training(catalog, answer=answer)

    assert may_train("spotify", catalog=catalog) is answer
    assert ("--may-not-train" if answer else "--may-train") in capsys.readouterr().out
