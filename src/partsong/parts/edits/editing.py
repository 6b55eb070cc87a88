"""What a user changes about a part without touching what was learned: its name, its place."""

from dataclasses import replace

from partsong.errors import QueryError
from partsong.parts.counting import count_tracks
from partsong.parts.edits.finding import find_part
from partsong.parts.edits.own_names import own_name
from partsong.parts.model import Model
from partsong.parts.part import Part

__all__ = ["hide_part", "rename_part", "replace_part", "show_part"]


def rename_part(model: Model, old: str, new: str) -> Model:
    """Give a part another name.

    Parameters
    ----------
    model
        Whose part it is; it is not changed.
    old
        The part, as `find_part` understands it.
    new
        Its name from now on; kept when the model is fitted again.

    Raises
    ------
    QueryError
        If no part, or more than one, is meant, or the name cannot be used.
    """
    part = find_part(model.parts, old)
    others = [other.name for other in model.parts if other is not part]
    return replace_part(model, part, replace(part, name=own_name(new, others), is_named=True))


def hide_part(model: Model, name: str) -> Model:
    """Put a part away: no cluster, likeness or reason counts it, and it can be shown again.

    Its tracks go to the strongest of the other parts. The share of a hidden part is kept up.

    Parameters
    ----------
    model
        Whose part it is; it is not changed.
    name
        The part, as `find_part` understands it.

    Raises
    ------
    QueryError
        If no part, or more than one, is meant, or no other part is shown.
    """
    part = find_part(model.parts, name)
    if model.shown == (part,):
        raise QueryError(
            f"{part.name!r} is the only part that is shown.",
            hint="Show another part first: partsong parts --show NAME",
        )
    return count_tracks(replace_part(model, part, replace(part, is_hidden=True)))


def show_part(model: Model, name: str) -> Model:
    """Take a hidden part back.

    Parameters
    ----------
    model
        Whose part it is; it is not changed.
    name
        The part, as `find_part` understands it. One that is shown stays so.

    Raises
    ------
    QueryError
        If no part, or more than one, is meant.
    """
    part = find_part(model.parts, name)
    return count_tracks(replace_part(model, part, replace(part, is_hidden=False)))


def replace_part(model: Model, part: Part, *others: Part) -> Model:
    """Return a model in which others stand in the place of a part."""
    place = model.parts.index(part)
    return replace(model, parts=(*model.parts[:place], *others, *model.parts[place + 1 :]))
