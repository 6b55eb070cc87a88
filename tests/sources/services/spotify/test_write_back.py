"""Lists that become playlists at Spotify, and what is checked before a question is answered."""

import io
import re

import pytest
from fake_server import Answer
from spotify.fake_accounts import CLIENT_ID, FakeAccounts, open_like_a_browser
from spotify.fake_api import LISTENER, FakeSpotify

from partsong.cli.importing.spotify_login import allow_writing, ensure_login, log_out
from partsong.errors import (
    ForbiddenError,
    ImportPausedError,
    LoginNeededError,
    MissingExtraError,
    OutputError,
    SecretsError,
)
from partsong.sources import SpotifyAccount, playlist_name, write_playlist
from partsong.sources.services.spotify.login import READ_SCOPES, WRITE_SCOPES
from partsong.sources.services.spotify.token_file import Token, read_token, write_token
from partsong.workflow import find_spotify_login, log_in_to_spotify, log_out_of_spotify
from partsong.workflow.recommending.exporting import Exported, open_export
from partsong.workflow.recommending.results import RecommendedTrack

IDS = [f"{number:04}Song".ljust(22, "x") for number in range(250)]


def listed(n, *, without=()):
    return [
        RecommendedTrack(
            track_id=f"t{place}", title=f"Song {place}", artists=("A",), album=None,
            release_year=None, score=1.0, reasons=(),
            ids={} if place in without else {"spotify_id": IDS[place]},
        )
        for place in range(n)
    ]  # fmt: skip


@pytest.fixture(params=["new", "old", "extended"])
def spotify(request):
    with FakeSpotify(request.param) as spotify:
        yield spotify


@pytest.fixture
def settings(own_folders, monkeypatch):
    """Name an account at some addresses, and log somebody in."""

    def settle(url, accounts_url="http://127.0.0.1:9", *, scopes=(*READ_SCOPES, *WRITE_SCOPES)):
        monkeypatch.setenv("PARTSONG_SPOTIFY_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("PARTSONG_SPOTIFY_URL", url)
        monkeypatch.setenv("PARTSONG_SPOTIFY_ACCOUNTS_URL", accounts_url)
        if scopes:
            write_token(
                Token(
                    client_id=CLIENT_ID, access="BQ", refresh="AQ", expires_at=9e9,
                    scopes=scopes, since=1.8e9, user=LISTENER,
                )
            )  # fmt: skip
        return own_folders

    return settle


def written(spotify):
    return [one for one in spotify.lists if "Written" in one.id]


def test_a_list_becomes_a_private_playlist_in_its_order(spotify, settings):
    settings(spotify.url)

    exported = open_export("spotify:Slow and quiet").write(listed(250))

    (playlist,) = written(spotify)
    assert playlist.name == "Slow and quiet"
    assert playlist.uris == [f"spotify:track:{one}" for one in IDS]
    assert exported.n_tracks == 250
    assert playlist.id in exported.place
    (made,) = [seen for seen in spotify.server.seen if seen.path.endswith("/me/playlists")]
    assert made.json()["public"] is False
    n_added = spotify.count("POST /v1/playlists/.*/items|POST /v1/playlists/.*/tracks")
    assert n_added == (4 if spotify.kind == "old" else 3)  # one to find out its older name


def test_tracks_without_an_id_are_left_out_and_named(settings):
    with FakeSpotify() as spotify:
        settings(spotify.url)
        exported = open_export("spotify:Mine").write(listed(4, without={1, 2}))

        assert written(spotify)[0].uris == [f"spotify:track:{IDS[0]}", f"spotify:track:{IDS[3]}"]
    assert exported.left_out == ("Song 1 - A", "Song 2 - A")
    assert "2 tracks in your new private playlist 'Mine'" in exported.sentence
    assert "Song 1 - A; Song 2 - A" in exported.sentence


def test_many_that_are_left_out_are_counted():
    exported = Exported("https://x", "Mine", 1, tuple(f"Song {n}" for n in range(9)))

    assert "9 tracks (Song 0; Song 1; Song 2; Song 3; Song 4 and 4 more)" in exported.sentence


def test_no_playlist_is_made_of_nothing(settings):
    with FakeSpotify() as spotify:
        settings(spotify.url)
        with pytest.raises(OutputError, match="None of 2 tracks"):
            open_export("spotify:Mine").write(listed(2, without={0, 1}))
        assert not written(spotify)


def test_an_app_that_knows_only_the_older_route_is_served_too(settings):
    with FakeSpotify("old") as spotify:
        settings(spotify.url)
        spotify.fail("answer", "POST /v1/me/playlists", answer=Answer({"error": "no"}, 404))
        open_export("spotify:Mine").write(listed(1))

        assert len(written(spotify)) == 1
        assert spotify.count(f"POST /v1/users/{LISTENER}/playlists") == 1


@pytest.mark.parametrize("fault", ["cut", "truncated", "answer"])
def test_a_failure_halfway_says_what_is_there(settings, fault):
    with FakeSpotify() as spotify:
        settings(spotify.url)
        spotify.fail(fault, "POST /v1/playlists", at=2, times=9)
        with pytest.raises(OutputError, match="with 100 of 250 tracks") as caught:
            open_export("spotify:Mine").write(listed(250))

        assert written(spotify)[0].id in caught.value.hint
        assert spotify.count("POST /v1/playlists") == 2  # nothing is added twice


def test_a_failure_before_the_first_request_ends_is_told_as_it_is(settings):
    with FakeSpotify() as spotify:
        settings(spotify.url)
        wait = Answer(None, 429, {"Retry-After": "90000"})
        spotify.fail("answer", "POST /v1/me/playlists", answer=wait)
        with pytest.raises(ImportPausedError):
            open_export("spotify:Mine").write(listed(2))

        spotify.fail("answer", "POST", answer=Answer({"error": {"message": "no"}}, 403))
        with pytest.raises(ForbiddenError):
            open_export("spotify:Mine").write(listed(2))
        assert not written(spotify)


@pytest.mark.parametrize("text", ["", "  ", "\n", "playlist:37i9dQZF1DX0", "track:1"])
def test_what_is_no_name_is_refused_before_anything_is_asked(settings, text):
    settings("http://127.0.0.1:9")
    with pytest.raises(OutputError):
        open_export(f"spotify:{text}")


def test_names_are_one_line_of_plain_text():
    assert playlist_name("\x1b[31mRed\n\u202erose ") == "[31mRed rose"
    assert len(playlist_name("a" * 500)) == 100


def test_without_leave_to_write_one_is_told_how_to_give_it(settings):
    settings("http://127.0.0.1:9", scopes=READ_SCOPES)
    with pytest.raises(LoginNeededError, match="private playlists") as caught:
        open_export("spotify:Mine")

    assert "--may-write" in caught.value.hint


def test_without_spotipy_one_is_told_before_the_question_is_answered(settings, monkeypatch):
    settings("http://127.0.0.1:9")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError):
        open_export("spotify:Mine")


