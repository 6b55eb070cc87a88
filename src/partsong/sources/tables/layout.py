"""The shape of a kind of file, as plain data: what marks it, and which column is which field."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from partsong.schema import AUDIO_FEATURES

__all__ = ["FEATURE_COLUMNS", "Layout", "column_key"]

FEATURE_COLUMNS: Final = {name: name for name in AUDIO_FEATURES}
"""The audio features under Spotify's own names, as most layouts spell them."""


def column_key(name: str) -> str:
    """Return what two spellings of one column name have in common.

    Examples
    --------
    >>> column_key("Time Signature") == column_key("time_signature")
    True
    >>> column_key("artist(s)")
    'artists'
    """
    return re.sub(r"[\W_]+", "", name.casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of file that partsong reads.

    Column names are compared without case, spaces and punctuation.

    Parameters
    ----------
    name
        What ``--as`` calls it.
    title, description
        What it is, for the list of layouts and the reference page.
    licence
        Under what terms it was published, and whom to name.
    required
        Columns that mark the layout; ``"genre|genre_top"`` means one of the two. Of two layouts
        that fit, the one with more of these wins.
    columns
        Which column holds which field. Several columns of one field are tried in this order;
        several columns of genres are put together.
    absent
        Columns whose presence shows that the file is something else.
    separators
        For the fields that are lists, what stands between two entries: any of the keys of
        `lists.SEPARATORS`. A list written as a Python or JSON literal is read without.
    artist_columns
        Which column holds which field of the row's only artist.
    id_prefix
        What is put before the ids of a data set that has ids of its own.
    is_playlist
        Whether a file is of the listener's own playlists, and its rows were therefore heard. One
        without a column that names the playlist is called by the file's name.
    stops_early
        Whether a row may end before the audio features, which are then missing.
    analysis
        Whose measure the audio features are on.
    needs_titles
        Whether a row without a title is dropped even if it has an id, where others have titles.
    only_fills
        Whether rows name tracks but are no news of them, so that they replace no value.

    Examples
    --------
    >>> layout = Layout(
    ...     name="tiny",
    ...     title="A tiny layout",
    ...     description="For this example.",
    ...     licence="none",
    ...     required=("id", "genre|tag"),
    ...     columns={"id": "spotify_id", "genre": "genres", "tag": "genres"},
    ... )
    >>> layout.missing_from(["ID"]), layout.missing_from(["ID", "Tag", "other"])
    (('genre|tag',), ())
    >>> layout.assign_fields(["ID", "Tag", "other"])
    {'ID': 'spotify_id', 'Tag': 'genres'}
    """

    name: str
    title: str
    description: str
    licence: str
    required: tuple[str, ...]
    columns: Mapping[str, str]
    absent: tuple[str, ...] = ()
    separators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    artist_columns: Mapping[str, str] = field(default_factory=dict)
    id_prefix: str = ""
    is_playlist: bool = False
    stops_early: bool = False
    analysis: str = "spotify"
    needs_titles: bool = True
    only_fills: bool = False

    def missing_from(self, columns: Collection[str]) -> tuple[str, ...]:
        """Return the required columns that are not among `columns`."""
        keys = {column_key(column) for column in columns}
        return tuple(
            marks
            for marks in self.required
            if not any(column_key(mark) in keys for mark in marks.split("|"))
        )

    def fits(self, columns: Collection[str]) -> bool:
        """Tell whether a file with these columns is of this layout."""
        keys = {column_key(column) for column in columns}
        return not self.missing_from(columns) and not any(
            column_key(column) in keys for column in self.absent
        )

    def assign_fields(self, columns: Collection[str]) -> dict[str, str]:
        """Return the field of each of the `columns` that this layout uses, in its own order."""
        return self._assign(self.columns, columns)

    def assign_artist_fields(self, columns: Collection[str]) -> dict[str, str]:
        """Return the field of the artist that each of the `columns` holds."""
        return self._assign(self.artist_columns, columns)

    @staticmethod
    def _assign(fields: Mapping[str, str], columns: Collection[str]) -> dict[str, str]:
        spelling = {column_key(column): column for column in columns}
        return {
            spelling[column_key(column)]: name
            for column, name in fields.items()
            if column_key(column) in spelling
        }
