"""``partsong recommend``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption, WhereOption
from partsong.cli.output import new_table, print_json, print_line, print_table

if TYPE_CHECKING:
    from partsong.workflow import RecommendResult

__all__ = ["print_recommendations", "recommend"]

_SHOWN_REASONS = 3


def recommend(
    titles: Annotated[
        list[str],
        typer.Argument(
            metavar="TITLE...",
            help='Tracks to start from: "Title", "Title - Artist", a track id or a Spotify link.',
            show_default=False,
        ),
    ],
    *,
    n: Annotated[int, typer.Option("-n", min=1, help="Length of the list.")] = 10,
    unheard: Annotated[
        bool, typer.Option("--unheard", help="Leave out what is in your library.")
    ] = False,
    where: WhereOption = None,
    all_versions: Annotated[
        bool,
        typer.Option("--all-versions", help="Let several versions of one song into the list."),
    ] = False,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Recommend tracks that share the parts of the given ones, and say why."""
    from partsong import workflow

    result = workflow.recommend_tracks(
        titles,
        catalog=catalog,
        model=model,
        n=n,
        unheard=unheard,
        where=where,
        all_versions=all_versions,
    )
    if as_json:
        print_json(result.to_dict())
    else:
        print_recommendations(result)


def print_recommendations(result: "RecommendResult") -> None:
    """Print the seeds, and each recommendation with its reasons in percent of its score."""
    print_line("Like " + " and ".join(seed.label for seed in result.seed_tracks), style="bold")
    if not result.recommendations:
        print_line("Nothing in the catalog meets these wishes.")
        return
    table = new_table("score>", "track", "because of")
    for track in result.recommendations:
        table.add_row(
            f"{track.score:.3f}",
            f"{track.title} - {', '.join(track.artists)}" if track.artists else track.title,
            "; ".join(
                f"{contribution / track.score:.0%} {part}"
                for part, contribution in track.reasons[:_SHOWN_REASONS]
            ),
        )
    print_table(table)
