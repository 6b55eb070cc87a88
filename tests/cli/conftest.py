"""The program itself, run as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


class Program:
    """`partsong` in a folder of its own, with a catalog and a HOME of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "XDG_DATA_HOME": str(folder / "home" / "data"),
            "PARTSONG_CATALOG": str(folder / "music.duckdb"),
            "PARTSONG_CONFIG": str(folder / "config"),
            "PARTSONG_CACHE": str(folder / "cache"),
            "COLUMNS": "80",
            "PYTHONWARNINGS": "error",
        }

    def __call__(self, *arguments, exit_code=0):
        done = self.start(*arguments)
        out, err = done.communicate(timeout=240)
        assert done.returncode == exit_code, f"{arguments}: {done.returncode}\n{out}\n{err}"
        if exit_code == 0:
            assert not err, err
        assert "nanobind" not in err
        return out if exit_code == 0 else err

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [sys.executable, "-m", "partsong", *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def partsong(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="module")
def new_program(tmp_path_factory):
    """Return what makes a program in a new folder that a module's tests share."""
    return lambda name: Program(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="module")
def fitted(new_program, planted_tracks):
    """A program whose catalog holds the planted tracks, with three parts learned."""
    program = new_program("fitted")
    planted_tracks.write_csv(program.folder / "planted.csv")
    program("import", "planted.csv")
    program("fit", "-k", "3")
    return program
