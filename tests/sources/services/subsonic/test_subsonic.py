"""What comes of a music server, and in how many requests."""

from contextlib import ExitStack

import polars as pl
import pytest
from fake_server import Answer
from subsonic.fake_subsonic import API_KEY, PASSWORD, USER, FakeSubsonic, failed, song

from partsong.errors import (
    ForbiddenError,
    ImportPausedError,
    LoginNeededError,
    ServiceError,
)
from partsong.sources import Arrivals, Client
from partsong.sources.services.subsonic.endpoints import status_of
from partsong.sources.services.subsonic.login import SaltedLogin
from partsong.sources.services.subsonic.source import SubsonicSource


@pytest.fixture
def server():
    with FakeSubsonic() as running:
        yield running


@pytest.fixture
def client_of():
    with ExitStack() as running:

        def connect(server, **settings):
            usual = {"params": SaltedLogin(USER, PASSWORD), "tries": 2, "sleep": lambda _: None}
            client = Client(
                service="subsonic", url=server.url, status_of=status_of, **{**usual, **settings}
            )
            return running.enter_context(client)

        yield connect


@pytest.fixture
def source_of(client_of):
    return lambda server, **settings: SubsonicSource(
        client_of(server, **settings), server="nas", user=USER
    )


def read(source):
    return pl.concat([batch.tracks for batch in source.batches()], how="diagonal")


def library(source):
    return read(source).filter(pl.col("playlist_id").is_null())


def test_the_whole_library_comes_in_pages_of_500(server, source_of):
    source = source_of(server)
    tracks = library(source)
    assert tracks["title"].to_list() == [one["title"] for one in server.songs]
    assert tracks["line"].to_list() == list(range(1, 1204))
    assert tracks["heard"].all()
    assert server.count("search3") == 3
    assert len(server.seen) == 3 + 1 + 1  # pages, list of playlists, the one that is not empty


@pytest.mark.parametrize("n_songs", [499, 500, 1000])
def test_a_full_last_page_is_followed_by_an_empty_one_and_no_more(n_songs, source_of):
    with FakeSubsonic(n_songs) as server:
        assert library(source_of(server)).height == n_songs
        assert server.count("search3") == n_songs // 500 + 1
        assert server.count("Album") == 0


def test_every_field_finds_its_column(source_of):
    told = song(
        1,
        title="So What",
        artists=[{"id": "1", "name": "Miles Davis"}, {"id": "2", "name": "John Coltrane"}],
        year=1959,
        duration=545,
        bpm=136,
        isrc=["USSM15900113", "USSM15900114"],
        musicBrainzId="189002e7-3285-4e2e-92a3-7f6c30d407a2",
        explicitStatus="clean",
        starred="2023-03-27T09:45:27Z",
        played="2023-03-26T22:27:46.123456789Z",
    )
    with FakeSubsonic(0) as server:
        server.songs = [told]
        server.playlists = {}
        source = source_of(server)
        (batch,) = source.batches()
    row = batch.tracks.row(0, named=True)
    assert (batch.source, batch.analysis, batch.only_known) == ("subsonic", "tags", False)
    assert row["artists"] == ["Miles Davis", "John Coltrane"]
    assert row["genres"] == ["Hard Bop", "Jazz"]
    assert (row["album"], row["release_date"], row["duration_ms"]) == ("Album 0", "1959", 545_000)
    assert (row["tempo"], row["explicit"], row["liked"]) == (136.0, False, True)
    assert (row["isrc"], row["mbid"]) == ("USSM15900113", "189002e7-3285-4e2e-92a3-7f6c30d407a2")
    assert row["played_at"].isoformat() == "2023-03-26T22:27:46.123456"
    assert not source.report.set_missing


def test_what_plain_subsonic_tells_is_enough(source_of):
    told = {"id": 7, "isDir": False, "title": "Solas", "artist": "Jamie Duffy", "genre": "Folk"}
    with FakeSubsonic(0) as server:
        server.songs = [told]
        row = library(source_of(server)).row(0, named=True)
    assert (row["artists"], row["genres"]) == (["Jamie Duffy"], ["Folk"])
    for name in ("duration_ms", "tempo", "isrc", "mbid", "liked", "played_at", "release_date"):
        assert row[name] is None


@pytest.mark.parametrize(
    ("said", "liked"),
    [
        ({}, None),
        ({"starred": "2023-03-27T09:45:27Z"}, True),
        ({"userRating": 5}, True),
        ({"userRating": 4}, True),
        ({"userRating": 3}, None),
        ({"userRating": 2}, None),
        ({"userRating": 1}, False),
        ({"userRating": 0}, None),
        ({"userRating": 1, "starred": "2023-03-27T09:45:27Z"}, True),
    ],
)
def test_stars_and_ratings_become_likes(said, liked, source_of):
    with FakeSubsonic(0) as server:
        server.songs = [song(1, **said)]
        assert library(source_of(server))["liked"].to_list() == [liked]


