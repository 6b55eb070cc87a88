"""A key is seen by the service, and by nobody else: whatever it is, whatever goes wrong."""

import logging
import sqlite3
import traceback
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from fake_server import Answer, FakeServer
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.errors import PartsongError
from partsong.sources import Arrivals, Client, Request

KEYS = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40
).filter(lambda key: key not in "partsong/songs?page=1")
FAULTS = st.sampled_from(["none", "cut", "truncated", "slow", 401, 403, 404, 418, 429, 500, 302])


@pytest.fixture(scope="module")
def gossip():
    """A service that repeats whatever it is told in its refusals."""
    with FakeServer([("GET", "/songs", lambda _: Answer({"songs": []}))]) as server:
        yield server


@settings(max_examples=20, deadline=None)
@given(key=KEYS, fault=FAULTS)
def test_no_key_in_errors_logs_or_what_is_kept(gossip, key, fault):
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    gossip.faults.clear()
    if fault == 302:
        gossip.fail("answer", times=9, answer=Answer(None, 302, {"Location": "http://127.0.0.2/"}))
    elif isinstance(fault, int):
        told = Answer({"message": f"Your key {key} or {quote(key)}?"}, fault)
        gossip.fail("answer", times=9, answer=told)
    elif fault != "none":
        gossip.fail(fault, times=9, seconds=0.03)
    with ExitStack() as stack:
        root = logging.getLogger()
        level = root.level
        stack.callback(root.setLevel, level)
        stack.callback(root.removeHandler, handler)
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        arrivals = stack.enter_context(Arrivals(folder / "tiny.sqlite"))
        client = stack.enter_context(
            Client(
                service="tiny",
                url=gossip.url,
                params={"key": key},
                headers={"Authorization": f"Bearer {key}"},
                arrivals=arrivals,
                timeout=0.02,
                tries=2,
                sleep=lambda _: None,
            )
        )
        try:
            client.send(Request(path="/songs", params={"page": 1}))
            shown = ""
        except PartsongError as error:
            shown = f"{error.hint} {''.join(traceback.format_exception(error))}"
        arrivals.close()
        kept = b"".join(file.read_bytes() for file in folder.iterdir())
    assert gossip.seen[-1].params["key"] == key
    assert gossip.seen[-1].headers["authorization"] == f"Bearer {key}"
    for said in (shown, "\n".join(records)):
        assert key not in said
        assert quote(key, safe="") not in said
    assert key.encode() not in kept


def test_what_is_kept_is_for_its_owner_alone(tmp_path):
    from partsong.sources.http.messages import Response

    with Arrivals(tmp_path / "arrivals" / "tiny.sqlite") as arrivals:
        arrivals.put(Request(path="/songs"), Response(status=200, headers={}, body=b"{}"))
        assert arrivals.path.stat().st_mode & 0o077 == 0
        assert arrivals.path.parent.stat().st_mode & 0o077 == 0


def test_damaged_arrivals_are_begun_anew(tmp_path):
    from partsong.sources.http.messages import Response

    path = tmp_path / "tiny.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with Arrivals(path) as arrivals:
        assert arrivals.get(Request(path="/songs")) is None
        arrivals.put(Request(path="/songs"), Response(status=200, headers={}, body=b"{}"))
        assert arrivals.get(Request(path="/songs")).body == b"{}"


def test_cleared_arrivals_leave_nothing_behind(tmp_path):
    from partsong.sources.http.messages import Response

    with Arrivals(tmp_path / "music.arrivals" / "tiny.sqlite") as arrivals:
        arrivals.put(Request(path="/songs"), Response(status=200, headers={}, body=b"{}"))
        arrivals.clear()
        assert not arrivals.path.parent.exists()
        assert arrivals.get(Request(path="/songs")) is None
        arrivals.put(Request(path="/songs"), Response(status=200, headers={}, body=b"{}"))
        with sqlite3.connect(arrivals.path) as connection:
            assert connection.execute("SELECT count(*) FROM answers").fetchone() == (1,)
        connection.close()
