"""A user's own hand on the parts: names, merges, what is hidden."""

__all__: list[str] = []
