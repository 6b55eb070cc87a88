"""``partsong check``: what in the data at hand would spoil a fit."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from partsong.catalog import list_conditions
from partsong.features import Finding, check_recipe, load_recipe
from partsong.progress import SILENT, Progress
from partsong.workflow.agreement import FeatureAgreement, measure_agreement
from partsong.workflow.aligning import learn_alignment, read_aligned
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
    agreement
        How far the analyses of the catalog agree on each feature; empty where there is one.
    """

    recipe: str
    tracks: int
    findings: tuple[Finding, ...]
    traps: tuple[Finding, ...] = ()
    agreement: tuple[FeatureAgreement, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong check --json``."""
        return {
            "recipe": self.recipe,
            "tracks": self.tracks,
            "findings": [asdict(finding) for finding in self.findings],
            "traps": [asdict(trap) for trap in self.traps],
            "agreement": [asdict(one) for one in self.agreement],
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
    alignment = learn_alignment(store, chosen.columns)
    conditions = list_conditions(chosen.where, where)
    tracks = read_aligned(store, chosen.columns, alignment, where=conditions)
    findings = check_recipe(chosen, tracks, n_catalog=store.count_tracks(where))
    traps = (
        measure_traps(store, where=list_conditions(where), progress=progress) if has_traps else ()
    )
    agreement = measure_agreement(store).features
    return CheckResult(chosen.name, len(tracks), tuple(findings), traps, agreement)
