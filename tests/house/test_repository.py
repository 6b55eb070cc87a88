"""What must always be true of the files of this repository."""

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked_files():
    try:
        done = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def texts(suffixes):
    for path in tracked_files():
        if path.suffix in suffixes:
            yield path, path.read_text(encoding="utf-8")


def test_pins_carry_hashes_and_no_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path
        pins = re.findall(r"^[a-z0-9][^\n]*==", text, flags=re.MULTILINE)
        blocks = re.findall(r"^[a-z0-9][^\n]*== ?[^\n]*\\\n    --hash=", text, flags=re.MULTILINE)
        assert pins, path
        assert len(pins) == len(blocks), path


def test_nothing_is_left_open():
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|NotImplemented" r"Error")
    left = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in texts({".py", ".pyi", ".md", ".toml"})
        for match in marks.finditer(text)
    ]
    assert not left


def test_every_silenced_rule_names_its_code_and_reason():
    bare = re.compile(
        r"#\s*(noqa(?!: [A-Z]+\d+.* - )|type: ignore(?!\[[a-z-]+(, [a-z-]+)*\].*  # ))"
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path, text in texts({".py"})
        if path != Path(__file__)
        for line in text.splitlines()
        if bare.search(line)
    ]
    assert not found


def test_no_file_is_large():
    assert not [path for path in tracked_files() if path.stat().st_size > 600_000]


def test_the_reference_of_the_command_line_is_what_the_program_says():
    spec = importlib.util.spec_from_file_location("cli_reference", ROOT / "docs/cli_reference.py")
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    assert page.PAGE.read_text(encoding="utf-8") == page.render(), "run: make reference"
