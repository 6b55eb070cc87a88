"""Where recipes are found: the built-in ones by name, any other by the path of its file."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from partsong.errors import RecipeError
from partsong.features.recipe import Recipe
from partsong.features.suggestions import suggest

__all__ = ["list_recipes", "load_recipe"]

_BUILT_IN: Final = files("partsong.features") / "recipes"


def list_recipes() -> tuple[Recipe, ...]:
    """Return the built-in recipes, sorted by name.

    Examples
    --------
    >>> [recipe.name for recipe in list_recipes()]
    ['balanced', 'blog-14', 'informed', 'study-12']
    """
    return tuple(_read_built_in(name) for name in _built_in_names())


def load_recipe(name_or_path: str | Path) -> Recipe:
    """Load a built-in recipe by name, or any recipe from its TOML file.

    Parameters
    ----------
    name_or_path
        Name of one of :func:`list_recipes`, or the path of a file that ends in ``.toml``.

    Raises
    ------
    RecipeError
        If there is no such recipe, or the file is not a recipe.

    Examples
    --------
    >>> len(load_recipe("study-12").features)
    12
    """
    name = str(name_or_path)
    if name in _built_in_names():
        return _read_built_in(name)
    path = Path(name_or_path)
    if path.suffix != ".toml":
        raise RecipeError(
            f"There is no recipe called {name!r}.",
            hint=f"{suggest(name, _built_in_names())} A file of your own must end in .toml.",
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise RecipeError(
            f"The recipe {path} cannot be read: {reason}.",
            hint=f"Give the path of a TOML file, or one of: {', '.join(_built_in_names())}.",
        ) from error
    return Recipe.from_toml(text, source=path.name)


def _built_in_names() -> list[str]:
    return sorted(Path(entry.name).stem for entry in _BUILT_IN.iterdir())


def _read_built_in(name: str) -> Recipe:
    text = (_BUILT_IN / f"{name}.toml").read_text(encoding="utf-8")
    return Recipe.from_toml(text, source=f"{name}.toml")
