"""The program `partsong`: its commands in the order of the flow, and what happens on errors."""

import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from partsong import __version__
from partsong.cli import (
    check,
    choose_k,
    clusters,
    compare,
    demo,
    discover,
    doctor,
    evaluate,
    explore,
    feedback,
    fit,
    genres,
    models,
    order,
    parts,
    path,
    recipes,
    recommend,
    sources,
    status,
    update,
    why,
)
from partsong.cli.importing.group import importing
from partsong.cli.output import show_error, show_interruption
from partsong.errors import PartsongError

__all__ = ["app", "main"]

_FIRST = ("demo", "import")


class _Commands(TyperGroup):
    """Translate errors of ours into two lines, once for every command."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order of the flow; typer itself puts groups last."""
        others = [name for name in super().list_commands(ctx) if name not in _FIRST]
        return [*_FIRST, *others]

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except PartsongError as error:
            show_error(error)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as interrupt:
            show_interruption()
            raise typer.Exit(130) from interrupt


app = typer.Typer(
    cls=_Commands,
    help="Turn a pile of songs into named parts, groups and recommendations that say why.",
    epilog="Start with: partsong demo, or partsong import FILE and partsong fit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    demo.demo,
    importing,
    sources.sources,
    status.status,
    check.check,
    explore.explore,
    recipes.recipes,
    choose_k.choose_k,
    fit.fit,
    models.models,
    compare.compare,
    parts.parts,
    clusters.clusters,
    genres.genres,
    recommend.recommend,
    why.why,
    feedback.like,
    feedback.dislike,
    feedback.hide,
    feedback.undo,
    feedback.feedback,
    discover.discover,
    path.path,
    order.order,
    update.update,
    evaluate.evaluate,
    doctor.doctor,
):
    if isinstance(_command, typer.Typer):
        app.add_typer(_command, name="import")
    else:
        app.command(_command.__name__.removesuffix("_command").replace("_", "-"))(_command)


@app.callback(invoke_without_command=True)
def _version(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"partsong {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Titles come in every script; a pipe that cannot hold one still gets the rest.
            stream.reconfigure(errors="replace")
    app(prog_name="partsong")
