"""The manifest of a model's folder: which files belong to the model, and what they hold."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from partsong.errors import ModelError, ModelMissingError, ModelVersionError

__all__ = ["FORMAT", "LEARN_AGAIN", "MANIFEST", "checksum", "damaged", "read_manifest"]

FORMAT: Final = 3
"""Raised by one with every change of the folder that an older partsong could not read.

Since 2 a part may be several components, and may be hidden. Since 3 there is what the parts leave
unexplained.
"""

_READABLE: Final = (1, 2, 3)

MANIFEST: Final = "manifest.json"

LEARN_AGAIN: Final = "Learn the model again: partsong fit"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a model's folder.

    Raises
    ------
    ModelMissingError
        If there is none.
    ModelVersionError
        If its format is not the one that this partsong reads.
    ModelError
        If it cannot be read, or is no manifest.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelMissingError(f"There is no model in {folder}.", hint=LEARN_AGAIN) from error
    except OSError as error:
        raise ModelError(
            f"The model {folder} cannot be read: {error.strerror or error}.",
            hint="Mend the permissions of the folder.",
        ) from error
    except ValueError as error:
        raise damaged(folder, f"{MANIFEST} is not JSON") from error
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise damaged(folder, f"{MANIFEST} does not describe a model")
    if manifest["format"] not in _READABLE:
        raise ModelVersionError(
            f"The model {folder} has format {manifest['format']!r}; this partsong reads "
            f"{_READABLE[0]} to {_READABLE[-1]}.",
            hint=f"Upgrade partsong if the model is newer. Otherwise: {LEARN_AGAIN}",
        )
    return manifest


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(folder: Path, what: str) -> ModelError:
    """Return the error for a folder whose files do not hold what they should."""
    return ModelError(f"The model {folder} is damaged: {what}.", hint=LEARN_AGAIN)
