"""Parts that stay who they are when the model is fitted again.

A fit numbers its components as they come. Those of an earlier model are found again by the
direction of their rows of ``H``, and what a user knows them by goes with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.nmf import match_components
from partsong.parts.counting import count_tracks
from partsong.parts.edits.editing import replace_part
from partsong.parts.edits.merging import join_parts
from partsong.parts.model import Model
from partsong.parts.naming import is_taken, name_parts, number_repeats
from partsong.parts.part import Part

__all__ = ["SAME_PART", "Drift", "PartMatch", "carry_names"]

SAME_PART: Final = 0.9
"""The least cosine at which two components are one part.

On the 114k set, refits with other seeds, 95% or half of the tracks bring a part back at 0.94 or
more, or not at all: then the nearest is at 0.88 or less. Different parts of one model come no
nearer to each other than 0.63.
"""


@dataclass(frozen=True, slots=True)
class PartMatch:
    """A part of the earlier model and the part of the new one that is nearest to it.

    Attributes
    ----------
    part
        Its name in the earlier model.
    nearest
        Name of the part in the new model; the same where it came back.
    cosine
        How far their components point the same way, in [0, 1]; the least of a merged part's.
    """

    part: str
    nearest: str
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What became of the parts of an earlier model.

    Attributes
    ----------
    previous
        Name of the earlier model.
    kept
        Parts that came back, in the order of the earlier model.
    lost
        Parts that did not.
    new
        Names of the parts that were none of the earlier ones.
    """

    previous: str
    kept: tuple[PartMatch, ...]
    lost: tuple[PartMatch, ...]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, for ``partsong fit --json``."""
        return {
            "previous": self.previous,
            "kept": [{"part": match.part, "cosine": match.cosine} for match in self.kept],
            "lost": [
                {"part": match.part, "nearest": match.nearest, "cosine": match.cosine}
                for match in self.lost
            ],
            "new": list(self.new),
        }


def carry_names(
    model: Model, previous: Model, *, tracks: pl.DataFrame, min_cosine: float = SAME_PART
) -> tuple[Model, Drift | None]:
    """Give the parts of a new fit the names that they had in an earlier one.

    Components are matched by the Hungarian method on their cosines. A part that comes back keeps
    its name, a user's own or not, stays hidden if it was, and merged if all of its components
    come back; otherwise those that do are parts of their own again. All other parts keep the name
    they were given by the fit, with another word or a number where it is taken.

    Parameters
    ----------
    model
        The new fit, as `build_model` returns it; it is not changed.
    previous
        The model whose names are known.
    tracks
        The tracks of `model`, in any order: `track_id`, the columns of the recipe, `artists`.
    min_cosine
        The least cosine at which two components are one part.

    Returns
    -------
    model, drift
        The model with the names, and what became of each earlier part. The model as it was and
        None where the two were not made of the same columns of the catalog.
    """
    if model.recipe.recipe.columns != previous.recipe.recipe.columns:
        return model, None
    earlier, new = _same_columns(previous, model)
    partners, cosines = match_components(new, earlier)
    back = {
        component: int(partner)
        for component, (partner, cosine) in enumerate(zip(partners, cosines, strict=True))
        if cosine >= min_cosine
    }
    kept = [part for part in previous.parts if back.keys() >= set(part.components)]
    model = replace(model, parts=_name_again(model, previous, kept, back))
    for part in kept:
        model = _settle(model, part, [back[component] for component in part.components], tracks)
    if not model.shown:
        model = replace(model, parts=tuple(replace(part, is_hidden=False) for part in model.parts))
    return count_tracks(model), Drift(
        previous=previous.name,
        kept=tuple(
            PartMatch(part.name, part.name, float(cosines[list(part.components)].min()))
            for part in kept
        ),
        lost=tuple(
            _nearest(part, model, earlier @ new.T) for part in previous.parts if part not in kept
        ),
        new=tuple(
            part.name for part in model.parts if not set(part.components) & set(back.values())
        ),
    )


def _same_columns(*models: Model) -> list[NDArray[np.float64]]:
    """Return the components of models over all of their columns, 0 where one has no such column.

    The genres that a recipe knows change with the catalog; what it hears does not.
    """
    names = list(dict.fromkeys(name for model in models for name in model.recipe.names))
    spread = []
    for model in models:
        H = np.zeros((len(model.H), len(names)))
        H[:, [names.index(name) for name in model.recipe.names]] = model.H
        spread.append(H)
    return spread


def _name_again(
    model: Model, previous: Model, kept: Sequence[Part], back: Mapping[int, int]
) -> tuple[Part, ...]:
    """Name each new component: as before, or else as nothing else is called."""
    heirs = {
        back[component]: (member, part in kept)
        for part in previous.parts
        for member in part.members or (part,)
        for component in member.components
        if component in back
    }
    taken = [part.name for part in kept]
    parts = []
    for part in model.parts:
        heir, is_kept = heirs.get(part.components[0], (part, False))
        name = heir.name
        if not is_kept and is_taken(name, taken):
            (name,) = (
                name_parts([part.features], [part.key], genre_words=[part.genres], taken=taken)
                if heir is part
                else number_repeats([name], taken=taken)
            )
        taken.append(name)
        parts.append(replace(part, name=name, is_named=heir.is_named))
    return tuple(parts)


def _settle(model: Model, part: Part, components: Sequence[int], tracks: pl.DataFrame) -> Model:
    """Give components the place of a part that came back: hidden or shown, merged as it was."""
    found = [other for other in model.parts if set(other.components) <= set(components)]
    heir = found[0]
    if part.members:
        model, heir = join_parts(model, found, tracks=tracks)
    settled = replace(heir, name=part.name, is_named=part.is_named, is_hidden=part.is_hidden)
    return replace_part(model, heir, settled)


def _nearest(part: Part, model: Model, cosines: NDArray[np.float64]) -> PartMatch:
    """Say what a lost part's least matched component is nearest to."""
    nearest = cosines[list(part.components)].argmax(axis=1)
    best = cosines[list(part.components), nearest]
    weakest = int(best.argmin())
    (owner,) = [other for other in model.parts if nearest[weakest] in other.components]
    return PartMatch(part.name, owner.name, float(best[weakest].clip(0, 1)))
