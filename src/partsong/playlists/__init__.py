"""Playlist files, read and written: one file a format, M3U8, XSPF, JSPF, CSV and plain text.

A playlist file names tracks by path, id or title. Which tracks of a catalog are meant is not
known here.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
