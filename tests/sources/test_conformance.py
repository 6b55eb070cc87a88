"""Every source keeps the same promises: schema, report, reading again, bad input, terms.

A source is held to them by standing in the registry; what it needs for it is a file of its name in
``conformance/``, of which ``conformance/template.py`` is the pattern.
"""

import importlib.util
import re
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest
from fake_server import Answer, FakeServer
from polars.testing import assert_frame_equal

from partsong.catalog import TABLES, Catalog
from partsong.errors import ImportPausedError, PartsongError
from partsong.rows import Batch, ImportReport
from partsong.sources import ServiceSource, Source, list_sources
from partsong.sources.services.template.info import INFO as TEMPLATE
from partsong.workflow.importing.services import import_from_service

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parents[1] / "docs" / "reference" / "sources.md"
SOURCES = [TEMPLATE, *(info for info in list_sources() if info.kind != "table")]
SERVICES = [info for info in SOURCES if info.kind == "service"]
pytestmark = pytest.mark.usefixtures("own_folders")
EVERY_SOURCE = pytest.mark.parametrize("info", SOURCES, ids=lambda info: info.name)
EVERY_SERVICE = pytest.mark.parametrize("info", SERVICES, ids=lambda info: info.name)

# What says when or in which run something was noted, or counts runs.
_NOT_COMPARED = {"import_id", "number", "said_at", "suggested_at", "shown_at"}
_TABLES = (
    "tracks",
    "artists",
    "listens",
    "feedback",
    "playlists",
    "playlist_tracks",
    "track_sources",
    "candidates",
    "hidden_artists",
)
# A login's salt and token differ from request to request.
_SALTED = {"s", "t"}


