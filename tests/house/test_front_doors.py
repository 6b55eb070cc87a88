"""The public surface is a sorted list, complete and importable."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys

import pytest

import partsong

PACKAGES = sorted(
    f"partsong.{module.name}" for module in pkgutil.iter_modules(partsong.__path__) if module.ispkg
)
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(partsong.__path__, "partsong.")
    if not module.name.endswith("__main__")
    if not module.name.startswith("partsong.nmf.native.")  # compiled, and for nmf.kernels alone
)


@pytest.mark.parametrize("package", ["partsong", *PACKAGES])
def test_every_name_of_a_front_door_is_there(package):
    module = importlib.import_module(package)
    assert module.__all__
    assert module.__doc__, "a front door says why its package exists"
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("name", ["partsong", *MODULES])
def test_every_module_lists_its_names_and_says_why_it_exists(name):
    module = importlib.import_module(name)
    assert module.__doc__
    assert len(set(module.__all__)) == len(module.__all__)
    assert all(hasattr(module, exported) for exported in module.__all__)


@pytest.mark.parametrize("package", ["partsong", *PACKAGES])
def test_public_things_carry_docstrings(package):
    module = importlib.import_module(package)
    bare = [
        name
        for name in module.__all__
        if inspect.isclass(getattr(module, name)) or inspect.isfunction(getattr(module, name))
        if not inspect.getdoc(getattr(module, name))
    ]
    assert not bare


@pytest.mark.parametrize("package", ["partsong", *PACKAGES])
def test_every_parameter_of_a_public_function_is_explained(package):
    module = importlib.import_module(package)
    unexplained = []
    for name in module.__all__:
        function = getattr(module, name)
        if inspect.isfunction(function):
            text = inspect.getdoc(function)
            unexplained += [
                f"{name}({parameter})"
                for parameter in inspect.signature(function).parameters
                if not re.search(rf"\b{parameter}\b", text)
            ]
    assert not unexplained


@pytest.mark.parametrize("package", ["partsong", *PACKAGES])
def test_positional_parameters_are_few(package):
    module = importlib.import_module(package)
    crowded = []
    for name in module.__all__:
        function = getattr(module, name)
        if inspect.isfunction(function):
            kinds = [p.kind for p in inspect.signature(function).parameters.values()]
            if kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) > 4:
                crowded.append(name)
    assert not crowded


def test_the_help_page_loads_nothing_heavy():
    heavy = ("duckdb", "jinja2", "numpy", "plotly", "polars", "scipy", "sklearn")
    code = (
        "import sys, partsong.cli; from typer.testing import CliRunner;"
        "r = CliRunner().invoke(partsong.cli.app.app, ['--help']); assert r.exit_code == 0;"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_recommending_does_not_load_scikit_learn():
    code = (
        "import sys; from partsong.workflow import recommend_tracks; import partsong.recommend;"
        "from partsong.parts import read_model;"
        "print([m for m in ('sklearn', 'scipy', 'plotly') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
