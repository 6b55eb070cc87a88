"""The service as a source: page after page, with whatever sends requests."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.http.messages import Sender
from partsong.sources.services.template.endpoints import Page, read_songs, songs_request
from partsong.sources.services.template.info import INFO
from partsong.sources.source import ImportPlan

__all__ = ["TemplateSource"]

_COLUMNS: Final[dict[str, pl.DataType]] = {
    "line": pl.Int64(),
    "title": pl.String(),
    "artists": pl.List(pl.String()),
    "isrc": pl.String(),
    "duration_ms": pl.Int32(),
    "liked": pl.Boolean(),
    "played_at": pl.Datetime("us"),
}


class TemplateSource:
    """The songs of a listener.

    Parameters
    ----------
    sender
        What sends requests.
    user
        Name of the listener.

    Attributes
    ----------
    report
        What became of the songs; complete once `batches` is exhausted.
    """

    def __init__(self, sender: Sender, *, user: str) -> None:
        self.report = ImportReport(files=[f"{INFO.title}: {user}"], layout=INFO.name)
        self._sender = sender
        self._user = user

    def plan(self) -> ImportPlan:
        """Return what the import will take; the first page says it, and counts no more."""
        n_pages = self._page(1).n_pages
        missing = [
            page
            for page in range(1, n_pages + 1)
            if not self._sender.has_arrived(songs_request(self._user, page))
        ]
        return ImportPlan(len(missing), {"songs": len(missing)})

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield the songs, a page at a time.

        Parameters
        ----------
        progress
            Listener to the steps, counted in songs.

        Raises
        ------
        ImportPausedError
            If the service stops answering; what was yielded before is good.
        """
        page, n_pages = 1, 1
        progress.start(f"asking {INFO.title}")
        try:
            while page <= n_pages:
                found = self._page(page)
                if page == 1:
                    n_pages = found.n_pages
                yield self._batch(found)
                progress.advance(len(found.rows))
                page += 1
        finally:
            progress.finish()

    def _page(self, number: int) -> Page:
        return read_songs(self._sender.send(songs_request(self._user, number)).json())

    def _batch(self, page: Page) -> Batch:
        titled = [row for row in page.rows if row["title"]]
        if len(titled) < len(page.rows):
            self.report.dropped["no title"] += len(page.rows) - len(titled)
        rows = pl.DataFrame(titled, schema=_COLUMNS).with_columns(
            line=pl.int_range(self.report.read + 1, self.report.read + 1 + pl.len()),
            heard=pl.lit(value=True),
        )
        self.report.read += len(page.rows)
        return Batch(rows, source=INFO.name)
