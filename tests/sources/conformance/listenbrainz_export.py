"""ListenBrainz' export for the conformance suite."""

from contextlib import contextmanager

from listenbrainz.fake_listenbrainz import history
from listenbrainz.make_export import write_export

from partsong.sources.exports.listenbrainz_export import open_listenbrainz_export

NAME = "listenbrainz-export"


@contextmanager
def opening(path):
    yield lambda: open_listenbrainz_export([path])


def example(folder):
    listens = history(300, songs=40, seconds=40_000)
    return opening(write_export(folder / "rob.zip", listens, verdicts=[(1, 1), (2, -1), (99, 1)]))


def broken(folder):
    return opening(write_export(folder / "rob.zip", history(30), broken=True))
