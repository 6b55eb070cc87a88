from .exports.acousticbrainz.source import AcousticBrainzSource
from .exports.spotify_export.source import is_spotify_export, open_spotify_export
from .http.arrivals import Arrivals
from .http.client import Client
from .http.messages import Request, Response
from .opening import OpenedFiles, TableOptions, open_files
from .places import cache_folder, config_folder
from .registry import find_source, list_sources
from .secrets import (
    environment_name,
    forget_settings,
    place_of_setting,
    read_setting,
    require_setting,
    write_setting,
)
from .services.lastfm.source import DEFAULT_N_SEEDS, LastfmSource
from .services.listenbrainz.source import ListenBrainzSource
from .services.parts_of_history import ALL_PARTS, HistoryPart, part_name
from .services.reccobeats.source import ReccoBeatsSource
from .services.spotify.abilities import SpotifyAbilities, find_spotify_abilities
from .services.spotify.account import SpotifyAccount
from .services.spotify.consent import TRAINING_QUESTION, TRAINING_TERMS
from .services.spotify.source import SpotifySource
from .services.spotify.wishes import (
    SPOTIFY_DEFAULTS,
    SPOTIFY_KINDS,
    KnownSpotifySongs,
    SpotifyWishes,
)
from .services.spotify.write_back import playlist_name, write_playlist
from .services.subsonic.login import subsonic_login
from .services.subsonic.source import SubsonicSource
from .source import (
    ImportPlan,
    ServiceSource,
    Setting,
    Source,
    SourceInfo,
)
from .tables.layout import Layout
from .tables.layouts import list_layouts
from .tables.source import TableSource, open_source, open_sources, recognise

__all__ = [
    "ALL_PARTS",
    "DEFAULT_N_SEEDS",
    "SPOTIFY_DEFAULTS",
    "SPOTIFY_KINDS",
    "TRAINING_QUESTION",
    "TRAINING_TERMS",
    "AcousticBrainzSource",
    "Arrivals",
    "Client",
    "HistoryPart",
    "ImportPlan",
    "KnownSpotifySongs",
    "LastfmSource",
    "Layout",
    "ListenBrainzSource",
    "OpenedFiles",
    "ReccoBeatsSource",
    "Request",
    "Response",
    "ServiceSource",
    "Setting",
    "Source",
    "SourceInfo",
    "SpotifyAbilities",
    "SpotifyAccount",
    "SpotifySource",
    "SpotifyWishes",
    "SubsonicSource",
    "TableOptions",
    "TableSource",
    "cache_folder",
    "config_folder",
    "environment_name",
    "find_source",
    "find_spotify_abilities",
    "forget_settings",
    "is_spotify_export",
    "list_layouts",
    "list_sources",
    "open_files",
    "open_source",
    "open_sources",
    "open_spotify_export",
    "part_name",
    "place_of_setting",
    "playlist_name",
    "read_setting",
    "recognise",
    "require_setting",
    "subsonic_login",
    "write_playlist",
    "write_setting",
]
