"""What the tests of the sources share: files made on the spot, read whole."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from partsong.rows import ImportReport
from partsong.sources import open_source


@dataclass
class Read:
    """Everything that came out of a source."""

    tracks: pl.DataFrame
    artists: pl.DataFrame
    report: ImportReport
    layout: str

    def column(self, name: str) -> list[Any]:
        return self.tracks[name].to_list()


def read_all(*files: Path, **options: Any) -> Read:
    source = open_source(files, **options)
    batches = list(source.batches())
    tracks = [batch.tracks for batch in batches if batch.tracks.height]
    artists = [batch.artists for batch in batches if batch.artists is not None]
    return Read(
        pl.concat(tracks) if tracks else pl.DataFrame(),
        pl.concat(artists) if artists else pl.DataFrame(),
        source.report,
        source.layout.name,
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of text or bytes, and return its path."""

    def write_file(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


@pytest.fixture
def read(write: Callable[..., Path]) -> Callable[..., Read]:
    """Write a file and read it through the front door."""

    def write_and_read(content: str | bytes, name: str = "mine.csv", **options: Any) -> Read:
        return read_all(write(name, content), **options)

    return write_and_read
