from .layout import Layout
from .layouts import list_layouts
from .source import Source, open_source, open_sources, recognise

__all__ = ["Layout", "Source", "list_layouts", "open_source", "open_sources", "recognise"]
