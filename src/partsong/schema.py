"""The catalog's columns, declared once: name, type, unit, range, meaning.

The store creates its tables from these, the importers convert to them, ``partsong check`` judges
by their ranges, parts are named with their words, and the reference page is written from them.
"""

from dataclasses import dataclass
from typing import Final

__all__ = [
    "ARTIST_FIELDS",
    "AUDIO_FEATURES",
    "LISTEN_FIELDS",
    "SCHEMA_VERSION",
    "TRACK_FIELDS",
    "Field",
    "track_field",
]

SCHEMA_VERSION: Final = 3
"""Raised by one with every change of the tables; `catalog/migrations.py` holds the steps."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a catalog table.

    Parameters
    ----------
    name
        The column's name, in Spotify's spelling where Spotify has it.
    type
        Its DuckDB type.
    meaning
        One sentence for the reference page.
    unit
        Unit of the values, empty where they have none.
    low, high
        The smallest and largest values that can be real; others become missing on import.
    words
        What tracks below and above the average of this feature are called.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: tuple[str, str] | None = None


TRACK_FIELDS: Final = (
    Field("track_id", "VARCHAR", "partsong's own id of the recording; never changes."),
    Field("title", "VARCHAR", "Title as the source spells it; missing where a data set has none."),
    Field("artists", "VARCHAR[]", "Names of the artists, the main one first."),
    Field("artist_ids", "VARCHAR[]", "Key of each artist in the `artists` table, in that order."),
    Field("album", "VARCHAR", "Album title."),
    Field("release_date", "VARCHAR", "As precise as known: 1958, 1958-09 or 1958-09-16."),
    Field("release_year", "SMALLINT", "Year of the release date.", "year", 1860, 2100),
    Field("genres", "VARCHAR[]", "Labels that sources gave to the track itself, sorted."),
    Field("artist_genres", "VARCHAR[]", "Labels that sources gave to its artists, sorted."),
    Field("explicit", "BOOLEAN", "Whether the lyrics are marked as explicit."),
    Field(
        "popularity",
        "SMALLINT",
        "Spotify's popularity when the source was made.",
        "",
        0,
        100,
        ("obscure", "popular"),
    ),
    Field("isrc", "VARCHAR", "International standard recording code, 12 characters."),
    Field("spotify_id", "VARCHAR", "Spotify's track id, 22 characters."),
    Field("mbid", "VARCHAR", "MusicBrainz recording id, a UUID."),
    Field("source_id", "VARCHAR", "Id in a data set with ids of its own, such as fma:2."),
    Field("path", "VARCHAR", "Path of the audio file, where the track is one."),
    Field("duration_ms", "INTEGER", "Length.", "ms", 1, 86_400_000, ("short", "long")),
    Field(
        "danceability",
        "DOUBLE",
        "How well it suits dancing, from its beat and regularity.",
        "",
        0,
        1,
        ("undanceable", "danceable"),
    ),
    Field("energy", "DOUBLE", "Intensity and activity.", "", 0, 1, ("calm", "energetic")),
    Field(
        "key", "TINYINT", "Pitch class, 0 = C to 11 = B; a circle, so 11 is next to 0.", "", 0, 11
    ),
    Field(
        "loudness",
        "DOUBLE",
        "Average loudness; a few tracks lie above 0 dB.",
        "dB",
        -100,
        20,
        ("quiet", "loud"),
    ),
    Field("mode", "TINYINT", "0 = minor, 1 = major.", "", 0, 1, ("minor", "major")),
    Field("speechiness", "DOUBLE", "Share of spoken words.", "", 0, 1, ("no speech", "spoken")),
    Field(
        "acousticness",
        "DOUBLE",
        "Confidence that it is acoustic.",
        "",
        0,
        1,
        ("electric", "acoustic"),
    ),
    Field(
        "instrumentalness",
        "DOUBLE",
        "Confidence that nobody sings.",
        "",
        0,
        1,
        ("vocal", "instrumental"),
    ),
    Field(
        "liveness",
        "DOUBLE",
        "Confidence that an audience is present.",
        "",
        0,
        1,
        ("studio", "live"),
    ),
    Field("valence", "DOUBLE", "How cheerful it sounds.", "", 0, 1, ("sad", "happy")),
    Field("tempo", "DOUBLE", "Estimated tempo.", "BPM", 1, 400, ("slow", "fast")),
    Field(
        "time_signature",
        "TINYINT",
        "Estimated beats in a bar.",
        "",
        1,
        15,
        ("odd metre", "common time"),
    ),
    Field("in_library", "BOOLEAN", "Whether the listener knows the track (heard, owned, liked)."),
)
"""The columns of the table `tracks`, in order."""

AUDIO_FEATURES: Final = (
    "danceability",
    "energy",
    "key",
    "loudness",
    "mode",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
    "time_signature",
)
"""What an analysis of the sound yields, under Spotify's names."""

ARTIST_FIELDS: Final = (
    Field(
        "artist_id",
        "VARCHAR",
        "Spotify's artist id, or `name:` and the normalised name where no id is known.",
    ),
    Field("name", "VARCHAR", "Name as the source spells it."),
    Field("genres", "VARCHAR[]", "Labels of the artist, sorted."),
    Field("followers", "BIGINT", "Followers on Spotify when the source was made.", "", 0),
    Field("popularity", "SMALLINT", "Spotify's popularity of the artist.", "", 0, 100),
)
"""The columns of the table `artists`, in order."""

LISTEN_FIELDS: Final = (
    Field("track_id", "VARCHAR", "The track."),
    Field("played_at", "TIMESTAMP", "When it was played, UTC."),
    Field("ms_played", "INTEGER", "How much of it was played.", "ms", 0, 86_400_000),
)
"""The columns of the table `listens`, in order."""

_TRACK_FIELDS_BY_NAME: Final = {field.name: field for field in TRACK_FIELDS}


def track_field(name: str) -> Field:
    """Return the column of `tracks` called `name`.

    Raises
    ------
    KeyError
        If there is none.

    Examples
    --------
    >>> track_field("tempo").unit
    'BPM'
    """
    return _TRACK_FIELDS_BY_NAME[name]