@pytest.mark.parametrize("target", ["list.pdf", "list", "folder.m3u8", "locked/list.m3u8"])
def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path, target, monkeypatch):
    (tmp_path / "folder.m3u8").mkdir()
    (tmp_path / "locked").mkdir()
    real_access = __import__("os").access
    monkeypatch.setattr(
        "os.access", lambda path, mode: "locked" not in str(path) and real_access(path, mode)
    )  # whoever runs the tests as root may write everywhere
    with pytest.raises(OutputError):
        open_export(tmp_path / target)


def test_a_place_for_a_file_is_found_without_making_it(tmp_path):
    open_export(tmp_path / "new" / "deep" / "list.m3u8")

    assert not list(tmp_path.iterdir())
    assert open_export(None) is None


def test_a_wrong_place_is_told_before_the_question_is_answered(tmp_path):
    """Neither a catalog nor a model is there, so whatever looked for one would say so."""
    import partsong as ps

    nothing = {"catalog": tmp_path / "none.duckdb", "export": tmp_path / "list.pdf"}
    for ask in (
        lambda: ps.recommend_tracks("Song", **nothing),
        lambda: ps.discover_tracks(**nothing),
        lambda: ps.find_path("A", "B", **nothing),
        lambda: ps.order_playlist("Mine", **nothing),
    ):
        with pytest.raises(OutputError, match=re.escape(".pdf")):
            ask()


@pytest.fixture
def service(fake_server):
    """The login service, with a Web API that knows the tokens it gives."""
    accounts = FakeAccounts()
    with FakeSpotify() as spotify:
        spotify.tokens = accounts.access
        yield accounts, fake_server(accounts.routes), spotify


