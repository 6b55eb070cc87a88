"""``partsong parts``."""

from itertools import accumulate
from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import bar, new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.workflow import ListedPart, PartsResult

__all__ = ["parts", "print_parts"]

_NAME_COLUMN = (24, 30)
_BAR_AND_GAPS = 12 + 4 + 6
_CHANGES = "Changes; what was learned stays, and each can be taken back"


def parts(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Show this part in full; the start of its name will do.",
            show_default=False,
        ),
    ] = None,
    *,
    tracks: Annotated[
        int | None,
        typer.Option(
            "--tracks", min=0, help="Tracks to show of each part; 3, or 10 of one part alone.",
            show_default=False,
        ),
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            "--rename", metavar="NAME=NEW",
            help="Give a part a name of your own; may be repeated.",
            show_default=False, rich_help_panel=_CHANGES,
        ),
    ] = None,
    merge: Annotated[
        list[str] | None,
        typer.Option(
            "--merge", metavar="NAME", help="Treat this part and the next --merge as one.",
            show_default=False, rich_help_panel=_CHANGES,
        ),
    ] = None,
    merge_as: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="NEW", help="What to call the merged part.",
            show_default=False, rich_help_panel=_CHANGES,
        ),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(
            "--split", metavar="NAME", help="Take a merged part apart; may be repeated.",
            show_default=False, rich_help_panel=_CHANGES,
        ),
    ] = None,
    hide: Annotated[
        list[str] | None,
        typer.Option(
            "--hide", metavar="NAME", help="Leave a part out of everything; may be repeated.",
            show_default=False, rich_help_panel=_CHANGES,
        ),
    ] = None,
    show: Annotated[
        list[str] | None,
        typer.Option(
            "--show", metavar="NAME", help="Take a hidden part back; may be repeated.",
            show_default=False, rich_help_panel=_CHANGES,
        ),
    ] = None,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Show the parts that were learned, name them, merge them, or hide them."""
    from partsong import workflow

    if merge_as is not None and merge is None:
        raise typer.BadParameter("--as names the part that --merge makes; give both.")
    renames = [_split_rename(pair) for pair in rename or ()]
    is_change = bool(rename or merge or split or hide or show)
    if is_change and name is not None:
        raise typer.BadParameter("NAME shows one part; leave it out beside a change.")
    n_tracks = tracks if tracks is not None else 3 if name is None else 10
    with show_progress() as progress:
        if is_change:
            result = workflow.edit_parts(
                catalog=catalog,
                model=model,
                split=split or (),
                merge=[merge] if merge else (),
                merge_as=[merge_as] if merge_as is not None else (),
                rename=renames,
                show=show or (),
                hide=hide or (),
                n_tracks=n_tracks,
                progress=progress,
            )
        else:
            result = workflow.list_parts(
                name, catalog=catalog, model=model, n_tracks=n_tracks, progress=progress
            )
    if as_json:
        print_json(result.to_dict())
    elif name is None:
        print_parts(result)
    else:
        from partsong.cli.one_part import print_part

        print_part((*result.parts, *result.hidden)[0])


def print_parts(result: "PartsResult") -> None:
    """Print the shown parts as a table, the largest first, and what is hidden."""
    largest = max((part.share for part in result.parts), default=1.0)
    widest = max((len(part.name) for part in result.parts), default=0)
    width = min(max(widest, _NAME_COLUMN[0]), _NAME_COLUMN[1])
    table = new_table("part", "share", ">", "typical tracks…", beside=width + _BAR_AND_GAPS)
    table.columns[0].max_width = width
    for part in result.parts:
        table.add_row(
            "\n".join([part.name, *_facts(part, width)]),
            bar(part.share / largest),
            f"{part.share:.0%}",
            "\n".join(track.label for track in part.tracks) or "-",
        )
    print_line()
    print_table(table)
    if result.hidden:
        names = "; ".join(part.name for part in result.hidden)
        print_line(f"Hidden: {names}. Take one back: partsong parts --show NAME", style="dim")


def _split_rename(pair: str) -> tuple[str, str]:
    name, sign, new = pair.partition("=")
    if not sign:
        msg = f"--rename {pair!r} names no new name; write --rename NAME=NEW."
        raise typer.BadParameter(msg)
    return name, new


def _facts(part: "ListedPart", width: int) -> list[str]:
    """Say in short lines what genres and years a part has, as far as they are known."""
    genres = [genre.genre for genre in part.profile.genres]
    lengths = accumulate(len(genre) + 2 for genre in genres)
    fitting = [genre for genre, length in zip(genres, lengths, strict=True) if length <= width]
    known = []
    if part.profile.median_year is not None:
        known.append(f"around {part.profile.median_year}")
    if part.part.stability is not None:
        known.append(f"{part.part.stability:.0%} stable")
    facts = [f"({', '.join(fitting)})", ", ".join(known)]
    return [fact for fact in facts if fact.strip("()")]
