"""``partsong recommend``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from partsong.cli.importing.spotify_login import allow_writing
from partsong.cli.options import CatalogOption, JsonOption, ModelOption, with_filters
from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.cli.wishes import ExportOption, with_wishes
from partsong.plain_text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from partsong.workflow import Reason, RecommendedTrack, RecommendResult

__all__ = ["print_recommendations", "reason_text", "recommend"]

_SHOWN_REASONS = 2
_LEAST_SHARE = 0.01
_SHOWN_SEEDS = 3
_SHOWN_MISSING = 5


@with_wishes
@with_filters
def recommend(
    titles: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TITLE]...",
            help='Tracks to start from: "Title", "Title - Artist", a track id or a Spotify link.',
            show_default=False,
        ),
    ] = None,
    *,
    wishes: dict[str, Any],
    where: list[str],
    near: Annotated[
        bool, typer.Option("--near", help="Name the nearest track of your library beside each.")
    ] = False,
    export: ExportOption = None,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Recommend tracks that share the parts of the given ones, and say why."""
    from partsong import workflow

    allow_writing(export)
    if not titles and wishes["playlist"] is None:
        raise typer.BadParameter("name a track, or several, or a --playlist.", param_hint="TITLE")
    result = workflow.recommend_tracks(
        titles or (),
        catalog=catalog,
        model=model,
        **wishes,
        where=where,
        export=export,
    )
    if as_json:
        print_json(result.to_dict())
        return
    print_recommendations(result, near=near)
    if result.exported is not None:
        print_line(result.exported.sentence)


def print_recommendations(result: "RecommendResult", *, near: bool = False) -> None:
    """Print the seeds, and each recommendation with its reasons in percent of its score."""
    print_line("Like " + _seeds_text(result), style="bold")
    if result.not_found:
        named = "; ".join(result.not_found[:_SHOWN_MISSING])
        more = len(result.not_found) - _SHOWN_MISSING
        print_line(f"Not found: {named}" + (f" and {more} more" if more > 0 else ""))
    has_moods = len(result.moods) > 1
    if has_moods:
        moods = new_table("mood>", "of the seeds>", "such as")
        for number, mood in enumerate(result.moods, 1):
            moods.add_row(str(number), f"{mood.share:.0%}", mood.seed_tracks[0].label)
        print_table(moods)
        print_line()
    if result.recommendations:
        table = new_table(
            "score>",
            *(["mood>"] if has_moods else []),
            "track",
            "because of",
            *(["near to"] if near else []),
        )
        for track in result.recommendations:
            table.add_row(
                f"{track.score:.3f}",
                *([str(track.answers + 1)] if has_moods else []),
                track.label,
                reason_text(track.reasons, track.score),
                *([_near_text(track)] if near else []),
            )
        print_table(table)
    if result.shortage:
        print_line(result.shortage)


def reason_text(reasons: "Sequence[Reason]", score: float) -> str:
    """Say in one line what most of a score is made of, and what is beyond the parts."""
    parts = [reason for reason in reasons if not reason.features][:_SHOWN_REASONS]
    beyond = [reason for reason in reasons if reason.features]
    told = []
    for reason in (*parts, *beyond):
        share = reason.contribution / score
        if share >= _LEAST_SHARE:
            words = ", ".join(word for word, _ in reason.features)
            told.append(f"{share:.0%} {f'beyond: {words}' if words else reason.part}")
    return "; ".join(told)


def _near_text(track: "RecommendedTrack") -> str:
    near = track.near_in_library
    return "" if near is None else f"{near.label} ({near.score:.2f})"


def _seeds_text(result: "RecommendResult") -> str:
    if result.playlist is not None:
        return f"{result.playlist} ({counted(len(result.seed_tracks))})"
    labels = [seed.label for seed in result.seed_tracks]
    more = len(labels) - _SHOWN_SEEDS
    return " and ".join(labels[:_SHOWN_SEEDS]) + (f" and {more} more" if more > 0 else "")
