"""One thread for the linear algebra of a fit.

The blocks are too small to share out: on a busy machine waiting for a second thread was measured
to slow a fit down several times. And with one thread the result is the same to the last bit,
however many the machine has.
"""

from contextlib import AbstractContextManager

from sklearn.utils.parallel import _get_threadpool_controller

__all__ = ["one_blas_thread"]


def one_blas_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread; what was set before comes back after.

    Examples
    --------
    >>> import numpy as np
    >>> with one_blas_thread():
    ...     product = np.ones((2, 2)) @ np.ones((2, 2))
    """
    limit: AbstractContextManager[object] = _get_threadpool_controller().limit(
        limits=1, user_api="blas"
    )
    return limit
