"""AcousticBrainz for the conformance suite: high-level and low-level dumps, one recording twice."""

from contextlib import contextmanager

import polars as pl
from acousticbrainz.make_dump import highlevel, lowlevel, mbid, member, write_dump

from partsong.sources import AcousticBrainzSource

NAME = "acousticbrainz"
KNOWN = pl.DataFrame(
    {
        "line": range(1, 21),
        "mbid": [mbid(number) for number in range(20)],
        "title": [f"Song {number}" for number in range(20)],
    },
    schema={"line": pl.Int64, "mbid": pl.String, "title": pl.String},
)


@contextmanager
def example(folder):
    high = [member(number, highlevel(number)) for number in range(10, 60)]
    high.append(member(12, highlevel(12, danceable=0.75), offset=1))
    low = [member(number, lowlevel(number), kind="lowlevel") for number in range(15, 60)]
    paths = [write_dump(folder / "high.tar.zst", high), write_dump(folder / "low.tar.bz2", low)]
    yield lambda: AcousticBrainzSource(paths, KNOWN["mbid"].to_list())


@contextmanager
def broken(folder):
    path = write_dump(folder / "high.tar.zst", [member(1, highlevel(1))])
    path.write_bytes(path.read_bytes()[:-20])
    yield lambda: AcousticBrainzSource([path], KNOWN["mbid"].to_list())
