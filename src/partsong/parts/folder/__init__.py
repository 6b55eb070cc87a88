"""A model as a folder of plain files, written in one step and read in milliseconds."""

__all__: list[str] = []
