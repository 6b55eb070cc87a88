"""Which kernels run: the compiled ones where they were built, else NumPy.

The environment variable ``PARTSONG_KERNELS=numpy`` leaves the compiled ones out, to compare.
``PARTSONG_INSTRUCTIONS`` (``baseline``, ``avx2``, ``avx512``) caps what they use of the processor.
"""

import functools
import importlib
import os
import sys
from types import ModuleType

__all__ = ["KERNELS", "has_kernel", "load_kernel"]

KERNELS = ("patterns", "pattern_loss", "incomplete", "multiplicative", "newton", "sweeps")
"""The compiled modules, by name."""


def load_kernel(name: str) -> ModuleType | None:
    """Return a compiled kernel, or None where NumPy has to do its work.

    Parameters
    ----------
    name
        One of `KERNELS`.

    Examples
    --------
    >>> kernel = load_kernel("patterns")
    >>> kernel is None or kernel.instructions() in {"baseline", "avx2", "avx512"}
    True
    """
    if os.environ.get("PARTSONG_KERNELS") == "numpy":
        return None
    path = f"partsong.nmf.native.{name}"
    return sys.modules.get(path) or _import_kernel(path)


def has_kernel(name: str) -> bool:
    """Return whether a compiled kernel does the work, and not NumPy.

    Examples
    --------
    >>> has_kernel("patterns") == (load_kernel("patterns") is not None)
    True
    """
    return load_kernel(name) is not None


@functools.cache
def _import_kernel(path: str) -> ModuleType | None:
    try:
        return importlib.import_module(path)
    except ImportError:
        return None
