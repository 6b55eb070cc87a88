"""``partsong update``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.parts import FeatureMove, Refresh
    from partsong.workflow import UpdateResult

__all__ = ["update"]


def update(
    *,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh",
            help="Let the parts move, too: they follow the tracks that the catalog holds now.",
        ),
    ] = False,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a model up to date with what was imported since its fit; its parts stay.

    New tracks are placed. Tracks that an import changed are placed again, and tracks that left the
    catalog, or no longer meet the condition of the fit, go.
    """
    from partsong import workflow

    with show_progress() as progress:
        result = workflow.update_model(
            catalog=catalog, model=model, refresh=refresh, progress=progress
        )
    if as_json:
        print_json(result.to_dict())
        return
    _print_tracks(result)
    for note in result.notes:
        print_line(f"note: {note}", style="dim")
    if result.refresh is not None:
        print_line()
        _print_parts(result.refresh)
    if result.is_fit_due:
        print_line()
        _print_due(result)


def _print_tracks(result: "UpdateResult") -> None:
    name, holds = result.model.name, f"{len(result.model.track_ids):,}"
    if result.added:
        print_line(f"{_tracks(result.added, 'new ')} placed in {name}, which now holds {holds}.")
    else:
        print_line(f"{name} already holds every track it can place: {holds}.")
    if result.changed:
        print_line(
            f"{_tracks(result.changed)} placed again, since an import changed their features."
        )
    if result.left:
        print_line(
            f"{_tracks(result.left)} left: no longer there, or outside the model's condition."
        )
    if result.unplaced:
        print_line(f"{_tracks(result.unplaced)} not placed, for want of the features it needs.")
    if result.outside:
        print_line(f"{_tracks(result.outside)} of the catalog outside the model's condition.")


def _print_parts(refresh: "Refresh") -> None:
    table = new_table("part", "cosine>", "share before>", "share>", "now")
    for part in refresh.parts:
        table.add_row(
            part.part,
            f"{part.cosine:.3f}",
            f"{part.share_before:.1%}",
            f"{part.share:.1%}",
            "" if part.is_same else f"another part; nearest is {part.nearest}",
        )
    print_table(table)
    less = "less" if refresh.lead > 0 else "more"
    print_line(
        f"Relative error {refresh.relative_error:.4f}, with the parts as they were "
        f"{refresh.relative_error_before:.4f}. Parts from scratch would miss "
        f"{abs(refresh.lead):.2%} {less}."
    )


def _print_due(result: "UpdateResult") -> None:
    if result.moved:
        moves = "; ".join(map(_describe, result.moved[:3]))
        print_line(f"The catalog is no longer what the recipe learned its bounds from: {moves}.")
    for part in result.lost:
        print_line(
            f"{part.part} is not the same part any more (cosine {part.cosine:.2f} to the nearest)."
        )
    print_line(
        "A new fit is due; parts that come back keep their names: partsong fit", style="bold"
    )


def _describe(move: "FeatureMove") -> str:
    name = move.feature.removesuffix("_ms")
    return (
        f"{name} is {abs(move.shift):.2f} standard deviations "
        f"{'higher' if move.shift > 0 else 'lower'} on average and spreads {move.spread:.2f} times "
        "as far"
    )


def _tracks(n: int, kind: str = "") -> str:
    return f"{n:,} {kind}track{'' if n == 1 else 's'}"
