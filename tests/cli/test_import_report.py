"""What an import says at its end, in a terminal and to a program."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from partsong.catalog import Catalog
from partsong.cli.app import app
from partsong.cli.importing.report import print_report, tell_import
from partsong.rows import Batch, ImportReport
from partsong.workflow import LibraryCoverage


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.argv", ["partsong", "import", "lastfm", "Rob Roy"])
    path = tmp_path / "music.duckdb"
    rows = pl.DataFrame({"line": [1], "title": ["Solas"], "artists": [["Jamie Duffy"]]})
    Catalog(path).add([Batch(rows)], ImportReport(files=["mine"], read=1))
    return path


def stopped(**more):
    return ImportReport(files=["rob"], layout="lastfm", stopped="lastfm is silent.", **more)


def test_a_stop_says_how_to_go_on_and_is_no_success(catalog, capsys):
    with pytest.raises(typer.Exit) as left:
        tell_import(stopped(), catalog=catalog)
    assert left.value.exit_code == 1
    told = capsys.readouterr().out
    assert "Stopped: lastfm is silent." in told
    assert "What arrived is kept. Go on with:\n  partsong import lastfm 'Rob Roy'" in told


@pytest.mark.parametrize("days", [0, 3])
def test_a_stop_says_when_to_go_on(catalog, capsys, days):
    then = datetime.now(UTC) + timedelta(days=days)
    with pytest.raises(typer.Exit):
        tell_import(stopped(resume_at=then), catalog=catalog)
    local = then.astimezone()
    told = capsys.readouterr().out
    assert f"{local:%H:%M} with:" in told
    assert (f"{local:%Y-%m-%d}" in told) == bool(days)


def test_a_program_reads_the_same(catalog, capsys):
    with pytest.raises(typer.Exit):
        tell_import(stopped(), catalog=catalog, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["stopped"] == "lastfm is silent."
    assert told["library"]["tracks"] == 1
    assert told["library"]["share"] == 0


@pytest.mark.parametrize("typo", ["lastfn", "listenbrains"])
def test_a_service_that_is_misspelt_is_no_file(own_folders, typo):
    done = CliRunner().invoke(app, ["import", typo])
    assert done.exit_code == 2
    assert "Did you mean" in done.output
    (own_folders / typo).write_text("title,artist\nSolas,Jamie Duffy\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["import", str(own_folders / typo)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("n_with_features", "percent"),
    [(0, "0%"), (1, "1%"), (1740, "87%"), (1999, "99%"), (2000, "100%")],
)
def test_nothing_and_all_are_said_only_where_they_are_true(capsys, n_with_features, percent):
    coverage = LibraryCoverage(2000, n_with_features, is_library=True, advice=("do this",))
    print_report(ImportReport(files=["mine"], layout="table"), coverage)
    told = capsys.readouterr().out
    assert f"2,000 tracks, {percent} with features" in told
    assert ("do this" in told) == (n_with_features < 2000)
