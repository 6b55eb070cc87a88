"""Parts: loadings and components joined to the ids and names of tracks.

Here a factorisation becomes something to read: parts with names in plain words, the tracks that
belong to them, how they meet known genres, and a folder that keeps it all. The package knows
nothing of where a query comes from, nor of the catalog's file.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
