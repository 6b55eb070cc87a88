"""Non-negative matrix factorization of arrays: solvers, missing entries, the scale of parts.

It stands apart because nothing in it knows of music: it can be lifted out and used alone. The
estimator follows scikit-learn's contract; a solver is four steps on blocks of rows (see
:mod:`partsong.nmf.descents.solver`).
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
