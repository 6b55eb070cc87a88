"""ListenBrainz' export of one listener: a ZIP of listens, a file a month, and of feedback.

Feedback names recordings by their ids alone, so what they are called is taken from the listens.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from partsong.errors import UnknownLayoutError, UnreadableFileError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.exports.archive import Archive, open_archive
from partsong.sources.services.hearings import Hearing, HearingRows, moment, number, record, text
from partsong.sources.services.listenbrainz.endpoints import read_hearing
from partsong.sources.source import SourceInfo

__all__ = ["INFO", "ListenBrainzExport", "is_listenbrainz_export", "open_listenbrainz_export"]

INFO: Final = SourceInfo(
    name="listenbrainz-export",
    title="ListenBrainz export",
    kind="export",
    description=(
        "What ListenBrainz sends out under Settings > Export: all your listens, and the recordings "
        "you love and hate, without a request to the service."
    ),
    gives=("tracks", "listens", "likes"),
    usage="partsong import listenbrainz_NAME_1760000000.zip",
    terms="Your own export.",
)

_LISTENS: Final = re.compile(r"(?:^|/)listens/(?P<year>\d{4})/(?P<month>\d{1,2})\.jsonl$")
_FEEDBACK: Final = re.compile(r"(?:^|/)feedback\.jsonl$")


def is_listenbrainz_export(path: Path) -> bool:
    """Tell whether a ZIP or a folder is ListenBrainz' export, by the names in it.

    Parameters
    ----------
    path
        It need not exist.

    Raises
    ------
    UnsafeArchiveError
        If it is an archive that reaches outside of itself.

    Examples
    --------
    >>> folder = getfixture("tmp_path") / "listens" / "2026"
    >>> folder.mkdir(parents=True)
    >>> _ = (folder / "11.jsonl").write_text("", "utf-8")
    >>> is_listenbrainz_export(getfixture("tmp_path")), is_listenbrainz_export(folder)
    (True, False)
    """
    try:
        names = open_archive(path).names
    except UnreadableFileError:
        return False
    return any(_LISTENS.search(name) for name in names)


def open_listenbrainz_export(paths: Sequence[Path]) -> "ListenBrainzExport":
    """Open exports of ListenBrainz.

    Parameters
    ----------
    paths
        ZIPs, or folders that they were unpacked to.

    Raises
    ------
    UnreadableFileError, UnsafeArchiveError
        If one is damaged, or not safe to read.
    UnknownLayoutError
        If one holds no listens.
    """
    archives = [open_archive(path) for path in paths]
    for archive in archives:
        if not any(_LISTENS.search(name) for name in archive.names):
            raise UnknownLayoutError(
                f"{archive.path.name} is no export of ListenBrainz.",
                hint="It holds listens/2026/11.jsonl and the like; take the ZIP as it came.",
            )
    return ListenBrainzExport(archives)


class ListenBrainzExport:
    """Exports of ListenBrainz, ready to be read; made by :func:`open_listenbrainz_export`.

    Attributes
    ----------
    report
        What became of the rows; complete once `batches` is exhausted.
    """

    def __init__(self, archives: Sequence[Archive]) -> None:
        self.report = ImportReport(
            files=[str(archive.path) for archive in archives], layout=INFO.name
        )
        self._archives = archives
        self._rows = HearingRows(self.report, INFO.name)

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield the plays of each month from the first on, then likes and dislikes.

        Parameters
        ----------
        progress
            Listener to the files.

        Raises
        ------
        UnreadableFileError, UnsafeArchiveError
            If a file is damaged, or too large.
        """
        for archive in self._archives:
            listens = sorted(filter(_LISTENS.search, archive.names), key=_month)
            feedback = list(filter(_FEEDBACK.search, archive.names))
            known: dict[str, Hearing] = {}
            progress.start(f"reading {archive.path.name}", len(listens) + len(feedback))
            with closing(archive.contents([*listens, *feedback])) as contents:
                for name, content in contents:
                    told = self._objects(content)
                    if _LISTENS.search(name):
                        yield self._rows.batch(self._plays(told, known))
                    else:
                        yield self._rows.batch(self._verdicts(told, known))
                    progress.advance()
            progress.finish()

    def _objects(self, content: bytes) -> Iterator[dict[str, Any]]:
        for line in content.decode("utf-8-sig", errors="replace").split("\n"):
            if line.strip():
                try:
                    yield record(json.loads(line))
                except ValueError:
                    self._rows.drop("not JSON")

    def _plays(
        self, told: Iterator[dict[str, Any]], known: dict[str, Hearing]
    ) -> Iterator[Hearing]:
        for listen in told:
            played_at = moment(listen.get("listened_at"))
            if played_at is None:
                self._rows.drop("no time of play")
                continue
            hearing = read_hearing(listen, played_at=played_at)
            for key in (record(listen, "track_metadata").get("recording_msid"), hearing.mbid):
                if isinstance(key, str):
                    known[key] = hearing
            yield hearing

    def _verdicts(
        self, told: Iterator[dict[str, Any]], known: dict[str, Hearing]
    ) -> Iterator[Hearing]:
        for verdict in told:
            ids = [text(verdict.get(name)) for name in ("recording_msid", "recording_mbid")]
            hearing = next((known[one] for one in ids if one in known), None)
            score = number(verdict.get("score"))
            if hearing is None:
                self._rows.drop("loved or hated, but not among the listens")
            elif not score:
                self._rows.drop("neither loved nor hated")
            else:
                yield replace(hearing, played_at=None, liked=score > 0)


def _month(name: str) -> tuple[int, int]:
    found = _LISTENS.search(name)
    assert found is not None
    return int(found["year"]), int(found["month"])
