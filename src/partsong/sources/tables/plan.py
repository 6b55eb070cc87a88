"""What a column can be, and how the columns of one file become fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from partsong.schema import LISTEN_FIELDS, TRACK_FIELDS
from partsong.sources.tables.layout import Layout

__all__ = ["IMPORT_FIELDS", "Plan"]

_CATALOG_ONLY: Final = frozenset(
    {"track_id", "artist_ids", "artist_genres", "release_year", "in_library"}
)
IMPORT_FIELDS: Final = {
    **{field.name: field.meaning for field in TRACK_FIELDS if field.name not in _CATALOG_ONLY},
    "artist_keys": "Spotify ids of the artists, in the order of `artists`.",
    "duration_s": "Length in seconds.",
    "playlist": "Name of a playlist that the row stands in.",
    "playlist_id": "Id of that playlist.",
    "liked": "Whether the listener likes it.",
    "row_kind": "What the row is: one of an `Album` or an `Artist` is left out.",
    "heard": "Whether the listener knows it.",
    **{field.name: field.meaning for field in LISTEN_FIELDS if field.name != "track_id"},
    "ignore": "Nothing: the column is left out.",
}
"""What a column can be mapped to, and what it means."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the columns of one file become fields.

    Parameters
    ----------
    layout
        The layout, for its separators and the like.
    fields
        Field of the track by column of the file.
    artist_fields
        Field of the row's artist by column of the file.
    playlist
        Name of the playlist that the whole file is, or nothing.
    id_prefix
        What stands before ids of the data set's own.
    source, analysis
        What the catalog calls the source of the rows, and whose measure its features are on; empty
        for what the layout says.
    only_known
        Whether the rows only fill what is missing on tracks known before.
    """

    layout: Layout
    fields: Mapping[str, str]
    artist_fields: Mapping[str, str]
    playlist: str = ""
    id_prefix: str = ""
    source: str = ""
    analysis: str = ""
    only_known: bool = False
