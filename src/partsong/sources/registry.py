"""Every source that partsong knows, to be listed and to be found by name.

To add one, see ``docs/how-to/add-a-source.md``: its module has an ``INFO``, which is named here.
``tests/sources/test_conformance.py`` then holds it to the rules.
"""

from typing import TYPE_CHECKING, Final

from partsong.errors import SourceError
from partsong.schema import AUDIO_FEATURES
from partsong.sources.exports.acousticbrainz.info import INFO as ACOUSTICBRAINZ
from partsong.sources.exports.beets import INFO as BEETS
from partsong.sources.exports.itunes import INFO as ITUNES
from partsong.sources.exports.listenbrainz_export import INFO as LISTENBRAINZ_EXPORT
from partsong.sources.exports.playlist_file import INFO as PLAYLIST_FILE
from partsong.sources.exports.spotify_export.info import INFO as SPOTIFY_EXPORT
from partsong.sources.services.lastfm.info import INFO as LASTFM
from partsong.sources.services.listenbrainz.info import INFO as LISTENBRAINZ
from partsong.sources.services.reccobeats.info import INFO as RECCOBEATS
from partsong.sources.services.spotify.info import INFO as SPOTIFY
from partsong.sources.services.subsonic.info import INFO as SUBSONIC
from partsong.sources.source import SourceInfo
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.layouts import LAYOUTS

if TYPE_CHECKING:
    from partsong.sources.source import Gift

__all__ = ["find_source", "list_sources"]

# One line a source, by name. Modules with an INFO are light: nothing heavy is imported for a list.
_SOURCES: Final[tuple[SourceInfo, ...]] = (
    ACOUSTICBRAINZ,
    BEETS,
    ITUNES,
    PLAYLIST_FILE,
    LASTFM,
    LISTENBRAINZ,
    LISTENBRAINZ_EXPORT,
    RECCOBEATS,
    SPOTIFY,
    SPOTIFY_EXPORT,
    SUBSONIC,
)


def list_sources() -> tuple[SourceInfo, ...]:
    """Return every source: services and exports by name, then the layouts of tables by name.

    Examples
    --------
    >>> [source.name for source in list_sources() if source.kind == "table"][:2]
    ['billboard', 'blog']
    """
    others = sorted(_SOURCES, key=lambda source: source.name)
    return (*others, *(_info_of_layout(layout) for layout in LAYOUTS.values()))


def find_source(name: str) -> SourceInfo:
    """Return the source of that name.

    Parameters
    ----------
    name
        As it is typed, and as the catalog remembers it.

    Raises
    ------
    SourceError
        If there is none; the hint names those that there are.

    Examples
    --------
    >>> find_source("exportify").gives
    ('tracks', 'features', 'genres', 'playlists')
    """
    for source in list_sources():
        if source.name == name:
            return source
    known = ", ".join(source.name for source in list_sources() if source.kind != "table")
    raise SourceError(
        f"There is no source called {name!r}.",
        hint=f"Sources: {known}; for the layouts of tables: partsong sources tables",
    )


def _info_of_layout(layout: Layout) -> SourceInfo:
    fields = {*layout.columns.values(), *layout.artist_columns.values()}
    gives: dict[Gift, bool] = {
        "tracks": True,
        "features": bool(fields & {*AUDIO_FEATURES}),
        "genres": "genres" in fields,
        "likes": "liked" in fields,
        "playlists": layout.is_playlist,
    }
    return SourceInfo(
        name=layout.name,
        title=layout.title,
        kind="table",
        description=layout.description,
        gives=tuple(gift for gift, is_given in gives.items() if is_given),
        usage="partsong import FILE...",
        terms=layout.licence,
    )