@cache
def conformance(name):
    path = HERE / "conformance" / f"{name.replace('-', '_')}.py"
    assert path.is_file(), f"{name} has no tests/sources/conformance/{path.name}"
    spec = importlib.util.spec_from_file_location(f"conformance_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert name == module.NAME
    return module


@dataclass
class Example:
    """What came of a source's example: read twice, and added twice to one catalog."""

    source: Source
    rows: list[list[Batch]]
    reports: list[ImportReport]
    contents: list[dict]
    path: Path


@pytest.fixture(scope="session")
def example_of(tmp_path_factory):
    """Return what gives the example of a source, worked out when it is first asked for."""

    @cache
    def work_out(name):
        folder = tmp_path_factory.mktemp(f"example-{name}")
        catalog = with_known(Catalog(folder / "music.duckdb"), name)
        with conformance(name).example(folder) as open_again:
            readers = [open_again(), open_again()]
            rows = [list(source.batches()) for source in readers]
            reports, found = [], []
            for _ in range(2):
                source = open_again()
                reports.append(replace(catalog.add(source.batches(), source.report)))
                found.append(contents(catalog))
        return Example(readers[0], rows, reports, found, catalog.path)

    return work_out


def with_known(catalog, name):
    known = getattr(conformance(name), "KNOWN", None)
    if known is not None:
        catalog.add([Batch(known)], ImportReport(files=["known"], read=known.height))
    return catalog


def contents(catalog):
    with closing(duckdb.connect(str(catalog.path), read_only=True)) as connection:
        return {
            table: connection.execute(
                f"SELECT {columns} FROM {table} ORDER BY ALL"  # our own names
            ).fetchall()
            for table in _TABLES
            if (
                columns := ", ".join(
                    f'"{field.name}"' for field in TABLES[table] if field.name not in _NOT_COMPARED
                )
            )
        }


@EVERY_SOURCE
def test_says_what_a_listener_wants_to_know_beforehand(info):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", info.name)
    assert info.gives
    for text in (info.description, info.terms, *(setting.meaning for setting in info.settings)):
        assert re.fullmatch(r"[A-Z0-9].*[.)]", text), text
    assert info.usage.startswith("partsong import")
    names = [setting.name for setting in info.settings]
    assert len(set(names)) == len(names)
    if info.kind == "service":
        assert "url" in names, "an address of one's own, or of a test"
    if "features" in info.gives:
        assert info.analysis


@pytest.mark.parametrize("info", SOURCES[1:], ids=lambda info: info.name)
def test_stands_in_the_reference(info):
    heading = re.compile(rf"^### `{info.name}`$", flags=re.MULTILINE)
    assert heading.search(REFERENCE.read_text(encoding="utf-8"))


@EVERY_SOURCE
def test_gives_the_same_rows_each_time(info, example_of):
    example = example_of(info.name)
    first, second = example.rows
    assert isinstance(example.source, ServiceSource if info.kind == "service" else Source)
    assert first, "an example has at least one batch"
    for one, other in zip(first, second, strict=True):
        assert_frame_equal(one.tracks, other.tracks)
        assert (one.analysis, one.only_known) == (other.analysis, other.only_known)
        assert one.source == other.source == info.name
        assert "line" in one.tracks.columns


@EVERY_SOURCE
def test_every_row_is_accounted_for(info, example_of):
    for report in example_of(info.name).reports:
        assert report.read
        assert report.read == report.kept + report.merged + report.dropped.total()
        assert report.files
        assert report.layout


@EVERY_SOURCE
def test_reading_it_again_changes_nothing(info, example_of):
    once, twice = example_of(info.name).contents
    assert once["tracks"]
    assert once == twice
    again = example_of(info.name).reports[1]
    assert (again.kept, again.listens, dict(again.changed)) == (0, 0, {})


@EVERY_SOURCE
def test_what_is_broken_is_told_and_leaves_the_catalog_alone(info, example_of, tmp_path):
    example = example_of(info.name)
    store = Catalog(Path(shutil.copy(example.path, tmp_path / "music.duckdb")))
    with conformance(info.name).broken(tmp_path) as open_broken:
        with pytest.raises(PartsongError) as told:
            add(open_broken, store)
        assert str(told.value)
        assert told.value.hint
    assert contents(store) == example.contents[1]


def add(open_source, store):
    source = open_source()
    store.add(source.batches(), source.report)


@pytest.mark.slow
@EVERY_SERVICE
def test_an_import_that_is_cut_goes_on_where_it_stopped(info, example_of, tmp_path):
    undisturbed = example_of(info.name)
    store = with_known(Catalog(tmp_path / "music.duckdb"), info.name)
    n_servers = len(FakeServer.started)
    with conformance(info.name).cut(tmp_path) as open_again:
        first = replace(import_from_service(open_again(), store))
        assert first.stopped
        assert first.read < undisturbed.reports[0].read
        assert first.read == first.kept + first.merged + first.dropped.total()
        second = import_from_service(open_again(), store)
        assert not second.stopped
        assert second.read == undisturbed.reports[0].read
        servers = FakeServer.started[n_servers:]
    assert contents(store) == undisturbed.contents[0]
    asked = [question(seen) for server in servers for seen in server.answered]
    assert asked
    assert len(set(asked)) == len(asked), "no request is answered twice"


def question(seen):
    params = sorted((name, value) for name, value in seen.params.items() if name not in _SALTED)
    return (seen.method, seen.path, *params)


@EVERY_SERVICE
def test_its_plan_is_what_the_import_then_asks(info, tmp_path):
    n_servers = len(FakeServer.started)
    with conformance(info.name).example(tmp_path) as open_again:
        source = open_again()
        planned = source.plan()
        assert planned.n_requests == sum(planned.steps.values())
        servers = FakeServer.started[n_servers:]
        n_before = sum(len(server.seen) for server in servers)
        list(source.batches())
        assert sum(len(server.seen) for server in servers) - n_before == planned.n_requests


PASSING = {
    "a cut connection": {"kind": "cut"},
    "half an answer": {"kind": "truncated"},
    "an error of theirs": {"kind": "answer", "answer": Answer({}, 500)},
    "out of service": {"kind": "answer", "answer": Answer({}, 503)},
    "too many requests": {"kind": "answer", "answer": Answer({}, 429)},
    "too many for a second": {"kind": "answer", "answer": Answer({}, 429, {"Retry-After": "1"})},
}


@pytest.mark.slow
@EVERY_SERVICE
def test_trouble_that_passes_leaves_no_trace(info, example_of, tmp_path):
    undisturbed = example_of(info.name).rows[0]
    for number, (name, fault) in enumerate(PASSING.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        n_servers = len(FakeServer.started)
        with conformance(info.name).example(folder) as open_again:
            source = open_again()
            for server in FakeServer.started[n_servers:]:
                server.fail(**fault, at=2)
            batches = list(source.batches())
        assert len(batches) == len(undisturbed), name
        for one, other in zip(batches, undisturbed, strict=True):
            assert_frame_equal(one.tracks, other.tracks)


@EVERY_SERVICE
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_told_with_a_hint_or_noted(info, status, tmp_path):
    n_servers = len(FakeServer.started)
    with conformance(info.name).example(tmp_path) as open_again:
        source = open_again()
        for server in FakeServer.started[n_servers:]:
            server.fail("answer", at=2, times=999, answer=Answer({"message": "no"}, status))
        refusal = None
        try:
            list(source.batches())
        except PartsongError as error:
            refusal = error
    if refusal is None:
        assert source.report.notes or source.report.dropped
    else:
        assert not isinstance(refusal, ImportPausedError)
        assert refusal.hint


@EVERY_SERVICE
def test_a_limit_of_a_day_stops_it_and_says_when_to_go_on(info, tmp_path):
    n_servers = len(FakeServer.started)
    too_many = Answer({}, 429, {"Retry-After": "86400"})
    with conformance(info.name).example(tmp_path) as open_again:
        source = open_again()
        for server in FakeServer.started[n_servers:]:
            server.fail("answer", at=2, times=999, answer=too_many)
        with pytest.raises(ImportPausedError) as pause:
            list(source.batches())
    in_a_day = datetime.now(UTC) + timedelta(days=1)
    assert abs(pause.value.resume_at - in_a_day) < timedelta(minutes=5)


@EVERY_SERVICE
def test_a_pause_says_that_what_arrived_is_kept(info, tmp_path):
    with conformance(info.name).cut(tmp_path) as open_again:
        source = open_again()
        with pytest.raises(ImportPausedError, match=r".") as pause:
            list(source.batches())
        assert "kept" in pause.value.hint
