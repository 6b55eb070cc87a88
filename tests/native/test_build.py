"""What is shipped builds where there is a compiler, and installs where there is none."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from partsong.nmf.kernels import KERNELS

ROOT = Path(__file__).resolve().parents[2]
DATA = {".py", ".pyi", ".typed", ".toml", ".jinja", ".css"}
SHIPPED = ["setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"]

pytestmark = pytest.mark.slow


@pytest.fixture
def sources(tmp_path):
    """The files that a build needs, without anything that was built from them."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in SHIPPED:
        shutil.copy(ROOT / name, folder)
    built = shutil.ignore_patterns("*.so", "*.pyd", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT / "src", folder / "src", ignore=built)
    return folder


def build_wheel(folder, sources, **environment):
    command = [
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), "."),
    ]
    subprocess.run(command, cwd=sources, env=os.environ | environment, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed_python(folder, wheel):
    """Return a function that runs code in a new environment with nothing but the wheel.

    What partsong needs is lent by the environment of the tests.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    target = sysconfig.get_path("purelib", vars={"base": str(folder)})
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([target, sysconfig.get_path("purelib")])
    }

    def run(code):
        done = subprocess.run(
            [str(python), "-W", "error", "-c", code],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return run


KERNELS_AND_FIT = """
import json
import numpy as np
import partsong
from partsong.nmf import NMF, describe_kernels
X = np.random.default_rng(0).random((400, 3)) @ np.random.default_rng(1).random((3, 8))
model = NMF(3, random_state=0).fit(X)
error = model.reconstruction_err_ / np.linalg.norm(X)
states = {state.name: state.instructions for state in describe_kernels()}
print(json.dumps([partsong.__file__, states, error]))
"""


def test_a_source_archive_holds_all_that_a_build_needs(sources, tmp_path):
    code = f"from setuptools import build_meta; build_meta.build_sdist({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=sources, capture_output=True, check=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        held = {Path(name).name for name in opened.getnames()}
    native = ROOT / "src/partsong/nmf/native"
    assert {path.name for path in native.iterdir() if path.suffix in {".c", ".h", ".py"}} <= held
    assert {"setup.py", "variants.h", "LICENSE", "__init__.pyi", "balanced.toml"} <= held
    assert not [name for name in held if name.endswith((".so", ".pyd", ".o"))]


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")
def test_a_wheel_serves_every_python_and_runs_in_a_new_environment(sources, tmp_path):
    wheel = build_wheel(tmp_path, sources)
    assert "-cp311-abi3-" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    modules = {Path(name).name for name in names if re.search(r"\.(so|pyd)$", name)}
    assert {name.split(".")[0] for name in modules} == set(KERNELS)
    assert not [name for name in names if name.endswith((".c", ".h"))]
    data = {path for path in (sources / "src").rglob("*") if path.suffix in DATA}
    assert {path.relative_to(sources / "src").as_posix() for path in data} <= set(names)
    run = installed_python(tmp_path / "venv", wheel)
    where, states, error = run(KERNELS_AND_FIT)
    assert where.startswith(str(tmp_path))
    assert None not in states.values()
    assert error < 0.01


def test_without_a_compiler_it_installs_and_numpy_does_the_work(sources, tmp_path):
    wheel = build_wheel(tmp_path, sources, CC="false")
    run = installed_python(tmp_path / "venv", wheel)
    where, states, error = run(KERNELS_AND_FIT)
    assert where.startswith(str(tmp_path))
    assert set(states.values()) == {None}
    assert error < 0.01
