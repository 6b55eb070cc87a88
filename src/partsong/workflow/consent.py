"""What may be learned from: tracks whose source forbids it wait for the listener's word."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError
from partsong.plain_text import counted
from partsong.sources import (
    TRAINING_QUESTION,
    TRAINING_TERMS,
    SourceInfo,
    find_source,
    list_sources,
)
from partsong.workflow.places import open_catalog

__all__ = [
    "TRAINING_QUESTION",
    "TRAINING_TERMS",
    "agree_to_training",
    "closed_sources",
    "may_train",
    "withhold_tracks",
]


def may_train(source: str, *, catalog: Path | str | None = None) -> bool | None:
    """Say whether parts may be learned from what a source gave to a catalog.

    Parameters
    ----------
    source
        Name of the source.
    catalog
        The catalog's file.

    Returns
    -------
    bool or None
        What the listener has said, True where the source's terms allow it anyway; None where nobody
        has been asked yet, which counts as no.

    Examples
    --------
    >>> may_train("spotify", catalog=catalog) is None, may_train("exportify", catalog=catalog)
    (True, True)
    """
    info = find_source(source)
    return True if info.may_train else _said(open_catalog(catalog), info)


def agree_to_training(source: str, *, answer: bool, catalog: Path | str | None = None) -> None:
    """Record whether the listener answers for learning from a source that forbids it.

    Models that are there stay as they are; learn them again (`fit_parts`) to have the answer hold
    for them.

    Parameters
    ----------
    source
        Name of the source.
    answer
        The listener's word. It replaces an earlier one.
    catalog
        The catalog's file, which is made if it is not there.

    Raises
    ------
    SourceError
        If there is no such source.
    """
    open_catalog(catalog).agree(_topic(find_source(source)), answer=answer)


def closed_sources(store: Catalog) -> list[SourceInfo]:
    """Return the sources that may not be learned from, since the listener has not agreed.

    Parameters
    ----------
    store
        The catalog that holds the listener's word.

    Examples
    --------
    >>> [info.name for info in closed_sources(open_catalog(catalog))]
    ['spotify']
    """
    return [info for info in list_sources() if not info.may_train and not _said(store, info)]


def withhold_tracks(
    store: Catalog, tracks: pl.DataFrame, columns: Sequence[str]
) -> tuple[pl.DataFrame, str]:
    """Leave out tracks that may not be learned from.

    Parameters
    ----------
    store
        The catalog.
    tracks
        One row a track, with `track_id`.
    columns
        What would be learned from: a track is left out where one of these values, or the track
        itself, is of such sources alone.

    Returns
    -------
    tracks, note
        Those that are left, in their order; and a sentence that says how many are not, and why,
        empty where all are.

    Raises
    ------
    CatalogMissingError
        If none is left.

    Examples
    --------
    >>> store = open_catalog(catalog)
    >>> kept, note = withhold_tracks(store, store.read_tracks(["tempo"]), ["tempo"])
    >>> len(kept), note
    (180, '')
    """
    closed = closed_sources(store)
    withheld = store.only_from([info.name for info in closed], columns) if closed else set()
    kept = tracks
    if withheld:
        kept = tracks.filter(~pl.col("track_id").is_in(pl.Series(sorted(withheld)).implode()))
    n_withheld = len(tracks) - len(kept)
    if not n_withheld:
        return tracks, ""
    who = " and ".join(info.title for info in closed)
    mend = " or ".join(f"{info.usage} --may-train" for info in closed)
    if kept.is_empty():
        raise CatalogMissingError(
            f"None of {counted(n_withheld)} may be learned from: what is known of them is of "
            f"one source alone ({who}), whose terms forbid it.",
            hint=f"Import your own export or a table that names them too, with their features; or, "
            f"if you answer for it: {mend}",
        )
    return kept, (
        f"{counted(n_withheld)} not learned from, since what is known of them is of one source "
        f"alone ({who}), whose terms forbid it. If you answer for it: {mend}"
    )


def _said(store: Catalog, info: SourceInfo) -> bool | None:
    said = store.agreement(_topic(info))
    return None if said is None else said.answer


def _topic(info: SourceInfo) -> str:
    return f"{info.name}-training"
