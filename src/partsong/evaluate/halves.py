"""Two halves of the artists: what is chosen on one is reported on the other.

Whoever tries several recipes and keeps the best has fitted them to the artists they were tried on.
The halves are made by a hash of the name, so an artist is in the same one in every catalog, on
every machine and in every version, and the defaults of partsong were chosen on the first half.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["HALVES", "Half", "in_half"]

Half = Literal["choose", "report"]

HALVES: Final[tuple[Half, Half]] = ("choose", "report")
"""The half to choose on, and the half to report on."""


def in_half(names: Sequence[str], half: Half) -> NDArray[np.bool_]:
    """Say which names are in a half.

    Parameters
    ----------
    names
        Of artists, or of whatever else is split, such as playlists.
    half
        ``"choose"`` or ``"report"``.

    Returns
    -------
    ndarray of shape (n_names,)

    Examples
    --------
    >>> names = ["Yotto", "Jamie Duffy", "Yotto"]
    >>> (in_half(names, "choose") ^ in_half(names, "report")).all()
    np.True_
    >>> in_half(names, "choose")[0] == in_half(names, "choose")[2]
    np.True_
    """
    wanted = HALVES.index(half)
    sides = {name: hashlib.sha256(name.encode()).digest()[0] % 2 for name in set(names)}
    return np.array([sides[name] == wanted for name in names], dtype=np.bool_)
