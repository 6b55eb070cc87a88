from .catalog import Catalog
from .errors import PartsongError
from .features import Recipe
from .nmf import NMF
from .parts import Model
from .workflow import (
    check_catalog,
    describe_models,
    fit_parts,
    import_files,
    list_clusters,
    list_genres,
    list_parts,
    list_recipes,
    open_catalog,
    recommend_tracks,
    run_demo,
    show_recipe,
    update_model,
)

__version__: str

__all__ = [
    "NMF",
    "Catalog",
    "Model",
    "PartsongError",
    "Recipe",
    "check_catalog",
    "describe_models",
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
