"""Tracks without features get some, and nothing else changes."""

import polars as pl
import pytest
from reccobeats.fake_reccobeats import FakeReccoBeats, isrc, spotify_id

from partsong.errors import CatalogMissingError
from partsong.rows import Batch, ImportReport
from partsong.workflow import coverage_of, import_reccobeats, open_catalog, plan_reccobeats

FEATURES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "valence")


@pytest.fixture
def server(own_folders, monkeypatch):  # noqa: ARG001 - settings and catalog of the test's own
    with FakeReccoBeats(range(200)) as running:
        monkeypatch.setenv("PARTSONG_RECCOBEATS_URL", running.url)
        yield running


@pytest.fixture
def store(own_folders):  # noqa: ARG001 - a catalog of the test's own
    """Mine: 50 without features, of which five have an ISRC alone and two no id; and others'."""
    catalog = open_catalog()
    batches = [
        rows("Mine", range(50), n_with_id=43, heard=True),
        rows("Theirs", range(100, 130), **dict.fromkeys(FEATURES, 0.5)),
        rows("New", range(150, 160)),
    ]
    catalog.add(batches, ImportReport(files=["mine"], read=90))
    return catalog


def rows(title, numbers, *, n_with_id=1000, **values):
    return Batch(
        pl.DataFrame(
            [
                {
                    "line": line,
                    "spotify_id": spotify_id(one) if line <= n_with_id else None,
                    "isrc": isrc(one) if line <= n_with_id + 5 else None,
                    "title": f"{title} {one}",
                    **values,
                }
                for line, one in enumerate(numbers, start=1)
            ]
        )
    )


def test_the_library_gets_features_and_a_sample_is_compared(server, store):
    planned = plan_reccobeats(n_sample=20)
    assert planned.steps == {"tracks by Spotify id": 2, "tracks by ISRC": 1}
    assert not server.seen
    report = import_reccobeats(n_sample=20)
    assert len(server.seen) == 3
    assert (report.read, report.kept, report.merged) == (68, 0, 68)
    assert coverage_of(store).share == pytest.approx(48 / 50)
    assert "2 tracks without features have neither Spotify id nor ISRC" in report.notes[0]
    assert "20 tracks with Spotify's features are asked for too" in report.notes[1]

    known = store.read_tracks(["title", "energy", "tempo"])
    assert known.filter(pl.col("title") == "Mine 7")["energy"].item() == 0.07
    assert set(known.filter(pl.col("title").str.starts_with("Theirs"))["energy"]) == {0.5}
    said = store.read_track_sources(["analysis"]).filter(pl.col("source") == "reccobeats")
    assert said.height == 68
    assert set(said["analysis"]) == {"reccobeats"}


@pytest.mark.usefixtures("store")
def test_a_second_time_there_is_nothing_left_to_ask(server):
    import_reccobeats(all_tracks=True, n_sample=5)
    assert spotify_id(155) in server.asked
    n_seen = len(server.seen)
    report = import_reccobeats(all_tracks=True, n_sample=5)
    assert len(server.seen) == n_seen
    assert report.read == 0
    assert "neither Spotify id nor ISRC" in report.notes[0]


@pytest.mark.usefixtures("store")
def test_without_all_only_the_library_is_asked_for(server):
    import_reccobeats(n_sample=0)
    assert {int(one[-7:]) for one in server.asked} == set(range(48))


@pytest.mark.usefixtures("store")
def test_what_it_does_not_know_is_not_asked_for_again(server):
    server.known = {one: told for one, told in server.known.items() if one % 2}
    import_reccobeats(n_sample=0)
    n_seen = len(server.seen)
    assert plan_reccobeats(n_sample=0).n_requests == 0
    report = import_reccobeats(n_sample=0)
    assert len(server.seen) == n_seen
    assert report.dropped == {"ReccoBeats does not know it": 24}


@pytest.mark.usefixtures("server")
def test_without_a_catalog_it_says_so():
    with pytest.raises(CatalogMissingError):
        import_reccobeats()


@pytest.mark.usefixtures("server")
def test_the_report_says_how_well_the_two_go_together(store):
    known = pl.DataFrame(
        [
            # The same order as ReccoBeats', on another scale.
            {"line": one, "spotify_id": spotify_id(one), "energy": one / 300}
            for one in range(100, 130)
        ]
    )
    store.add([Batch(known)], ImportReport(files=["known"], read=30))
    report = import_reccobeats()
    assert "spotify has measured too (30 tracks)" in report.notes[-1]
    assert "agree most in energy (1.00)" in report.notes[-1]
