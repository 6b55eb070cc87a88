"""Compiled kernels: one C file a module, built where there is a compiler (see ``setup.py``).

Nothing imports them by name but :mod:`partsong.nmf.kernels`, which knows what to do without them.
"""

__all__: list[str] = []
