"""A whole account into the catalog: in few requests, whatever goes wrong, and the same each time."""

import os
from contextlib import ExitStack

import duckdb
import polars as pl
import pytest
from fake_server import Answer
from spotify.fake_api import (
    HOSTILE_NAME,
    FakeSpotify,
    keep_login,
    settings_of,
    song_id,
    too_many_requests,
)

import partsong as ps
from partsong.catalog import Catalog
from partsong.errors import (
    QueryError,
    ServiceError,
    ServiceMissingError,
    UnknownPlaylistError,
)
from partsong.sources import (
    Arrivals,
    Client,
    KnownSpotifySongs,
    SpotifySource,
    SpotifyWishes,
)
from partsong.sources.services.spotify.abilities import SpotifyAbilities
from partsong.workflow.importing.services import import_from_service
from partsong.workflow.importing.spotify import import_spotify, plan_spotify

APPS = {
    kind: SpotifyAbilities(features=features, several=several, categories=features, asked_on="")
    for kind, features, several in (
        ("new", False, False),
        ("old", False, True),
        ("extended", True, True),
    )
}


@pytest.fixture
def account(own_folders, monkeypatch):  # noqa: ARG001 - only that there are such folders
    """Return what starts a fake account that the settings name and somebody is logged in to."""
    with ExitStack() as running:

        def start(kind="new", **options):
            fake = running.enter_context(FakeSpotify(kind, **options))
            for name, value in settings_of(fake).items():
                monkeypatch.setenv(name, value)
            keep_login()
            return fake

        yield start


@pytest.fixture
def read(tmp_path):
    """Return what reads a fake account into a catalog, as the workflow does, without waiting."""

    def read_into(fake, name="music", *, known=None, **wishes):
        waits = []
        store = Catalog(tmp_path / f"{name}.duckdb")
        with (
            Arrivals(tmp_path / f"{name}.arrivals" / "spotify.sqlite") as arrivals,
            Client(
                service="spotify",
                url=fake.url,
                headers={"Authorization": "Bearer a-token"},
                arrivals=arrivals,
                sleep=waits.append,
            ) as client,
        ):
            source = SpotifySource(
                client,
                APPS[fake.kind],
                wishes=SpotifyWishes(**wishes),
                known=known or KnownSpotifySongs(),
            )
            report = import_from_service(source, store)
        return report, store, waits

    return read_into


def gather(fake, *, known=None, **wishes):
    """Return the rows that an account gives, the report, and the waits: no catalog, no waiting."""
    waits = []
    headers = {"Authorization": "Bearer a-token"}
    with Client(service="spotify", url=fake.url, headers=headers, sleep=waits.append) as client:
        source = SpotifySource(
            client,
            APPS[fake.kind],
            wishes=SpotifyWishes(**wishes),
            known=known or KnownSpotifySongs(),
        )
        frames = [batch.tracks for batch in source.batches() if batch.tracks.height]
    rows = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
    return rows, source.report, waits


def content_of(store):
    """Everything that an import leaves in a catalog, but for the number and time of the import."""
    queries = {
        "artists": "SELECT * FROM artists ORDER BY artist_id",
        "playlists": "SELECT * FROM playlists ORDER BY ALL",
        "order": "SELECT * FROM playlist_tracks ORDER BY playlist_id, position",
        "listens": "SELECT * FROM listens ORDER BY ALL",
        "feedback": "SELECT track_id, kind FROM feedback ORDER BY ALL",
        "sources": "SELECT * EXCLUDE (import_id) FROM track_sources ORDER BY ALL",
    }
    with duckdb.connect(str(store.path), read_only=True) as connection:
        content = {name: connection.execute(query).fetchall() for name, query in queries.items()}
    return content | {"tracks": store.read_tracks().rows()}


def few_songs(fake):
    """The same account with fewer songs in each list, for tests that read it several times."""
    fake.lists[0].songs = fake.lists[0].songs[:30]
    fake.lists[1].songs = fake.lists[1].songs[:20]
    fake.top = {period: numbers[:5] for period, numbers in fake.top.items()}
    return fake


