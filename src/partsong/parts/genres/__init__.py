"""How parts meet genres: counts, tests, families, and answers about a word."""

__all__: list[str] = []
