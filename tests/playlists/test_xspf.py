"""XSPF as VLC and others write it, and what a reader of XML must refuse."""

import re
import xml.etree.ElementTree as ET

import pytest

from partsong.errors import UnreadableFileError
from partsong.playlists import PlaylistEntry, write_playlist_file

VLC = """<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
	<title>Playlist</title>
	<trackList>
		<track>
			<location>file:///C:/Music/01%20-%20J%C3%B3ga.mp3</location>
			<title>Jóga &amp; more</title>
			<creator>Björk</creator>
			<album>Homogenic</album>
			<duration>304000</duration>
			<extension application="http://www.videolan.org/vlc/playlist/0">
				<vlc:id>0</vlc:id>
				<title>not this one</title>
			</extension>
		</track>
		<track><location>../b%20c.ogg</location></track>
		<track><location>https://radio.example/</location></track>
	</trackList>
	<extension application="http://www.videolan.org/vlc/playlist/0"><vlc:item tid="0"/></extension>
</playlist>
"""

BOMB = """<!DOCTYPE playlist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<playlist><trackList><track><title>&b;</title></track></trackList></playlist>"""

OUTSIDE = """<!DOCTYPE playlist [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<playlist><trackList><track><title>&a;</title></track></trackList></playlist>"""


def test_vlc(read, tmp_path):
    found = read("a.xspf", VLC)
    song, relative = found.entries
    assert (song.title, song.artists, song.album) == ("Jóga & more", ("Björk",), "Homogenic")
    assert (song.duration_ms, song.path) == (304_000, "C:\\Music\\01 - Jóga.mp3")
    assert relative.path == str(tmp_path.parent / "b c.ogg")
    assert [problem.line for problem in found.problems] == [17]
    assert found.name == "Playlist"


def test_identifiers(read):
    ids = (
        "https://musicbrainz.org/recording/E225FB84-dc9a-419e-adcd-9890f59ec432",
        "spotify:track:0LSLM0zuWRkEYemF7JcfEE",
        "isrc:US-RC1-76-07839",
        "https://example.org/other",
    )
    text = "".join(f"<identifier> {uri}\n</identifier>" for uri in ids)
    found = read("a.xspf", f"<playlist><trackList><track>{text}</track></trackList></playlist>")
    (entry,) = found.entries
    assert entry.mbid == "e225fb84-dc9a-419e-adcd-9890f59ec432"
    assert (entry.spotify_id, entry.isrc) == ("0LSLM0zuWRkEYemF7JcfEE", "USRC17607839")


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<!DOCTYPE playlist><playlist/>"])
def test_a_document_type_is_refused(text, read):
    with pytest.raises(UnreadableFileError, match="document type"):
        read("a.xspf", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<playlist><trackList><track>", "no element found"),
        ("<html><body/></html>", "no XSPF playlist"),
        ("plain text", "syntax error"),
        ("<playlist>" + "<a>" * 200_000, "no XSPF playlist"),
        ('<?xml version="1.0" encoding="shift_jis"?><playlist/>', "multi-byte encodings"),
        ('<?xml version="1.0" encoding="none"?><playlist/>', "unknown encoding"),
    ],
    ids=["cut off", "html", "text", "deep", "encoding", "unknown"],
)
def test_what_is_no_playlist_is_told(text, message, read):
    with pytest.raises(UnreadableFileError, match=re.escape(message)):
        read("a.xspf", text)


def test_other_programs_can_read_what_is_written(tmp_path):
    entry = PlaylistEntry(
        title="A <b> & \x07\r\n]]>",
        artists=("One", "Two"),
        path="/music/ä b.mp3",
        mbid="e225fb84-dc9a-419e-adcd-9890f59ec432",
    )
    path = write_playlist_file([entry], tmp_path / "a.xspf", name="<Mine>")
    root = ET.parse(path).getroot()
    assert root.tag == "{http://xspf.org/ns/0/}playlist"
    assert root.get("version") == "1"
    track = root.find(".//{*}track")
    assert [child.tag.rpartition("}")[2] for child in track] == [
        "location",
        "identifier",
        "title",
        "creator",
        "meta",
        "meta",
    ]
    assert track.find("{*}location").text == "file:///music/%C3%A4%20b.mp3"
    assert track.find("{*}creator").text == "One, Two"
