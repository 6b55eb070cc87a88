"""How long work tells how far it is, without knowing who listens.

Everything that can take over a second takes a ``progress`` argument. The command line hands in
bars; a notebook or a test hands in nothing, and :data:`SILENT` swallows the news.
"""

from typing import Protocol

__all__ = ["SILENT", "Progress"]


class Progress(Protocol):
    """Listen to the steps of a long piece of work."""

    def start(self, task: str, total: float | None = None) -> None:
        """Begin a task, such as ``"reading tracks.csv"``; `total` is its length if known."""

    def advance(self, amount: float = 1) -> None:
        """Report that `amount` more of the current task is done."""

    def finish(self) -> None:
        """End the current task."""


class _Silent:
    """The listener that does not listen."""

    def start(self, task: str, total: float | None = None) -> None:
        """Ignore the start."""

    def advance(self, amount: float = 1) -> None:
        """Ignore the step."""

    def finish(self) -> None:
        """Ignore the end."""


SILENT: Progress = _Silent()
