"""Which layout a file is of, by its columns, and which of its columns is which field."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from partsong.errors import SourceError, UnknownLayoutError
from partsong.schema import AUDIO_FEATURES
from partsong.sources.tables.artists import is_artist_table
from partsong.sources.tables.layout import Layout, column_key
from partsong.sources.tables.layouts import LAYOUTS
from partsong.sources.tables.plan import IMPORT_FIELDS
from partsong.sources.tables.raw_table import is_index_column

__all__ = [
    "assign_columns",
    "check_mapping",
    "find_layout",
    "match_layout",
    "names_tracks",
    "unknown_layout",
]

_TABLE: Final = LAYOUTS["table"]
_IDENTITY: Final = frozenset({"title", "spotify_id", "isrc", "mbid", "source_id", "path"})
_IDS: Final = frozenset({"spotify_id", "isrc", "mbid"})
_USES: Final = frozenset({*AUDIO_FEATURES, "played_at"})
_NEAR: Final = 0.5


def find_layout(name: str) -> Layout:
    """Return the layout of that name.

    Raises
    ------
    UnknownLayoutError
        If there is none.

    Examples
    --------
    >>> find_layout("spotify-114k").title
    'Spotify Tracks Dataset (maharshipandya, 114 genres)'
    """
    if name in LAYOUTS:
        return LAYOUTS[name]
    near = get_close_matches(name, LAYOUTS, n=1)
    raise UnknownLayoutError(
        f"There is no layout {name!r}.",
        hint=f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(LAYOUTS)}.",
    )


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise unless every column is mapped to a field that a file can fill.

    Raises
    ------
    SourceError
        For the first field that is none.
    """
    for column, field in mapping.items():
        if field not in IMPORT_FIELDS:
            meant = "release_date" if field in {"year", "release_year"} else ""
            near = [meant] if meant else get_close_matches(field, IMPORT_FIELDS, n=1)
            known = ", ".join(IMPORT_FIELDS)
            raise SourceError(
                f"Column {column!r} is mapped to {field!r}, which is no field.",
                hint=f"Did you mean {near[0]!r}?" if near else f"Use one of: {known}.",
            )


def assign_columns(
    layout: Layout, columns: Collection[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    """Return the field of each column, where the mapping overrules the layout.

    A field that the mapping names is filled by the mapped columns alone.
    """
    spelling = {column_key(column): column for column in columns}
    mapped = {
        column if column in columns else spelling[column_key(column)]: field
        for column, field in mapping.items()
        if column in columns or column_key(column) in spelling
    }
    taken = set(mapped.values())
    fields = {
        column: field
        for column, field in layout.assign_fields(columns).items()
        if column not in mapped and field not in taken
    }
    fields.update((column, field) for column, field in mapped.items() if field != "ignore")
    return fields


def match_layout(
    file: str, columns: Collection[str], mapping: Mapping[str, str] | None = None
) -> Layout:
    """Return the layout that these columns are of.

    Parameters
    ----------
    file
        The file's name, for the message.
    columns
        Its columns.
    mapping
        What the user says of some of them.

    Raises
    ------
    UnknownLayoutError
        If the columns fit no layout, nor make a table of tracks by their names.
    """
    fitting = [layout for layout in LAYOUTS.values() if layout.required and layout.fits(columns)]
    if fitting:
        return max(fitting, key=lambda layout: len(layout.required))
    if names_tracks(assign_columns(_TABLE, columns, mapping or {}), is_mapped=bool(mapping)):
        return _TABLE
    raise unknown_layout(file, columns)


def names_tracks(fields: Mapping[str, str], *, is_mapped: bool) -> bool:
    """Tell whether a table names tracks well enough to find them again.

    Parameters
    ----------
    fields
        The field of each column that has one.
    is_mapped
        Whether someone said so of some columns, and should know.

    Examples
    --------
    >>> names_tracks({"Song": "title", "By": "artists"}, is_mapped=False)
    True
    >>> names_tracks({"Song": "title", "On": "album"}, is_mapped=False)
    False
    """
    known = frozenset(fields.values())
    ids = {field for column, field in fields.items() if column_key(column) != "id"} & _IDS
    if is_mapped or not known.isdisjoint(_USES):
        return not known.isdisjoint(_IDENTITY)
    # An "id" alone may be that of an artist or an album.
    return known >= {"title", "artists"} or bool(ids and not is_artist_table(fields))


def unknown_layout(file: str, columns: Collection[str]) -> UnknownLayoutError:
    """Return the error for columns that fit nothing, which says what they lack."""
    shown = [column for column in columns if not is_index_column(column)]
    listed = ", ".join(shown[:30]) + (", …" if len(shown) > 30 else "")
    what = f"{file} is of no known layout. Its columns are: {listed}."
    if is_artist_table(columns):
        return UnknownLayoutError(
            f"{file} is a table of artists, not of tracks. Its columns are: {listed}.",
            hint=f"Import the tracks, and hand this over with --artists {file}.",
        )
    fields = set(_TABLE.assign_fields(columns).values())
    if not fields.isdisjoint(AUDIO_FEATURES) and fields.isdisjoint(_IDENTITY):
        return UnknownLayoutError(
            f"{file} has audio features, but neither titles nor ids, so that its rows could never"
            f" be found again. Its columns are: {listed}.",
            hint="Import the table that names the tracks, or say which column does with"
            " --map COLUMN=title.",
        )
    return UnknownLayoutError(
        what + _nearest(columns),
        hint="Name the layout with --as LAYOUT, or the columns with --map COLUMN=FIELD.",
    )


def _nearest(columns: Collection[str]) -> str:
    """Return a sentence on the layout that comes nearest, or nothing."""

    def share_missing(layout: Layout) -> float:
        return len(layout.missing_from(columns)) / len(layout.required)

    nearest = min((layout for layout in LAYOUTS.values() if layout.required), key=share_missing)
    if share_missing(nearest) > _NEAR:
        return ""
    missing = ", ".join(nearest.missing_from(columns))
    lack = f"lacks {missing}" if missing else f"should not have {', '.join(nearest.absent)}"
    return f" For {nearest.name!r}, which comes nearest, it {lack}."
