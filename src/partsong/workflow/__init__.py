"""The verbs: one function a command, from files and questions to results that a view can show.

Everything a user can do stands here once. The command line prints these results, a notebook uses
them as they are, and neither reaches further down.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
