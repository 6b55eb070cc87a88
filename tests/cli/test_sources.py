"""`partsong sources`: what there is, what it needs, and setting it up without showing a key."""

import json

import pytest
from typer.testing import CliRunner

from partsong.cli.app import app
from partsong.sources import list_sources

pytestmark = pytest.mark.usefixtures("own_folders")
KEY = "a-key-that-nobody-may-see"


@pytest.fixture
def run(monkeypatch):
    """Return what runs the program in this process, as in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    runner = CliRunner()

    def run_program(*arguments, exit_code=0, **options):
        done = runner.invoke(app, [*arguments], **options)
        assert done.exit_code == exit_code, done.output
        return done.output

    return run_program


@pytest.fixture
def terminal(monkeypatch):
    """Make standard input a terminal, on which typer asks."""
    monkeypatch.setattr("partsong.cli.sources._is_terminal", lambda: True)


def test_every_source_is_listed_within_80_columns(run):
    listed = run("sources")
    for info in list_sources():
        if info.kind != "table":
            assert any(line.startswith(f"{info.name} ") for line in listed.splitlines())
    assert max(map(len, listed.splitlines())) <= 80
    assert "partsong sources tables" in listed


def test_every_layout_is_listed_and_so_is_every_key_of_json(run):
    listed = run("sources", "tables")
    sources = json.loads(run("sources", "--json"))["sources"]
    tables = [source["name"] for source in sources if source["kind"] == "table"]
    assert tables
    assert all(name in listed for name in tables)
    assert {source["state"] for source in sources} <= {"yes", "no", "nothing to set up"}


@pytest.mark.parametrize("info", list_sources(), ids=lambda info: info.name)
def test_all_that_matters_of_a_source_is_told(run, info):
    told = " ".join(run("sources", info.name).split())
    for text in (info.description, info.terms, info.usage):
        for word in text.split():
            assert word in told
    for setting in info.settings:
        assert setting.name in told


def test_from_nothing_to_set_up_and_back_through_a_pipe(run):
    assert json.loads(run("sources", "lastfm", "--json"))["state"] == "no"
    told = run("sources", "lastfm", "--set-up", input=f"user=rob\n\napi_key={KEY}\n")
    assert KEY not in told
    found = json.loads(run("sources", "lastfm", "--json"))
    assert found["state"] == "yes"
    assert {one["name"]: one["place"] for one in found["settings"] if one["set"]} == {
        "user": "file",
        "api_key": "file",
    }
    assert KEY not in json.dumps(found)
    assert "api_key" in run("sources", "lastfm", "--forget")
    assert json.loads(run("sources", "lastfm", "--json"))["state"] == "no"


@pytest.mark.usefixtures("terminal")
def test_a_key_that_is_typed_is_not_shown(run):
    told = run("sources", "lastfm", "--set-up", input=f"{KEY}\nrob\n\n")
    assert KEY not in told
    assert json.loads(run("sources", "lastfm", "--json"))["state"] == "yes"


@pytest.mark.usefixtures("terminal")
def test_enter_leaves_a_setting_as_it_is(run):
    run("sources", "lastfm", "--set-up", input=f"{KEY}\nrob\n\n")
    run("sources", "lastfm", "--set-up", input="\neve\n\n")
    found = json.loads(run("sources", "lastfm", "--json"))
    assert found["state"] == "yes"


@pytest.mark.parametrize("line", [KEY, f"={KEY}"])
def test_a_line_that_is_no_setting_is_not_repeated(run, line):
    assert KEY not in run("sources", "lastfm", "--set-up", input=f"{line}\n", exit_code=2)


def test_an_unknown_setting_is_named_with_those_there_are(run):
    told = run("sources", "lastfm", "--set-up", input=f"password={KEY}\n", exit_code=1)
    assert "api_key" in told
    assert KEY not in told


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("--set-up",), 2),
        (("--forget",), 2),
        (("lastfm", "--keyring"), 2),
        (("tables", "--set-up"), 2),
        (("no-such-source",), 1),
        (("exportify", "--set-up"), 1),
        (("lastfm", "--set-up", f"api_key={KEY}"), 2),
    ],
)
def test_what_cannot_be_asked(run, arguments, exit_code):
    run("sources", *arguments, exit_code=exit_code, input="")
