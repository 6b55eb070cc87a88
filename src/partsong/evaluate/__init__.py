"""How well a way to recommend does: splits, metrics, plain baselines, intervals, a scorecard.

Every figure is of a full ranking, without sampled negatives, and comes with a bootstrap interval.
Nothing here reads a file or prints; tables of tracks and arrays of loadings come in.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
