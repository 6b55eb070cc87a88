"""``partsong import spotify``."""

from typing import Annotated

import typer

from partsong.cli.importing.history import DryRunOption
from partsong.cli.importing.plan import tell_plan
from partsong.cli.importing.report import tell_import
from partsong.cli.importing.spotify_login import ensure_login, log_out, settle_training
from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import show_progress

__all__ = ["spotify_command"]

_LOGIN = "Login and consent"


def spotify_command(
    *,
    what: Annotated[
        str | None,
        typer.Option(
            "--what",
            metavar="PARTS",
            help="Some of saved, playlists, followed, top, recent, features and details, with "
            "commas; by default all but playlists of other people (followed) and details.",
            show_default=False,
        ),
    ] = None,
    playlist: Annotated[
        str | None,
        typer.Option(
            "--playlist",
            metavar="NAME|LINK",
            help="Read this one playlist, and no other list.",
            show_default=False,
        ),
    ] = None,
    category: Annotated[
        str | None,
        typer.Option(
            "--category",
            metavar="ID",
            help="Read the playlists of this category of Spotify's too, as songs never heard.",
            show_default=False,
        ),
    ] = None,
    dry_run: DryRunOption = False,
    ask_again: Annotated[
        bool,
        typer.Option(
            "--ask-again", help="Find out anew what your app may ask; else once in 30 days."
        ),
    ] = False,
    login: Annotated[
        bool,
        typer.Option("--login", help="Log in, and stop there.", rich_help_panel=_LOGIN),
    ] = False,
    logout: Annotated[
        bool,
        typer.Option("--logout", help="Forget the login, and stop.", rich_help_panel=_LOGIN),
    ] = False,
    browser: Annotated[
        bool,
        typer.Option(
            "--browser/--no-browser",
            help="Open the page of Spotify's here, or print its address for another machine.",
            rich_help_panel=_LOGIN,
        ),
    ] = True,
    may_write: Annotated[
        bool,
        typer.Option(
            "--may-write",
            help="With --login: ask for leave to make private playlists too.",
            rich_help_panel=_LOGIN,
        ),
    ] = False,
    may_train: Annotated[
        bool | None,
        typer.Option(
            "--may-train/--may-not-train",
            help="Say whether parts may be learned from your account, which Spotify's terms "
            "forbid, and stop there.",
            show_default=False,
            rich_help_panel=_LOGIN,
        ),
    ] = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read your saved songs, playlists, top songs and latest plays from your Spotify account."""
    from partsong import workflow

    if logout:
        log_out()
        return
    if may_train is not None:
        settle_training(catalog, answer=may_train)
        return
    parts = _parts_of(what)
    ensure_login(browser=browser, anew=login, write=may_write)
    if login:
        return
    if dry_run:
        with show_progress() as progress:
            plan = workflow.plan_spotify(
                parts,
                playlist=playlist,
                category=category,
                ask_again=ask_again,
                catalog=catalog,
                progress=progress,
            )
        tell_plan(plan, as_json=as_json)
        return
    settle_training(catalog, answer=None, quiet=as_json)
    with show_progress() as progress:
        report = workflow.import_spotify(
            parts,
            playlist=playlist,
            category=category,
            ask_again=ask_again,
            catalog=catalog,
            progress=progress,
        )
    tell_import(report, catalog=catalog, as_json=as_json)


def _parts_of(what: str | None) -> tuple[str, ...]:
    """Return the parts that a text with commas names, those of the default without one."""
    from partsong import workflow

    if what is None:
        return workflow.SPOTIFY_DEFAULTS
    named = {word.strip() for word in what.split(",")} - {""}
    unknown = sorted(named - {*workflow.SPOTIFY_KINDS})
    if unknown or not named:
        raise typer.BadParameter(
            f"{', '.join(unknown) or repr(what)} is none of {', '.join(workflow.SPOTIFY_KINDS)}.",
            param_hint="--what",
        )
    return tuple(kind for kind in workflow.SPOTIFY_KINDS if kind in named)
