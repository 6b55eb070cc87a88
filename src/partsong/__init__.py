"""Songs as sums of parts: import a catalog, learn its parts, recommend and say why.

The names below load what they need when they are first used.
"""

__version__ = "0.1.0"
