"""The group ``partsong import``: what is no subcommand is a file."""

from typing import Any, Final

import typer
from typer.core import TyperGroup

from partsong.cli.importing import files

__all__ = ["importing"]

_FILES: Final = "files"
"""The subcommand that nobody needs to type."""


class _FilesOrService(TyperGroup):
    """Read the first word as a service where it is one; everything else is for the files."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the unwritten subcommand in front of files."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_FILES, *args]
        return super().parse_args(ctx, args)


importing = typer.Typer(
    cls=_FilesOrService,
    help="""Read tracks, plays, likes and playlists into the catalog.

    From files: partsong import FILE... (see partsong import files --help). From a service: one of
    the commands below. What each can give: partsong sources.""",
    no_args_is_help=True,
)
importing.command(_FILES)(files.import_command)
