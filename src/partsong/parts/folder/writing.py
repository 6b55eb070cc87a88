"""Writing a model: plain files in a folder, replaced in one step.

The manifest names the other files, and they are named after their content. A new version puts its
files beside the old ones and then replaces the manifest, which is a single step of the file
system. So whoever is killed in between, or reads meanwhile, finds one whole model.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import polars as pl

from partsong.errors import ModelError
from partsong.parts.folder.manifest import FORMAT, MANIFEST, checksum, read_manifest
from partsong.parts.model import Model
from partsong.whole_files import write_whole

__all__ = ["write_model"]

_STEMS: Final = ("H-", "W-", "tracks-", "confidence-", "rest-")

_ABANDONED_AFTER: Final = 3600.0
"""Seconds after which a file that no manifest names was left behind by a writer that died."""


def write_model(model: Model, folder: Path | str) -> None:
    """Save a model as a folder, in place of the one that is there.

    Parameters
    ----------
    model
        What to save.
    folder
        Its folder; made with its parents where there is none.

    Raises
    ------
    ModelError
        If the folder cannot be written. A model that was there stays.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        previous = _named_files(folder)
        files = {
            "H": _keep(folder, "H", ".npy", partial(_save_array, model.H)),
            "W": _keep(folder, "W", ".npy", partial(_save_array, model.W)),
            "tracks": _keep(
                folder,
                "tracks",
                ".parquet",
                lambda file: model.track_ids.alias("track_id").to_frame().write_parquet(file),
            ),
        }
        for stem, array in (("confidence", model.confidence), ("rest", model.R)):
            if array is not None:
                files[stem] = _keep(folder, stem, ".npy", partial(_save_array, array))
        text = json.dumps(_describe(model, files), ensure_ascii=False, indent=1, allow_nan=False)
        write_whole(folder / MANIFEST, text)
        _clear(folder, previous, keep={str(file["name"]) for file in files.values()})
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(
            f"The model cannot be written to {folder}: {reason}.",
            hint="Make room, or name a folder that may be written.",
        ) from error


def _describe(model: Model, files: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": model.name,
        "n_tracks": len(model.track_ids),
        "fit": {**asdict(model.fit), "created": model.fit.created.isoformat()},
        "parts": [asdict(part) for part in model.parts],
        "recipe": model.recipe.to_dict(),
        "files": dict(files),
    }


def _keep(
    folder: Path, stem: str, suffix: str, write: Callable[[IO[bytes]], None]
) -> dict[str, str | int]:
    """Write a file aside and give it the name of its content."""
    aside = folder / f".{stem}-{os.getpid()}.partial"
    with aside.open("w+b") as file:
        write(file)
        _flush(file)
    digest, size = checksum(aside), aside.stat().st_size
    name = f"{stem}-{digest[:12]}{suffix}"
    aside.replace(folder / name)
    return {"name": name, "bytes": size, "sha256": digest}


def _save_array(array: np.ndarray[Any, Any], file: IO[bytes]) -> None:
    np.save(file, np.ascontiguousarray(array), allow_pickle=False)


def _flush(file: IO[Any]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _named_files(folder: Path) -> set[str]:
    """Return the files of the model that stands in a folder, if one does."""
    try:
        return {file["name"] for file in read_manifest(folder)["files"].values()}
    except (ModelError, KeyError, TypeError, AttributeError):
        return set()


def _clear(folder: Path, previous: set[str], *, keep: set[str]) -> None:
    """Delete what the new model replaced, and what writers that died left behind."""
    oldest = time.time() - _ABANDONED_AFTER
    for path in folder.iterdir():
        is_ours = path.name.endswith(".partial") or path.name.startswith(_STEMS)
        if not is_ours or path.name in keep:
            continue
        try:
            if path.name in previous or path.stat().st_mtime < oldest:
                path.unlink()
        except OSError:
            continue  # held open elsewhere (Windows), or gone already: the next writer sees to it
