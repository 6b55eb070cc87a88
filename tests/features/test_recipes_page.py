"""The page on recipes names everything a recipe can say, and its example runs."""

import ast
import doctest
import re
from pathlib import Path
from typing import get_args

import pytest

from partsong.features import list_recipes
from partsong.features.recipe import Missing, Scale, Transform

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "recipes.md"


def first_cells(heading):
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| (`.*?`) \|", section, flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Transforms", get_args(Transform)),
        ("Scales", get_args(Scale)),
        ("Built-in recipes", [recipe.name for recipe in list_recipes()]),
    ],
)
def test_each_word_has_its_row_and_no_row_is_left_over(heading, words):
    assert first_cells(heading) == {f"`{word}`" for word in words}


def test_the_policies_for_missing_values_are_explained():
    text = PAGE.read_text(encoding="utf-8").split("## Missing values\n")[1]
    assert all(f"`{word}`" in text for word in get_args(Missing))


def test_each_trap_in_the_code_has_its_row():
    traps = set()
    for path in (ROOT / "src" / "partsong" / "features").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                traps.add(node.args[1].value)
    rows = first_cells("What `partsong check` looks for")
    assert {trap for row in rows for trap in re.findall(r"`([^`]+)`", row)} == traps


def test_the_example_runs():
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0
