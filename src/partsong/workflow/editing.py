"""``partsong parts --rename``, ``--merge``, ``--split``, ``--hide`` and ``--show``."""

from collections.abc import Sequence
from pathlib import Path

from partsong.errors import QueryError
from partsong.parts import (
    hide_part,
    merge_parts,
    read_model,
    rename_part,
    show_part,
    split_part,
    write_model,
)
from partsong.progress import SILENT, Progress
from partsong.workflow.aligning import read_aligned
from partsong.workflow.listing import PartsResult, list_parts
from partsong.workflow.model_lock import hold_model
from partsong.workflow.places import find_model, open_catalog

__all__ = ["edit_parts"]


def edit_parts(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    split: Sequence[str] = (),
    merge: Sequence[Sequence[str]] = (),
    merge_as: Sequence[str] = (),
    rename: Sequence[tuple[str, str]] = (),
    show: Sequence[str] = (),
    hide: Sequence[str] = (),
    n_tracks: int = 3,
    progress: Progress = SILENT,
) -> PartsResult:
    """Change what parts are called, which are one, and which are shown.

    All changes are made, in the order of the parameters, or none. What was learned stays as it
    is, and every change can be taken back. A part may be named by as much of its name as tells it
    from the others.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    split
        Merged parts to take apart.
    merge
        Groups of parts to treat as one.
    merge_as
        A name for each group, in their order; made from the group's features by default.
    rename
        Pairs of a part and its new name.
    show
        Hidden parts to take back.
    hide
        Parts to put away: no cluster, likeness or reason counts them.
    n_tracks
        How many tracks to name for each part in the answer, as for `list_parts`.
    progress
        Listener to the steps.

    Returns
    -------
    PartsResult
        The parts after the changes.

    Raises
    ------
    ModelMissingError
        If nothing has been fitted yet.
    QueryError
        If no part, or more than one, is meant, or a change cannot be made. Nothing is changed.

    Examples
    --------
    >>> names = [part.name for part in list_parts(catalog=catalog).parts]
    >>> result = edit_parts(catalog=catalog, rename=[(names[0], "Evening music")])
    >>> result.parts[0].name
    'Evening music'
    >>> edit_parts(catalog=catalog, rename=[("evening", names[0])]).parts[0].name == names[0]
    True
    """
    if merge_as and len(merge_as) != len(merge):
        raise QueryError(
            f"{len(merge_as)} names for {len(merge)} merged parts.",
            hint="Give one name for each group of parts to merge, or none.",
        )
    store = open_catalog(catalog)
    folder = find_model(store, model)
    with hold_model(folder):
        edited = read_model(folder)
        for name in split:
            edited = split_part(edited, name)
        if merge:
            columns = [*dict.fromkeys((*edited.recipe.recipe.columns, "artists"))]
            progress.start("reading the catalog")
            tracks = read_aligned(store, columns, edited.recipe.alignment)
            progress.finish()
            for position, names in enumerate(merge):
                name_of_all = merge_as[position] if merge_as else None
                edited = merge_parts(edited, names, tracks=tracks, name=name_of_all)
        for old, new in rename:
            edited = rename_part(edited, old, new)
        for name in show:
            edited = show_part(edited, name)
        for name in hide:
            edited = hide_part(edited, name)
        write_model(edited, folder)
    return list_parts(catalog=catalog, model=folder, n_tracks=n_tracks, progress=progress)
