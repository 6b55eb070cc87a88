"""The pages on parts and on the model's folder: their examples run, and no key is left out."""

import doctest
import json
from pathlib import Path

import pytest

from partsong.parts import write_model

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("page", ["explanation/parts.md", "reference/model-folder.md"])
def test_the_examples_run(page):
    result = doctest.testfile(str(DOCS / page), module_relative=False)
    assert result.attempted
    assert not result.failed


def keys(value):
    if isinstance(value, dict):
        yield from value
        for child in value.values():
            yield from keys(child)
    elif isinstance(value, list):
        for child in value:
            yield from keys(child)


def test_every_key_of_the_manifest_is_documented(model, tmp_path):
    write_model(model, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    page = (DOCS / "reference" / "model-folder.md").read_text(encoding="utf-8")
    named = set(keys(manifest)) - set(model.recipe.columns)
    assert not {key for key in named if f"`{key}`" not in page}
