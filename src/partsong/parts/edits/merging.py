"""Parts merged into one, and taken apart again."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from partsong.errors import QueryError
from partsong.parts.counting import count_tracks
from partsong.parts.description import describe_parts, join_tracks
from partsong.parts.edits.editing import replace_part
from partsong.parts.edits.finding import find_part
from partsong.parts.edits.own_names import own_name
from partsong.parts.genre_words import rank_genres
from partsong.parts.model import Model
from partsong.parts.naming import name_parts, number_repeats
from partsong.parts.part import Part

__all__ = ["join_parts", "merge_parts", "split_part"]


def merge_parts(
    model: Model, names: Sequence[str], *, tracks: pl.DataFrame, name: str | None = None
) -> Model:
    """Treat several parts as one.

    What was learned stays: the merged part is how much of any of its components a track has. It
    is described anew, as if it had been learned so.

    Parameters
    ----------
    model
        Whose parts they are; it is not changed.
    names
        Two parts or more, as `find_part` understands them. A merged one brings all that it is
        made of.
    tracks
        The tracks of the model, in any order: `track_id`, the columns of the recipe, `artists`.
    name
        What to call it; made from how its tracks differ from the catalog by default.

    Raises
    ------
    QueryError
        If a name means no part, or more than one, fewer than two are meant, or the name cannot
        be used.
    """
    chosen = list(dict.fromkeys(find_part(model.parts, typed) for typed in names))
    if len(chosen) < 2:
        raise QueryError(
            f"{' and '.join(repr(part.name) for part in chosen) or 'Nothing'} cannot be merged: "
            "it takes two parts.",
            hint="Name two different parts.",
        )
    others = [part.name for part in model.parts if part not in chosen]
    model, merged = join_parts(model, chosen, tracks=tracks)
    if name is not None:
        named = replace(merged, name=own_name(name, others), is_named=True)
        model = replace_part(model, merged, named)
    return count_tracks(model)


def split_part(model: Model, name: str) -> Model:
    """Take a merged part apart, into the parts that it was made of, under their names.

    Parameters
    ----------
    model
        Whose part it is; it is not changed.
    name
        The merged part, as `find_part` understands it.

    Raises
    ------
    QueryError
        If no part, or more than one, is meant, or it was not merged.
    """
    part = find_part(model.parts, name)
    if not part.members:
        raise QueryError(
            f"{part.name!r} is one part as it was learned; only merged parts can be split.",
            hint="Fit again with more parts: partsong fit -k N",
        )
    taken = [other.name for other in model.parts if other is not part]
    names = number_repeats([member.name for member in part.members], taken=taken)
    members = [
        replace(member, name=free, is_hidden=part.is_hidden)
        for member, free in zip(part.members, names, strict=True)
    ]
    return count_tracks(replace_part(model, part, *members))


def join_parts(model: Model, parts: Sequence[Part], *, tracks: pl.DataFrame) -> tuple[Model, Part]:
    """Make one part of several, described anew; its tracks are not counted yet.

    Parameters
    ----------
    model
        Whose parts they are; it is not changed.
    parts
        What to join. The new part stands in the place of the first.
    tracks
        The tracks of the model, as for `merge_parts`.
    """
    first, *rest = parts
    known = [part.stability for part in parts if part.stability is not None]
    joined = Part(
        name=" + ".join(part.name for part in parts),
        share=sum(part.share for part in parts),
        size=0,
        features=(),
        tracks=(),
        components=tuple(sorted(component for part in parts for component in part.components)),
        stability=min(known) if len(known) == len(parts) else None,
        is_hidden=all(part.is_hidden for part in parts),
        members=tuple(member for part in parts for member in part.members or (part,)),
    )
    model = replace_part(model, first, joined)
    model = replace(model, parts=tuple(part for part in model.parts if part not in rest))
    described = _describe(model, joined, tracks)
    return replace_part(model, joined, described), described


def _describe(model: Model, part: Part, tracks: pl.DataFrame) -> Part:
    rows = join_tracks(model.track_ids, tracks, model.recipe)
    groups = [list(other.components) for other in model.parts]
    loadings = np.column_stack([model.W[:, group].sum(axis=1) for group in groups])
    masses = model.W.sum(axis=0)[:, None] * model.H[:, [c for c, _ in model.recipe.genre_columns]]
    described = describe_parts(
        loadings,
        np.eye(len(groups)),
        tracks=rows,
        levels=model.recipe.levels(rows),
        genre_words=rank_genres(
            np.array([masses[group].sum(axis=0) for group in groups]),
            [genre for _, genre in model.recipe.genre_columns],
        ),
    )[model.parts.index(part)]
    others = [other.name for other in model.parts if other is not part]
    (name,) = name_parts(
        [described.features], [described.key], genre_words=[described.genres], taken=others
    )
    return replace(
        part,
        name=name,
        features=described.features,
        tracks=described.tracks,
        key=described.key,
        genres=described.genres,
    )
