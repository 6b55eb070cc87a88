"""From nothing to a playlist of songs never heard, through the real command line."""

import json
import zipfile

import polars as pl
import pytest
from typer.testing import CliRunner

from partsong.cli.app import app
from partsong.playlists import read_playlist_file

BANNED_SONG, BANNED_ARTIST = "Hush Song 27", "Hush Artist 5"


@pytest.mark.usefixtures("own_folders")
def test_an_export_and_a_table_of_features_become_a_playlist(planted_tracks, tmp_path, monkeypatch):
    """A listener of quiet music who skips thrash gets quiet songs, none known and none banned."""
    monkeypatch.chdir(tmp_path)
    place = pl.col("track_name").str.extract(r"(\d+)$").cast(int)
    is_played = (pl.col("track_genre") == "hush") & (place < 20)
    is_skipped = (pl.col("track_genre") == "thrash") & (place < 10)
    mine = planted_tracks.filter(is_played | is_skipped)
    others = planted_tracks.filter(~(is_played | is_skipped))
    write_export(mine, others)
    strangers = others.head(5).with_columns(track_id=pl.col("track_id").str.reverse())
    pl.concat([mine, strangers.with_columns(track_name=pl.lit("Unheard of"))]).write_csv("mine.csv")
    others.write_csv("others.csv")

    arrived = partsong("import", "my_spotify_data.zip", "others.csv")
    assert arrived["listens"] == 2 * mine.height
    assert arrived["dropped"] == 0
    filled = partsong("import", "mine.csv", "--only-features")
    assert (filled["kept"], filled["merged"]) == (0, mine.height)
    assert filled["dropped"] == strangers.height
    assert partsong("fit", "-k", "3", "--n-init", "1")["n_tracks"] == planted_tracks.height

    found = partsong("discover", "--week", "2026-W47", "-n", "10", "--export", "new.m3u8")[
        "recommendations"
    ]
    names = {track["title"] for track in found}
    assert len(names) == 10
    assert names <= {f"Hush Song {number}" for number in range(20, 60)} - {BANNED_SONG}
    assert not any(BANNED_ARTIST in track["artists"] for track in found)
    written = read_playlist_file(tmp_path / "new.m3u8")
    assert {entry.title for entry in written.entries} == names


def partsong(*arguments):

    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def write_export(mine, others):
    """Write the listener's export: everything played twice, thrash for four seconds only."""
    plays = [
        {
            "ts": f"2026-{month:02}-{1 + number % 28:02}T10:{number:02}:30Z",
            "ms_played": 4_000 if row["track_genre"] == "thrash" else row["duration_ms"],
            "ip_addr": "203.0.113.77",
            "master_metadata_track_name": row["track_name"],
            "master_metadata_album_artist_name": row["artists"],
            "master_metadata_album_album_name": row["album_name"],
            "spotify_track_uri": f"spotify:track:{row['track_id']}",
        }
        for month in (9, 10)
        for number, row in enumerate(mine.iter_rows(named=True))
    ]
    (banned,) = others.filter(track_name=BANNED_SONG).iter_rows(named=True)
    library = {
        "tracks": [],
        "bannedTracks": [
            {
                "artist": banned["artists"],
                "album": banned["album_name"],
                "track": banned["track_name"],
                "uri": f"spotify:track:{banned['track_id']}",
            }
        ],
        "bannedArtists": [{"name": BANNED_ARTIST, "uri": "spotify:artist:" + "5" * 22}],
    }
    with zipfile.ZipFile("my_spotify_data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("MyData/Streaming_History_Audio_2026_0.json", json.dumps(plays))
        archive.writestr("MyData/YourLibrary.json", json.dumps(library))
