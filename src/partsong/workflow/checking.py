"""``partsong check``: what in the data at hand would spoil a fit."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from partsong.features import Finding, check_recipe, load_recipe
from partsong.workflow.places import open_catalog

__all__ = ["CheckResult", "check_catalog"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found, the worst first."""

    recipe: str
    tracks: int
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong check --json``."""
        return {
            "recipe": self.recipe,
            "tracks": self.tracks,
            "findings": [asdict(finding) for finding in self.findings],
        }


def check_catalog(
    *,
    catalog: Path | str | None = None,
    recipe: str | Path = "balanced",
    where: str | None = None,
) -> CheckResult:
    """Name what in the catalog would spoil a fit with a recipe.

    Parameters
    ----------
    catalog
        The catalog's file.
    recipe
        Name of a built-in recipe, or a TOML file.
    where
        SQL condition over the catalog's tracks.

    Examples
    --------
    >>> worst = check_catalog(catalog=catalog, recipe="blog-14").findings[0]
    >>> worst.trap, worst.feature
    ('popularity', 'popularity')
    """
    chosen = load_recipe(recipe)
    store = open_catalog(catalog)
    tracks = store.read_tracks(chosen.columns, where=[chosen.where, where])
    findings = check_recipe(chosen, tracks, n_catalog=store.count_tracks(where))
    return CheckResult(chosen.name, len(tracks), tuple(findings))
