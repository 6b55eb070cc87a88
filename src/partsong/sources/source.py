"""What a source is: rows in batches, a report on them, and what a reader must know beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport

__all__ = ["Gift", "ImportPlan", "ServiceSource", "Setting", "Source", "SourceInfo"]

Gift = Literal["tracks", "features", "genres", "listens", "likes", "playlists", "candidates"]
"""What a source can give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that a source must be told before it can be asked.

    Parameters
    ----------
    name
        What it is called in the secrets file and, in capitals, after ``PARTSONG_SOURCE_`` in the
        environment: ``api_key`` of ``lastfm`` is ``PARTSONG_LASTFM_API_KEY``.
    meaning
        What it is and where one gets it, in a sentence.
    is_secret
        Whether it is typed unseen and never shown.
    is_required
        Whether nothing works without it.

    Examples
    --------
    >>> Setting(name="user", meaning="Your name there.").is_secret
    False
    """

    name: str
    meaning: str
    is_secret: bool = False
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What a listener wants to know of a source before using it.

    Parameters
    ----------
    name
        As it is typed, and as the catalog remembers it: ``lastfm``.
    title
        As its makers call it, for people.
    kind
        Whether it is a table, an export (both are files) or a service.
    description
        What it is, in one or two sentences.
    gives
        What can come of it.
    usage
        The command that brings it in.
    terms
        Licence or terms of use of what it gives, in a sentence or two.
    settings
        What it must be told first.
    extra
        The extra of partsong that it needs, empty where it needs none.
    may_train
        Whether its terms allow to learn parts from what it gives; where not, `fit` leaves such
        tracks out until the listener has agreed to answer for it.
    analysis
        Whose measure its audio features are on; empty where it gives none.

    Examples
    --------
    >>> SourceInfo(
    ...     name="tiny", title="Tiny", kind="service", description="For this example.",
    ...     gives=("listens",), usage="partsong import tiny", terms="None.",
    ... ).may_train
    True
    """

    name: str
    title: str
    kind: Literal["table", "export", "service"]
    description: str
    gives: tuple[Gift, ...]
    usage: str
    terms: str
    settings: tuple[Setting, ...] = ()
    extra: str = ""
    may_train: bool = True
    analysis: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import from a service will take.

    Parameters
    ----------
    n_requests
        Requests still to be made; those whose answers have arrived already are not counted.
    steps
        What is asked for, and in how many requests, in order.
    notes
        What cannot be had, and what to use in its place.

    Examples
    --------
    >>> ImportPlan(41, {"saved tracks": 40, "playlists": 1}).n_requests
    41
    """

    n_requests: int
    steps: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@runtime_checkable
class Source(Protocol):
    """Anything that yields rows of the catalog.

    Attributes
    ----------
    report
        What became of the rows; complete once `batches` is exhausted.
    """

    report: ImportReport

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield the rows in blocks, always the same ones in the same order."""


@runtime_checkable
class ServiceSource(Source, Protocol):
    """A source on the other end of a network.

    Its `batches` yield what has arrived before they raise
    :class:`~partsong.errors.ImportPausedError`, and pass over what arrived in an earlier run
    without asking again: with a journal, the run that ends well yields everything.
    """

    def plan(self) -> ImportPlan:
        """Return what the import will take, with as few requests as that needs."""
