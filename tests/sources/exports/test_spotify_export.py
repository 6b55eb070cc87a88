"""Spotify's data export: every play once, likes and hides where they belong, nothing personal."""

import importlib.util
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partsong.catalog import Catalog
from partsong.errors import (
    PartsongError,
    UnknownLayoutError,
    UnreadableFileError,
    UnsafeArchiveError,
)
from partsong.sources import is_spotify_export, open_spotify_export

_spec = importlib.util.spec_from_file_location(
    "make_export", Path(__file__).with_name("make_export.py")
)
made = sys.modules["make_export"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made)

SOLAS = made.Song("spotify:track:0nSlWEBF5XTpm4OqLPWTBj", "Solas", "Jamie Duffy", "Solas")
EXTENDED = "Spotify Extended Streaming History/Streaming_History_Audio_2019-2020_3.json"
SHORT = "Spotify Account Data/StreamingHistory_music_0.json"


def play(ts="2020-05-01T10:20:30Z", song=SOLAS, ms_played=200_000, **changed):
    return made.play_row(ts, song, ms_played) | changed


def short(end_time="2020-05-01 10:20", song=SOLAS, ms_played=200_000, **changed):
    return made.short_row(end_time, song, ms_played) | changed


@pytest.fixture
def write(tmp_path):
    def write_members(members, name="my_spotify_data.zip"):
        return made.write_export(made.Export(members), tmp_path / name)

    return write_members


@pytest.fixture
def read(write):
    """Return what reads an export of these files: its tracks and its report."""

    def read_members(**members):
        names = {"extended": EXTENDED, "short": SHORT, "library": "YourLibrary.json"}
        path = write({names.get(name, f"{name}.json"): rows for name, rows in members.items()})
        return read_all(path)

    return read_members


def read_all(*paths):
    source = open_spotify_export(paths)
    frames = [batch.tracks for batch in source.batches()]
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(), source.report


def times(tracks):
    return tracks["played_at"].dt.to_string("%Y-%m-%d %H:%M:%S").to_list()


def test_a_play_of_the_extended_history(read):
    tracks, report = read(extended=[play()])
    assert tracks.to_dicts() == [
        {
            "line": 1,
            "title": "Solas",
            "artists": ["Jamie Duffy"],
            "album": "Solas",
            "spotify_id": "0nSlWEBF5XTpm4OqLPWTBj",
            "played_at": datetime(2020, 5, 1, 10, 20, 30, tzinfo=UTC).replace(tzinfo=None),
            "ms_played": 200_000,
        }
    ]
    assert (report.read, report.layout) == (1, "spotify-export")


def test_older_and_newer_rows_lack_and_add_fields(read):
    old = {name: value for name, value in play().items() if name != "skipped"}
    rows = [
        old | {"user_agent_decrypted": "unknown", "city": "Umeå", "ip_addr_decrypted": "1.2.3.4"},
        play("2021-05-01T10:20:30Z", skipped=None, offline_timestamp=None),
        play("2022-05-01T10:20:30Z", skipped=1, offline_timestamp=1_651_400_430),
        play("2023-05-01T10:20:30Z", skipped=True, offline_timestamp=1_651_400_430.5),
    ]
    tracks, report = read(endsong_0=rows)
    assert tracks["spotify_id"].to_list() == ["0nSlWEBF5XTpm4OqLPWTBj"] * 4
    assert not report.problems
    assert not report.dropped


def test_nothing_personal_is_taken_up(read):
    tracks, report = read(extended=[play(), play("never")])
    told = repr(tracks.to_dicts()) + repr(report.to_dict())
    assert "ana.private" not in told
    assert made.ADDRESS not in told
    assert "ios" not in told


@pytest.mark.parametrize("fault", ['{"ts": ', '"', ', {"ts": 1}', "\udcff", "[" * 100_000])
def test_an_error_carries_nothing_personal(write, fault):
    text = f"[{json.dumps(play())}{fault}".encode(errors="surrogateescape")
    with pytest.raises(UnreadableFileError, match=r"Streaming_History_Audio.*cannot be") as told:
        read_all(write({EXTENDED: text}))
    error = told.value
    while error is not None:
        carried = repr(error) + repr(error.args) + repr(vars(error)) + error.hint
        assert made.ADDRESS not in carried
        error = error.__cause__ or error.__context__


