"""What a recipe says about genres: how much they weigh, and how far a label is believed."""

import math
from dataclasses import dataclass
from typing import cast

from partsong.errors import RecipeError

__all__ = ["GENRE_COLUMNS", "GenreSpec"]

GENRE_COLUMNS = ("genres", "artist_genres", "artists")
"""The columns of the catalog that a recipe with genres needs beside its features."""


@dataclass(frozen=True, slots=True)
class GenreSpec:
    """How genres enter the matrix, as a block of columns beside the sound.

    Each track has a distribution over the genres: its own, else its artists', blended with what a
    model makes of its sound; where none are known, the model's estimate alone. The matrix holds
    the square roots, so that the block has the same length in every track, known or estimated.

    Parameters
    ----------
    weight
        Length of a track's block, above 0. A squared loss weighs by its square; ten features on a
        ``"split"`` scale have an average squared length of about 10.
    known
        How far known genres are believed, in [0, 1]: their share of the blend. At 1 the model
        fills gaps only; at 0 known genres teach the model and say no more about their own track.
    random_state
        Seed of the model, 0 or above: the same seed and tracks give the same block.

    Raises
    ------
    RecipeError
        If a value is out of its range.

    Examples
    --------
    >>> GenreSpec().known
    0.5
    """

    weight: float = 6.0
    known: float = 0.5
    random_state: int = 0

    def __post_init__(self) -> None:
        if not _is_number(self.weight) or self.weight <= 0:
            raise RecipeError(
                f"weight = {self.weight!r} is not a number above 0.",
                hint="Use 6, the default, or leave out the table [genres].",
            )
        if not _is_number(self.known) or not 0 <= self.known <= 1:
            raise RecipeError(
                f"known = {self.known!r} is not a number from 0 to 1.",
                hint="Use 0.5, the default: half what is known, half what the sound suggests.",
            )
        if type(self.random_state) is not int or self.random_state < 0:
            raise RecipeError(
                f"random_state = {self.random_state!r} is not a whole number, 0 or above.",
                hint="Use 0, the default.",
            )


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(cast("float", value))
