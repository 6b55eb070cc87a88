"""How a source is shown to the conformance suite; copy this file, named after the source.

The suite (``test_conformance.py``) loads one such file for every source of the registry, dashes in
the name as underscores. What stands in ``tests/sources/services`` can be imported: ``fake_server``
and modules in folders beside it. Optional beside the functions below: ``KNOWN``, a frame of tracks
that are in the catalog beforehand, for sources that only fill in what is missing.
"""

from contextlib import contextmanager

from fake_server import Answer
from template.fake_template import KEY, fake_template

from partsong.sources import Arrivals, Client
from partsong.sources.services.template.source import TemplateSource

NAME = "template"


@contextmanager
def serving(folder):
    """The service and what opens it; every opening shares one file of arrivals."""
    with fake_template() as server, Arrivals(folder / "template.sqlite") as arrivals:
        clients = []

        def open_again():
            client = Client(
                service=NAME,
                url=server.url,
                params={"key": KEY},
                arrivals=arrivals,
                tries=2,
                sleep=lambda _: None,
            )
            clients.append(client)
            return TemplateSource(client, user="rob")

        try:
            yield server, open_again
        finally:
            for client in clients:
                client.close()


@contextmanager
def example(folder):
    """Yield what opens the source; each time it gives the same rows, at least one batch of them."""
    with serving(folder) as (_, open_again):
        yield open_again


@contextmanager
def broken(folder):
    """Yield what opens a source that cannot be read: opening it, or reading it, raises."""
    with serving(folder) as (server, open_again):
        server.fail("answer", "page=2", times=99, answer=Answer({"songs": "none"}))
        yield open_again


@contextmanager
def cut(folder):
    """For services: yield what opens a source that stops midway, and then one that goes on."""
    with serving(folder) as (server, open_again):
        server.fail("cut", "page=2", times=2)
        yield open_again
