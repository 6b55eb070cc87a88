"""ListenBrainz: what a listener heard, loved and hated, and what it recommends."""

__all__: list[str] = []
