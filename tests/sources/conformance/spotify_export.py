"""Spotify's data export before the conformance suite."""

import json
import zipfile
from contextlib import contextmanager

from partsong.sources import open_spotify_export

NAME = "spotify-export"

URI = "spotify:track:0nSlWEBF5XTpm4OqLPWTBj"
PLAYS = [
    {
        "ts": f"2020-05-0{day}T10:20:30Z",
        "ms_played": 200_000,
        "master_metadata_track_name": "Solas",
        "master_metadata_album_artist_name": "Jamie Duffy",
        "master_metadata_album_album_name": "Solas",
        "spotify_track_uri": URI,
    }
    for day in range(1, 5)
]
SAVED = {"artist": "Ravel", "album": "Miroirs", "track": "Une barque sur l'océan", "uri": None}
ITEM = {"trackName": "Solas", "artistName": "Jamie Duffy", "albumName": "Solas", "trackUri": URI}
MEMBERS = {
    "MyData/Streaming_History_Audio_2020_0.json": [*PLAYS, "no play"],
    "MyData/StreamingHistory_music_0.json": [
        {"endTime": end, "artistName": "Jamie Duffy", "trackName": "Solas", "msPlayed": 200_000}
        for end in ("2020-05-01 10:20", "2020-06-01 10:20")
    ],
    "MyData/YourLibrary.json": {
        "tracks": [SAVED],
        "bannedTracks": [SAVED | {"track": "Ondine"}],
        "bannedArtists": [{"name": "Loud", "uri": None}],
    },
    "MyData/Playlist1.json": {"playlists": [{"name": "Late", "items": [{"track": ITEM}]}]},
}


@contextmanager
def example(folder):
    yield lambda: open_spotify_export([write(folder, MEMBERS)])


@contextmanager
def broken(folder):
    path = write(folder, MEMBERS | {"MyData/endsong_9.json": PLAYS})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"endsong_9.json", b"endsong_8.json", 1))
    yield lambda: open_spotify_export([path])


def write(folder, members):
    path = folder / "my_spotify_data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, json.dumps(content))
    return path
