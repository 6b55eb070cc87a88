"""A list as a person types it."""

from partsong.playlists import PlaylistEntry

TYPED = """# for Sunday
Place to Be - Nick Drake

#1 Crush - Garbage
#
A - B - C
Untitled
https://open.spotify.com/track/0LSLM0zuWRkEYemF7JcfEE
https://musicbrainz.org/recording/e225fb84-dc9a-419e-adcd-9890f59ec432
\\# Not a Comment - Someone
"""


def test_what_a_person_types(read):
    found = read("a.txt", TYPED)
    assert list(found.entries) == [
        PlaylistEntry(title="Place to Be", artists=("Nick Drake",)),
        PlaylistEntry(title="#1 Crush", artists=("Garbage",)),
        PlaylistEntry(title="A - B", artists=("C",)),
        PlaylistEntry(title="Untitled"),
        PlaylistEntry(spotify_id="0LSLM0zuWRkEYemF7JcfEE"),
        PlaylistEntry(mbid="e225fb84-dc9a-419e-adcd-9890f59ec432"),
        PlaylistEntry(title="# Not a Comment", artists=("Someone",)),
    ]
    assert not found.problems


def test_utf16_as_windows_notepad_saves_it(read):
    (entry,) = read("a.txt", "Jóga - Björk\r\n".encode("utf-16")).entries
    assert (entry.title, entry.artists) == ("Jóga", ("Björk",))
