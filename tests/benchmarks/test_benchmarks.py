"""The harness that figures come from is fair, and the scripts run."""

import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def side_by_side():
    spec = importlib.util.spec_from_file_location("side_by_side", BENCHMARKS / "side_by_side.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_contenders_take_turns(side_by_side):
    order = []
    contenders = {name: lambda name=name: order.append(name) or name for name in "abc"}
    results = side_by_side.measure(contenders, repeats=3)
    assert "".join(order) == "abcabcabc"
    assert [measured.result for measured in results.values()] == ["a", "b", "c"]
    assert {len(measured.wall) for measured in results.values()} == {3}


def test_waiting_is_wall_time_and_computing_is_both(side_by_side):
    def compute():
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass

    results = side_by_side.measure({"wait": lambda: time.sleep(0.05), "work": compute}, repeats=1)
    assert results["wait"].wall[0] >= 0.05
    assert results["wait"].cpu[0] < 0.04
    assert results["work"].cpu[0] >= 0.04


def test_the_work_of_children_counts(side_by_side):
    code = "import time\nwhile time.process_time() < 0.1: pass"
    run = {"child": lambda: subprocess.run([sys.executable, "-c", code], check=True)}
    assert side_by_side.measure(run, repeats=1)["child"].cpu[0] >= 0.09


@pytest.mark.parametrize(
    ("slower", "ratio"), [(False, "4 (2 to 8)"), (True, "0.25 (0.125 to 0.5)")]
)
def test_ratios_are_taken_within_rounds(side_by_side, capsys, slower, ratio):
    results = {
        "base": side_by_side.Measured([8.0, 4.0, 16.0], [8.0, 4.0, 16.0]),
        "ours": side_by_side.Measured([1.0, 2.0, 4.0], [1.0, 2.0, 4.0]),
    }
    side_by_side.print_table(results, against="base", slower=slower, columns={"loss": {"ours": 3}})
    header, _, base, ours = capsys.readouterr().out.splitlines()
    assert header.split("|")[-2].strip() == "loss"
    assert ours.split("|")[4].strip() == ratio
    assert base.split("|")[4].strip() == "1 (1 to 1)"
    assert ours.split("|")[-2].strip() == "3"


@pytest.mark.slow
@pytest.mark.parametrize("script", ["passes.py", "retrieval.py"])
def test_a_script_runs(script):
    command = [sys.executable, str(BENCHMARKS / script), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| " in done.stdout


def test_every_script_is_in_the_reference():
    page = BENCHMARKS.parent / "docs" / "reference" / "benchmarks.md"
    text = page.read_text(encoding="utf-8")
    shared = {"matrices.py", "side_by_side.py"}
    scripts = {path.name for path in BENCHMARKS.glob("*.py")} - shared
    assert not [script for script in sorted(scripts) if f"benchmarks/{script}" not in text]
