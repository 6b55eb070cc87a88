"""A made-up data export of Spotify's, in its real field names, of any size and always the same.

The numbers that an import must arrive at are planted here, beside the files.
"""

import base64
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

__all__ = ["ADDRESS", "Export", "Song", "extended_history", "play_row", "short_row", "write_export"]

ADDRESS = "203.0.113.77"
"""Stands in every row of the extended history; it must never come out of a reader."""

_SOUNDS = (
    "Moonlight",
    "Ночь",
    "Été",
    "夜",
    "Paper Moon",
    "Silver",
    "Rain",
    "Home",
    "Échoes",
    "9 to 5",
)
_PEOPLE = ("Ana", "Björk-ish", "The Lamps", "Ōta", "Kite & Co.", "Los Ríos", "DJ Nobody", "Ravel")


@dataclass(frozen=True)
class Song:
    """One track of the made-up catalogue."""

    uri: str
    title: str
    artist: str
    album: str


@dataclass
class Export:
    """Files of an export by name, and what is true of them."""

    members: dict[str, Any] = field(default_factory=dict)
    songs: list[Song] = field(default_factory=list)
    played: set[tuple[str, str]] = field(default_factory=set)
    """The URI and time of every play of a track that sounded."""
    n_rows: int = 0
    n_podcasts: int = 0
    n_nameless: int = 0
    n_silent: int = 0


def make_songs(n_tracks: int, rng: random.Random) -> list[Song]:
    """Return made-up tracks; every fourth or so shares its artist with others."""
    songs = []
    for number in range(n_tracks):
        digits = base64.b32encode(rng.randbytes(14)).decode().rstrip("=")[:22]
        artist = f"{rng.choice(_PEOPLE)} {rng.randrange(max(n_tracks // 4, 1))}"
        songs.append(
            Song(
                uri=f"spotify:track:{digits}",
                title=f"{rng.choice(_SOUNDS)} {number}",
                artist=artist,
                album=f"Album {number // 10}",
            )
        )
    return songs


def extended_history(
    n_plays: int, n_tracks: int, *, n_files: int = 12, random_state: int = 1
) -> Export:
    """Return an extended streaming history with some podcasts and nameless rows among the plays."""
    rng = random.Random(random_state)
    songs = make_songs(n_tracks, rng)
    export = Export(songs=songs)
    rows = list(_play_rows(export, n_plays, rng))
    export.n_rows = len(rows)
    size = -(-len(rows) // n_files)
    for number in range(n_files):
        part = rows[number * size : (number + 1) * size]
        years = f"{part[0]['ts'][:4]}-{part[-1]['ts'][:4]}"
        name = f"Spotify Extended Streaming History/Streaming_History_Audio_{years}_{number}.json"
        export.members[name] = part
    return export


def _play_rows(export: Export, n_plays: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    moment = datetime(2013, 2, 3, 10, 20, 30, tzinfo=UTC)
    last = len(export.songs) - 1
    for number in range(n_plays):
        moment += timedelta(seconds=rng.randrange(20, 3_000))
        # Each track once, then a few of them again and again.
        place = number if number <= last else int(last * rng.random() ** 3)
        song = export.songs[place]
        ms_played = rng.randrange(30_000, 300_000) if rng.random() < 0.8 else rng.randrange(30_000)
        row = play_row(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), song, ms_played)
        kind = rng.random() if number > last else 1.0
        if kind < 0.01:
            row |= {name: None for name in row if name.startswith("master_metadata")}
            row |= {
                "spotify_track_uri": None,
                "episode_name": "News",
                "episode_show_name": "The Day",
                "spotify_episode_uri": "spotify:episode:5Xt5DXGzch68nYYamXrNxZ",
            }
            export.n_podcasts += 1
        elif kind < 0.015:
            row |= {name: None for name in row if name.startswith("master_metadata")}
            row["spotify_track_uri"] = None
            export.n_nameless += 1
        elif kind < 0.03 or ms_played == 0:
            row["ms_played"] = 0
            export.n_silent += 1
        else:
            export.played.add((song.uri, row["ts"]))
        yield row


def play_row(ts: str, song: Song, ms_played: int) -> dict[str, Any]:
    """Return one row of the extended history, with every field that there has ever been."""
    return {
        "ts": ts,
        "username": "ana.private",
        "platform": "ios",
        "ms_played": ms_played,
        "conn_country": "SE",
        "ip_addr": ADDRESS,
        "master_metadata_track_name": song.title,
        "master_metadata_album_artist_name": song.artist,
        "master_metadata_album_album_name": song.album,
        "spotify_track_uri": song.uri,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": 1_700_000_000.0,
        "incognito_mode": False,
    }


def short_row(end_time: str, song: Song, ms_played: int) -> dict[str, Any]:
    """Return one row of the short history."""
    return {
        "endTime": end_time,
        "artistName": song.artist,
        "trackName": song.title,
        "msPlayed": ms_played,
    }


def write_export(export: Export, path: Path) -> Path:
    """Write the files of an export as a ZIP, one row a line."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in export.members.items():
            archive.writestr(name, _text(content))
    return path


def _text(content: Any) -> str | bytes:
    if isinstance(content, (str, bytes)):
        return content
    if isinstance(content, list):
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in content) + "\n]"
    return json.dumps(content, ensure_ascii=False, indent=2)