@pytest.mark.parametrize(
    ("kind", "n_requests"), [("new", 47), pytest.param("extended", 63, marks=pytest.mark.slow)]
)
def test_two_thousand_songs_take_the_fewest_requests_and_the_plan_says_how_many(
    account, kind, n_requests
):
    fake = account(kind)
    plan = plan_spotify()
    n_asked = fake.count()
    n_for_the_app = 4 if kind == "new" else 3
    assert n_asked == n_for_the_app + 2  # the list of playlists, the first saved songs
    report = import_spotify()
    assert report.kept > 2000
    assert not report.stopped
    assert fake.count() - n_for_the_app == n_requests
    sent = fake.count() - n_asked
    assert sent == plan.n_requests if kind != "extended" else sent <= plan.n_requests
    assert 40 <= fake.count() - fake.count("audio-features") - 2 <= 60
    assert len({(seen.path, *sorted(seen.params.items())) for seen in fake.server.seen}) == (
        fake.count()
    )  # nothing was asked twice


def test_an_app_of_before_2026_reads_playlists_in_half_the_requests():
    with FakeSpotify("old") as fake:
        rows, _, _ = gather(fake)
        assert fake.count() == 42 + 1  # whose account it is: a login knows
    assert rows["spotify_id"].n_unique() == 2061


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The report on the whole account, and the catalog that it went into."""
    with FakeSpotify() as fake:
        store = Catalog(tmp_path_factory.mktemp("whole") / "music.duckdb")
        headers = {"Authorization": "Bearer a-token"}
        with Client(service="spotify", url=fake.url, headers=headers) as client:
            report = import_from_service(SpotifySource(client, APPS["new"]), store)
        return report, store


def test_the_library_is_in_with_all_that_the_account_says(whole):
    report, store = whole
    status = store.status()
    assert (status.tracks, status.library, status.listens) == (2061, 2061, 50)
    assert status.feedback == {"like": 1500}
    assert report.read == report.kept + report.merged + report.dropped.total()
    assert report.dropped == {"no longer there": 1, "podcast episode": 1}
    red = store.read_tracks(["title", "artists"], where=f"spotify_id = '{song_id(13)}'")
    assert red.rows()[0][1:] == ("\x1b[31mRed\x07", ["Artist 13"])


def test_playlists_keep_their_names_and_their_order(whole):
    _, store = whole
    content = content_of(store)
    assert {name for _, name in content["playlists"]} == {"Mornings", HOSTILE_NAME, "Ours"}
    ids = store.read_tracks(["spotify_id"])
    numbers = {track_id: int((one or "-1")[:4]) for track_id, one in ids.rows()}
    quiet = "spotify:playlist:" + "1Playlist".ljust(22, "x")
    standing = [numbers[track_id] for key, track_id, _ in content["order"] if key == quiet]
    assert standing == list(range(1979, 1899, -1))  # each once, though one stands there twice


def test_notes_say_what_cannot_be_had(whole):
    notes = " ".join(whole[0].notes)
    assert "partsong import reccobeats" in notes
    assert "files of your own, kept by title, artist and length: 1 row" in notes
    assert "without an ISRC" in notes


def test_plays_keep_their_time(whole):
    listens = content_of(whole[1])["listens"]
    assert len(listens) == 50
    assert max(played_at for _, played_at, *_ in listens).isoformat() == (
        "2026-11-20T20:55:30.250000"
    )


def test_importing_twice_changes_nothing(account):
    fake = few_songs(account(n_saved=60))
    import_spotify()
    store = Catalog(ps.open_catalog().path)
    before, n_before = content_of(store), fake.count()
    again = import_spotify()
    assert content_of(store) == before
    assert (again.kept, again.listens, again.changed) == (0, 0, {})
    assert fake.count() - n_before == n_before - 4  # asked anew, but for what the app may do


def test_what_is_read_can_be_chosen():
    with FakeSpotify(n_saved=120) as fake:
        rows, _, _ = gather(fake, what=("saved",))
        assert fake.count() == fake.count("me/tracks") == 3
    assert rows["liked"].to_list() == [True] * 120
    with pytest.raises(ServiceError, match="no 'albums' to read"):
        SpotifyWishes(what=("saved", "albums"))


def test_playlists_of_other_people_are_read_on_request_and_not_as_heard():
    with FakeSpotify("old", n_saved=0) as fake:
        rows, report, _ = gather(few_songs(fake), what=("followed",))
        _, left_out, _ = gather(fake, what=("playlists",))
    assert rows["playlist"].unique().to_list() == ["Top 50"]
    assert len(rows) == rows["heard"].null_count() == 50
    assert report.notes == ["without an ISRC: 1 row"]
    assert "1 playlist of other people left out: see --what followed" in left_out.notes


def test_playlists_closed_to_the_app_are_named():
    with FakeSpotify("new", n_saved=0) as fake:
        rows, report, _ = gather(few_songs(fake), what=("playlists", "followed"))
    assert "1 playlist may not be read by this app ('Top 50')" in " ".join(report.notes)
    assert rows["playlist"].n_unique() == 3


def test_a_playlist_that_turns_out_closed_is_named_and_the_others_are_read():
    with FakeSpotify("old", n_saved=0) as fake:
        few_songs(fake).lists[1].owner = "friend"  # who has made it private since
        forbidden = {"error": {"status": 403, "message": "Forbidden"}}
        fake.fail("answer", "1Playlist", answer=Answer(forbidden, 403))
        rows, report, _ = gather(fake, what=("playlists", "followed"))
    (note,) = [one for one in report.notes if "may not be read" in one]
    assert "Quiet" in note
    assert "\x1b" not in note
    assert rows["playlist"].n_unique() == 3


@pytest.mark.parametrize(("shown", "real"), [("old", "new"), ("new", "old")])
def test_the_way_to_a_playlist_is_found_though_its_shape_misleads(monkeypatch, shown, real):
    """For some weeks in 2026 answers had both shapes, and documents named both limits."""
    with FakeSpotify(real, n_saved=0) as fake:
        simple = few_songs(fake)._simple

        def show(one):
            fake.kind = shown
            found = simple(one)
            fake.kind = real
            return found

        monkeypatch.setattr(fake, "_simple", show)
        rows, report, _ = gather(fake, what=("playlists",))
    assert rows["playlist"].n_unique() == 3
    assert "Mornings" not in " ".join(report.notes)


@pytest.mark.parametrize(
    "name", ["Mornings", " mornings ", "spotify:playlist:" + "0Playlist".ljust(22, "x")]
)
def test_one_playlist_can_be_read_alone(name):
    with FakeSpotify() as fake:
        rows, report, _ = gather(fake, playlist=name)
        assert fake.count("me/tracks") == 0
        assert fake.count() == 2 + 9
    assert rows["heard"].to_list() == [True] * 448
    assert report.read == 450


def test_a_name_that_no_playlist_has_is_answered_with_those_near_it():
    with FakeSpotify() as fake, pytest.raises(UnknownPlaylistError) as caught:
        gather(fake, playlist="Morning")
    assert caught.value.candidates == ("Mornings",)


def test_a_name_that_two_playlists_have_is_answered_with_their_links():
    with FakeSpotify() as fake:
        fake.lists[1].name = "mornings"
        with pytest.raises(QueryError, match="2 playlists") as caught:
            gather(fake, playlist="Mornings")
    assert len(caught.value.candidates) == 2
    assert all(one.startswith("https://open.spotify.com/") for one in caught.value.candidates)


def test_a_category_brings_songs_never_heard():
    with FakeSpotify("extended") as fake:
        rows, _, _ = gather(fake, what=(), category="dinner")
        with pytest.raises(ServiceMissingError, match="no category 'nothing'"):
            gather(fake, what=(), category="nothing")
    assert len(rows) == rows["heard"].null_count() == 30


def test_only_songs_without_features_are_asked_for_them(account):
    fake = account("extended", n_saved=120)
    import_spotify(["saved", "features"])
    assert fake.count("audio-features") == 1 + 2
    without = ps.open_catalog().count_tracks("energy IS NULL")
    assert without == 2  # songs 5 and 102 have none
    import_spotify(["saved", "features"])
    assert fake.count("audio-features") == 1 + 2 + 1  # those two once more


def test_features_that_are_closed_meanwhile_stop_nothing_else():
    with FakeSpotify("extended", n_saved=120) as fake:
        fake.fail("answer", "audio-features", at=2, answer=Answer({"error": {}}, 403))
        rows, report, _ = gather(fake, what=("saved", "features"))
    assert rows["energy"].count() == 99
    assert "--ask-again" in " ".join(report.notes)


def test_a_playlist_that_goes_while_it_is_read_stops_nothing_else():
    with FakeSpotify(n_saved=120) as fake:
        fake.fail("answer", "0Playlist.*offset=50", answer=Answer({"error": {}}, 404))
        rows, report, _ = gather(fake, what=("saved", "playlists"))
    assert len(rows) == 48 + 81 + 40 + 120
    assert "'Mornings' was not read to its end" in " ".join(report.notes)


def test_features_of_songs_that_other_sources_brought_come_too(account, tmp_path):
    fake = account("extended")
    songs = "".join(f"{song_id(number)},Song {number}\n" for number in range(600, 610))
    (tmp_path / "mine.csv").write_text(f"spotify_id,title\n{songs}", encoding="utf-8")
    ps.import_files([tmp_path / "mine.csv"], mapping={"spotify_id": "spotify_id"})
    import_spotify(["features"])
    assert fake.count() == 3 + 1
    assert ps.open_catalog().count_tracks("energy IS NOT NULL") == 10


@pytest.mark.parametrize(("kind", "n_requests"), [("old", 2), ("new", 60)])
def test_details_come_many_at_once_or_one_by_one(kind, n_requests):
    known = KnownSpotifySongs(without_details=[song_id(number) for number in range(60)])
    with FakeSpotify(kind) as fake:
        rows, _, _ = gather(fake, known=known, what=("details",))
        assert fake.count() == n_requests
    assert rows["spotify_id"].to_list() == [song_id(number) for number in range(60)]
    assert rows["isrc"].null_count() == 1


def test_details_fill_in_what_other_sources_left_open(account, tmp_path):
    account("old")
    songs = "".join(f"{song_id(number)},Song {number}\n" for number in range(60))
    (tmp_path / "mine.csv").write_text(f"spotify_id,title\n{songs}", encoding="utf-8")
    ps.import_files([tmp_path / "mine.csv"], mapping={"spotify_id": "spotify_id"})
    assert plan_spotify(["details"]).steps == {"details": 2}
    import_spotify(["details"])
    assert ps.open_catalog().count_tracks("isrc IS NOT NULL AND album IS NOT NULL") == 59
    assert plan_spotify(["details"]).n_requests == 0  # also of the song that has no ISRC


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What an undisturbed import of 320 saved songs and a few others leaves, and its requests."""
    with FakeSpotify(n_saved=320) as fake:
        store = Catalog(tmp_path_factory.mktemp("undisturbed") / "music.duckdb")
        headers = {"Authorization": "Bearer a-token"}
        with Client(service="spotify", url=few_songs(fake).url, headers=headers) as client:
            import_from_service(SpotifySource(client, APPS["new"]), store)
        return content_of(store), fake.count()


