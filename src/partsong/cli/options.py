"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["CatalogOption", "JsonOption", "ModelOption", "WhereOption"]

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
