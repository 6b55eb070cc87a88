"""``partsong discover``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.importing.spotify_login import allow_writing
from partsong.cli.options import CatalogOption, JsonOption, ModelOption, with_filters
from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.cli.recommend import reason_text
from partsong.cli.wishes import DiversityOption, ExportOption, LengthOption, PerArtistOption

if TYPE_CHECKING:
    from partsong.workflow import DiscoverResult

__all__ = ["discover"]


@with_filters
def discover(
    *,
    n: LengthOption = 30,
    week: Annotated[
        str | None,
        typer.Option(
            "--week",
            metavar="WEEK",
            help="An ISO week, such as 2026-W47; the present one by default.",
            show_default=False,
        ),
    ] = None,
    from_library: Annotated[
        bool,
        typer.Option(
            "--from-library",
            help="Learn your taste from the library alone, without listens and likes.",
        ),
    ] = False,
    half_life: Annotated[
        float,
        typer.Option(
            "--half-life", metavar="DAYS", help="After so many days a listen counts half."
        ),
    ] = 90,
    weeks_apart: Annotated[
        int,
        typer.Option(
            "--weeks-apart",
            min=0,
            metavar="N",
            help="What was shown does not come again for so many weeks.",
        ),
    ] = 8,
    diversity: DiversityOption = 0.3,
    per_artist: PerArtistOption = 1,
    where: list[str],
    export: ExportOption = None,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a fresh list from what you know, like and dislike: one a week, nothing twice."""
    from partsong import workflow

    allow_writing(export)
    result = workflow.discover_tracks(
        catalog=catalog,
        model=model,
        n=n,
        week=week,
        where=where,
        from_library=from_library,
        half_life=half_life,
        weeks_apart=weeks_apart,
        diversity=diversity,
        per_artist=per_artist or None,
        export=export,
    )
    if as_json:
        print_json(result.to_dict())
        return
    _print_list(result)
    if result.exported is not None:
        print_line(result.exported.sentence)


def _print_list(result: "DiscoverResult") -> None:
    print_line(f"New to you, week {result.week}", style="bold")
    has_moods = len(result.moods) > 1
    if has_moods:
        moods = new_table("mood>", "of your taste>", "made of", "such as your")
        for number, mood in enumerate(result.moods, 1):
            moods.add_row(
                str(number), f"{mood.share:.0%}", " + ".join(mood.parts), mood.typical.label
            )
        print_table(moods)
        print_line()
    else:
        print_line(f"Your taste: {result.moods[0].label}")
    if result.recommendations:
        table = new_table("score>", *(("mood>",) if has_moods else ()), "track", "because of")
        for track in result.recommendations:
            near = track.near_in_library
            table.add_row(
                f"{track.score:.3f}",
                *((str(track.answers + 1),) if has_moods else ()),
                track.label,
                reason_text(track.reasons, track.score)
                + (f"\nnear your {near.label}" if near else ""),
            )
        print_table(table)
    if result.shortage:
        print_line(result.shortage)
    if not result.is_kept:
        print_line("The catalog cannot be written now, so this list is not remembered.")
