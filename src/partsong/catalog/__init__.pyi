from .filters import SCRIPTS, join_conditions, short_condition, track_conditions
from .search import FoundTrack
from .status import ImportRun, Status
from .store import Catalog, default_path
from .tables import TABLES
from .versions import song_key

__all__ = [
    "SCRIPTS",
    "TABLES",
    "Catalog",
    "FoundTrack",
    "ImportRun",
    "Status",
    "default_path",
    "join_conditions",
    "short_condition",
    "song_key",
    "track_conditions",
]
