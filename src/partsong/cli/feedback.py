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

_SomeTitlesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TITLE...",
        help='The tracks: "Title", "Title - Artist", a track id or a Spotify link.',
        show_default=False,
    ),
]
_ArtistOption = Annotated[
    list[str] | None,
    typer.Option(
        "--artist",
        metavar="NAME",
        help="An artist, and so all tracks of theirs, later ones too; may be repeated.",
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
    titles: _SomeTitlesArgument = None,
    *,
    artist: _ArtistOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hide tracks, or all of an artist: no version of them comes in any list."""
    from partsong import workflow

    if artist:
        hidden = workflow.hide_artists(artist, titles=titles or (), catalog=catalog)
        _print_said(hidden, as_json=as_json)
    elif titles:
        _judge(titles, "hide", catalog=catalog, as_json=as_json)
    else:
        raise typer.BadParameter("name a TITLE, or an artist with --artist")


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
    artist: _ArtistOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back what you said last, of these tracks or at all."""
    from partsong import workflow

    result = workflow.take_back(titles or (), artists=artist or (), catalog=catalog)
    if as_json:
        print_json(result.to_dict())
    elif result.verdicts or result.artists:
        _print_verdicts(result, before="no longer ")
    else:
        named = [*(titles or ()), *(artist or ())]
        of_these = f" of {', '.join(map(repr, named))}" if named else ""
        print_line(f"There is nothing to take back{of_these}.")


def feedback(*, catalog: CatalogOption = None, as_json: JsonOption = False) -> None:
    """List what you said of tracks and artists, the newest first."""
    from partsong import workflow

    result = workflow.list_feedback(catalog=catalog)
    if as_json:
        print_json(result.to_dict())
    elif result.verdicts or result.artists:
        _print_verdicts(result, dated=True)
    else:
        print_line('Nothing yet. Say it with: partsong like "TITLE"')


def _judge(titles: list[str], kind: "Verdict", *, catalog: CatalogOption, as_json: bool) -> None:
    from partsong import workflow

    _print_said(workflow.judge_tracks(titles, kind, catalog=catalog), as_json=as_json)


def _print_said(result: "FeedbackResult", *, as_json: bool) -> None:
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
    for artist in result.artists:
        said = artist.said_at.strftime("%Y-%m-%d") if dated else ""
        table.add_row(f"{before}hidden", f"all of {artist.name}", said)
    print_table(table)
