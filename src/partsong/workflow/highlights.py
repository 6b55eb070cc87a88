"""What a reader should know first of a collection, the same on the page and in the terminal."""

from typing import Final

import polars as pl

from partsong.plain_text import counted, in_words
from partsong.workflow.checking import CheckResult
from partsong.workflow.collection import Collection

__all__ = ["describe_highlights"]

_STRONG: Final = 0.3  # weaker correlations do not stand out


def describe_highlights(
    collection: Collection, correlations: pl.DataFrame, check: CheckResult
) -> tuple[str, ...]:
    """Return what a reader should know first of a collection, a sentence each.

    Parameters
    ----------
    collection
        What the tracks are, and what they lack.
    correlations
        What `correlate_features` found.
    check
        What would spoil a fit.
    """
    said = []
    if collection.half:
        first, last = collection.half
        span = f"{first} to {last}" if first < last else str(first)
        dated = sum(collection.years.values())
        of = "the tracks" if dated == collection.tracks else f"the {dated:,} tracks with a year"
        said.append(f"Half of {of} are from {span}.")
    if collection.genres:
        said.append(_genres_in_words(collection))
    strong = correlations.filter(pl.col("correlation").abs() >= _STRONG).head(2)
    for first, second, value in strong.select("first", "second", "correlation").iter_rows():
        how = "go together" if value > 0 else "run opposite"
        signed = f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
        said.append(
            f"{in_words(first).capitalize()} and {in_words(second)} {how} (rank correlation {signed})."
        )
    if collection.repeated_songs:
        said.append(
            f"{counted(collection.repeated_songs, 'song')} stand here more than once, in other "
            f"recordings or versions: {counted(collection.repeats, 'track')} too many, if each "
            "song should count once."
        )
    absent = [in_words(column) for column, known in collection.known.items() if not known]
    if absent:
        said.append(f"Known of no track: {', '.join(absent)}.")
    n_findings = len(check.findings)
    said.append(
        f"{counted(n_findings, 'thing')} to know before a fit with recipe {check.recipe}."
        if n_findings
        else f"Nothing stands in the way of a fit with recipe {check.recipe}."
    )
    return tuple(said)


def _genres_in_words(collection: Collection) -> str:
    n, small = len(collection.genres), len(collection.small_genres)
    median = f"{collection.genre_median:,.0f}"
    if not collection.large_genres and not small:
        return f"{counted(n, 'genre')}, all of them near the median of {median} tracks."
    largest = [genre for genre, _ in zip(collection.genres, range(5), strict=False)]
    said = f"{counted(n, 'genre')}; the largest are {', '.join(largest)}"
    return f"{said}; {small:,} have a third of the median's {median} tracks or less."
