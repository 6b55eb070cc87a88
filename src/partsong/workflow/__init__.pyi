from .checking import CheckResult, check_catalog
from .clusters import Cluster, ClustersResult, list_clusters
from .demo import DemoResult, run_demo
from .examining import CatalogState, Examination, ExtraState, examine_installation
from .fitting import FitResult, fit_parts
from .fitting_files import FilesFitResult, FilesPart, fit_files
from .genres import GenresResult, list_genres
from .importing import import_files
from .listing import ListedPart, PartsResult, describe_models, list_parts
from .places import find_model, open_catalog
from .recipes import list_recipes, show_recipe
from .recommending import RecommendedTrack, RecommendResult, recommend_tracks
from .updating import UpdateResult, update_model

__all__ = [
    "CatalogState",
    "CheckResult",
    "Cluster",
    "ClustersResult",
    "DemoResult",
    "Examination",
    "ExtraState",
    "FilesFitResult",
    "FilesPart",
    "FitResult",
    "GenresResult",
    "ListedPart",
    "PartsResult",
    "RecommendResult",
    "RecommendedTrack",
    "UpdateResult",
    "check_catalog",
    "describe_models",
    "examine_installation",
    "find_model",
    "fit_files",
    "fit_parts",
    "import_files",
    "list_clusters",
    "list_genres",
    "list_parts",
    "list_recipes",
    "open_catalog",
    "recommend_tracks",
    "run_demo",
    "show_recipe",
    "update_model",
]
