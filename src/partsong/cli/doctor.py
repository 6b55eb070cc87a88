"""``partsong doctor``."""

from typing import TYPE_CHECKING

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import new_table, print_json, print_line, print_table

if TYPE_CHECKING:
    from partsong.workflow import Examination

__all__ = ["doctor"]


def doctor(*, catalog: CatalogOption = None, as_json: JsonOption = False) -> None:
    """Tell what this installation is made of, and what would make it faster or whole."""
    from partsong import workflow

    found = workflow.examine_installation(catalog=catalog)
    if as_json:
        print_json(found.to_dict())
        return
    _print_software(found)
    _print_kernels(found)
    _print_extras(found)
    _print_catalog(found)
    _print_mends(found)


def _print_software(found: "Examination") -> None:
    table = new_table("software", "")
    for package, version in found.versions.items():
        table.add_row(package, version)
    table.add_row("linear algebra", found.blas)
    table.add_row("processor cores", str(found.cores))
    print_table(table)


def _print_kernels(found: "Examination") -> None:
    print_line()
    table = new_table("compiled kernel", "", "")
    for kernel in found.kernels:
        runs = f"runs, {kernel.instructions}" if kernel.instructions else "NumPy does its work"
        table.add_row(kernel.name, runs, kernel.reason)
    print_table(table)


def _print_extras(found: "Examination") -> None:
    print_line()
    table = new_table("extra", "")
    for extra in found.extras:
        missing = f"not installed: {', '.join(extra.missing)}"
        table.add_row(extra.extra, missing if extra.missing else "installed")
    print_table(table)


def _print_catalog(found: "Examination") -> None:
    print_line()
    table = new_table("catalog", "")
    table.add_row("file", str(found.catalog.path))
    if found.catalog.tracks is None:
        table.add_row("cannot be read", found.catalog.reason)
    else:
        table.add_row("tracks", f"{found.catalog.tracks:,}")
        table.add_row("models", str(found.catalog.models))
    print_table(table)


def _print_mends(found: "Examination") -> None:
    mends = [kernel.mend for kernel in found.kernels]
    mends += [extra.mend for extra in found.extras]
    mends.append(found.catalog.mend)
    needed = list(dict.fromkeys(filter(None, mends)))
    print_line()
    print_line("To mend:" if needed else "Nothing to mend.", style="bold")
    for mend in needed:
        print_line(f"- {mend}")
