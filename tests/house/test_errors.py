"""Every error names the mend, is drawn in the tree, and resembles a built-in."""

import inspect

import pytest

from partsong import errors


def all_errors():
    found, queue = [], [errors.PartsongError]
    while queue:
        error = queue.pop()
        found.append(error)
        queue.extend(error.__subclasses__())
    return found


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_is_exported_documented_and_drawn(error):
    assert error.__module__ == "partsong.errors"
    assert error.__name__ in errors.__all__
    assert error.__doc__
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_nobody_can_raise_without_naming_the_mend(error):
    parameters = inspect.signature(error.__init__).parameters
    if "hint" in parameters:
        assert parameters["hint"].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters["hint"].default is inspect.Parameter.empty
    else:
        arguments = [
            ["t1"] if name == "track_ids" else "demo" for name in parameters if name != "self"
        ]
        assert error(*arguments).hint


@pytest.mark.parametrize(
    "error", [e for e in all_errors() if e is not errors.PartsongError], ids=lambda e: e.__name__
)
def test_can_be_caught_as_the_built_in_it_resembles(error):
    built_in = (ImportError, LookupError, OSError, RuntimeError, ValueError)
    assert issubclass(error, built_in)
