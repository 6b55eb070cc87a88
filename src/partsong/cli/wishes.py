"""Options of what a list shall be like, which several commands share."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from partsong.cli.bundling import in_place_of

__all__ = [
    "AllVersionsOption",
    "DiversityOption",
    "ExportOption",
    "LengthOption",
    "LessOption",
    "MinutesOption",
    "MoodsOption",
    "MoreOption",
    "ObscureOption",
    "PerAlbumOption",
    "PerArtistOption",
    "PlaylistOption",
    "UnheardOption",
    "with_wishes",
]

_PANEL: Final = "What the list shall be like"


def _wish(*names: str, **settings: Any) -> Any:
    return typer.Option(*names, rich_help_panel=_PANEL, **settings)


PlaylistOption = Annotated[
    str | None,
    typer.Option(
        "--playlist",
        metavar="NAME|FILE",
        help="Start from a playlist of the catalog, or from a playlist file.",
        show_default=False,
    ),
]

LengthOption = Annotated[int, _wish("-n", min=1, help="Length of the list.")]

MinutesOption = Annotated[
    float | None,
    _wish(
        "--minutes",
        min=1,
        metavar="M",
        help="As many tracks as come nearest to this length, instead of -n.",
        show_default=False,
    ),
]

UnheardOption = Annotated[
    bool, _wish("--unheard", help="Nothing you know, no other version and no cover of it.")
]

ObscureOption = Annotated[
    bool, _wish("--obscure", help="Only the least popular quarter of the tracks in question.")
]

MoreOption = Annotated[
    list[str] | None,
    _wish(
        "--more",
        metavar="PART",
        help="More of a part than the seeds have; may be repeated.",
        show_default=False,
    ),
]

LessOption = Annotated[
    list[str] | None,
    _wish(
        "--less",
        metavar="PART",
        help="Less of a part than the seeds have; may be repeated.",
        show_default=False,
    ),
]

DiversityOption = Annotated[
    float,
    _wish(
        "--diversity", min=0, max=1, help="Spread: 0 is the plain order, 1 heeds only unlikeness."
    ),
]

PerArtistOption = Annotated[
    int, _wish("--per-artist", min=0, metavar="N", help="Most tracks of one artist; 0: any.")
]

PerAlbumOption = Annotated[
    int, _wish("--per-album", min=0, metavar="N", help="Most tracks of one album; 0: any.")
]

MoodsOption = Annotated[
    int | None,
    _wish(
        "--moods",
        min=1,
        metavar="N",
        help="Into how many moods the seeds fall; found by itself where it is left out.",
        show_default=False,
    ),
]

AllVersionsOption = Annotated[
    bool, _wish("--all-versions", help="Let several versions of one song into the list.")
]

ExportOption = Annotated[
    str | None,
    typer.Option(
        "--export",
        metavar="FILE",
        help="Write the list to a playlist file: .m3u8, .m3u, .xspf, .jspf, .csv or .txt; or "
        "spotify:NAME for a new private playlist in your Spotify account.",
        show_default=False,
    ),
]


def _wishes(
    *,
    playlist: PlaylistOption = None,
    n: LengthOption = 10,
    minutes: MinutesOption = None,
    unheard: UnheardOption = False,
    obscure: ObscureOption = False,
    more: MoreOption = None,
    less: LessOption = None,
    diversity: DiversityOption = 0.0,
    per_artist: PerArtistOption = 2,
    per_album: PerAlbumOption = 0,
    moods: MoodsOption = None,
    all_versions: AllVersionsOption = False,
) -> dict[str, Any]:
    """Return what the workflow calls these options."""
    return {
        "playlist": playlist,
        "n": n,
        "minutes": minutes,
        "unheard": unheard,
        "obscure": obscure,
        "more": more or (),
        "less": less or (),
        "diversity": diversity,
        "per_artist": per_artist or None,
        "per_album": per_album or None,
        "moods": moods,
        "all_versions": all_versions,
    }


def with_wishes(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a question, in place of its parameter `wishes`.

    The command declares ``wishes: dict[str, Any]``, and hands them on to the workflow.
    """
    return in_place_of("wishes", _wishes)(command)
