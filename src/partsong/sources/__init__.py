"""Files to batches of catalog rows; knows neither the catalog's store, nor matrices, nor models.

A file is first opened as a table of raw values (text, Parquet or JSON), then recognised by its
columns as one layout, then converted value by value into the catalog's columns. What could not be
used is counted, located and reported, never guessed.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
