"""``partsong sources``."""

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.errors import SourceError

if TYPE_CHECKING:
    from partsong.workflow import KnownSource

__all__ = ["sources"]

_TABLES: Final = "tables"
_LEARNING: Final = {
    None: "left out of fits, until you agree to answer for it",
    False: "left out of fits, as you said",
    True: "part of fits; you agreed to answer for it",
}


def sources(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Tell all of this source; 'tables' for the layouts of tables.", show_default=False
        ),
    ] = None,
    *,
    set_up: Annotated[
        bool,
        typer.Option(
            "--set-up",
            help="Ask for the settings of the source, what is secret unseen; or read lines such as "
            "user=NAME from a pipe.",
        ),
    ] = False,
    keyring: Annotated[
        bool,
        typer.Option("--keyring", help="Keep what is secret in the keyring, not in a file."),
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove what is kept of the source's settings.")
    ] = False,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what music can come from, what it gives and needs, and set it up."""
    from partsong import workflow

    if name is None:
        if set_up or forget or keyring:
            raise typer.BadParameter("Name the source.", param_hint="NAME")
        _list_sources(workflow.describe_sources(), as_json=as_json)
        return
    if keyring and not set_up:
        raise typer.BadParameter("It goes with --set-up.", param_hint="--keyring")
    if name == _TABLES:
        if set_up or forget:
            raise typer.BadParameter("Tables have nothing to set up.", param_hint="NAME")
        layouts = [one for one in workflow.describe_sources() if one.info.kind == "table"]
        _list_layouts(layouts, as_json=as_json)
        return
    if forget:
        removed = workflow.forget_source(name)
        if not as_json:
            print_line(f"Removed: {', '.join(removed) or 'nothing, nothing was kept'}.")
    if set_up:
        known = workflow.describe_source(name)
        workflow.set_up_source(name, _ask_for(known), keyring=keyring)
    known = workflow.describe_source(name, catalog=catalog)
    if as_json:
        print_json(known.to_dict())
    else:
        _print_source(known)


def _list_sources(known: "list[KnownSource]", *, as_json: bool) -> None:
    if as_json:
        print_json({"sources": [one.to_dict() for one in known]})
        return
    table = new_table("source", "gives", "needs", "set up")
    for one in known:
        if one.info.kind != "table":
            needs = [*one.needs, *([f"extra {one.info.extra}"] if one.info.extra else [])]
            state = {"nothing to set up": "-"}.get(one.state, one.state)
            table.add_row(one.info.name, ", ".join(one.info.gives), ", ".join(needs) or "-", state)
    print_table(table)
    n_layouts = sum(one.info.kind == "table" for one in known)
    print_line(f"Tables: {n_layouts} layouts, recognised by their columns: partsong sources tables")
    print_line("More of one, and how to set it up: partsong sources NAME", style="dim")


def _list_layouts(known: "list[KnownSource]", *, as_json: bool) -> None:
    if as_json:
        print_json({"sources": [one.to_dict() for one in known]})
        return
    table = new_table("layout", "what it is")
    for one in known:
        table.add_row(one.info.name, one.info.title)
    print_table(table)
    print_line("All of them are read with: partsong import FILE...", style="dim")


def _print_source(known: "KnownSource") -> None:
    info = known.info
    print_line(f"{info.title} ({info.name})", style="bold")
    print_line(info.description)
    facts = new_table("", "")
    facts.add_row("gives", ", ".join(info.gives))
    facts.add_row("command", info.usage)
    facts.add_row("terms", info.terms)
    if info.extra:
        facts.add_row("extra", f"pip install 'partsong[{info.extra}]'")
    if not info.may_train:
        facts.add_row("learning", _learning(info.name))
    facts.add_row("set up", known.state)
    print_table(facts)
    if known.settings:
        settings = new_table("setting", "", "what it is")
        for one in known.settings:
            needed = "" if one.setting.is_required else "optional"
            settings.add_row(one.setting.name, _where(one.place) or needed, one.setting.meaning)
        print_table(settings)
        names = ", ".join(one.environment for one in known.settings)
        print_line(f"Set them with: partsong sources {info.name} --set-up")
        print_line(f"or in the environment: {names}", style="dim")


def _learning(name: str) -> str:
    from partsong import workflow

    said = workflow.may_train(name)
    if said:
        return "you have agreed to answer for it, so its tracks are learned from"
    asked = "" if said is None else ", which you have not"
    return f"its tracks are left out of fits until you agree to answer for it{asked}"


def _where(place: str) -> str:
    return {
        "": "",
        "environment": "set in the environment",
        "file": "set",
        "keyring": "set in the keyring",
    }[place]


def _ask_for(known: "KnownSource") -> dict[str, str]:
    """Return what is typed for each setting, or the lines of a pipe; nothing typed leaves it."""
    if not known.settings:
        raise SourceError(
            f"{known.info.name} has nothing to set up.", hint=f"Use it: {known.info.usage}"
        )
    if not _is_terminal():
        return _read_lines(sys.stdin.read())
    given = {}
    for one in known.settings:
        print_line(one.setting.meaning, style="dim")
        kept = " (Enter leaves it as it is)" if one.place or not one.setting.is_required else ""
        value = typer.prompt(
            f"{one.setting.name}{kept}",
            default="",
            show_default=False,
            hide_input=one.setting.is_secret,
        )
        if value.strip():
            given[one.setting.name] = value
    return given


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _read_lines(text: str) -> dict[str, str]:
    given = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, equals, value = line.partition("=")
        if line.strip() and not (name.strip() and equals):
            # The line itself is not shown: it may be a key.
            raise typer.BadParameter(f"Line {number} of the input is not NAME=VALUE.")
        if line.strip():
            given[name.strip()] = value
    return given
