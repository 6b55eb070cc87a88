"""The page of a collection: pictures of the data, what it lacks, and what would spoil a fit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import polars as pl

from partsong.catalog import Catalog
from partsong.features import Finding
from partsong.plain_text import counted, in_words
from partsong.plots import (
    plot_correlations,
    plot_coverage,
    plot_decades,
    plot_distributions,
    plot_genre_sizes,
    plot_scatters,
)
from partsong.progress import SILENT, Progress
from partsong.reports import Section, Table, write_page
from partsong.workflow.collection import Collection
from partsong.workflow.model_sections import model_sections

if TYPE_CHECKING:
    from partsong.workflow.exploring import ExploreResult

__all__ = ["write_exploring_page"]


def write_exploring_page(
    result: "ExploreResult",
    tracks: pl.DataFrame,
    catalog: Catalog,
    *,
    by: Literal["genre", "decade"] | None,
    features: Sequence[str],
    progress: Progress = SILENT,
) -> None:
    """Write the page of a collection to ``result.page``."""
    collection = result.collection
    write_page(
        result.page,
        title="What is in this collection",
        lead=_lead(collection),
        sections=[
            Section("At a glance", "\n\n".join(result.highlights)),
            *_data_sections(tracks, by=by, features=features),
            *_representation_sections(collection),
            *_gap_sections(collection),
            *_check_sections(result),
            *model_sections(catalog, progress=progress),
        ],
        has_contents=True,
    )


def _lead(collection: Collection) -> str:
    said = counted(collection.tracks)
    if collection.genres:
        said += f", {counted(len(collection.genres), 'genre')}"
    if collection.years:
        said += f", from {min(collection.years)} to {max(collection.years)}"
    return f"{said}: what they sound like, what the catalog lacks, and what would spoil a fit."


def _data_sections(
    tracks: pl.DataFrame, *, by: Literal["genre", "decade"] | None, features: Sequence[str]
) -> list[Section]:
    return [
        Section(
            "How the features are spread",
            "One panel a feature. A feature that hardly varies tells tracks apart from nothing; a "
            "long tail lets a few tracks outweigh the others where it is not scaled. Loudness, "
            "tempo and duration reach as far as 99% of the tracks do; the outermost bars hold the "
            "rest.",
            figure=plot_distributions(tracks, by=by),
        ),
        Section(
            "Which features go together",
            "What two features share counts twice in a fit.",
            figure=plot_correlations(tracks),
        ),
        *(
            Section(
                f"{in_words(feature).capitalize()} against the others",
                "Each panel has it along the horizontal axis and another feature upward. Hover "
                "over a point for title and artist.",
                figure=plot_scatters(tracks, feature, by=by),
            )
            for feature in features
        ),
    ]


def _representation_sections(collection: Collection) -> list[Section]:
    sections = []
    if collection.years:
        undated = collection.tracks - sum(collection.years.values())
        decades = pl.DataFrame(
            {
                "decade": [*collection.decades, None],
                "tracks": [*collection.decades.values(), undated],
            }
        )
        sections.append(
            Section(
                "Which eras it has much of",
                "Against an even spread over its decades. Parts describe the eras that have most "
                "tracks.",
                figure=plot_decades(decades),
            )
        )
    if collection.genres:
        genres = pl.DataFrame(
            {"genre": list(collection.genres), "tracks": list(collection.genres.values())}
        )
        n_without = collection.without_genre
        sections.append(
            Section(
                "Which genres it has much of",
                "A track counts in each of its own genres; where it has none, in those of its "
                "artists." + (f" {counted(n_without, 'track')} have neither." if n_without else ""),
                figure=plot_genre_sizes(genres, n_tracks=collection.tracks),
            )
        )
    return sections


def _gap_sections(collection: Collection) -> list[Section]:
    coverage = pl.DataFrame(
        {
            "column": list(collection.known),
            "known": list(collection.known.values()),
            "tracks": [collection.tracks] * len(collection.known),
        }
    )
    sections = [
        Section(
            "What the catalog lacks",
            "A fit masks what is missing, and places a track by its other features. A filter by a "
            "column that is empty finds nothing.",
            figure=plot_coverage(coverage),
        )
    ]
    if collection.set_missing or collection.merged:
        words = "Over all imports of the catalog."
        if collection.merged:
            words += (
                f" {counted(collection.merged, 'row')} repeated a track that was known before and "
                "became one with it."
            )
        coded = sum(n for reason, n in collection.set_missing.items() if "coded as 0" in reason)
        if coded:
            words += (
                f" {counted(coded, 'value')} of failed analyses, coded as 0 by the source, became "
                "missing: as numbers they would be tracks that sound like nothing else."
            )
        rows: list[list[str | float | None]] = [
            [column, reason.strip(), n]
            for key, n in collection.set_missing.items()
            for column, _, reason in [key.partition(":")]
        ]
        sections.append(
            Section(
                "What the imports put right",
                words,
                table=Table(["column", "what was wrong", "values"], rows) if rows else None,
            )
        )
    if collection.repeated_songs:
        sections.append(
            Section(
                "Songs that are there more than once",
                f"{counted(collection.repeated_songs, 'song')} have several recordings or versions "
                f"by the same artist: a remaster, a live take, the same single on many "
                f"compilations. {counted(collection.repeats, 'track')} would go if each had one. "
                "Parts lean toward what is repeated most; recommendations show one of each.",
                table=Table(
                    ["song", "artist", "tracks"],
                    [[song.title, song.artist, song.tracks] for song in collection.most_repeated],
                ),
            )
        )
    return sections


def _check_sections(result: "ExploreResult") -> list[Section]:
    check = result.check
    headers = ["severity", "trap", "found", "what it would do to a fit", "the mend"]
    sections = [
        Section(
            "What would spoil a fit",
            f"Recipe {check.recipe}, {counted(check.tracks, 'track')}."
            + ("" if check.findings else " Nothing stands in the way."),
            table=Table(headers, [_row(finding) for finding in check.findings])
            if check.findings
            else None,
        )
    ]
    if check.traps:
        sections.append(
            Section(
                "Traps that others fell into, on these tracks",
                "A study that clustered songs like these and a blog post that recommended from "
                "them took these steps. This is what each would do here.",
                table=Table(headers, [_row(trap) for trap in check.traps]),
            )
        )
    return sections


def _row(finding: Finding) -> list[str]:
    where = f"{finding.trap} ({finding.feature})" if finding.feature else finding.trap
    return [finding.severity, where, finding.found, finding.effect, finding.mend]
