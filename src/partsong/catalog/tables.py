"""The tables of the catalog file, declared once, so that file, merge and reference page agree."""

from typing import Final

from partsong.schema import (
    ARTIST_FIELDS,
    AUDIO_FEATURES,
    LISTEN_FIELDS,
    TRACK_FIELDS,
    Field,
    track_field,
)

__all__ = ["HIDDEN_TRACK_FIELDS", "TABLES", "TOLD_NUMBERS", "quoted"]

TOLD_NUMBERS: Final = (*AUDIO_FEATURES, "duration_ms", "popularity")
"""The columns of `tracks` of which the catalog keeps what each source said."""

HIDDEN_TRACK_FIELDS: Final = (
    Field("number", "BIGINT", "Place in the order of import; gaps mean nothing."),
    Field("import_id", "INTEGER", "The import that brought the track."),
    Field("title_key", "VARCHAR", "The title in normal form, for comparison."),
    Field("artists_key", "VARCHAR", "The artists in normal form: distinct, sorted, one text."),
)
"""Columns of `tracks` that serve the catalog itself; frames do not carry them."""

TABLES: Final[dict[str, tuple[Field, ...]]] = {
    "tracks": TRACK_FIELDS + HIDDEN_TRACK_FIELDS,
    "artists": ARTIST_FIELDS,
    "listens": LISTEN_FIELDS,
    "feedback": (
        Field("track_id", "VARCHAR", "The track."),
        Field("kind", "VARCHAR", "`like`, `dislike` or `hide`."),
        Field("said_at", "TIMESTAMP", "When it was said, UTC."),
    ),
    "playlists": (
        Field("playlist_id", "VARCHAR", "Id from the source, or `name:` and the normalised name."),
        Field("name", "VARCHAR", "Name as the source spells it."),
    ),
    "playlist_tracks": (
        Field("playlist_id", "VARCHAR", "The playlist."),
        Field("track_id", "VARCHAR", "The track."),
        Field("position", "INTEGER", "Its place in the playlist, from 1."),
    ),
    "shown": (
        Field("track_id", "VARCHAR", "The track."),
        Field("list_name", "VARCHAR", "The list that it stood in."),
        Field("position", "INTEGER", "Its place in the list, from 1."),
        Field("shown_at", "TIMESTAMP", "When the list was made, UTC."),
    ),
    "imports": (
        Field("import_id", "INTEGER", "Number of the run, from 1."),
        Field("finished_at", "TIMESTAMP", "When it ended, UTC."),
        Field("files", "VARCHAR[]", "What was read."),
        Field("layout", "VARCHAR", "As what it was read."),
        Field("read", "BIGINT", "Rows seen."),
        Field("kept", "BIGINT", "Rows that became a new track."),
        Field("merged", "BIGINT", "Rows folded into a known track."),
        Field("dropped", "BIGINT", "Rows left out."),
        Field("report", "VARCHAR", "The whole report, as JSON."),
    ),
    "track_origins": (
        Field("track_id", "VARCHAR", "The track."),
        Field("field", "VARCHAR", "A column of `tracks`."),
        Field(
            "import_id",
            "INTEGER",
            "The latest import that set it, where that is not the one that brought the track.",
        ),
    ),
    "track_sources": (
        Field("track_id", "VARCHAR", "The track."),
        Field("source", "VARCHAR", "Who speaks; `before-version-3` where that is not known."),
        Field("import_id", "INTEGER", "The latest import in which it said something new."),
        Field("analysis", "VARCHAR", "Whose measure its audio features are on."),
        *(track_field(name) for name in TOLD_NUMBERS),
    ),
    "candidates": (
        Field("track_id", "VARCHAR", "The track."),
        Field("source", "VARCHAR", "Who suggests it."),
        Field("score", "DOUBLE", "How strongly; higher is stronger."),
        Field("suggested_at", "TIMESTAMP", "When it did so last, UTC."),
    ),
    "hidden_artists": (
        Field("artist_key", "VARCHAR", "The name in normal form, for comparison."),
        Field("name", "VARCHAR", "Name as it was given."),
        Field("said_at", "TIMESTAMP", "When it was said, UTC."),
    ),
    "agreements": (
        Field("topic", "VARCHAR", "What the listener was asked."),
        Field("answer", "BOOLEAN", "Whether the listener agreed."),
        Field("said_at", "TIMESTAMP", "When it was said, UTC."),
    ),
    "sightings": (
        Field("sighting", "VARCHAR", "What a row without a Spotify id looked like, as a hash."),
        Field("track_id", "VARCHAR", "The track that it was found to be."),
    ),
    "meta": (Field("schema_version", "INTEGER", "Version of these tables; one row."),),
}
"""Every table of the file and its columns, in order."""


def quoted(names: tuple[str, ...] | list[str]) -> str:
    """Return column names as an SQL list of quoted identifiers.

    Examples
    --------
    >>> quoted(["title", "key"])
    '"title", "key"'
    """
    return ", ".join(f'"{name}"' for name in names)
