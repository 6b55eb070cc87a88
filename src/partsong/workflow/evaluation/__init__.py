"""A model and its catalog put to the test: tracks, tasks, methods, and the scorecard as a file."""

__all__: list[str] = []
