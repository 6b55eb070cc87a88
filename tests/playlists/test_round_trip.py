"""What was written is read again, whatever the titles say."""

import contextlib
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.errors import SourceError
from partsong.plain_text import plain_text
from partsong.playlists import (
    FORMATS,
    PlaylistEntry,
    read_playlist_file,
    write_playlist_file,
)

WITH_IDS = [".m3u8", ".m3u", ".xspf", ".jspf", ".json", ".csv"]

HOSTILE = [
    "two\nlines",
    "carriage\rreturn\r\nboth",
    "only\rone",
    "song\n#EXTINF:10,Injected - Track\n/etc/passwd",
    "\"quoted\", and; 'more'\tthen | a bar",
    "=HYPERLINK(1)",
    "+1 -1 @SUM",
    "emoji 🎶👩‍🎤 and 日本語",
    "right \u202eto left\u202c and \u200fmarks",
    "bell \x07 escape \x1b[31m nul \x00 end",
    "line\u2028separator\u2029and\x85next\x0bvertical\x1cfile",
    "<b>&amp;</b> ]]> <!-- & -->",
    "# only a comment?",
    "#1 Crush",
    "\\backslash",
    "spotify:track:0LSLM0zuWRkEYemF7JcfEE",
    "A - B - C",
    "[1, 2]",
    '["a", "b"]',
    "#PARTSONG:{}",
    "long " * 2_000,
    "half \ud800 a letter",
]


def full(title, **more):
    fields = {
        "artists": (title, "Second; Artist", "Third, Artist"),
        "album": title,
        "duration_ms": 123_456,
        "isrc": "USRC17607839",
        "spotify_id": "0LSLM0zuWRkEYemF7JcfEE",
        "mbid": "e225fb84-dc9a-419e-adcd-9890f59ec432",
        "track_id": "22809972f8cb25f6",
        "path": "/music/ä #1/100% \\ it's.flac",
    }
    return PlaylistEntry(title=title, **{**fields, **more})


def as_xml_holds_it(entry):
    """XML 1.0 cannot hold most control characters; a space stands in their place."""

    def seen(text):
        return text and re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)

    return replace(
        entry,
        title=seen(entry.title),
        artists=tuple(map(seen, entry.artists)),
        album=seen(entry.album),
    )


@pytest.mark.parametrize("suffix", WITH_IDS)
def test_every_hostile_title_comes_back(suffix, again):
    entries = [full(title) for title in HOSTILE]
    back = again(entries, suffix)
    expected = [as_xml_holds_it(entry) for entry in entries] if suffix == ".xspf" else entries
    assert list(back.entries) == expected
    assert not back.problems


@pytest.mark.parametrize("suffix", WITH_IDS)
def test_every_hostile_title_alone_comes_back(suffix, again):
    entries = [PlaylistEntry(title=title) for title in HOSTILE]
    back = again(entries, suffix)
    expected = [as_xml_holds_it(entry) for entry in entries] if suffix == ".xspf" else entries
    assert list(back.entries) == expected


def test_text_keeps_every_title_on_its_line(again):
    entries = [PlaylistEntry(title=title, artists=("Someone",)) for title in HOSTILE]
    back = again(entries, ".txt")
    assert [" ".join(plain_text(entry.label).split()) for entry in entries] == [
        entry.label for entry in back.entries
    ]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "only",
    [
        {"title": "A Title"},
        {"isrc": "USRC17607839"},
        {"spotify_id": "0LSLM0zuWRkEYemF7JcfEE"},
        {"mbid": "e225fb84-dc9a-419e-adcd-9890f59ec432"},
        {"track_id": "22809972f8cb25f6"},
        {"path": "/music/a.flac"},
        {"path": "C:\\Music\\a b.flac"},
        {"path": "\\\\server\\share\\a b.flac"},
        {"path": "/music/line\nbreak.flac"},
    ],
    ids=str,
)
def test_one_thing_known_is_enough(suffix, only, again):
    entry = PlaylistEntry(**only)
    back = again([entry, entry], suffix)
    assert back.entries == (entry, entry)
    assert not back.problems


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_playlist_is_a_playlist(suffix, again):
    assert again([], suffix).entries == ()


@pytest.mark.parametrize("suffix", [".m3u8", ".m3u", ".xspf", ".jspf", ".json"])
def test_the_name_of_the_playlist_is_kept(suffix, again):
    entry = PlaylistEntry(title="Surf")
    assert again([entry], suffix, name='Sun & "Sea"\nSand').name == 'Sun & "Sea" Sand'
    assert again([entry], suffix).name == "list"


texts = st.text(st.characters(exclude_categories=()), max_size=30)
paths = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1),
    min_size=1,
    max_size=3,
).map(lambda parts: "/" + "/".join(f"_{part}_" for part in parts))
entries_of_any_kind = st.builds(
    PlaylistEntry,
    title=st.none() | texts,
    artists=st.lists(texts, max_size=3).map(tuple),
    album=st.none() | texts,
    duration_ms=st.none() | st.integers(1, 10**8),
    path=st.none() | paths,
    isrc=st.none() | st.from_regex(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", fullmatch=True),
    spotify_id=st.none() | st.from_regex(r"[0-9A-Za-z]{22}", fullmatch=True),
    mbid=st.none() | st.uuids().map(str),
    track_id=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
)


@settings(max_examples=30, deadline=None)
@given(entries=st.lists(entries_of_any_kind, max_size=4), suffix=st.sampled_from(WITH_IDS))
def test_any_entries_come_back(entries, suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = write_playlist_file(entries, Path(folder, f"list{suffix}"))
        back = read_playlist_file(path)
    expected = [as_xml_holds_it(entry) for entry in entries] if suffix == ".xspf" else entries
    assert list(back.entries) == expected
    assert not back.problems


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=300), suffix=st.sampled_from(list(FORMATS)))
def test_any_bytes_are_read_or_refused(data, suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"list{suffix}")
        path.write_bytes(b"#EXTM3U\n" + data if "m3u" in suffix else data)
        with contextlib.suppress(SourceError):
            read_playlist_file(path)
