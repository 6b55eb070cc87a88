"""Figures, tables and words on one page that opens anywhere, without a network.

A page is a single HTML file: the script that draws the figures travels inside it, and its content
security policy forbids it to load anything else. Text is escaped wherever it comes from.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
