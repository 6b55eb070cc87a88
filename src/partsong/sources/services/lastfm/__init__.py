"""Last.fm: what a listener scrobbled and loved, and tracks like those most played."""

__all__: list[str] = []
