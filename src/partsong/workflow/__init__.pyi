from .agreement import AgreementReport, FeatureAgreement, measure_agreement
from .checking import CheckResult, check_catalog
from .choice_page import write_choice
from .choosing import PartsChoice, choose_parts, find_search
from .clusters import Cluster, ClustersResult, list_clusters
from .collection import Collection, RepeatedSong
from .comparing import ComparedModel, Comparison, compare_models
from .consent import TRAINING_QUESTION, TRAINING_TERMS, agree_to_training, may_train
from .demo import DemoResult, run_demo
from .editing import edit_parts
from .evaluation.evaluating import DEFAULT_N_QUERIES, evaluate_model, find_scorecard
from .examining import CatalogState, Examination, ExtraState, examine_installation
from .exploring import Correlation, ExploreResult, explore_catalog
from .feedback import (
    FeedbackResult,
    HiddenArtist,
    SaidVerdict,
    hide_artists,
    judge_tracks,
    list_feedback,
    take_back,
)
from .fitting import FitResult, fit_parts
from .fitting_files import FilesFitResult, FilesPart, fit_files
from .genre_families import FamiliesResult, list_genre_families
from .genre_match import MatchResult, match_genre
from .genres import GenresResult, list_genres
from .importing.acousticbrainz import import_acousticbrainz
from .importing.coverage import LibraryCoverage, coverage_of
from .importing.files import import_files
from .importing.lastfm import import_lastfm, plan_lastfm
from .importing.listenbrainz import import_listenbrainz, plan_listenbrainz
from .importing.reccobeats import import_reccobeats, plan_reccobeats
from .importing.spotify import (
    SPOTIFY_DEFAULTS,
    SPOTIFY_KINDS,
    import_spotify,
    plan_spotify,
)
from .importing.spotify_login import (
    SpotifyLogin,
    find_spotify_login,
    log_in_to_spotify,
    log_out_of_spotify,
)
from .importing.subsonic import import_subsonic, plan_subsonic
from .listing import BorderTrack, ListedPart, PartsResult, describe_models, list_parts
from .places import find_model, open_catalog
from .recipes import list_recipes, show_recipe
from .recommending.asking import Mood, RecommendResult, recommend_tracks
from .recommending.discovering import DiscoverResult, TasteMood, discover_tracks
from .recommending.exporting import Exported, spotify_name
from .recommending.hindrances import Hindrance
from .recommending.ordering import OrderedTrack, OrderResult, order_playlist
from .recommending.recommender import Recommender
from .recommending.results import NearTrack, Reason, RecommendedTrack
from .recommending.walking import PathResult, PathStep, find_path
from .recommending.whynot import WhyResult, explain_absence
from .selecting import short_condition, track_conditions
from .sources import (
    KnownSource,
    SetSetting,
    describe_source,
    describe_sources,
    forget_source,
    set_up_source,
)
from .updating import UpdateResult, update_model

__all__ = [
    "DEFAULT_N_QUERIES",
    "SPOTIFY_DEFAULTS",
    "SPOTIFY_KINDS",
    "TRAINING_QUESTION",
    "TRAINING_TERMS",
    "AgreementReport",
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
    "Exported",
    "ExtraState",
    "FamiliesResult",
    "FeatureAgreement",
    "FeedbackResult",
    "FilesFitResult",
    "FilesPart",
    "FitResult",
    "GenresResult",
    "HiddenArtist",
    "Hindrance",
    "KnownSource",
    "LibraryCoverage",
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
    "SetSetting",
    "SpotifyLogin",
    "TasteMood",
    "UpdateResult",
    "WhyResult",
    "agree_to_training",
    "check_catalog",
    "choose_parts",
    "compare_models",
    "coverage_of",
    "describe_models",
    "describe_source",
    "describe_sources",
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
    "find_spotify_login",
    "fit_files",
    "fit_parts",
    "forget_source",
    "hide_artists",
    "import_acousticbrainz",
    "import_files",
    "import_lastfm",
    "import_listenbrainz",
    "import_reccobeats",
    "import_spotify",
    "import_subsonic",
    "judge_tracks",
    "list_clusters",
    "list_feedback",
    "list_genre_families",
    "list_genres",
    "list_parts",
    "list_recipes",
    "log_in_to_spotify",
    "log_out_of_spotify",
    "match_genre",
    "may_train",
    "measure_agreement",
    "open_catalog",
    "order_playlist",
    "plan_lastfm",
    "plan_listenbrainz",
    "plan_reccobeats",
    "plan_spotify",
    "plan_subsonic",
    "recommend_tracks",
    "run_demo",
    "set_up_source",
    "short_condition",
    "show_recipe",
    "spotify_name",
    "take_back",
    "track_conditions",
    "update_model",
    "write_choice",
]
