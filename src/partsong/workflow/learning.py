"""The step of a fit that learns: a matrix in, parts out, and how surely they come back."""

import warnings
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from partsong.features import FeatureMatrix
from partsong.progress import Progress

__all__ = ["Learned", "learn_parts"]

_N_REFITS: Final = 10
_STABLE: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a matrix was explained by.

    Attributes
    ----------
    W, H
        Loadings, shape (n_tracks, n_components), and components, shape
        (n_components, n_features).
    agreement, confidence
        How surely each component, and the strongest component of each track, comes back when the
        fit is repeated; None where it was not.
    solver, n_init
        What found them, from how many starts.
    n_iter, converged
        How long that took, and whether it came to rest.
    """

    W: NDArray[np.floating]
    H: NDArray[np.floating]
    agreement: NDArray[np.floating] | None
    confidence: NDArray[np.floating] | None
    solver: str
    n_init: int
    n_iter: int
    converged: bool


def learn_parts(
    matrix: FeatureMatrix,
    n_components: int,
    *,
    solver: Literal["auto", "patterns", "hals", "mu"],
    init: Literal["random", "nndsvd", "nndsvda", "nndsvdar"] | None,
    n_init: int,
    stable_only: bool,
    random_state: int,
    progress: Progress,
) -> Learned:
    """Factorise a matrix, and repeat that on samples of its tracks.

    Parameters
    ----------
    matrix
        What is to be explained.
    n_components
        Number of parts.
    solver, init, n_init
        As in `partsong.nmf.NMF`. With ``solver="mu"`` nothing is repeated: one fit takes long
        enough.
    stable_only
        Whether to give up parts that come back in fewer than nine of ten repetitions.
    random_state
        Seed of the starts and the samples.
    progress
        Listener to the steps.
    """
    from sklearn.exceptions import ConvergenceWarning

    from partsong.nmf import NMF, ConsensusNMF

    settings: dict[str, Any] = {
        "solver": solver,
        "init": init,
        "n_init": n_init,
        "random_state": random_state,
    }
    n_tracks = len(matrix.track_ids)
    progress.start(f"learning {n_components} parts of {n_tracks:,} tracks")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a note of the result says it
        if solver == "mu" and not stable_only:
            nmf = NMF(n_components, **settings, callback=lambda _turn, _loss: progress.advance())
            W = nmf.fit_transform(matrix.X)
            agreement = confidence = None
        else:
            consensus = ConsensusNMF(
                n_components,
                n_runs=_N_REFITS,
                min_agreement=_STABLE if stable_only else 0.0,
                **settings,
                callback=lambda _run, _n_components: progress.advance(),
            )
            W = consensus.fit_transform(matrix.X)
            nmf = consensus.nmf_
            agreement, confidence = consensus.agreement_, consensus.confidence_
    progress.finish()
    return Learned(
        W=W,
        H=nmf.components_,
        agreement=agreement,
        confidence=confidence,
        solver=nmf.solver_,
        n_init=n_init,
        n_iter=nmf.n_iter_,
        converged=nmf.converged_,
    )
