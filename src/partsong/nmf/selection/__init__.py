"""How many components a table supports, and which components of two fits are the same."""

__all__: list[str] = []