def test_what_is_no_song_is_left_out_and_counted(source_of):
    with FakeSubsonic(0) as server:
        server.playlists = {}
        server.songs = [
            song(0),
            song(1, type="podcast"),
            song(2, type="audiobook"),
            song(3, isVideo=True),
            song(4, isDir=True),
            song(5, title="  "),
            song(6, artist=None, artists=[]),
        ]
        source = source_of(server)
        assert read(source)["title"].to_list() == ["Song 0"]
    assert source.report.read == 7
    assert dict(source.report.dropped) == {
        "a podcast, not a song": 1,
        "a audiobook, not a song": 1,
        "a video, not a song": 1,
        "a folder, not a song": 1,
        "no title": 1,
        "no artist": 1,
    }


def test_the_musicbrainz_id_of_an_album_is_not_the_song_s(source_of):
    mbid = "189002e7-3285-4e2e-92a3-7f6c30d407a2"
    with FakeSubsonic(0) as server:
        server.songs = [song(1, musicBrainzId=mbid, mediaType="album")]
        assert library(source_of(server))["mbid"].to_list() == [None]


def test_own_playlists_come_in_their_order_and_those_of_others_do_not(server, source_of):
    source = source_of(server)
    listed = read(source).filter(pl.col("playlist_id").is_not_null())
    assert listed["title"].to_list() == ["Song 3", "Song 1", "Song 3"]
    assert set(listed["playlist"]) == {"Rain"}
    assert set(listed["playlist_id"]) == {"subsonic:p1"}
    assert source.report.notes == ["One playlist is other people's and left alone."]


def test_with_an_api_key_no_name_is_sent_and_all_playlists_are_read(server, client_of):
    client = client_of(server, params={"apiKey": API_KEY})
    listed = read(SubsonicSource(client, server="nas"))
    assert set(listed["playlist"].drop_nulls()) == {"Rain", "Theirs"}
    assert not any("u" in seen.params for seen in server.seen)


def test_the_password_is_never_sent_and_no_salt_twice(server, source_of):
    read(source_of(server))
    assert len(set(server.salts)) == len(server.seen)
    for seen in server.seen:
        assert PASSWORD not in str(seen.params) + str(seen.headers)


def test_a_server_from_before_empty_searches_is_asked_album_by_album(source_of):
    with FakeSubsonic(45, is_old=True) as server:
        source = source_of(server)
        planned = source.plan()
        assert planned.steps == {"songs": 5, "playlists": 1}
        assert library(source)["title"].to_list() == [one["title"] for one in server.songs]
        assert server.count(r"getAlbum\.view") == 5


@pytest.mark.parametrize("n_songs", [0, 500, 1203])
@pytest.mark.parametrize("told", [0, 499, 99_999])
def test_the_plan_holds_whatever_the_server_says_of_its_size(n_songs, told, tmp_path, source_of):
    with FakeSubsonic(n_songs) as server, Arrivals(tmp_path / "arrivals.sqlite") as arrivals:
        server.told_count = told
        source = source_of(server, arrivals=arrivals)
        planned = source.plan()
        before = len(server.seen)
        list(source.batches())
        assert len(server.seen) - before == planned.n_requests


def test_a_plan_that_the_server_counts_right_for_costs_three_requests(server, tmp_path, source_of):
    with Arrivals(tmp_path / "arrivals.sqlite") as arrivals:
        source = source_of(server, arrivals=arrivals)
        assert source.plan().steps == {"songs": 1, "playlists": 1}
        assert len(server.seen) == 4  # the first page, the count, the last page, the playlists


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (0, ServiceError),
        (30, ServiceError),
        (40, LoginNeededError),
        (42, LoginNeededError),
        (50, ForbiddenError),
    ],
)
def test_every_failure_that_comes_as_success_is_one(server, code, error, source_of):
    server.fail("answer", times=99, answer=failed(code, "It is so."))
    with pytest.raises(error, match=r"It is so\.") as told:
        list(source_of(server).batches())
    assert not isinstance(told.value, ImportPausedError)
    assert told.value.hint


def test_a_wrong_password_is_told_without_the_password(server, source_of):
    login = SaltedLogin(USER, "another-password")
    with pytest.raises(LoginNeededError) as told:
        list(source_of(server, params=login).batches())
    assert "another-password" not in str(told.value) + told.value.hint


def test_another_service_at_the_address_is_not_taken_for_a_server(server, source_of):
    server.fail("answer", times=99, answer=Answer({"status": "ok", "songs": []}))
    with pytest.raises(ServiceError, match="not as a Subsonic server does") as told:
        list(source_of(server).batches())
    assert "Check the address" in told.value.hint


@pytest.mark.parametrize("kind", ["cut", "truncated"])
def test_what_is_cut_once_is_asked_again(server, kind, source_of):
    server.fail(kind, "songOffset=500")
    assert library(source_of(server)).height == 1203


def test_what_arrived_before_a_stop_is_not_asked_for_again(server, tmp_path, source_of):
    server.fail("cut", "songOffset=1000", times=2)
    with Arrivals(tmp_path / "arrivals.sqlite") as arrivals:
        batches = source_of(server, arrivals=arrivals).batches()
        assert [next(batches).tracks.height for _ in range(2)] == [500, 500]
        with pytest.raises(ImportPausedError):
            next(batches)
        assert library(source_of(server, arrivals=arrivals)).height == 1203
    assert server.count("search3") == 2 + 2 + 1
