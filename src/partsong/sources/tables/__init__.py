"""Tables of tracks in text, Parquet or JSON files, recognised by their columns.

A file is first opened as a table of raw values, then recognised by its columns as one layout, then
converted value by value into the catalog's columns. What could not be used is counted, located and
reported, never guessed.
"""

__all__: list[str] = []
