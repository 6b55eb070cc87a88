from .source import (
    ImportPlan,
    ServiceSource,
    Setting,
    Source,
    SourceInfo,
)
from .tables.layout import Layout
from .tables.layouts import list_layouts
from .tables.source import TableSource, open_source, open_sources, recognise

__all__ = [
    "ImportPlan",
    "Layout",
    "ServiceSource",
    "Setting",
    "Source",
    "SourceInfo",
    "TableSource",
    "list_layouts",
    "open_source",
    "open_sources",
    "recognise",
]
