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

__all__ = [
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
    "check_recipe",
    "list_recipes",
    "load_recipe",
]
