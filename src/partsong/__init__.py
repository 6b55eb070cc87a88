"""Songs as sums of parts: import a catalog, learn its parts, recommend and say why.

The verbs of the command line are functions here, on the same nouns, and return what the commands
print::

    import partsong as ps

    ps.import_files(["playlist.csv"], catalog="music.duckdb", library=True)
    ps.fit_parts(catalog="music.duckdb")
    ps.recommend_tracks("Solas - Jamie Duffy", catalog="music.duckdb", unheard=True)

Every name loads what it needs when it is first used.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
