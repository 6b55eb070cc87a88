from . import nmf, plots
from .catalog import Catalog
from .errors import PartsongError
from .features import Recipe
from .nmf import NMF
from .parts import Model
from .workflow import (
    check_catalog,
    choose_parts,
    compare_models,
    describe_models,
    edit_parts,
    explore_catalog,
    fit_parts,
    import_files,
    list_clusters,
    list_genre_families,
    list_genres,
    list_parts,
    list_recipes,
    match_genre,
    open_catalog,
    recommend_tracks,
    run_demo,
    show_recipe,
    track_conditions,
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
    "choose_parts",
    "compare_models",
    "describe_models",
    "edit_parts",
    "explore_catalog",
    "fit_parts",
    "import_files",
    "list_clusters",
    "list_genre_families",
    "list_genres",
    "list_parts",
    "list_recipes",
    "match_genre",
    "nmf",
    "open_catalog",
    "plots",
    "recommend_tracks",
    "run_demo",
    "show_recipe",
    "track_conditions",
    "update_model",
]