def test_skips_are_plays_and_what_never_sounded_is_none(read):
    tracks, report = read(
        extended=[
            play("2020-05-01T10:00:00Z", ms_played=0),
            play("2020-05-01T10:00:01Z", ms_played=1_200),
            play("2020-05-01T10:04:00Z", ms_played=31_000.0),
        ]
    )
    assert tracks["ms_played"].to_list() == [1_200, 31_000]
    assert report.dropped == {"played for 0 ms": 1}


def test_what_is_no_music_is_left_out_and_counted(read):
    nameless = {name: None for name in play() if name.startswith("master_")}
    nameless["spotify_track_uri"] = None
    tracks, report = read(
        extended=[
            play(**nameless, spotify_episode_uri="spotify:episode:5Xt5DXGzch68nYYamXrNxZ"),
            play(**nameless, audiobook_uri="spotify:show:5Xt5DXGzch68nYYamXrNxZ"),
            play(spotify_track_uri="spotify:local:Ana::Demo:200"),
            play(),
        ],
        Streaming_History_Video_2019=[play(), play()],
        StreamingHistory_podcast_0=[short()],
        StreamingHistory_audiobook_0=[short()] * 3,
    )
    assert tracks.height == 1
    assert report.dropped == {"podcast": 2, "audiobook": 4, "local file": 1, "video": 2}
    assert report.read == 10
    assert not report.problems


def test_bad_rows_are_told_with_file_and_row(read):
    rows = [
        play(),
        "not a row",
        play(ts=None),
        play(ts="2020-13-45T99:00:00Z"),
        play("2020-05-02T10:20:30Z", ms_played="long"),
        play("2020-05-03T10:20:30Z", ms_played=-5),
        play("2020-05-04T10:20:30Z", spotify_track_uri="spotify:track:short"),
        play("2020-05-05T10:20:30Z", master_metadata_track_name=["a", "b"]),
        play("2020-05-06T10:20:30Z", master_metadata_track_name="half \ud800"),
    ]
    tracks, report = read(extended=json.dumps(rows))
    file = "Streaming_History_Audio_2019-2020_3.json"
    assert [(problem.file, problem.line, problem.reason) for problem in report.problems] == [
        (file, 2, "not a play"),
        (file, 3, "not a time"),
        (file, 4, "not a time"),
        (file, 5, "not a number of milliseconds"),
        (file, 6, "not a number of milliseconds"),
        (file, 7, "no Spotify id"),
    ]
    assert report.dropped == {"not a play": 1, "no time": 2}
    assert tracks["ms_played"].to_list() == [200_000, None, None, 200_000, 200_000, 200_000]
    assert tracks["title"].to_list() == ["Solas"] * 4 + [None, "half ?"]
    assert report.read == 9


def test_files_are_known_by_name_in_any_folder_with_or_without_a_byte_order_mark(tmp_path, write):
    members = {
        "MyData/endsong_12.json": b"\xef\xbb\xbf" + json.dumps([play()]).encode(),
        "MyData/StreamingHistory0.json": [short("2021-01-01 00:00")],
        "my/MyData/StreamingHistory_music_1.json": [short("2021-01-02 00:00")],
        "MyData/Payments.json": b"\xff no JSON at all",
        "MyData/Read_Me_First.pdf": b"%PDF",
        "__MACOSX/MyData/._endsong_12.json": b"\x00",
    }
    zipped = write(members)
    folder = tmp_path / "folder"
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        is_made = isinstance(content, bytes)
        (folder / name).write_bytes(content if is_made else json.dumps(content).encode())
    for place in (zipped, folder, zipped):
        assert is_spotify_export(place)
    assert read_all(zipped)[0].height == 3
    assert read_all(zipped)[0].equals(read_all(folder)[0])


def test_a_short_history_alone_gives_plays_to_the_minute_and_says_so(read):
    tracks, report = read(short=[short()])
    assert times(tracks) == ["2020-05-01 10:20:00"]
    assert tracks["spotify_id"].to_list() == [None]
    assert "extended" in report.notes[0]


@pytest.mark.parametrize("minute", ["10:19", "10:20", "10:21"])
def test_a_play_that_both_histories_tell_counts_once(read, minute):
    tracks, report = read(short=[short(f"2020-05-01 {minute}")], extended=[play()])
    assert times(tracks) == ["2020-05-01 10:20:30"]
    assert report.dropped == {"told by the extended history": 1}
    assert report.read == 2


