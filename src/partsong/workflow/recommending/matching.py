"""Which tracks of the catalog the entries of a playlist file mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from partsong.catalog import Catalog, base_title, song_key
from partsong.playlists import PlaylistEntry

__all__ = ["match_entries"]

_IDS: Final = ("track_id", "spotify_id", "isrc", "mbid", "path")
"""Strongest first. The id of another catalog is only as good as a title, and may be nobody's."""

_UNKNOWN_DIFFERENCE: Final = 3_600_000

_JOINED: Final = re.compile(r"\s*(?:[,;&]|\bfeat\.?\s|\bft\.?\s)")


def match_entries(catalog: Catalog, entries: Sequence[PlaylistEntry]) -> list[str | None]:
    """Find the tracks that playlist entries mean.

    An id decides, then the audio file, then title and main artist. Of several versions of the song
    the one with the same words in its title is meant, then the one of the nearest length. Without
    an artist, a title must be that of one song only.

    Parameters
    ----------
    catalog
        The catalog.
    entries
        What the playlist says.

    Returns
    -------
    list of str or None
        The track of each entry, None where the catalog has none.

    Raises
    ------
    CatalogMissingError
        If there is no catalog yet.
    """
    tracks = catalog.read_tracks([*_IDS, "title", "artists", "duration_ms"])
    found = _by_id(tracks, entries)
    left = {place: entry for place, entry in enumerate(entries) if place not in found}
    if left:
        songs = _songs_of(tracks, left.values())
        for place, entry in left.items():
            track_id = _by_name(songs, entry)
            if track_id is not None:
                found[place] = track_id
    return [found.get(place) for place in range(len(entries))]


def _by_id(tracks: pl.DataFrame, entries: Sequence[PlaylistEntry]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name in _IDS:
        asked = pl.DataFrame(
            {"place": range(len(entries)), "id": [getattr(entry, name) for entry in entries]},
            schema={"place": pl.Int64, "id": pl.String},
        )
        known = tracks.select("track_id", id=name).unique("id", keep="first", maintain_order=True)
        for place, _, track_id in asked.join(known, on="id").iter_rows():
            found.setdefault(place, track_id)
    return found


def _songs_of(
    tracks: pl.DataFrame, entries: Iterable[PlaylistEntry]
) -> dict[str, list[dict[str, Any]]]:
    """Return the tracks that may be meant: under the key of their song, and under their title."""
    asked = list(entries)
    artists = pl.Series([name for entry in asked for name in _main_artists(entry)], dtype=pl.String)
    titles = pl.Series(
        [base_title(entry.title) for entry in asked if not entry.artists], dtype=pl.String
    )
    main = _plain(pl.col("artists").list.first())
    near = tracks.filter(
        main.is_in(_plain(artists).implode()) | _plain(pl.col("title")).is_in(titles.implode())
    )
    songs: dict[str, list[dict[str, Any]]] = {}
    for track in near.iter_rows(named=True):
        for key in (song_key(track["title"], track["artists"]), base_title(track["title"])):
            songs.setdefault(key, []).append(track)
    return songs


def _by_name(songs: Mapping[str, list[dict[str, Any]]], entry: PlaylistEntry) -> str | None:
    keys = [song_key(entry.title, [artist]) for artist in _main_artists(entry)]
    versions = next((songs[key] for key in keys if key in songs), [])
    if not entry.artists and entry.title:
        titled = songs.get(base_title(entry.title), [])
        if len({song_key(track["title"], track["artists"]) for track in titled}) == 1:
            versions = titled
    if not versions or not entry.title:
        return None
    title = entry.title.casefold()

    def distance(track: Mapping[str, Any]) -> tuple[bool, int]:
        known = entry.duration_ms and track["duration_ms"]
        apart = abs(entry.duration_ms - track["duration_ms"]) if known else _UNKNOWN_DIFFERENCE
        return track["title"].casefold() != title, apart

    return str(min(versions, key=distance)["track_id"])


def _main_artists(entry: PlaylistEntry) -> list[str]:
    """Return who the main artist may be: a line of text does not say where one name ends."""
    if not entry.artists:
        return []
    return list(dict.fromkeys([entry.artists[0], _JOINED.split(entry.artists[0])[0]]))


def _plain(text: Any) -> Any:
    """Take accents, case and punctuation from a column or series of text."""
    folded = text.str.normalize("NFKD").str.to_lowercase().str.replace_all(r"\p{M}|['\u{2019}]", "")
    return folded.str.replace_all(r"[\W_]+", " ").str.strip_chars()