def test_whoever_logs_in_is_known_and_may_write_only_after_saying_so(service, settings):
    _, server, spotify = service
    settings(spotify.url, server.url, scopes=())

    assert not find_spotify_login().is_there
    pages = []
    login = log_in_to_spotify(tell=pages.append, ask=lambda: paste(pages[-1]))
    assert (login.is_there, login.may_write) == (True, False)
    assert read_token().user == LISTENER

    login = log_in_to_spotify(tell=pages.append, ask=lambda: paste(pages[-1]), write=True)
    assert (login.is_there, login.may_write) == (True, True)
    assert "playlist-modify-private" not in pages[0]
    assert "playlist-modify-private" in pages[1]
    assert "playlist-modify-public" not in pages[1]

    with SpotifyAccount.from_settings().connect() as transport:
        assert write_playlist(transport, "Mine", IDS[:1]).n_tracks == 1

    log_in_to_spotify(tell=pages.append, ask=lambda: paste(pages[-1]))
    assert "playlist-modify-private" in pages[2]  # leave that was given is not lost
    assert log_out_of_spotify()
    assert not find_spotify_login().is_there


def paste(page):
    """Agree in a browser on another machine, and copy the address that it cannot open."""
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener(Stay).open(page, timeout=5)
    with caught.value as answer:
        return answer.headers["Location"]


def test_a_listener_that_the_app_does_not_let_in_is_not_logged_in(service, settings):
    _, server, spotify = service
    settings(spotify.url, server.url, scopes=())
    said = {"error": {"status": 403, "message": "User not registered in the Developer Dashboard"}}
    spotify.fail("answer", "GET /v1/me", answer=Answer(said, 403))
    pages = []

    with pytest.raises(ForbiddenError, match="User not registered"):
        log_in_to_spotify(tell=pages.append, ask=lambda: paste(pages[-1]))

    assert read_token() is None


def test_the_browser_of_this_machine_is_opened_and_brings_its_answer(
    service, settings, monkeypatch
):
    _, server, spotify = service
    settings(spotify.url, server.url, scopes=())
    ended = []
    monkeypatch.setattr("webbrowser.open", lambda page: ended.append(open_like_a_browser(page)))
    told = []

    login = log_in_to_spotify(tell=told.append)

    assert login.is_there
    assert ended[0][0] == 200
    assert told[0].startswith(server.url)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_first_list_for_spotify_asks_for_leave_and_the_next_does_not(
    service, settings, monkeypatch, capsys
):
    _, server, spotify = service
    settings(spotify.url, server.url, scopes=READ_SCOPES)
    monkeypatch.setattr("webbrowser.open", open_like_a_browser)
    monkeypatch.setattr("sys.stdin", Terminal())

    allow_writing("spotify:Mine")
    assert find_spotify_login().may_write
    assert "your leave" in capsys.readouterr().err

    allow_writing("spotify:Mine")
    allow_writing("list.m3u8")
    assert not capsys.readouterr().err
    assert server.count("GET /authorize") == 1


def test_no_browser_opens_where_nobody_sits_before_it(service, settings, monkeypatch):
    _, server, spotify = service
    settings(spotify.url, server.url, scopes=())
    monkeypatch.setattr("webbrowser.open", pytest.fail)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(LoginNeededError) as caught:
        ensure_login()
    assert "partsong import spotify --login" in caught.value.hint
    allow_writing("spotify:Mine")  # what is to be written says it


def test_an_address_is_printed_and_another_is_pasted(service, settings, monkeypatch, capsys):
    _, server, spotify = service
    settings(spotify.url, server.url, scopes=())

    class Pasting(io.StringIO):
        def readline(self, *_):
            printed = capsys.readouterr().err
            (page,) = [line for line in printed.splitlines() if line.startswith(server.url)]
            return paste(page) + "\n"

    monkeypatch.setattr("sys.stdin", Pasting())
    ensure_login(browser=False, anew=True)

    assert find_spotify_login().is_there
    assert "six months" in capsys.readouterr().err
    ensure_login()  # and is not asked again
    log_out()
    assert "spotify.com/account/apps" in capsys.readouterr().out
    log_out()
    assert "not logged in" in capsys.readouterr().out


def test_without_a_client_id_one_is_told_how_to_set_it(own_folders):
    with pytest.raises(SecretsError) as caught:
        open_export("spotify:Mine")

    assert "partsong sources spotify --set-up" in caught.value.hint
    assert not list(own_folders.iterdir())


def test_a_login_does_not_travel_in_the_open():
    for addresses in ({"url": "http://api.example"}, {"accounts_url": "http://login.example"}):
        with pytest.raises(SecretsError, match="in the open"):
            SpotifyAccount(CLIENT_ID, **addresses)
