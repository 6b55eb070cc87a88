"""JSPF as ListenBrainz gives it, and JSON that is something else."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.errors import UnreadableFileError
from partsong.playlists import PlaylistEntry, read_playlist_file, write_playlist_file

LISTENBRAINZ = {
    "playlist": {
        "creator": "someone",
        "date": "2026-11-02T10:00:00+00:00",
        "identifier": "https://listenbrainz.org/playlist/8a3e2b6e-2e1c-4c39-9f7c-2f4b0d8f5c11",
        "title": "Weekly Jams, week of 2026-11-02",
        "track": [
            {
                "title": "Say It Right",
                "creator": "Nelly Furtado feat. Someone",
                "album": "Loose",
                "duration": 223_000,
                "identifier": [
                    "https://musicbrainz.org/recording/e225fb84-dc9a-419e-adcd-9890f59ec432"
                ],
                "extension": {
                    "https://musicbrainz.org/doc/jspf#track": {
                        "added_by": "troi-bot",
                        "additional_metadata": {
                            "artists": [
                                {"artist_credit_name": "Nelly Furtado", "join_phrase": " feat. "},
                                {"artist_credit_name": "Someone", "join_phrase": ""},
                            ]
                        },
                    }
                },
            },
            {
                "title": "Old Style",
                "creator": "One",
                "identifier": "https://musicbrainz.org/recording/"
                "24412926-c7bd-48e8-afad-8a285b42e131",
            },
            {"creator": "nobody's song"},
            "nonsense",
        ],
    }
}


def test_listenbrainz(read):
    found = read("a.jspf", json.dumps(LISTENBRAINZ))
    new, old = found.entries
    assert new.mbid == "e225fb84-dc9a-419e-adcd-9890f59ec432"
    assert (new.artists, new.duration_ms) == (("Nelly Furtado", "Someone"), 223_000)
    assert (old.mbid, old.artists) == ("24412926-c7bd-48e8-afad-8a285b42e131", ("One",))
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (3, "names no track"),
        (4, "no track"),
    ]
    assert found.name == "Weekly Jams, week of 2026-11-02"


def test_listenbrainz_finds_its_ids(tmp_path):
    mbid = "e225fb84-dc9a-419e-adcd-9890f59ec432"
    entry = PlaylistEntry(title="A", mbid=mbid, spotify_id="0LSLM0zuWRkEYemF7JcfEE")
    path = write_playlist_file([entry], tmp_path / "a.jspf", name="Mine")
    playlist = json.loads(path.read_text("utf-8"))["playlist"]
    assert playlist["title"] == "Mine"
    assert playlist["track"][0]["identifier"][0] == f"https://musicbrainz.org/recording/{mbid}"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"playlist": {}}', '{"playlist": {"track": 5}}', "[" * 200_000, "9" * 5_000],
    ids=["cut off", "list", "no tracks", "number", "deep", "digits"],
)
def test_what_is_no_playlist_is_told(text, read):
    with pytest.raises(UnreadableFileError) as error:
        read("a.json", text)
    assert error.value.hint


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "creator", "identifier", "location", "meta", "extension"])
            | st.sampled_from(
                ["duration", "https://musicbrainz.org/doc/jspf#track", "partsong:artist"]
            )
            | st.sampled_from(["additional_metadata", "artists", "artist_credit_name"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=30, deadline=None)
@given(tracks=st.lists(anything, max_size=4), title=anything)
def test_any_json_under_the_right_key_is_read(tracks, title):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jspf")
        path.write_text(json.dumps({"playlist": {"title": title, "track": tracks}}), "utf-8")
        found = read_playlist_file(path)
    assert len(found.entries) + len(found.problems) == len(tracks)
