from .page import Section, write_page
from .tables import Table

__all__ = ["Section", "Table", "write_page"]
