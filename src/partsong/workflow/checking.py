"""``partsong check``: what in the data at hand would spoil a fit."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from partsong.catalog import list_conditions
from partsong.features import Finding, check_recipe, load_recipe
from partsong.progress import SILENT, Progress
from partsong.workflow.places import open_catalog
from partsong.workflow.selecting import Conditions
from partsong.workflow.traps import measure_traps

__all__ = ["CheckResult", "check_catalog"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found.

    Attributes
    ----------
    recipe
        Name of the recipe.
    tracks
        How many tracks it was checked on.
    findings
        What would spoil a fit with it, the worst first.
    traps
        What the traps of the two source documents would do to these tracks, whether or not the
        recipe falls into them; empty where nobody asked.
    """

    recipe: str
    tracks: int
    findings: tuple[Finding, ...]
    traps: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong check --json``."""
        return {
            "recipe": self.recipe,
            "tracks": self.tracks,
            "findings": [asdict(finding) for finding in self.findings],
            "traps": [asdict(trap) for trap in self.traps],
        }


def check_catalog(
    *,
    catalog: Path | str | None = None,
    recipe: str | Path = "balanced",
    where: Conditions = None,
    has_traps: bool = False,
    progress: Progress = SILENT,
) -> CheckResult:
    """Name what in the catalog would spoil a fit with a recipe.

    Parameters
    ----------
    catalog
        The catalog's file.
    recipe
        Name of a built-in recipe, or a TOML file.
    where
        SQL conditions over the catalog's tracks, beside the recipe's own.
    has_traps
        Whether to measure, too, what the traps of the two source documents would do.
    progress
        Listener to that.

    Examples
    --------
    >>> worst = check_catalog(catalog=catalog, recipe="blog-14").findings[0]
    >>> worst.trap, worst.feature
    ('popularity', 'popularity')
    """
    chosen = load_recipe(recipe)
    store = open_catalog(catalog)
    tracks = store.read_tracks(chosen.columns, where=list_conditions(chosen.where, where))
    findings = check_recipe(chosen, tracks, n_catalog=store.count_tracks(where))
    traps = (
        measure_traps(store, where=list_conditions(where), progress=progress) if has_traps else ()
    )
    return CheckResult(chosen.name, len(tracks), tuple(findings), traps)
