"""What an import from a service would take, before anything is imported."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.plain_text import counted

if TYPE_CHECKING:
    from partsong.sources import ImportPlan

__all__ = ["tell_plan"]


def tell_plan(plan: "ImportPlan", *, as_json: bool = False) -> None:
    """Print how many requests an import will make, and for what.

    Parameters
    ----------
    plan
        What it will take.
    as_json
        Whether a program reads it.
    """
    if as_json:
        print_json(asdict(plan))
        return
    print_line(f"This import will make {counted(plan.n_requests, 'request')}.", style="bold")
    table = new_table("", "requests>")
    for step, n_requests in plan.steps.items():
        table.add_row(step, f"{n_requests:,}")
    print_table(table)
    for note in plan.notes:
        print_line(f"note: {note}", style="dim")
