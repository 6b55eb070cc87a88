"""Fits by a few looks at all rows, between which a model of the loss is minimised.

For the Frobenius loss, dense rows and few components; see :mod:`partsong.nmf.looks.projection`.
"""

__all__: list[str] = []
