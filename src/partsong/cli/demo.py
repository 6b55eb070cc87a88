"""``partsong demo``."""

from pathlib import Path
from typing import Annotated

import typer

from partsong.cli.options import JsonOption
from partsong.cli.output import print_json, print_line, show_progress

__all__ = ["demo"]


def demo(
    folder: Annotated[
        Path, typer.Argument(help="Where the demo keeps its catalog, model and page.")
    ] = Path("partsong-demo"),
    *,
    as_json: JsonOption = False,
) -> None:
    """Run the whole flow on 6,000 real tracks: import, check, fit, name, recommend."""
    from partsong import workflow
    from partsong.cli.genres import print_genres
    from partsong.cli.parts import print_parts
    from partsong.cli.recommend import print_recommendations

    with show_progress() as progress:
        result = workflow.run_demo(folder, progress=progress)
    if as_json:
        print_json(result.to_dict())
        return
    report, fitted = result.report, result.fit
    print_line("1. Import", style="bold")
    print_line(
        f"{report.read:,} rows of the demo's table are {report.kept:,} tracks: "
        f"{report.merged:,} rows repeat a track in another genre."
    )
    print_line()
    print_line("2. Check", style="bold")
    for finding in result.check.findings:
        print_line(f"{finding.severity}: {finding.found}")
    if not result.check.findings:
        print_line("Nothing stands in the way of a fit.")
    print_line()
    print_line("3. Fit", style="bold")
    print_line(
        f"{len(fitted.model.parts)} parts of {len(fitted.model.track_ids):,} tracks "
        f"in {fitted.model.fit.seconds:.1f} s. Nobody told it a genre; these names come from the sound alone:"
    )
    print_parts(result.parts)
    print_line()
    print_line("4. How the parts meet the six genres", style="bold")
    print_genres(result.genres, most=2)
    print_line()
    print_line("5. Recommend, and say why", style="bold")
    for recommendation in result.recommendations:
        print_line()
        print_recommendations(recommendation)
    print_line()
    print_line(f"The same with pictures: {result.page}", style="bold")
    print_line()
    print_line("Ask it something:")
    print_line(f'  partsong recommend "Numb - Linkin Park" --catalog {result.catalog}')
    print_line("Your own music (a CSV from Exportify, or any table of tracks):")
    print_line("  partsong import my_playlist.csv --library")
    print_line("  partsong fit")
    print_line('  partsong recommend "A title you like" --unheard')
