"""Options that belong together, declared once and given to several commands."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["in_place_of"]


def in_place_of(
    name: str, bundle: Callable[..., Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of `bundle` in place of its parameter `name`.

    The command then receives under `name` what `bundle` makes of them.

    Parameters
    ----------
    name
        A keyword parameter of the command.
    bundle
        A function whose keyword parameters are options.
    """
    options = inspect.signature(bundle).parameters

    def give(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command)

        @functools.wraps(command)
        def given(**values: Any) -> None:
            chosen = {option: values.pop(option) for option in options}
            command(**values, **{name: bundle(**chosen)})

        parameters = list(signature.parameters.values())
        place = list(signature.parameters).index(name)
        parameters[place : place + 1] = options.values()
        shown = signature.replace(parameters=parameters)
        given.__signature__ = shown  # type: ignore[attr-defined]  # what inspect documents
        given.__annotations__ = {one: known.annotation for one, known in shown.parameters.items()}
        return given

    return give
