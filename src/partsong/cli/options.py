"""Options that several commands share, declared once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from partsong.cli.bundling import in_place_of

__all__ = [
    "CatalogOption",
    "JsonOption",
    "ModelOption",
    "RecipeOption",
    "SampleOption",
    "WhereOption",
    "with_filters",
]

_FILTERS = "Which tracks"

CatalogOption = Annotated[
    Path | None,
    typer.Option(
        "--catalog",
        envvar="PARTSONG_CATALOG",
        metavar="FILE",
        help="The catalog's file; by default one in the platform's data folder.",
        show_default=False,
    ),
]

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME|FOLDER",
        help="The model to use; the newest of the catalog by default.",
        show_default=False,
    ),
]

RecipeOption = Annotated[
    str,
    typer.Option(
        "--recipe", metavar="NAME|FILE", help="A built-in recipe, or a TOML file of your own."
    ),
]

SampleOption = Annotated[
    int | None,
    typer.Option(
        "--sample",
        min=1,
        metavar="N",
        help="Learn from so many of these tracks, drawn at random; from all by default.",
        show_default=False,
        rich_help_panel=_FILTERS,
    ),
]

WhereOption = Annotated[
    str | None,
    typer.Option(
        "--where",
        metavar="SQL",
        help="A condition over the catalog's tracks, such as "
        "\"release_year >= 1990 AND list_contains(genres, 'jazz')\".",
        show_default=False,
    ),
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object for programs instead of text.")
]


def _filter(*names: str, **settings: Any) -> Any:
    return typer.Option(*names, show_default=False, rich_help_panel=_FILTERS, **settings)


def _conditions(
    *,
    where: Annotated[
        str | None,
        _filter(
            "--where", metavar="SQL", help='Any condition, such as "tempo > 120 AND mode = 0".'
        ),
    ] = None,
    years: Annotated[
        str | None,
        _filter("--years", metavar="RANGE", help="Released in 1990-1999, 1990-, -1999 or 1990s."),
    ] = None,
    genres: Annotated[
        list[str] | None,
        _filter(
            "--genre",
            metavar="WORDS",
            help="With these words in a genre, its own or else its artists'; =NAME for exactly "
            "that genre; may be repeated for any of several.",
        ),
    ] = None,
    countries: Annotated[
        list[str] | None,
        _filter(
            "--country",
            metavar="CODE",
            help="Registered in a country, such as US, as far as an ISRC tells; may be repeated.",
        ),
    ] = None,
    scripts: Annotated[
        list[str] | None,
        _filter(
            "--script",
            metavar="NAME",
            help="With a title in this script, such as latin or korean; may be repeated.",
        ),
    ] = None,
    popularity: Annotated[
        str | None,
        _filter("--popularity", metavar="RANGE", help="As popular as 50-, -20 or 40-60, of 100."),
    ] = None,
    tempo: Annotated[
        str | None,
        _filter("--tempo", metavar="RANGE", help="As fast as 120-130, 120- or -90 BPM."),
    ] = None,
    duration: Annotated[
        str | None,
        _filter("--duration", metavar="RANGE", help="As long as 2-5, 2.5- or -3 minutes."),
    ] = None,
    explicit: Annotated[
        bool | None,
        _filter("--explicit/--clean", help="With lyrics marked as explicit, or marked as not."),
    ] = None,
    one_genre: Annotated[
        bool, _filter("--one-genre", help="By artists with one genre and no more.")
    ] = False,
    suggested: Annotated[
        bool, _filter("--suggested", help="Suggested by a service, such as Last.fm.")
    ] = False,
) -> list[str]:
    """Return the conditions that the filter options stand for."""
    from partsong import workflow

    filters = workflow.track_conditions(
        years=years,
        genres=genres or (),
        countries=countries or (),
        scripts=scripts or (),
        popularity=popularity,
        tempo=tempo,
        duration=duration,
        explicit=explicit,
        one_genre=one_genre,
        suggested=suggested,
    )
    return [*filters, *([] if where is None else [where])]


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose tracks, in place of its parameter `where`.

    The command declares ``where: list[str]``, and receives the SQL conditions that the options
    stand for; none where no filter is set.
    """
    return in_place_of("where", _conditions)(command)
