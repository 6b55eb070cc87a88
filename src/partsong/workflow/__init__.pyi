from .checking import CheckResult, check_catalog
from .choice_page import write_choice
from .choosing import PartsChoice, choose_parts, find_search
from .clusters import Cluster, ClustersResult, list_clusters
from .collection import Collection, RepeatedSong
from .comparing import ComparedModel, Comparison, compare_models
from .demo import DemoResult, run_demo
from .editing import edit_parts
from .examining import CatalogState, Examination, ExtraState, examine_installation
from .exploring import Correlation, ExploreResult, explore_catalog
from .fitting import FitResult, fit_parts
from .fitting_files import FilesFitResult, FilesPart, fit_files
from .genre_families import FamiliesResult, list_genre_families
from .genre_match import MatchResult, match_genre
from .genres import GenresResult, list_genres
from .importing import import_files
from .listing import BorderTrack, ListedPart, PartsResult, describe_models, list_parts
from .places import find_model, open_catalog
from .recipes import list_recipes, show_recipe
from .recommending import RecommendedTrack, RecommendResult, recommend_tracks
from .selecting import short_condition, track_conditions
from .updating import UpdateResult, update_model

__all__ = [
    "BorderTrack",
    "CatalogState",
    "CheckResult",
    "Cluster",
    "ClustersResult",
    "Collection",
    "ComparedModel",
    "Comparison",
    "Correlation",
    "DemoResult",
    "Examination",
    "ExploreResult",
    "ExtraState",
    "FamiliesResult",
    "FilesFitResult",
    "FilesPart",
    "FitResult",
    "GenresResult",
    "ListedPart",
    "MatchResult",
    "PartsChoice",
    "PartsResult",
    "RecommendResult",
    "RecommendedTrack",
    "RepeatedSong",
    "UpdateResult",
    "check_catalog",
    "choose_parts",
    "compare_models",
    "describe_models",
    "edit_parts",
    "examine_installation",
    "explore_catalog",
    "find_model",
    "find_search",
    "fit_files",
    "fit_parts",
    "import_files",
    "list_clusters",
    "list_genre_families",
    "list_genres",
    "list_parts",
    "list_recipes",
    "match_genre",
    "open_catalog",
    "recommend_tracks",
    "run_demo",
    "short_condition",
    "show_recipe",
    "track_conditions",
    "update_model",
    "write_choice",
]
