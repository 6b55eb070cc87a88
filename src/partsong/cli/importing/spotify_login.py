"""Logging in and out of Spotify in a terminal, and the one question that its terms ask for."""

import sys
from pathlib import Path

import typer

from partsong.cli.output import print_line, show_progress

__all__ = ["allow_writing", "ensure_login", "log_out", "settle_training"]


def ensure_login(*, browser: bool = True, anew: bool = False, write: bool = False) -> None:
    """Let the listener log in, unless there is a login that allows what is to be done."""
    from partsong import workflow
    from partsong.errors import LoginNeededError

    login = workflow.find_spotify_login()
    if not anew and login.is_there and (login.may_write or not write):
        return
    if not anew and not sys.stdin.isatty():
        raise LoginNeededError(
            "Your login at Spotify does not let partsong make playlists."
            if login.is_there
            else "You are not logged in to Spotify.",
            hint="Log in first: partsong import spotify --login"
            + (" --may-write" if write else ""),
        )
    with show_progress() as progress:
        login = workflow.log_in_to_spotify(
            tell=_tell_address if browser else _tell_address_to_copy,
            ask=None if browser else _ask_for_address,
            write=write,
            progress=progress,
        )
    ends = "" if login.ends is None else f", until about {login.ends:%d %B %Y}"
    _say(f"Logged in to Spotify for six months{ends}.")


def log_out() -> None:
    """Forget the login, and say where Spotify forgets it too."""
    from partsong import workflow

    if not workflow.log_out_of_spotify():
        print_line("You were not logged in to Spotify.")
        return
    print_line("Logged out of Spotify: the login is deleted from this machine.")
    print_line("To take access back at Spotify too: https://www.spotify.com/account/apps/")


def settle_training(catalog: Path | None, *, answer: bool | None, quiet: bool = False) -> None:
    """Record an answer that was given as an option; else ask, once for each catalog."""
    from partsong import workflow

    if answer is None:
        if quiet or workflow.may_train("spotify", catalog=catalog) is not None:
            return
        print_line(workflow.TRAINING_TERMS)
        if not sys.stdin.isatty():
            print_line("Nobody is there to ask, so they are left out for now. To change that:")
            print_line("partsong import spotify --may-train")
            return
        answer = typer.confirm(workflow.TRAINING_QUESTION, default=False)
    workflow.agree_to_training("spotify", answer=answer, catalog=catalog)
    if quiet:
        return
    said, other = ("learns", "--may-not-train") if answer else ("does not learn", "--may-train")
    print_line(
        f"Recorded: partsong {said} from your Spotify account. To change that: partsong import "
        f"spotify {other}"
    )


def allow_writing(export: str | None) -> None:
    """Before a list goes to Spotify for the first time, ask for leave to write there."""
    from partsong import workflow

    if export is None or not workflow.spotify_name(export) or not sys.stdin.isatty():
        return
    if not workflow.find_spotify_login().may_write:
        _say("To make a private playlist for you, partsong needs your leave at Spotify.")
        ensure_login(write=True)


def _tell_address(address: str) -> None:
    _say("Your browser opens a page where Spotify asks you. If it does not, open this address:")
    _say(address)


def _tell_address_to_copy(address: str) -> None:
    _say("Open this address in any browser, and agree:")
    _say(address)
    _say("The browser then ends on a page that cannot be opened; copy that page's address.")


def _ask_for_address() -> str:
    return str(typer.prompt("The address", err=True))


def _say(text: str) -> None:
    """Say it on standard error: it is no result."""
    typer.echo(text, err=True)
