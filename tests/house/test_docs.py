"""What the documentation tells people to type works, in the order in which it is told."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(page for folder in ("tutorial", "how-to") for page in (DOCS / folder).glob("*.md"))


@pytest.fixture
def reader(tmp_path, planted_tracks):
    """A folder with the files that the pages speak of, and an environment of its own."""
    first = pl.col("track_name").str.extract(r"(\d+)$").cast(int) < 40
    planted_tracks.filter(first).write_csv(tmp_path / "my_playlist.csv")
    planted_tracks.filter(~first).write_csv(tmp_path / "more_songs.csv")
    return tmp_path, {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PARTSONG_CATALOG": str(tmp_path / "music.duckdb"),
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_works(page, reader):
    folder, environment = reader
    text = page.read_text(encoding="utf-8")
    consoles = re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL)
    for toml in re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL):
        name = re.search(r'^name = "(.*)"', toml, flags=re.MULTILINE)
        if name:
            plain = re.sub(r'^where = "release_year.*\n', "", toml, flags=re.MULTILINE)
            (folder / f"{name[1]}.toml").write_text(plain, encoding="utf-8")
    if page.parent.name == "how-to":
        _run("partsong import my_playlist.csv", folder, environment)
    for console in consoles:
        for line in console.splitlines():
            if line.startswith("$ "):
                _run(line[2:], folder, environment)


def _run(command, folder, environment):
    words = shlex.split(command)
    assert words[0] == "partsong", command
    target = None
    if ">" in words:
        target = folder / f"copy-of-{words[words.index('>') + 1]}"
        words = words[: words.index(">")]
    done = subprocess.run(
        [sys.executable, "-m", "partsong", *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    if target is not None:
        target.write_text(done.stdout, encoding="utf-8")


def test_the_python_of_the_tutorial_works(reader, monkeypatch, capsys):
    folder, _ = reader
    monkeypatch.chdir(folder)
    text = (DOCS / "tutorial" / "first-steps.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    exec(compile(code, "first-steps.md", "exec"), {})  # our own page
    assert "%" in capsys.readouterr().out
