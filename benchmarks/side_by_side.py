"""Time several ways to do one thing in one run, taking turns, and print them as a table.

    results = measure({"ours": fit, "scikit-learn": fit_peer}, repeats=5)
    print_table(results, against="scikit-learn", columns={"loss": losses})

The contenders take turns, so that what else the machine does hits them alike; and processor seconds
stand beside wall seconds, as a neighbour who takes a core stretches only the second. A ratio is
taken within a round, and its median is shown with the smallest and the largest.
"""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["Measured", "describe_machine", "measure", "print_table"]


@dataclass(slots=True)
class Measured:
    """What one contender did in every round.

    Attributes
    ----------
    wall, cpu
        Seconds of each round; processor seconds are those of all threads and ended children.
    result
        What it returned in the last round.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    result: Any = None


def measure(
    contenders: Mapping[str, Callable[[], Any]], *, repeats: int = 3, warm_up: bool = False
) -> dict[str, Measured]:
    """Run every contender once a round, in turns, and return their times by name.

    Parameters
    ----------
    contenders
        What to call, without arguments. The last result of each is kept, to be judged.
    repeats
        Number of rounds.
    warm_up
        Run each once before, unmeasured, where the first call would pay for imports.
    """
    if warm_up:
        for run in contenders.values():
            run()
    results = {name: Measured() for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            results[name].result = None  # what the last round made need not lie in memory
            cpu, wall = _cpu_seconds(), time.perf_counter()
            result = run()
            results[name].wall.append(time.perf_counter() - wall)
            results[name].cpu.append(_cpu_seconds() - cpu)
            results[name].result = result
    return results


def _cpu_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def print_table(
    results: Mapping[str, Measured],
    *,
    against: str | None = None,
    slower: bool = False,
    columns: Mapping[str, Mapping[str, object]] | None = None,
) -> None:
    """Print the medians as a Markdown table, one contender a row.

    Parameters
    ----------
    results
        From `measure`.
    against
        The contender that all are compared with: how many times as fast each one is.
    slower
        Tell how many times as long each one takes instead.
    columns
        More columns, each with a text or number for the contenders that have one.
    """
    columns = columns or {}
    wording = "times as long as" if slower else "times as fast as"
    ratios = [f"{wording} {against}", "by cpu"] if against else []
    header = ["", "wall s", "cpu s", *ratios, *columns]
    rows = []
    for name, measured in results.items():
        row = [name, _seconds(measured.wall), _seconds(measured.cpu)]
        if against:
            base = results[against]
            for own, other in ((measured.wall, base.wall), (measured.cpu, base.cpu)):
                row.append(_ratio(own, other) if slower else _ratio(other, own))
        rows.append(row + [str(column.get(name, "")) for column in columns.values()])
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    rule = [
        "-" * width if place == 0 else "-" * (width - 1) + ":" for place, width in enumerate(widths)
    ]
    for row in (header, rule, *rows):
        first, *rest = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        print(f"| {' | '.join(cells)} |", flush=True)


def _seconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.3g}"


def _ratio(above: Sequence[float], below: Sequence[float]) -> str:
    ratios = [one / max(other, 1e-9) for one, other in zip(above, below, strict=True)]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    if len(ratios) == 1:
        return f"{middle:.3g}"
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def describe_machine(*packages: str) -> str:
    """Return one line that says where figures come from: processor, cores, versions."""
    versions = [f"Python {platform.python_version()}"]
    for package in ("numpy", "scipy", "scikit-learn", *packages):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()}; {', '.join(versions)}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
