"""``partsong fit``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from partsong.cli.options import (
    CatalogOption,
    JsonOption,
    RecipeOption,
    SampleOption,
    with_filters,
)
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.parts import Drift
    from partsong.workflow import FilesFitResult

__all__ = ["fit"]

_FILES = "Files instead of a catalog"
_FEATURES_SHOWN = 3


@with_filters
def fit(
    *,
    recipe: RecipeOption = "balanced",
    number: Annotated[
        str,
        typer.Option(
            "-k",
            "--n-components",
            metavar="N|auto",
            help="How many parts to learn; auto: as many as choose-k recommends.",
        ),
    ] = "10",
    stable_only: Annotated[
        bool,
        typer.Option(
            "--stable-only", help="Give up parts that do not come back when the fit is repeated."
        ),
    ] = False,
    where: list[str],
    sample: SampleOption = None,
    name: Annotated[
        str | None,
        typer.Option(help="Name of the model; RECIPE-K by default.", show_default=False),
    ] = None,
    solver: Annotated[
        Literal["auto", "patterns", "hals", "mu"] | None,
        typer.Option(
            help="What finds the parts; what the recipe says, else auto.", show_default=False
        ),
    ] = None,
    n_init: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Starts, of which the best is kept; what the recipe says, else 8.",
            show_default=False,
        ),
    ] = None,
    random_state: Annotated[
        int, typer.Option(help="Seed of the starts; the same seed gives the same model.")
    ] = 0,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="PARQUET",
            help="Learn from Parquet files instead of the catalog, block by block: a file, a "
            "folder, or a quoted pattern such as 'songs/*.parquet'; may be repeated.",
            show_default=False,
            rich_help_panel=_FILES,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C",
            help="The columns of the files to learn from; all by default.",
            show_default=False,
            rich_help_panel=_FILES,
        ),
    ] = None,
    minmax: Annotated[
        bool,
        typer.Option(
            "--minmax",
            help="Scale every column of the files to 0..1 first.",
            rich_help_panel=_FILES,
        ),
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Where components and loadings go; a new folder beside the files by default.",
            show_default=False,
            rich_help_panel=_FILES,
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Let the workers of this Dask scheduler do the work, such as tcp://10.0.0.5:8786.",
            show_default=False,
            rich_help_panel=_FILES,
        ),
    ] = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn the parts of the catalog, and save them as a model."""
    from partsong import workflow
    from partsong.cli.parts import print_parts

    n_components = _read_number(number)
    if inputs:
        _refuse_beside_input(
            {
                "A filter": where,
                "--sample": sample,
                "--stable-only": stable_only,
                "--name": name,
                "--solver": solver,
            }
        )
        if n_components == "auto":
            msg = "-k auto needs a catalog; beside --input, give a number."
            raise typer.BadParameter(msg)
        with show_progress() as progress:
            files_result = workflow.fit_files(
                inputs,
                n_components=n_components,
                columns=_split_names(columns),
                minmax=minmax,
                output=output,
                scheduler=scheduler,
                n_init=n_init,
                random_state=random_state,
                progress=progress,
            )
        if as_json:
            print_json(files_result.to_dict())
        else:
            _print_files_result(files_result)
        return
    _refuse_without_input(
        {"--columns": columns, "--minmax": minmax, "--output": output, "--scheduler": scheduler}
    )
    with show_progress() as progress:
        result = workflow.fit_parts(
            catalog=catalog,
            recipe=recipe,
            n_components=n_components,
            where=where,
            sample=sample,
            stable_only=stable_only,
            name=name,
            solver=solver,
            n_init=n_init,
            random_state=random_state,
            progress=progress,
        )
    if as_json:
        print_json(result.to_dict())
        return
    print_line(
        f"{len(result.model.track_ids):,} tracks in {len(result.model.H)} parts: "
        f"relative error {result.model.fit.relative_error:.3f}, "
        f"{result.model.fit.n_iter} iterations, {result.model.fit.seconds:.1f} s"
    )
    for note in result.notes:
        print_line(f"note: {note}", style="dim")
    if result.drift is not None:
        _print_drift(result.drift)
    print_parts(workflow.list_parts(catalog=catalog, model=result.folder))
    print_line(f"Saved as {result.model.name}.", style="dim")


def _print_drift(drift: "Drift") -> None:
    n_before = len(drift.kept) + len(drift.lost)
    print_line(
        f"{len(drift.kept)} of {n_before} parts of {drift.previous} came back and keep their names.",
        style="dim",
    )
    for match in drift.lost:
        print_line(
            f"  gone: {match.part} (nearest now: {match.nearest}, cosine {match.cosine:.2f})",
            style="dim",
        )


def _print_files_result(result: "FilesFitResult") -> None:
    print_line(
        f"{result.n_rows:,} rows in {len(result.parts)} parts: "
        f"relative error {result.relative_error:.3f}, "
        f"looks at all rows: {result.n_iter}, {result.seconds:.1f} s"
    )
    for note in result.notes:
        print_line(f"note: {note}", style="dim")
    table = new_table("part", "share>", "has more than the average row of")
    for part in result.parts:
        features = [f"{name} (x{ratio:.1f})" for name, ratio in part.features if ratio > 1]
        table.add_row(part.name, f"{part.share:.0%}", ", ".join(features[:_FEATURES_SHOWN]))
    print_table(table)
    print_line(f"Saved in {result.folder}.", style="dim")


def _read_number(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        msg = f"{text!r} is no number of parts; give 1 or more, or auto."
        raise typer.BadParameter(msg, param_hint="-k")
    return int(text)


def _split_names(columns: str | None) -> list[str] | None:
    return None if columns is None else [name.strip() for name in columns.split(",")]


def _refuse_beside_input(options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value:
            msg = f"{option} is about a catalog; leave it out beside --input."
            raise typer.BadParameter(msg)


def _refuse_without_input(options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value:
            msg = f"{option} is about files; name them with --input."
            raise typer.BadParameter(msg)
