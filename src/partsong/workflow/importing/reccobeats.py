"""``partsong import reccobeats``: features for tracks that have none, and a sample to compare by."""

import hashlib
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from partsong.catalog import Catalog
from partsong.plain_text import counted
from partsong.progress import SILENT, Progress
from partsong.rows import ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.sources import (
    Arrivals,
    Client,
    ImportPlan,
    ReccoBeatsSource,
    cache_folder,
    read_setting,
)
from partsong.workflow.importing.agreement_note import agreement_notes
from partsong.workflow.importing.services import import_from_service
from partsong.workflow.places import open_catalog

__all__ = ["DEFAULT_SAMPLE", "import_reccobeats", "plan_reccobeats"]

_NAME: Final = "reccobeats"

DEFAULT_SAMPLE: Final = 200
"""How many tracks with Spotify's features are asked for, so that the two can be compared."""

_MIN_INTERVAL: Final = 0.5
"""Seconds between two requests: the limits are not published."""

_LACKS_FEATURES: Final = (
    "(" + " + ".join(f'("{name}" IS NOT NULL)::INT' for name in AUDIO_FEATURES) + ") < 6"
)
"""Fewer than half are known: what a report on coverage counts as a track without features."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    spotify_ids: list[str]
    isrcs: list[str]
    notes: tuple[str, ...]


def import_reccobeats(
    *,
    all_tracks: bool = False,
    n_sample: int = DEFAULT_SAMPLE,
    catalog: Path | str | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Ask ReccoBeats for the audio features of tracks that have none.

    What it gives only fills what is missing. If it stops in between, what has arrived is added;
    answers are kept for 90 days, also that it does not know a track.

    Parameters
    ----------
    all_tracks
        Ask for all of the catalog, the library first; by default for the library alone, or for all
        where there is none.
    n_sample
        For how many tracks that have Spotify's features to ask besides. ReccoBeats measures
        otherwise; where both are known, its scale can be brought into line with Spotify's.
    catalog
        The catalog's file.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        With `stopped` and `resume_at`, if not all could be had. A row is a track asked for.

    Raises
    ------
    CatalogMissingError
        If there is no catalog yet.
    ServiceError
        If ReccoBeats refuses; nothing has changed then.
    CatalogBusyError, CatalogVersionError, CatalogWriteError
        If the catalog cannot be written; nothing has changed then.
    """
    store = open_catalog(catalog)
    wanted = _wanted(store, all_tracks=all_tracks, n_sample=n_sample)
    with _opened(wanted, progress) as source:
        source.report.notes += wanted.notes
        report = import_from_service(source, store, progress=progress)
    report.notes += agreement_notes(store, _NAME)
    return report


def plan_reccobeats(
    *,
    all_tracks: bool = False,
    n_sample: int = DEFAULT_SAMPLE,
    catalog: Path | str | None = None,
) -> ImportPlan:
    """Return how many requests :func:`import_reccobeats` will make; none is made for this.

    Parameters
    ----------
    all_tracks, n_sample, catalog
        As for the import.

    Raises
    ------
    CatalogMissingError
        If there is no catalog yet.
    """
    wanted = _wanted(open_catalog(catalog), all_tracks=all_tracks, n_sample=n_sample)
    with _opened(wanted, SILENT) as source:
        plan = source.plan()
    return ImportPlan(plan.n_requests, plan.steps, wanted.notes)


@contextmanager
def _opened(wanted: _Wanted, progress: Progress) -> Iterator[ReccoBeatsSource]:
    url = read_setting(_NAME, "url") or ReccoBeatsSource.url
    with (
        Arrivals(cache_folder() / f"{_NAME}.sqlite") as answers,
        Client(
            service=_NAME,
            url=url,
            min_interval=_MIN_INTERVAL if url == ReccoBeatsSource.url else 0,
            progress=progress,
        ) as client,
    ):
        yield ReccoBeatsSource(client, wanted.spotify_ids, wanted.isrcs, answers=answers)


def _wanted(store: Catalog, *, all_tracks: bool, n_sample: int) -> _Wanted:
    """Choose the tracks to ask for: those without features, the library first, then the sample."""
    here = [] if all_tracks or not store.count_tracks("in_library") else ["in_library"]
    lacking = store.read_tracks(
        ["spotify_id", "isrc", "in_library"], where=[*here, _LACKS_FEATURES]
    ).sort("in_library", descending=True, maintain_order=True)
    if lacking.is_empty():
        return _Wanted([], [], ("Every track has features; there is nothing to ask for.",))
    by_spotify_id = lacking["spotify_id"].drop_nulls().to_list()
    by_isrc = lacking.filter(pl.col("spotify_id").is_null())["isrc"].drop_nulls().to_list()
    n_without_id = lacking.height - len(by_spotify_id) - len(by_isrc)
    notes = []
    if n_without_id:
        notes.append(
            f"{counted(n_without_id)} without features {'has' if n_without_id == 1 else 'have'} "
            "neither Spotify id nor ISRC, and cannot be asked for."
        )
    sample = _sample(store, n_sample) if by_spotify_id or by_isrc else []
    if sample:
        notes.append(
            f"{counted(len(sample))} with Spotify's features {'is' if len(sample) == 1 else 'are'} "
            "asked for too, to bring the two scales into line."
        )
    return _Wanted([*by_spotify_id, *sample], by_isrc, tuple(notes))


def _sample(store: Catalog, n: int) -> list[str]:
    """Draw tracks with Spotify's features, always the same ones, and mostly so as more are added."""
    said = store.read_track_sources(["analysis"]).filter(pl.col("analysis") == "spotify")
    if not n or said.is_empty():
        return []
    tracks = store.read_tracks(
        ["spotify_id"], where=["spotify_id IS NOT NULL", f"NOT {_LACKS_FEATURES}"]
    )
    known = tracks.join(said, on="track_id", how="semi")["spotify_id"]
    return heapq.nsmallest(n, known, key=_lot)


def _lot(spotify_id: str) -> bytes:
    return hashlib.sha256(spotify_id.encode()).digest()
