"""``partsong recipes``: the built-in recipes, to look at and to copy."""

from partsong.features import list_recipes, load_recipe

__all__ = ["list_recipes", "show_recipe"]


def show_recipe(name: str) -> str:
    """Return a recipe as TOML, ready to be saved, changed and given to ``fit``.

    Examples
    --------
    >>> show_recipe("blog-14").splitlines()[0]
    'name = "blog-14"'
    """
    return load_recipe(name).to_toml()
