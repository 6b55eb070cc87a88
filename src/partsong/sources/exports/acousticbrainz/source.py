"""AcousticBrainz as a source: of millions of analyses, those of recordings that one has."""

import json
import re
from collections.abc import Collection, Generator, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import polars as pl

from partsong.errors import UnknownLayoutError, UnsafeArchiveError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.exports.acousticbrainz.documents import VALUES, mbid_of, read_document
from partsong.sources.exports.acousticbrainz.info import INFO
from partsong.sources.exports.acousticbrainz.packed import visit_files
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.plan import Plan

__all__ = ["AcousticBrainzSource"]

_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME: Final = re.compile(rf"(?:.*/)?({_UUID})(?:-(\d+))?\.json", re.IGNORECASE)
_UUID_LENGTH: Final = 36
_LARGEST_DOCUMENT: Final = 2**24
_LONGEST_LINE: Final = 2**12
_ROWS_OF_A_BATCH: Final = 20_000
_STRANGER: Final = "not in the catalog"
_REPEATED: Final = "another analysis of the same recording"
_TABLE_COLUMNS: Final = {"bpm": "tempo", "key_key": "key", "key_scale": "mode"}
_WORDS: Final = frozenset({"key", "mode"})
_TYPES: Final[dict[str, pl.DataType]] = {
    LINE: pl.Int64(),
    "mbid": pl.String(),
    **{name: pl.String() if name in _WORDS else pl.Float64() for name in VALUES},
}
_FIELDS: Final = ("mbid", *VALUES)
_LAYOUT: Final = Layout(
    name=INFO.name,
    title=INFO.title,
    description=INFO.description,
    licence=INFO.terms,
    required=(),
    columns={name: name for name in _FIELDS},
    analysis=INFO.analysis,
    needs_titles=False,
)
_PLAN: Final = Plan(_LAYOUT, {name: name for name in _FIELDS}, {}, only_known=True)


class AcousticBrainzSource:
    """The analyses of some recordings, out of dumps and single files.

    A recording was often analysed several times, of several files. The first analysis counts, as
    in the former API: the one with the lowest number in the dump.

    Parameters
    ----------
    paths
        Folders, archives and files.
    known
        MusicBrainz ids of the recordings that are wanted, in lower case.

    Attributes
    ----------
    report
        What became of the analyses; complete once `batches` is exhausted.
    """

    def __init__(self, paths: Sequence[Path], known: Collection[str]) -> None:
        self.report = ImportReport(files=[str(path) for path in paths], layout=INFO.name)
        self._paths = paths
        self._known = frozenset(known)
        self._ledger = Ledger(self.report, INFO.title)

    def batches(self, progress: Progress = SILENT) -> Generator[Batch, None, None]:
        """Yield the analyses that are wanted, once all files are read.

        Parameters
        ----------
        progress
            Listener to the steps.

        Raises
        ------
        UnknownLayoutError
            If there is nothing of AcousticBrainz in the files.
        UnreadableFileError, UnsafeArchiveError, MissingExtraError
            If one of them cannot be read.
        """
        found = _Firsts(self.report)
        for path in self._paths:
            n_before = found.n_seen
            visit_files(path, partial(self._visit, found), progress)
            if found.n_seen == n_before:
                raise UnknownLayoutError(
                    f"{path} holds nothing of AcousticBrainz.",
                    hint="Name its dumps, the folder of an unpacked one, or its JSON files.",
                )
        rows = iter(found.rows())
        while block := list(islice(rows, _ROWS_OF_A_BATCH)):
            yield convert_tracks(pl.DataFrame(block, schema=_TYPES), _PLAN, self._ledger)

    def _visit(self, found: "_Firsts", name: str, file: IO[bytes]) -> None:
        if name.endswith(".csv"):
            self._read_table(name, file, found)
        else:
            self._read_document(name, file, found)

    def _read_document(self, name: str, file: IO[bytes], found: "_Firsts") -> None:
        """Read a document; in a dump, its name says whether that is worth the trouble."""
        named = _NAME.fullmatch(name)
        mbid = named[1].lower() if named else None
        if mbid is not None and mbid not in self._known:
            found.pass_over(_STRANGER)
            return
        content = file.read(_LARGEST_DOCUMENT + 1)
        if len(content) > _LARGEST_DOCUMENT:
            raise UnsafeArchiveError(
                f"{name} is larger than any analysis ({_LARGEST_DOCUMENT:,} bytes).",
                hint="Leave it out; it is none of AcousticBrainz' files.",
            )
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            found.pass_over("no JSON")
            self._ledger.show_problem(found.n_seen, "", Path(name).name, "no JSON")
            return
        read = read_document(document)
        mbid = mbid or mbid_of(document)
        if read is None:
            if named:
                found.pass_over("no analysis")
        elif mbid not in self._known:
            found.pass_over(_STRANGER)
        else:
            kind, values = read
            found.add(kind, mbid, int(named[2] or 0) if named else 0, values)

    def _read_table(self, name: str, file: IO[bytes], found: "_Firsts") -> None:
        """Read one of the three tables of selected features (``...-rhythm.csv`` and the others)."""
        header = file.readline(_LONGEST_LINE).decode("utf-8", "replace").strip().split(",")
        if header[:2] != ["mbid", "submission_offset"]:
            return
        columns = {
            header.index(one): field for one, field in _TABLE_COLUMNS.items() if one in header
        }
        if not columns:
            found.n_seen += 1
            self.report.notes.append(f"{Path(name).name} has no column with a counterpart here.")
            return
        known = {mbid.encode() for mbid in self._known}
        kind = ",".join(columns.values())
        n_strangers = 0
        while line := file.readline(_LONGEST_LINE):
            if line[:_UUID_LENGTH] not in known:
                n_strangers += 1
                continue
            cells = line.decode("utf-8", "replace").strip().split(",")
            if len(cells) != len(header) or not cells[1].isdigit():
                found.pass_over("too few or too many fields")
                continue
            values = {field: _cell(cells[place], field) for place, field in columns.items()}
            found.add(kind, cells[0], int(cells[1]), values)
        found.pass_over(_STRANGER, n_strangers)


class _Firsts:
    """The first analysis of each kind of each recording, and the count of all others."""

    def __init__(self, report: ImportReport) -> None:
        self.n_seen = 0
        self._report = report
        self._kept: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}

    def add(self, kind: str, mbid: str, number: int, values: dict[str, Any]) -> None:
        before = self._kept.get((kind, mbid))
        if before is None:
            self.n_seen += 1
        else:
            self.pass_over(_REPEATED)
        if before is None or number < before[0]:
            self._kept[kind, mbid] = (number, values)

    def pass_over(self, reason: str, n: int = 1) -> None:
        if n:
            self.n_seen += n
            self._report.read += n
            self._report.dropped[reason] += n

    def rows(self) -> Iterator[dict[str, Any]]:
        for line, ((_, mbid), (_, values)) in enumerate(self._kept.items(), start=1):
            yield {LINE: line, "mbid": mbid, **values}


def _cell(text: str, field: str) -> float | str | None:
    if field in _WORDS:
        return text or None
    try:
        return float(text)
    except ValueError:
        return None
