"""The catalog: every track partsong knows, in one DuckDB file.

Rows come in as :class:`~partsong.rows.Batch` and leave as polars frames; what happens between,
which rows are one recording, what is merged and what a query means, is decided here and nowhere
else. The package does not know how rows arrived, nor what becomes of them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
