"""``partsong doctor``: what this installation is made of, and what would make it faster or whole."""

import os
import platform
import re
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from partsong import __version__
from partsong.errors import PartsongError
from partsong.nmf import KernelState, describe_kernels
from partsong.workflow.places import list_models, open_catalog

__all__ = ["CatalogState", "Examination", "ExtraState", "examine_installation"]

_PACKAGES = ("numpy", "scipy", "scikit-learn", "duckdb", "polars")


@dataclass(frozen=True, slots=True)
class ExtraState:
    """An optional set of packages, those of it that are missing, and the line that brings them."""

    extra: str
    missing: tuple[str, ...]
    mend: str


@dataclass(frozen=True, slots=True)
class CatalogState:
    """Where the catalog is, and whether it can be read.

    Attributes
    ----------
    path
        The file.
    tracks
        How many it holds; None where it cannot be read.
    models
        How many models stand beside it.
    reason, mend
        Why it cannot be read, and what to do; empty where it can.
    """

    path: Path
    tracks: int | None
    models: int
    reason: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """What `examine_installation` found.

    Attributes
    ----------
    versions
        Of Python, partsong and the packages under it.
    kernels
        Which compiled kernels run.
    cores
        Processor cores that this process may use.
    blas
        NumPy's linear algebra, with its version.
    extras
        Optional packages.
    catalog
        The catalog.
    """

    versions: dict[str, str]
    kernels: tuple[KernelState, ...]
    cores: int
    blas: str
    extras: tuple[ExtraState, ...]
    catalog: CatalogState

    def to_dict(self) -> dict[str, Any]:
        """Return the findings under the stable keys of ``partsong doctor --json``."""
        found = asdict(self)
        found["catalog"]["path"] = str(self.catalog.path)
        return found


def examine_installation(*, catalog: Path | str | None = None) -> Examination:
    """Tell what this installation is made of, and what would make it faster or whole.

    Nothing is changed, and what is missing is no error.

    Parameters
    ----------
    catalog
        The catalog's file.

    Examples
    --------
    >>> examination = examine_installation(catalog=catalog)
    >>> examination.catalog.tracks, examination.cores > 0
    (180, True)
    """
    versions = {"python": platform.python_version(), "partsong": __version__}
    return Examination(
        versions=versions | {package: metadata.version(package) for package in _PACKAGES},
        kernels=tuple(describe_kernels()),
        cores=_count_cores(),
        blas=_name_blas(),
        extras=_examine_extras(),
        catalog=_examine_catalog(catalog),
    )


def _count_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _name_blas() -> str:
    import numpy as np

    built_with = np.show_config(mode="dicts") or {}
    blas = built_with.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _examine_extras() -> tuple[ExtraState, ...]:
    """Read from the package's own metadata which extras there are, and look for their packages."""
    missing: dict[str, list[str]] = {}
    for requirement in metadata.requires("partsong") or []:
        named = re.fullmatch(r"([\w.-]+).*\bextra == [\"']([\w-]+)[\"'].*", requirement)
        if named:
            package, extra = named.groups()
            absent = missing.setdefault(extra, [])
            if not _is_installed(package):
                absent.append(package)
    return tuple(
        ExtraState(extra, tuple(absent), f"pip install 'partsong[{extra}]'" if absent else "")
        for extra, absent in sorted(missing.items())
    )


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _examine_catalog(path: Path | str | None) -> CatalogState:
    store = open_catalog(path)
    models = len(list_models(store))
    try:
        return CatalogState(store.path, store.count_tracks(), models)
    except PartsongError as error:
        return CatalogState(store.path, None, models, str(error), error.hint)
