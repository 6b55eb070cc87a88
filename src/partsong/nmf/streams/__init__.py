"""Rows that stay in files, or on other machines, and fits that go over them block by block."""

__all__: list[str] = []
