"""The same fit again, on other rows from other starts: which components come back.

Components that chance or a few rows have made do not. The refits see a sample of the rows each, so
that all of them together cost a few times what one fit of all rows does.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.estimator import NMF
from partsong.nmf.scale import balance_scale
from partsong.nmf.selection.matching import match_components
from partsong.nmf.workers import Workers, map_in_threads

__all__ = ["Refit", "find_strongest", "refit_samples", "share_of_votes"]

_STARTS = (2, 4)
"""In a round of a refit; the second where it ends above what the reference comes to on its rows.

Real tracks with 9 components: with 2 alone four refits of ten ended in a poorer minimum than that,
and said that components do not come back which with 4 or 8 did.
"""

_TOLERANCE = 1e-4
"""Of a refit. Components differ by less between this and a tenth of it than between samples."""

_BLOCK_ROWS = 65_536
"""Placed at a time, so that the loadings of a refit never stand in memory as a whole."""


class Refit(NamedTuple):
    """A fit of a sample, and how it meets a reference.

    Attributes
    ----------
    model
        The fit.
    partners
        The component of the reference that goes with each of its own, shape (n_components,).
    similarities
        For each component of the reference the cosine to its counterpart here, in [0, 1]; shape
        (n_components,).
    """

    model: NMF
    partners: npt.NDArray[np.intp]
    similarities: FloatArray


def refit_samples(
    X: Any,
    reference: NMF,
    *,
    settings: dict[str, Any],
    seeds: Sequence[int],
    max_samples: int,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
    callback: Callable[[int], object] | None = None,
) -> list[Refit]:
    """Fit random halves of the rows, or less, and match what comes to a reference.

    Parameters
    ----------
    X
        Checked rows, shape (n_samples, n_features): an array, where NaN means missing, or a CSR
        array.
    reference
        A fit of all rows.
    settings
        Parameters of `NMF` for the refits. They have at most 2 starts in a round, and then 4
        where that was too few to come as far as the reference does on the same rows.
    seeds
        One for each refit, which draws its rows and its starts from it.
    max_samples
        Most rows of a sample.
    weights
        How often each row counts. Rows of no weight are not drawn.
    n_jobs
        Threads, each with a refit of its own.
    callback
        Called with the number of each refit, from 1, in their order.

    Returns
    -------
    list of Refit
        One for each seed. The same for any number of threads.

    Examples
    --------
    >>> X = np.random.default_rng(0).gamma(0.5, size=(90, 2)) @ np.array([[1, 2, 0], [0, 1, 3.0]])
    >>> reference = NMF(2, random_state=0).fit(X)
    >>> [refit] = refit_samples(X, reference, settings={}, seeds=[1], max_samples=90)
    >>> refit.similarities.round(3)
    array([1., 1.])
    """
    H = reference.components_
    own = {"n_components": len(H), "tol": max(settings.get("tol", 0), _TOLERANCE), "n_jobs": 1}
    known = {**settings, **own, "init": "custom", "n_init": 1}
    searches = _count_starts(settings.get("n_init", "auto"), reference)

    def search(sample: Any, counts: FloatArray | None, rng: np.random.RandomState) -> Iterator[NMF]:
        for n_init in searches:
            model = NMF(**{**settings, **own, "n_init": n_init, "random_state": rng})
            yield model.fit(sample, sample_weight=counts)

    def refit(seed: int) -> Refit:
        rng = np.random.RandomState(seed)
        rows = _draw_rows(X, weights, max_samples, rng)
        sample, counts = X[rows], None if weights is None else weights[rows]
        bar = NMF(**known).fit(sample, H=H, sample_weight=counts).loss_curve_[-1]
        for model in search(sample, counts, rng):
            if model.loss_curve_[-1] <= bar * (1 + _TOLERANCE):
                break
        partners, cosines = match_components(H, model.components_)
        similarities = np.zeros(len(H))
        similarities[partners] = cosines
        return Refit(model, partners, similarities)

    refits: list[Refit] = []
    with Workers(n_jobs) as workers:
        for first in range(0, len(seeds), n_jobs):
            for done in workers.map(refit, seeds[first : first + n_jobs]):
                refits.append(done)
                if callback is not None:
                    callback(len(refits))
    return refits


def find_strongest(W: FloatArray, H: FloatArray) -> npt.NDArray[np.intp]:
    """Return the strongest component of each row, -1 where there is none.

    Parameters
    ----------
    W
        Loadings, shape (n_samples, n_components).
    H
        Components, shape (n_components, n_features). Their scale is moved to the loadings first.

    Examples
    --------
    >>> find_strongest(np.array([[2.0, 1.0], [0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 3.0]]))
    array([ 1, -1])
    """
    balanced, _ = balance_scale(W, H)
    strongest: npt.NDArray[np.intp] = balanced.argmax(axis=1)
    strongest[~balanced.any(axis=1)] = -1
    return strongest


def share_of_votes(
    X: Any, labels: npt.NDArray[np.intp], refits: Sequence[Refit], *, n_jobs: int = 1
) -> FloatArray:
    """Return the share of refits in which the strongest component of a row is the one it has.

    Parameters
    ----------
    X
        All rows, as in `refit_samples`.
    labels
        The strongest component of each in the reference, shape (n_samples,); -1: none.
    refits
        At least one.
    n_jobs
        Threads.

    Returns
    -------
    ndarray of shape (n_samples,)
        In [0, 1]; 0 for rows without a component.

    Examples
    --------
    >>> X = np.eye(2)
    >>> reference = NMF(2, random_state=0).fit(X)
    >>> labels = find_strongest(reference.transform(X), reference.components_)
    >>> share_of_votes(X, labels, [Refit(reference, np.array([0, 1]), np.ones(2))])
    array([1., 1.])
    """

    def vote(start: int) -> FloatArray:
        rows = slice(start, start + _BLOCK_ROWS)
        block, own = X[rows], labels[rows]
        votes = np.zeros(len(own))
        for refit in refits:
            found = find_strongest(refit.model.transform(block), refit.model.components_)
            votes += (refit.partners[found] == own) & (found >= 0)
        return votes / len(refits)

    starts = range(0, X.shape[0], _BLOCK_ROWS)
    return np.concatenate(map_in_threads(vote, starts, n_jobs=n_jobs))


def _count_starts(n_init: int | Literal["auto"], reference: NMF) -> list[int]:
    """Return how many starts a refit makes in a round, and how many more if they were too few."""
    if isinstance(n_init, str):
        most = max(_STARTS) if reference.solver_ == "patterns" else 1
    else:
        most = n_init
    return sorted({min(n_starts, most) for n_starts in _STARTS})


def _draw_rows(
    X: Any, weights: FloatArray | None, size: int, rng: np.random.RandomState
) -> npt.NDArray[np.intp]:
    """Draw half of the rows, or less, so that every feature has been observed."""
    order = rng.permutation(X.shape[0])
    if weights is not None:
        order = order[weights[order] > 0]
    half = min(size, -(-len(order) // 2))
    drawn = order[:half]
    if not hasattr(X, "tocsr"):
        unseen = np.flatnonzero(np.isnan(X[drawn]).all(axis=0))
        late = [half + int((~np.isnan(X[order[half:], j])).argmax()) for j in unseen]
        drawn = np.union1d(drawn, order[late])
    return np.sort(drawn)
