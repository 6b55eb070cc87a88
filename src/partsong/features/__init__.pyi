from .alignment import DISAGREE_BELOW, Alignment, shared_values
from .axis import Axis
from .check import check_recipe
from .finding import Finding
from .fitted import FittedRecipe
from .fitted_feature import FittedFeature
from .genre_spec import GenreSpec
from .loading import list_recipes, load_recipe
from .matrix import FeatureMatrix
from .recipe import FeatureSpec, Recipe, Scale
from .scales import Bounds
from .value_map import MAPPED_FEATURES, ValueMap, rank_correlation

__all__ = [
    "DISAGREE_BELOW",
    "MAPPED_FEATURES",
    "Alignment",
    "Axis",
    "Bounds",
    "FeatureMatrix",
    "FeatureSpec",
    "Finding",
    "FittedFeature",
    "FittedRecipe",
    "GenreSpec",
    "Recipe",
    "Scale",
    "ValueMap",
    "check_recipe",
    "list_recipes",
    "load_recipe",
    "rank_correlation",
    "shared_values",
]
