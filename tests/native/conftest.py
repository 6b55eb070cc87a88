"""The compiled kernels themselves, as modules."""

import importlib
import os
import pkgutil

import pytest

from partsong.nmf import native
from partsong.nmf.kernels import KERNELS


@pytest.fixture(scope="session")
def kernels():
    """Every compiled kernel by its name; under the sanitizers none may be missing."""
    names = sorted(module.name for module in pkgutil.iter_modules(native.__path__))
    if "PARTSONG_SANITIZED" in os.environ:
        assert set(names) == set(KERNELS), "a kernel did not build"
    if not names:
        pytest.skip("no kernel is compiled here; see docs/how-to/build-the-kernels.md")
    return {name: importlib.import_module(f"partsong.nmf.native.{name}") for name in names}
