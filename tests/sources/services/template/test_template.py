"""The template's own test: what is odd in its answers. The conformance suite asks for the rest."""

from datetime import datetime

import pytest
from template.fake_template import KEY, fake_template

from partsong.errors import LoginNeededError, ServiceError
from partsong.sources import Client
from partsong.sources.services.template.endpoints import read_songs
from partsong.sources.services.template.source import TemplateSource


def page(*songs):
    return {"pages": 1, "total": len(songs), "songs": list(songs)}


def test_what_is_absent_is_missing_and_never_zero():
    (row,) = read_songs(page({"title": "Solas"})).rows
    assert row == {
        "title": "Solas",
        "artists": None,
        "isrc": None,
        "duration_ms": None,
        "liked": None,
        "played_at": None,
    }


def test_times_are_utc():
    (row,) = read_songs(page({"title": "Solas", "last_played": 1_767_225_600})).rows
    assert row["played_at"] == datetime(2026, 1, 1)  # noqa: DTZ001 - the catalog's UTC, without a zone


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        {"songs": []},
        page("Solas"),
        page({"artist": "no title at all"}),
        page({"title": "Solas", "seconds": "long"}),
        page({"title": "Solas", "last_played": 1e300}),
    ],
)
def test_another_form_is_told(answer):
    with pytest.raises(ServiceError, match="form"):
        read_songs(answer)


def test_songs_without_a_title_are_counted(fake_server):
    from fake_server import Answer

    server = fake_server([("GET", "/songs", lambda _: Answer(page({"title": ""}, {"title": "A"})))])
    with Client(service="template", url=server.url) as client:
        source = TemplateSource(client, user="rob")
        (batch,) = source.batches()
    assert batch.tracks["title"].to_list() == ["A"]
    assert source.report.read == 2
    assert source.report.dropped == {"no title": 1}


def test_a_wrong_key_is_told():
    with (
        fake_template() as server,
        Client(service="template", url=server.url, params={"key": f"not-{KEY}"}) as client,
        pytest.raises(LoginNeededError) as told,
    ):
        TemplateSource(client, user="rob").plan()
    assert KEY not in str(told.value)
