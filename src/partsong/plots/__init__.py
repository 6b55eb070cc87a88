"""One figure function a noun, so that report, notebook and web page show the same picture.

Every function takes a polars table of plain values and returns a Plotly figure. Names and titles
come from outside and are escaped on the way in; a part keeps its colour in every figure.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