FAULTS = {
    "cut": {"kind": "cut", "times": 5},
    "a day": {"kind": "answer", "answer": too_many_requests("86400")},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_stop_within_page_seven_is_gone_on_from_there(read, undisturbed, fault):
    content, n_whole = undisturbed
    with FakeSpotify(n_saved=320) as fake:
        few_songs(fake).fail(**{"pattern": "me/tracks.*offset=300", **FAULTS[fault]})
        stopped, store, _ = read(fake)
        assert "spotify" in stopped.stopped
        assert (stopped.resume_at is not None) or fault != "a day"
        assert store.count_tracks("spotify_id < '0320'") == 300  # pages 1 to 6 are in
        n_stopped = fake.count()
        resumed, store, _ = read(fake)
    assert not resumed.stopped
    assert fake.count() - n_stopped == 1 + 3 + 1  # page seven, and what comes after it
    assert fake.count() == n_whole + FAULTS[fault].get("times", 1)
    assert content_of(store) == content


@pytest.mark.parametrize(
    ("fault", "longest"),
    [
        ({"kind": "cut"}, 2),
        ({"kind": "truncated"}, 2),
        ({"kind": "answer"}, 2),
        ({"kind": "answer", "answer": too_many_requests("7")}, 8),
        ({"kind": "answer", "answer": too_many_requests()}, 2),
    ],
)
def test_what_passes_is_waited_for(fault, longest):
    with FakeSpotify(n_saved=120) as fake:
        fake.fail(**{"pattern": "me/tracks.*offset=50", **fault})
        rows, report, waits = gather(fake, what=("saved",))
    assert not report.stopped
    assert len(rows) == 120
    assert 0 < sum(waits) <= longest


def test_a_stop_among_the_features_is_gone_on_from_there(account):
    fake = account("extended", n_saved=220)
    fake.fail("answer", "audio-features", at=3, answer=too_many_requests(is_quota=True))
    stopped = import_spotify(["saved", "features"])
    assert "quota" in stopped.stopped
    assert stopped.resume_at is not None
    assert ps.open_catalog().count_tracks("energy IS NOT NULL") == 99
    assert ps.open_catalog().status().tracks == 220
    assert ps.open_catalog().path.with_suffix(".arrivals").exists()
    resumed = import_spotify(["saved", "features"])
    assert not resumed.stopped
    assert fake.count("me/tracks") == 5
    assert not ps.open_catalog().path.with_suffix(".arrivals").exists()
    assert ps.open_catalog().count_tracks("energy IS NOT NULL") == 220 - 3


def let_pass(hours):
    """Make what has arrived older."""
    file = ps.open_catalog().path.with_suffix(".arrivals") / "spotify.sqlite"
    then = file.stat().st_mtime - 3600 * hours
    os.utime(file, (then, then))


def test_what_a_plan_has_asked_is_not_used_for_ever(account):
    fake = account(n_saved=60)
    plan_spotify(["saved"])
    fake.saved.insert(0, 900)
    let_pass(hours=2)
    report = import_spotify(["saved"])
    assert report.kept == 61
    assert not [note for note in report.notes if "changed" in note]


def test_what_spotify_has_stopped_can_be_gone_on_with_the_day_after(account):
    fake = account(n_saved=120)
    fake.fail("answer", "me/tracks.*offset=100", answer=too_many_requests("86400"))
    assert import_spotify(["saved"]).stopped
    let_pass(hours=25)
    n_asked = fake.count()
    assert import_spotify(["saved"]).kept == 20
    assert fake.count() - n_asked == 1


def test_a_list_that_changes_while_it_is_read_is_said_to():
    with FakeSpotify(n_saved=120) as fake:
        answer = fake._saved_entry

        def grow(number):
            if number == 99 and len(fake.saved) == 120:
                fake.saved.append(900)
            return answer(number)

        fake._saved_entry = grow
        _, report, _ = gather(fake, what=("saved",))
    assert any("changed while it was read" in note for note in report.notes)


def test_an_empty_account_is_no_error():
    with FakeSpotify(n_saved=0) as fake:
        fake.lists, fake.recent = [], []
        fake.top = {period: [] for period in fake.top}
        rows, report, _ = gather(fake)
    assert rows.is_empty()
    assert report.read == 0
