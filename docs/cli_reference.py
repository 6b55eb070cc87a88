"""Write docs/reference/cli.md from the program's own help: `make reference`.

A test compares the page with what this prints, so the page cannot fall behind the program.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import typer.main

from partsong.cli.app import app

PAGE = Path(__file__).parent / "reference" / "cli.md"

_HEAD = """\
# The command line

Written by `make reference` from the program's own help.

Results go to standard output, progress and errors to standard error. Colours and bars are left out
when the output is piped. Every command that prints a result takes `--json` and then prints one JSON
object; `docs/reference/json.md` lists the keys.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | an error: two lines, what is wrong and how to mend it |
| 2 | wrong usage |
| 130 | interrupted; nothing was changed |
"""


def render() -> str:
    """Return the whole page."""
    program: Any = typer.main.get_command(app)
    return _HEAD + "".join(_sections(program, ()))


def _sections(group: Any, words: tuple[str, ...]) -> Iterator[str]:
    """Yield the sections of a group's commands, those of groups in it too."""
    for name in group.list_commands(typer.Context(group)):
        command = group.commands[name]
        if hasattr(command, "commands"):
            yield from _sections(command, (*words, name))
        else:
            # What `partsong import` does with files needs no word of its own.
            yield _section(" ".join(words if name == "files" else (*words, name)), command)


def _section(name: str, command: Any) -> str:
    context = typer.Context(command)
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    words = ["partsong", name, *(_usage(p, context) for p in arguments), "[OPTIONS]"]
    rows = [f"| `{_usage(p, context)}` | {_meaning(p)} |" for p in (*arguments, *options)]
    table = "\n".join(["| | meaning |", "| --- | --- |", *rows])
    return f"\n## partsong {name}\n\n{command.help}\n\n    {' '.join(words)}\n\n{table}\n"


def _usage(parameter: Any, context: typer.Context) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
        return name if parameter.required else f"[{name}]"
    names = ", ".join(parameter.opts)
    if parameter.is_flag:
        return names
    kind = parameter.display_type(context).strip("<>").partition(" ")[0].upper()
    choices = parameter.display_type(context).strip("<>")
    return f"{names} {parameter.metavar or (choices if '|' in choices else kind)}"


def _meaning(parameter: Any) -> str:
    meaning = parameter.help
    if parameter.envvar:
        meaning += f" Else the environment variable `{parameter.envvar}`."
    if parameter.default not in {None, False} and not callable(parameter.default):
        meaning += f" Default: `{parameter.default}`."
    return meaning.replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
