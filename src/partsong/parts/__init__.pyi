from .assignment import MIXED, Assignment, assign_parts, part_shares
from .building import build_model
from .counting import count_tracks
from .description import describe_parts
from .edits.editing import hide_part, rename_part, show_part
from .edits.finding import find_part
from .edits.merging import merge_parts, split_part
from .feature_moves import FeatureMove, measure_moves
from .folder.reading import ModelInfo, read_model, read_model_info
from .folder.writing import write_model
from .folding import fold_in
from .genres.agreement import Agreement
from .genres.families import FamilyPart, GenreFamilies, GenreFamily, genre_families
from .genres.match import GenreMatch, MatchedPart, match_genres
from .genres.names import find_genres
from .genres.table import DEFAULT_N_PERMUTATIONS, GenrePair, GenreTable, genre_table
from .identity import SAME_PART, Drift, PartMatch, carry_names
from .model import FitRecord, Model
from .naming import name_parts
from .part import FeatureLevel, Part
from .profile import BorderlineTrack, DecadeShare, GenreShare, PartProfile, profile_parts
from .refreshing import PartMove, Refresh, refresh_parts
from .space import BEYOND, TrackSpace, track_space
from .stale_rows import drop_tracks, find_stale
from .track_map import map_parts, map_tracks
from .wording import feature_word, level_words

__all__ = [
    "BEYOND",
    "DEFAULT_N_PERMUTATIONS",
    "MIXED",
    "SAME_PART",
    "Agreement",
    "Assignment",
    "BorderlineTrack",
    "DecadeShare",
    "Drift",
    "FamilyPart",
    "FeatureLevel",
    "FeatureMove",
    "FitRecord",
    "GenreFamilies",
    "GenreFamily",
    "GenreMatch",
    "GenrePair",
    "GenreShare",
    "GenreTable",
    "MatchedPart",
    "Model",
    "ModelInfo",
    "Part",
    "PartMatch",
    "PartMove",
    "PartProfile",
    "Refresh",
    "TrackSpace",
    "assign_parts",
    "build_model",
    "carry_names",
    "count_tracks",
    "describe_parts",
    "drop_tracks",
    "feature_word",
    "find_genres",
    "find_part",
    "find_stale",
    "fold_in",
    "genre_families",
    "genre_table",
    "hide_part",
    "level_words",
    "map_parts",
    "map_tracks",
    "match_genres",
    "measure_moves",
    "merge_parts",
    "name_parts",
    "part_shares",
    "profile_parts",
    "read_model",
    "read_model_info",
    "refresh_parts",
    "rename_part",
    "show_part",
    "split_part",
    "track_space",
    "write_model",
]
