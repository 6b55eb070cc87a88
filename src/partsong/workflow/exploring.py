"""``partsong explore``: a collection in pictures, on one page that opens anywhere."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from partsong.errors import FeatureError
from partsong.plots import correlate_features
from partsong.progress import SILENT, Progress
from partsong.schema import AUDIO_FEATURES
from partsong.workflow.checking import CheckResult, check_catalog
from partsong.workflow.collection import COLUMNS, Collection, describe_collection
from partsong.workflow.exploring_page import write_exploring_page
from partsong.workflow.highlights import describe_highlights
from partsong.workflow.places import open_catalog
from partsong.workflow.selecting import Conditions, select_tracks

__all__ = ["Correlation", "ExploreResult", "explore_catalog"]

_FEATURES: Final = ("popularity", "duration_ms", *AUDIO_FEATURES)
_BY_DEFAULT: Final = ("danceability", "popularity")  # what the second source document drew


@dataclass(frozen=True, slots=True)
class Correlation:
    """How two features go together.

    Attributes
    ----------
    first, second
        The features.
    correlation
        Spearman's rank correlation, -1 to 1.
    tracks
        Tracks that have both.
    """

    first: str
    second: str
    correlation: float
    tracks: int


@dataclass(frozen=True, slots=True)
class ExploreResult:
    """What was found, and where the page is.

    Attributes
    ----------
    page
        The file written.
    collection
        What the tracks are, and what they lack.
    correlations
        Every two features, strongest first.
    check
        What would spoil a fit, with the traps of the source documents.
    highlights
        What a reader should know first, a sentence each.
    """

    page: Path
    collection: Collection
    correlations: tuple[Correlation, ...]
    check: CheckResult
    highlights: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong explore --json``."""
        return {
            "page": str(self.page),
            "highlights": list(self.highlights),
            **self.collection.to_dict(),
            "correlations": [asdict(pair) for pair in self.correlations],
            "check": self.check.to_dict(),
        }


def explore_catalog(
    page: Path | str = "partsong-explore.html",
    *,
    catalog: Path | str | None = None,
    recipe: str | Path = "balanced",
    where: Conditions = None,
    by: Literal["genre", "decade"] | None = None,
    features: Sequence[str] = (),
    progress: Progress = SILENT,
) -> ExploreResult:
    """Draw what a catalog holds and lacks, and write it as one page.

    Parameters
    ----------
    page
        The file to write; one of that name is replaced at once.
    catalog
        The catalog's file.
    recipe
        What a fit would use: the name of a built-in recipe, or a TOML file.
    where
        SQL conditions over the catalog's tracks.
    by
        Compare the largest genres, or decades, in the distributions and scatter plots.
    features
        What to draw against all other features, such as ``["energy"]``; by default danceability
        and popularity, as far as they are known.
    progress
        Listener to the steps.

    Raises
    ------
    CatalogMissingError
        If there are no tracks.
    FeatureError
        If one of `features` is none, or no track has it.
    OutputError
        If the page cannot be written.

    Examples
    --------
    >>> result = explore_catalog(catalog.with_name("explore.html"), catalog=catalog)
    >>> result.page.name, result.collection.tracks
    ('explore.html', 180)
    """
    _demand_features(features)
    store = open_catalog(catalog)
    progress.start("reading the catalog")
    tracks = select_tracks(store, COLUMNS, where=where)
    imports = store.imports()
    progress.finish()
    drawn = features or [feature for feature in _BY_DEFAULT if tracks[feature].count()]
    _demand_values(tracks, drawn)
    collection = describe_collection(tracks, imports, progress=progress)
    checked = check_catalog(
        catalog=store.path, recipe=recipe, where=where, has_traps=True, progress=progress
    )
    correlations = correlate_features(tracks).drop_nulls("correlation")
    result = ExploreResult(
        page=Path(page),
        collection=collection,
        correlations=tuple(Correlation(*pair) for pair in correlations.iter_rows()),
        check=checked,
        highlights=describe_highlights(collection, correlations, checked),
    )
    progress.start("drawing")
    write_exploring_page(result, tracks, store, by=by, features=drawn, progress=progress)
    progress.finish()
    return result


def _demand_features(features: Sequence[str]) -> None:
    unknown = [feature for feature in features if feature not in _FEATURES]
    if unknown:
        raise FeatureError(
            f"There is no feature {', '.join(map(repr, unknown))} to draw.",
            hint=f"The features are: {', '.join(_FEATURES)}.",
        )


def _demand_values(tracks: pl.DataFrame, features: Sequence[str]) -> None:
    empty = [feature for feature in features if not tracks[feature].count()]
    if empty:
        raise FeatureError(
            f"None of the {len(tracks):,} tracks has a value of {', '.join(empty)}.",
            hint="Draw another feature, or import a source that carries it.",
        )
