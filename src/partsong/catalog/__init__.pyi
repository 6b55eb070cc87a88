from .agreements import Agreement
from .coverage import HAS_FEATURES, Coverage
from .filters import SCRIPTS, short_condition, track_conditions
from .genres import known_genres
from .joining import Conditions, join_conditions, list_conditions
from .search import FoundTrack
from .status import ImportRun, Status
from .store import Catalog, default_path
from .tables import TABLES
from .verdicts import VERDICTS, Verdict
from .versions import base_title, is_cover, song_key

__all__ = [
    "HAS_FEATURES",
    "SCRIPTS",
    "TABLES",
    "VERDICTS",
    "Agreement",
    "Catalog",
    "Conditions",
    "Coverage",
    "FoundTrack",
    "ImportRun",
    "Status",
    "Verdict",
    "base_title",
    "default_path",
    "is_cover",
    "join_conditions",
    "known_genres",
    "list_conditions",
    "short_condition",
    "song_key",
    "track_conditions",
]
