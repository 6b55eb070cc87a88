"""Write docs/reference/cli.md from the program's own help: `make reference`.

A test compares the page with what this prints, so the page cannot fall behind the program.
"""

from pathlib import Path

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
    commands = typer.main.get_command(app).commands  # ty: the program is a group of commands
    return _HEAD + "".join(_section(name, command) for name, command in commands.items())


def _section(name: str, command: object) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join(_usage(argument) for argument in arguments)
    lines = [f"\n## partsong {name}", "", command.help.strip(), ""]
    lines += ["```", f"partsong {name} {usage} [OPTIONS]".replace("  ", " "), "```", ""]
    lines += ["| option | meaning |", "| --- | --- |"]
    lines += [f"| `{_usage(p)}` | {_meaning(p)} |" for p in arguments if p.help]
    lines += [f"| `{_usage(p)}` | {_meaning(p)} |" for p in options]
    return "\n".join(lines) + "\n"


def _usage(parameter: object) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
        return name if parameter.required else f"[{name}]"
    names = ", ".join(parameter.opts)
    return names if parameter.is_flag else f"{names} {_metavar(parameter)}"


def _metavar(parameter: object) -> str:
    return parameter.metavar or parameter.type.name.upper()


def _meaning(parameter: object) -> str:
    meaning = parameter.help.replace("|", r"\|")
    if parameter.envvar:
        meaning += f" Else the environment variable `{parameter.envvar}`."
    if parameter.default not in (None, False) and not callable(parameter.default):
        meaning += f" Default: `{parameter.default}`."
    return meaning


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
