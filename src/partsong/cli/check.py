"""``partsong check``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, RecipeOption, with_filters
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from partsong.features import Finding
    from partsong.workflow import FeatureAgreement

__all__ = ["check"]

_STYLES = {"spoils": "bold red", "distorts": "yellow", "note": "dim"}


@with_filters
def check(
    *,
    recipe: RecipeOption = "balanced",
    traps: Annotated[
        bool,
        typer.Option(
            "--traps",
            help="Measure, too, what the traps of the two source documents would do to these "
            "tracks, whichever recipe is used.",
        ),
    ] = False,
    as_table: Annotated[
        bool, typer.Option("--table", help="Print a line a finding, with the mend only.")
    ] = False,
    where: list[str],
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name what in the catalog would spoil a fit with a recipe, and how to mend it."""
    from partsong import workflow

    with show_progress() as progress:
        result = workflow.check_catalog(
            catalog=catalog, recipe=recipe, where=where, has_traps=traps, progress=progress
        )
    if as_json:
        print_json(result.to_dict())
        return
    print_line(
        f"{result.tracks:,} tracks, recipe {result.recipe}: "
        + (f"{len(result.findings)} findings" if result.findings else "nothing stands in the way"),
        style="bold",
    )
    show = _print_table if as_table else _print_paragraphs
    show(result.findings)
    if result.traps:
        print_line()
        print_line("The traps of the two source documents, on these tracks", style="bold")
        show(result.traps)
    if result.agreement:
        print_line()
        _print_agreement(result.agreement)


def _print_paragraphs(findings: "Sequence[Finding]") -> None:
    for finding in findings:
        print_line()
        print_line(
            f"{finding.severity}: {finding.trap}"
            + (f" ({finding.feature})" if finding.feature else ""),
            style=_STYLES[finding.severity],
        )
        print_line(f"  found   {finding.found}")
        print_line(f"  effect  {finding.effect}")
        print_line(f"  mend    {finding.mend}")


def _print_table(findings: "Sequence[Finding]") -> None:
    if not findings:
        return
    table = new_table("", "trap", "feature", "mend")
    for finding in findings:
        table.add_row(finding.severity, finding.trap, finding.feature, finding.mend)
    print_table(table)


def _print_agreement(agreement: "Sequence[FeatureAgreement]") -> None:
    pairs: dict[tuple[str, str], list[FeatureAgreement]] = {}
    for one in agreement:
        pairs.setdefault((one.analysis, one.reference), []).append(one)
    for (analysis, reference), features in pairs.items():
        print_line(f"{analysis} beside {reference}, on tracks that both have", style="bold")
        table = new_table("feature", "tracks>", "rank correlation>", "apart>", "moved>", "same>")
        for one in features:
            table.add_row(
                one.feature,
                f"{one.n_shared:,}",
                ""
                if one.rank_correlation is None
                else f"{one.rank_correlation:.2f} ({one.low:.2f} to {one.high:.2f})",
                _difference(one.difference),
                _difference(one.difference_after),
                "" if one.same is None else f"{one.same:.0%}",
            )
        print_table(table)
    print_line("apart: median difference; moved: the same after values were brought into line")


def _difference(value: float | None) -> str:
    """Show a difference in the feature's own unit, to what matters of it."""
    return "" if value is None else f"{round(value, 4):.3g}"
