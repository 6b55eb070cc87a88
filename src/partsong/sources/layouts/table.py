"""Any other table whose columns go by the catalog's names, or by names that come near."""

from typing import Final

from partsong.sources.layout import FEATURE_COLUMNS, Layout

__all__ = ["TABLE"]

TABLE: Final = Layout(
    name="table",
    title="Any other table",
    description=(
        "A table of tracks under the catalog's own column names or common variants of them; "
        "`--map COLUMN=FIELD` names the others. Ids are used where they are Spotify's."
    ),
    licence="Whatever holds for your file.",
    required=(),
    columns={
        "spotify_id": "spotify_id",
        "spotify_track_id": "spotify_id",
        "track_uri": "spotify_id",
        "spotify_uri": "spotify_id",
        "uri": "spotify_id",
        "track_id": "spotify_id",
        "id": "spotify_id",
        "track_url": "spotify_id",
        "isrc": "isrc",
        "mbid": "mbid",
        "recording_mbid": "mbid",
        "musicbrainz_id": "mbid",
        "title": "title",
        "track_name": "title",
        "name": "title",
        "track": "title",
        "track_title": "title",
        "song": "title",
        "song_name": "title",
        "song_title": "title",
        "artists": "artists",
        "artist": "artists",
        "artist_name": "artists",
        "artist_names": "artists",
        "track_artist": "artists",
        "artist_keys": "artist_keys",
        "artist_ids": "artist_keys",
        "id_artists": "artist_keys",
        "artist_id": "artist_keys",
        "artist_uris": "artist_keys",
        "album": "album",
        "album_name": "album",
        "album_title": "album",
        "release_date": "release_date",
        "album_release_date": "release_date",
        "release_year": "release_date",
        "year": "release_date",
        "genres": "genres",
        "genre": "genres",
        "track_genre": "genres",
        "duration_ms": "duration_ms",
        "track_duration_ms": "duration_ms",
        "duration_s": "duration_s",
        "duration_seconds": "duration_s",
        "explicit": "explicit",
        "popularity": "popularity",
        "track_popularity": "popularity",
        "playlist": "playlist",
        "playlist_name": "playlist",
        "playlist_id": "playlist_id",
        "path": "path",
        "bpm": "tempo",
        **FEATURE_COLUMNS,
    },
    separators={
        "artists": (";",),
        "genres": (";", "|", ", ", ","),
    },
)