@pytest.mark.parametrize(
    "other",
    [
        short("2020-05-01 10:23"),
        short(ms_played=199_999),
        short(trackName="Another"),
        short("2020-05-02 10:20"),
    ],
)
def test_a_play_that_only_the_short_history_tells_stays(read, other):
    tracks, report = read(short=[other], extended=[play()])
    assert tracks.height == 2
    assert not report.dropped


def test_two_archives_are_read_as_one(write):
    account = write({SHORT: [short(), short("2024-01-01 00:00")]}, "account.zip")
    history = write({EXTENDED: [play(), "bad"]}, "history.zip")
    tracks, report = read_all(account, history)
    assert tracks.height == 2
    assert report.dropped["told by the extended history"] == 1
    assert report.problems[0].file.startswith("history.zip/")


def test_the_library_gives_likes_and_hides(write, tmp_path):
    def named(song):
        return {"artist": song.artist, "album": song.album, "track": song.title, "uri": song.uri}

    songs = made.extended_history(3, 3, n_files=1).songs
    path = write(
        {
            "YourLibrary.json": {
                "tracks": [named(SOLAS), named(songs[0])],
                "albums": [{"artist": "A", "album": "B", "uri": "spotify:album:x"}],
                "shows": [],
                "bannedTracks": [named(songs[1])],
                "artists": [{"name": "Ravel", "uri": "spotify:artist:17hR0sYHpx7VYTMRfFUOmY"}],
                "bannedArtists": [
                    {"name": "Loud", "uri": "spotify:artist:0nSlWEBF5XTpm4OqLPWTBj"},
                    {"name": "No Id", "uri": None},
                ],
                "other": [],
            }
        }
    )
    source = open_spotify_export([path])
    (batch,) = source.batches()
    assert batch.tracks["liked"].to_list() == [True, True, None]
    assert batch.tracks["hidden"].to_list() == [None, None, True]
    assert batch.artists.to_dicts() == [
        {"artist_id": "0nSlWEBF5XTpm4OqLPWTBj", "name": "Loud", "hidden": True},
        {"artist_id": None, "name": "No Id", "hidden": True},
    ]
    assert source.report.read == 3
    assert "1 saved albums, 1 artists followed" in source.report.notes[0]

    catalog = Catalog(tmp_path / "music.duckdb")
    source = open_spotify_export([path])
    catalog.add(source.batches(), source.report)
    said = catalog.read_feedback().sort("kind")["kind"].to_list()
    assert said == ["hide", "like", "like"]


def test_playlists_keep_their_order_and_leave_out_what_is_no_track(write, tmp_path):
    songs = made.extended_history(3, 3, n_files=1).songs

    def item(song, **changed):
        track = {
            "trackName": song.title,
            "artistName": song.artist,
            "albumName": song.album,
            "trackUri": song.uri,
        }
        blank = {"track": track, "episode": None, "localTrack": None, "addedDate": "2021-05-16"}
        return blank | changed

    local = {"uri": "spotify:local:Ana::Demo:200"}
    path = write(
        {
            "Playlist1.json": {
                "playlists": [
                    {
                        "name": "Late <b>",
                        "lastModifiedDate": "2021-05-16",
                        "items": [
                            item(songs[2]),
                            item(songs[0], track=None, localTrack=local),
                            item(songs[0], track=None, episode={"episodeName": "News"}),
                            item(songs[0]),
                        ],
                        "description": None,
                        "numberOfFollowers": 0,
                    },
                    {"name": "Early", "items": [item(songs[0])]},
                    {"name": "Empty", "items": []},
                ]
            }
        }
    )
    tracks, report = read_all(path)
    assert tracks["playlist"].to_list() == ["Late <b>", "Late <b>", "Early"]
    assert tracks["line"].to_list() == [1, 4, 5]
    assert tracks["heard"].all()
    assert report.dropped == {"local file": 1, "podcast": 1}
    assert report.read == 5
    catalog = Catalog(tmp_path / "music.duckdb")
    source = open_spotify_export([path])
    catalog.add(source.batches(), source.report)
    ids = catalog.read_playlist("Late <b>")["track_id"].to_list()
    titles = catalog.read_tracks_by_id(ids, ["title"])["title"].to_list()
    assert titles == [songs[2].title, songs[0].title]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (EXTENDED, {"not": "a list"}),
        (SHORT, "7"),
        ("YourLibrary.json", [1]),
        ("Playlist1.json", "null"),
        (EXTENDED, "[1"),
        (EXTENDED, ""),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(write, name, content):
    with pytest.raises(UnreadableFileError, match=name.rpartition("/")[2]) as error:
        read_all(write({name: content}))
    assert error.value.hint


