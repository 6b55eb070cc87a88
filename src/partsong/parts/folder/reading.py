"""Reading a model: a few milliseconds, whatever its size, and nothing that is damaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from partsong.errors import ModelError
from partsong.features import FittedRecipe, Recipe
from partsong.parts.folder.manifest import LEARN_AGAIN, checksum, damaged, read_manifest
from partsong.parts.model import FitRecord, Model
from partsong.parts.part import FeatureLevel, Part, shown_parts

__all__ = ["ModelInfo", "read_model", "read_model_info"]

_LARGE: Final = ("W", "rest")
"""Files that stay on disk until they are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What is known about a model without reading its arrays.

    Attributes
    ----------
    name, recipe
        Of the model, and of the recipe it was made with.
    n_components, n_tracks
        Its size.
    part_names
        Of the shown parts, the largest share first.
    fit
        How it came about.
    """

    name: str
    recipe: str
    n_components: int
    n_tracks: int
    part_names: tuple[str, ...]
    fit: FitRecord

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, for ``partsong models --json``."""
        return {
            "name": self.name,
            "recipe": self.recipe,
            "n_components": self.n_components,
            "n_tracks": self.n_tracks,
            "relative_error": self.fit.relative_error,
            "created": self.fit.created.isoformat(),
            "parts": list(self.part_names),
        }


def read_model(folder: Path | str, *, verify: bool = False) -> Model:
    """Read a model from its folder.

    Parameters
    ----------
    folder
        What :func:`write_model` wrote, here or on another machine.
    verify
        Whether to compare the loadings, and what the parts leave unexplained, with their checksums
        too. Their size is always checked, and everything else always compared; but they may be
        large, and stay on disk until used.

    Raises
    ------
    ModelMissingError
        If there is no model in the folder.
    ModelVersionError
        If its format is not the one that this partsong reads.
    ModelError
        If a file is missing or damaged, or the files do not fit one another.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    while True:
        try:
            return _load(folder, manifest, verify=verify)
        except FileNotFoundError as error:
            latest = read_manifest(folder)
            if latest == manifest:
                raise ModelError(
                    f"The model {folder} misses the file {Path(error.filename or '').name}.",
                    hint=LEARN_AGAIN,
                ) from error
            manifest = latest  # another process has replaced the model meanwhile
        except OSError as error:
            raise ModelError(
                f"The model {folder} cannot be read: {error.strerror or error}.",
                hint="Mend the permissions of its files.",
            ) from error
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            pl.exceptions.PolarsError,
        ) as error:
            raise damaged(folder, f"{type(error).__name__}: {error}") from error


def read_model_info(folder: Path | str) -> ModelInfo:
    """Read what a model is, without its arrays.

    Parameters
    ----------
    folder
        What :func:`write_model` wrote.

    Raises
    ------
    ModelMissingError, ModelVersionError, ModelError
        As for :func:`read_model`.
    """
    manifest = read_manifest(Path(folder))
    try:
        parts = _read_parts(manifest["parts"])
        return ModelInfo(
            name=manifest["name"],
            recipe=Recipe.from_toml(manifest["recipe"]["recipe"]).name,
            n_components=sum(len(part.components) for part in parts),
            n_tracks=manifest["n_tracks"],
            part_names=tuple(part.name for part in shown_parts(parts)),
            fit=_read_fit(manifest["fit"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(Path(folder), f"{type(error).__name__}: {error}") from error


def _load(folder: Path, manifest: Mapping[str, Any], *, verify: bool) -> Model:
    paths = {name: folder / _plain_name(file["name"]) for name, file in manifest["files"].items()}
    for name, file in manifest["files"].items():
        if paths[name].stat().st_size != file["bytes"]:
            raise damaged(folder, f"{file['name']} has another size than was written")
        if (verify or name not in _LARGE) and checksum(paths[name]) != file["sha256"]:
            raise damaged(folder, f"{file['name']} has other content than was written")
    confidence, rest = paths.get("confidence"), paths.get("rest")
    model = Model(
        name=manifest["name"],
        recipe=FittedRecipe.from_dict(manifest["recipe"]),
        H=np.load(paths["H"], allow_pickle=False),
        W=np.load(paths["W"], mmap_mode="r", allow_pickle=False),
        track_ids=pl.read_parquet(paths["tracks"]).get_column("track_id"),
        parts=_read_parts(manifest["parts"]),
        fit=_read_fit(manifest["fit"]),
        confidence=None if confidence is None else np.load(confidence, allow_pickle=False),
        R=None if rest is None else np.load(rest, mmap_mode="r", allow_pickle=False),
    )
    n_tracks = len(model.track_ids)
    components = sorted(component for part in model.parts for component in part.components)
    if components != list(range(len(model.H))):
        raise damaged(folder, f"its parts are made of the components {components}")
    if model.H.shape != (len(components), len(model.recipe.names)):
        raise damaged(folder, f"H has the shape {model.H.shape}")
    if model.W.shape != (n_tracks, len(components)) or manifest["n_tracks"] != n_tracks:
        raise damaged(folder, f"W has the shape {model.W.shape} for {n_tracks} tracks")
    if model.confidence is not None and model.confidence.shape != (n_tracks,):
        raise damaged(folder, f"confidence has the shape {model.confidence.shape}")
    if model.R is not None and model.R.shape != (n_tracks, len(model.recipe.axes)):
        raise damaged(folder, f"what the parts leave unexplained has the shape {model.R.shape}")
    return model


def _read_parts(data: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Read the parts; in format 1 each was one component, in their order."""
    return tuple(_read_part({"components": [index], **part}) for index, part in enumerate(data))


def _read_part(data: Mapping[str, Any]) -> Part:
    return Part(
        **{
            **data,
            "features": tuple(FeatureLevel(**level) for level in data["features"]),
            "tracks": tuple(data["tracks"]),
            "components": tuple(data["components"]),
            "genres": tuple(data.get("genres", ())),
            "members": tuple(_read_part(member) for member in data.get("members", ())),
        }
    )


def _read_fit(data: Mapping[str, Any]) -> FitRecord:
    return FitRecord(**{**data, "created": datetime.fromisoformat(data["created"])})


def _plain_name(name: str) -> str:
    if Path(name).name != name:
        msg = f"the file name {name!r} leads out of the folder"
        raise ValueError(msg)
    return name
