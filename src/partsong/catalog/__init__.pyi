from .search import FoundTrack
from .status import ImportRun, Status
from .store import Catalog, default_path
from .tables import TABLES
from .versions import song_key

__all__ = [
    "TABLES",
    "Catalog",
    "FoundTrack",
    "ImportRun",
    "Status",
    "default_path",
    "song_key",
]
