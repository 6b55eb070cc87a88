"""Recipes: catalog columns to a non-negative matrix, and back to units a reader knows.

A :class:`Recipe` is plain data in TOML. Fitting it to tracks learns its bounds; the fitted recipe
turns tracks into a :class:`FeatureMatrix` and rows of that matrix back into columns of the
catalog. :func:`check_recipe` names what would spoil a fit before it is made. The package takes
tables; it knows neither where they are kept nor what is done with the matrix.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
