from .layout import Layout
from .layouts import list_layouts
from .source import Source, open_source, recognise

__all__ = ["Layout", "Source", "list_layouts", "open_source", "recognise"]
