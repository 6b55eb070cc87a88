"""Queries to ranked tracks with reasons; knows neither files nor HTTP, only loadings and ids.

A recommendation's score is the cosine of two rows of loadings. With unit-length rows of `H` the
loadings of different parts share one scale, so the cosine is a sum of non-negative contributions,
one a part, and that sum is the whole reason, not a story told afterwards.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
