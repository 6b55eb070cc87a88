"""Every layout that partsong knows, one file each.

To add one, copy the smallest of these files, list it here, and describe it in
``docs/reference/sources.md``; ``tests/sources/test_layouts.py`` then holds it to the rules.
"""

from typing import Final

from partsong.sources.tables.layout import Layout
from partsong.sources.tables.layouts.billboard import BILLBOARD
from partsong.sources.tables.layouts.blog import BLOG
from partsong.sources.tables.layouts.exportify import EXPORTIFY
from partsong.sources.tables.layouts.exportify_2021 import EXPORTIFY_2021
from partsong.sources.tables.layouts.exportify_watsonbox import EXPORTIFY_WATSONBOX
from partsong.sources.tables.layouts.fma_echonest import FMA_ECHONEST
from partsong.sources.tables.layouts.fma_tracks import FMA_TRACKS
from partsong.sources.tables.layouts.musicoset_features import MUSICOSET_FEATURES
from partsong.sources.tables.layouts.musicoset_hits import MUSICOSET_HITS
from partsong.sources.tables.layouts.musicoset_songs import MUSICOSET_SONGS
from partsong.sources.tables.layouts.partsong_playlist import PARTSONG_PLAYLIST
from partsong.sources.tables.layouts.spotify_114k import SPOTIFY_114K
from partsong.sources.tables.layouts.spotify_170k import SPOTIFY_170K
from partsong.sources.tables.layouts.spotify_600k import SPOTIFY_600K
from partsong.sources.tables.layouts.spotify_2024 import SPOTIFY_2024
from partsong.sources.tables.layouts.table import TABLE
from partsong.sources.tables.layouts.tidytuesday import TIDYTUESDAY
from partsong.sources.tables.layouts.tunemymusic import TUNEMYMUSIC

__all__ = ["LAYOUTS", "list_layouts"]

LAYOUTS: Final = {
    layout.name: layout
    for layout in (
        BILLBOARD,
        BLOG,
        EXPORTIFY,
        EXPORTIFY_2021,
        EXPORTIFY_WATSONBOX,
        FMA_ECHONEST,
        FMA_TRACKS,
        MUSICOSET_FEATURES,
        MUSICOSET_HITS,
        MUSICOSET_SONGS,
        PARTSONG_PLAYLIST,
        SPOTIFY_114K,
        SPOTIFY_170K,
        SPOTIFY_2024,
        SPOTIFY_600K,
        TABLE,
        TIDYTUESDAY,
        TUNEMYMUSIC,
    )
}


def list_layouts() -> tuple[Layout, ...]:
    """Return every known layout, by name.

    Examples
    --------
    >>> [layout.name for layout in list_layouts()][:2]
    ['billboard', 'blog']
    """
    return tuple(LAYOUTS.values())