def test_what_is_no_export_is_told_apart(tmp_path, write):
    (tmp_path / "table.csv").write_text("title,artist\nSolas,Jamie Duffy\n")
    assert not is_spotify_export(tmp_path / "table.csv")
    assert not is_spotify_export(tmp_path / "nothing")
    technical = write({"Spotify Technical Log Information/AddedToCollection.json": []})
    assert not is_spotify_export(technical)
    with pytest.raises(UnknownLayoutError, match="nothing of Spotify's") as error:
        open_spotify_export([technical])
    assert "technical log" in error.value.hint


def test_other_files_of_a_folder_are_named(tmp_path):
    (tmp_path / "endsong_0.json").write_text(json.dumps([play()]))
    for name in ("Read_Me_First.pdf", "Userdata.json", "mine.csv"):
        (tmp_path / name).touch()
    _, report = read_all(tmp_path)
    (note,) = report.notes
    assert note.endswith("not read in it: mine.csv")


def test_an_unsafe_archive_is_never_read(write):
    path = write({"../Streaming_History_Audio_1.json": [play()]})
    for attempt in (is_spotify_export, lambda path: open_spotify_export([path])):
        with pytest.raises(UnsafeArchiveError):
            attempt(path)


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["playlists", "items", "track", "name", "x"]), inner)
    ),
    max_leaves=6,
)
fields = st.sampled_from([*play(), *short(), "track", "uri", "artist"])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plays=st.lists(odd | st.dictionaries(fields, odd)),
    documents=st.dictionaries(
        st.sampled_from(["tracks", "bannedTracks", "bannedArtists", "playlists", "albums"]), odd
    ),
)
def test_no_json_brings_a_reader_down(write, plays, documents):
    path = write(
        {EXTENDED: plays, SHORT: plays, "YourLibrary.json": documents, "Playlist1.json": documents}
    )
    try:
        tracks, report = read_all(path)
    except PartsongError:
        return
    assert report.read == tracks.height + report.dropped.total()


def test_plays_arrive_once_however_often_they_are_imported(tmp_path):
    export = made.extended_history(300, 40, n_files=3)
    export.members[SHORT] = [
        short(row["ts"][:16].replace("T", " "), song, row["ms_played"])
        for rows in export.members.values()
        for row in rows[::7]
        for song in export.songs
        if song.uri == row["spotify_track_uri"]
    ]
    must_arrive(export, made.write_export(export, tmp_path / "export.zip"), tmp_path)


@pytest.mark.slow
def test_two_hundred_thousand_plays_arrive_once(tmp_path):
    export = made.extended_history(200_000, 8_000, n_files=13)
    must_arrive(export, made.write_export(export, tmp_path / "export.zip"), tmp_path)


def must_arrive(export, path, folder):
    catalog = Catalog(folder / "music.duckdb")
    for n_new in (len(export.played), 0):
        source = open_spotify_export([path])
        report = catalog.add(source.batches(), source.report)
        assert report.listens == n_new
        assert report.read == sum(map(len, export.members.values()))
        assert report.read == report.kept + report.merged + report.dropped.total()
        assert report.dropped["podcast"] == export.n_podcasts
        assert report.dropped["neither title nor id"] == export.n_nameless
        assert not report.changed
        tracks = catalog.read_tracks(["spotify_id", "in_library"])
        assert tracks["in_library"].all()
        ids = dict(tracks.select("track_id", "spotify_id").iter_rows())
        listens = catalog.read_listens()
        assert listens["played_at"].is_sorted()
        found = {
            (f"spotify:track:{ids[track_id]}", f"{played_at:%Y-%m-%dT%H:%M:%SZ}")
            for track_id, played_at in listens.select("track_id", "played_at").iter_rows()
        }
        assert found == export.played
