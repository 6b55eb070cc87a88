"""Fits that move loadings and components in turn, for any loss and any shape.

A solver is four steps on blocks of rows; see :mod:`partsong.nmf.descents.solver`.
"""

__all__: list[str] = []
