"""``partsong like``, ``dislike``, ``hide``, ``undo`` and ``feedback``."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import new_table, print_json, print_line, print_table

if TYPE_CHECKING:
    from partsong.catalog import Verdict
    from partsong.workflow import FeedbackResult

__all__ = ["dislike", "feedback", "hide", "like", "undo"]

_PAST: Final = {"like": "liked", "dislike": "disliked", "hide": "hidden"}

_TitlesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="TITLE...",
        help='The tracks: "Title", "Title - Artist", a track id or a Spotify link.',
        show_default=False,
    ),
]


def like(
    titles: _TitlesArgument, *, catalog: CatalogOption = None, as_json: JsonOption = False
) -> None:
    """Say that you like tracks: lists made for you lean towards them."""
    _judge(titles, "like", catalog=catalog, as_json=as_json)


def dislike(
    titles: _TitlesArgument, *, catalog: CatalogOption = None, as_json: JsonOption = False
) -> None:
    """Say that you dislike tracks: lists lean away from them, and no version of them comes."""
    _judge(titles, "dislike", catalog=catalog, as_json=as_json)


def hide(
    titles: _TitlesArgument, *, catalog: CatalogOption = None, as_json: JsonOption = False
) -> None:
    """Hide tracks: no version of them comes in any list, whatever you think of them."""
    _judge(titles, "hide", catalog=catalog, as_json=as_json)


def undo(
    titles: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TITLE]...",
            help="Tracks of which the last word is taken back; without, the last command is.",
            show_default=False,
        ),
    ] = None,
    *,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back what you said last, of these tracks or at all."""
    from partsong import workflow

    result = workflow.take_back(titles or (), catalog=catalog)
    if as_json:
        print_json(result.to_dict())
    elif result.verdicts:
        _print_verdicts(result, before="no longer ")
    else:
        of_these = f" of {', '.join(map(repr, titles))}" if titles else ""
        print_line(f"There is nothing to take back{of_these}.")


def feedback(*, catalog: CatalogOption = None, as_json: JsonOption = False) -> None:
    """List what you said of tracks, the newest first."""
    from partsong import workflow

    result = workflow.list_feedback(catalog=catalog)
    if as_json:
        print_json(result.to_dict())
    elif result.verdicts:
        _print_verdicts(result, dated=True)
    else:
        print_line('Nothing yet. Say it with: partsong like "TITLE"')


def _judge(titles: list[str], kind: "Verdict", *, catalog: CatalogOption, as_json: bool) -> None:
    from partsong import workflow

    result = workflow.judge_tracks(titles, kind, catalog=catalog)
    if as_json:
        print_json(result.to_dict())
    else:
        _print_verdicts(result)


def _print_verdicts(result: "FeedbackResult", *, before: str = "", dated: bool = False) -> None:
    table = new_table("", "track", "said" if dated else "")
    for verdict in result.verdicts:
        remark = f"no longer {_PAST[verdict.replaced]}" if verdict.replaced else ""
        if dated:
            remark = verdict.said_at.strftime("%Y-%m-%d")
        table.add_row(before + _PAST[verdict.kind], verdict.label, remark)
    print_table(table)
