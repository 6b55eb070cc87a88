"""From what a listener asks to tracks with reasons, over a catalog and its model."""

__all__: list[str] = []
