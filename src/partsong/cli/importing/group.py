"""The group ``partsong import``: what is no subcommand is a file."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import typer
from typer.core import TyperGroup

from partsong.cli.importing import (
    acousticbrainz,
    files,
    lastfm,
    listenbrainz,
    reccobeats,
    spotify,
    subsonic,
)

__all__ = ["importing"]

_FILES: Final = "files"
"""The subcommand that nobody needs to type."""


class _FilesOrService(TyperGroup):
    """Read the first word as a service where it is one; everything else is for the files."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the unwritten subcommand in front of files."""
        if not args and not ctx.resilient_parsing:
            ctx.fail("Name a file, or one of the services that partsong import --help lists.")
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            near = get_close_matches(args[0], self.commands, 1)
            if near and not Path(args[0]).exists():
                ctx.fail(f"There is no file {args[0]!r}. Did you mean the service {near[0]!r}?")
            args = [_FILES, *args]
        return super().parse_args(ctx, args)


importing = typer.Typer(
    cls=_FilesOrService,
    help="Read tracks, plays, likes, playlists and features into the catalog.\n\n"
    "From files: partsong import FILE... (its options: partsong import files --help). "
    "From a service: one of the commands below. What each gives and needs: partsong sources.",
    subcommand_metavar="FILE... | COMMAND [ARGS]...",
)
importing.command(_FILES)(files.import_command)
importing.command("acousticbrainz")(acousticbrainz.acousticbrainz_command)
importing.command("lastfm")(lastfm.lastfm_command)
importing.command("listenbrainz")(listenbrainz.listenbrainz_command)
importing.command("reccobeats")(reccobeats.reccobeats_command)
importing.command("spotify")(spotify.spotify_command)
importing.command("subsonic")(subsonic.subsonic_command)
