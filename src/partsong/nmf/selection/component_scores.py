"""What a search found out about one number of components."""

from dataclasses import dataclass, field
from math import nan

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = ["ComponentScores"]


@dataclass(frozen=True, slots=True)
class ComponentScores:
    """One row of the table of `ComponentSearch`; NaN where something was not measured.

    Every `_se` is the standard error of the score before it.

    Parameters
    ----------
    n_components
        The number of components.
    relative_error, relative_error_se
        Length of ``X - W @ H`` relative to that of ``X``, of the best fit to all rows; how far it
        would vary over other rows of the same kind.
    svd_relative_error
        The same for the best approximation of this rank with any signs (singular values of the
        sample, with the mean of its column for what is missing).
    restart_similarity, restart_similarity_se
        Cosine of the least similar component, after matching, between the best and each other
        start; the mean.
    restart_ari, restart_ari_se
        Adjusted Rand index of their clusters (each row's strongest component, scale balanced).
    refit_similarity, refit_ari
        The same between two fits that share no start, each the best of as many starts as `NMF`
        makes by itself: whether what it gives comes back with another random state.
    half_similarity, half_similarity_se, half_ari, half_ari_se
        The same between fits to two halves of the rows; the mean over the splits.
    smallest_share, smallest_share_se
        What the slightest component adds to the rows (its sum of squares), relative to the mean of
        all components, in [0, 1]; the mean over the halves of all splits.
    held_out_error, held_out_error_se
        Relative error of predicted hidden entries; the mean over the halves of all splits.
    balance
        Evenness of the cluster sizes: the exponential of their entropy (the number of equally
        large clusters that would be as mixed) divided by `n_components`, in [0, 1].
    balance_se
        How far the starts differ in it.
    largest_cluster
        Share of the rows in the largest cluster.
    held_out_errors
        That of each half, in the order of the splits, so that two numbers of components can be
        compared on the same entries.
    components
        `H` of the best fit, shape (n_components, n_features).
    """

    n_components: int
    relative_error: float = nan
    relative_error_se: float = nan
    svd_relative_error: float = nan
    restart_similarity: float = nan
    restart_similarity_se: float = nan
    restart_ari: float = nan
    restart_ari_se: float = nan
    refit_similarity: float = nan
    refit_ari: float = nan
    half_similarity: float = nan
    half_similarity_se: float = nan
    half_ari: float = nan
    half_ari_se: float = nan
    smallest_share: float = nan
    smallest_share_se: float = nan
    held_out_error: float = nan
    held_out_error_se: float = nan
    balance: float = nan
    balance_se: float = nan
    largest_cluster: float = nan
    held_out_errors: tuple[float, ...] = ()
    components: FloatArray = field(
        default_factory=lambda: np.empty((0, 0)), repr=False, compare=False
    )

    @property
    def explained_share(self) -> float:
        """Share of the squares of ``X`` that the fit explains."""
        return 1 - self.relative_error**2

    @property
    def svd_explained_share(self) -> float:
        """Share that no approximation of the same rank can exceed."""
        return 1 - self.svd_relative_error**2
