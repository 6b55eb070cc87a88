"""Where things are kept: the catalog's file, and the models beside it."""

from pathlib import Path

from partsong.catalog import Catalog, default_path
from partsong.errors import ModelError, ModelMissingError

__all__ = ["find_model", "list_models", "model_folder", "open_catalog"]


def open_catalog(path: Path | str | None = None) -> Catalog:
    """Return the catalog at `path`, or the default one.

    Parameters
    ----------
    path
        The catalog's file; else the environment variable ``PARTSONG_CATALOG``; else a file in the
        platform's data folder. It need not exist yet.

    Examples
    --------
    >>> open_catalog("music.duckdb").path.name
    'music.duckdb'
    """
    return Catalog(Path(path) if path is not None else default_path())


def model_folder(catalog: Catalog, name: str) -> Path:
    """Return the folder for a model of this name: in ``music.models`` beside ``music.duckdb``.

    Raises
    ------
    ModelError
        If the name is no name for a folder.

    Examples
    --------
    >>> model_folder(open_catalog("music.duckdb"), "balanced-10").as_posix()
    'music.models/balanced-10'
    """
    if not name.strip() or name.startswith(".") or set(name) & set('/\\:*?"<>|\0'):
        raise ModelError(
            f"{name!r} cannot be the name of a model.",
            hint="Use letters, digits, spaces, dots and dashes, and no dot in front.",
        )
    return _models_folder(catalog) / name


def _models_folder(catalog: Catalog) -> Path:
    return catalog.path.with_suffix(".models")


def list_models(catalog: Catalog) -> list[Path]:
    """Return the folders of a catalog's models, the newest first.

    Examples
    --------
    >>> [folder.name for folder in list_models(open_catalog(catalog))]
    ['balanced-3']
    """
    manifests = _models_folder(catalog).glob("[!.]*/manifest.json")
    newest_first = sorted(manifests, key=lambda path: (-path.stat().st_mtime_ns, path))
    return [manifest.parent for manifest in newest_first]


def find_model(catalog: Catalog, model: Path | str | None = None) -> Path:
    """Return the folder of a model.

    Parameters
    ----------
    catalog
        The catalog that the model was fitted on.
    model
        Name of a model of this catalog, or path of a model's folder; the newest model by default.

    Raises
    ------
    ModelMissingError
        If there is none.
    CatalogMissingError
        If there is no catalog either.

    Examples
    --------
    >>> find_model(open_catalog(catalog)).name
    'balanced-3'
    """
    models = list_models(catalog)
    if model is None:
        if not models:
            catalog.count_tracks()  # where there is no catalog either, that is the thing to say
            raise ModelMissingError(
                f"There is no model for {catalog.path.name} yet.", hint="Learn one: partsong fit"
            )
        return models[0]
    for known in models:
        if known.name == str(model):
            return known
    if (Path(model) / "manifest.json").is_file():
        return Path(model)
    names = ", ".join(known.name for known in models) or "none"
    raise ModelMissingError(
        f"There is no model {str(model)!r} for {catalog.path.name}.",
        hint=f"Models of this catalog: {names}. Learn one: partsong fit",
    )
