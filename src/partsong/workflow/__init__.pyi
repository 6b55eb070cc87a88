from .checking import CheckResult, check_catalog
from .choice_page import write_choice
from .choosing import PartsChoice, choose_parts, find_search
from .clusters import Cluster, ClustersResult, list_clusters
from .collection import Collection, RepeatedSong
from .comparing import ComparedModel, Comparison, compare_models
from .demo import DemoResult, run_demo
from .editing import edit_parts
from .evaluation.evaluating import DEFAULT_N_QUERIES, evaluate_model, find_scorecard
from .examining import CatalogState, Examination, ExtraState, examine_installation
from .exploring import Correlation, ExploreResult, explore_catalog
from .feedback import FeedbackResult, SaidVerdict, judge_tracks, list_feedback, take_back
from .fitting import FitResult, fit_parts
from .fitting_files import FilesFitResult, FilesPart, fit_files
from .genre_families import FamiliesResult, list_genre_families
from .genre_match import MatchResult, match_genre
from .genres import GenresResult, list_genres
from .importing.files import import_files
from .listing import BorderTrack, ListedPart, PartsResult, describe_models, list_parts
from .places import find_model, open_catalog
from .recipes import list_recipes, show_recipe
from .recommending.asking import Mood, RecommendResult, recommend_tracks
from .recommending.discovering import DiscoverResult, TasteMood, discover_tracks
from .recommending.hindrances import Hindrance
from .recommending.ordering import OrderedTrack, OrderResult, order_playlist
from .recommending.recommender import Recommender
from .recommending.results import NearTrack, Reason, RecommendedTrack
from .recommending.walking import PathResult, PathStep, find_path
from .recommending.whynot import WhyResult, explain_absence
from .selecting import short_condition, track_conditions
from .updating import UpdateResult, update_model

__all__ = [
    "DEFAULT_N_QUERIES",
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
    "DiscoverResult",
    "Examination",
    "ExploreResult",
    "ExtraState",
    "FamiliesResult",
    "FeedbackResult",
    "FilesFitResult",
    "FilesPart",
    "FitResult",
    "GenresResult",
    "Hindrance",
    "ListedPart",
    "MatchResult",
    "Mood",
    "NearTrack",
    "OrderResult",
    "OrderedTrack",
    "PartsChoice",
    "PartsResult",
    "PathResult",
    "PathStep",
    "Reason",
    "RecommendResult",
    "RecommendedTrack",
    "Recommender",
    "RepeatedSong",
    "SaidVerdict",
    "TasteMood",
    "UpdateResult",
    "WhyResult",
    "check_catalog",
    "choose_parts",
    "compare_models",
    "describe_models",
    "discover_tracks",
    "edit_parts",
    "evaluate_model",
    "examine_installation",
    "explain_absence",
    "explore_catalog",
    "find_model",
    "find_path",
    "find_scorecard",
    "find_search",
    "fit_files",
    "fit_parts",
    "import_files",
    "judge_tracks",
    "list_clusters",
    "list_feedback",
    "list_genre_families",
    "list_genres",
    "list_parts",
    "list_recipes",
    "match_genre",
    "open_catalog",
    "order_playlist",
    "recommend_tracks",
    "run_demo",
    "short_condition",
    "show_recipe",
    "take_back",
    "track_conditions",
    "update_model",
    "write_choice",
]
