"""Artists that come beside the tracks, and artists that stand in their rows."""

import pytest

from partsong.errors import UnknownLayoutError
from partsong.sources import open_source

ID = "2i2gDpKKWjvnRTOZRhaPh2"
ARTIST = "1U1el3k54VvEUzo3ybLPlM"
TRACKS = (
    "id,name,artists,id_artists,danceability\n"
    f"{ID},Moonlight,\"['Kali Uchis', 'Nobody']\",\"['{ARTIST}', '{'x' * 22}']\",0.6\n"
)


def test_a_table_of_artists_yields_those_of_the_tracks(read, write):
    beside = write(
        "artists.csv",
        "id,followers,genres,name,popularity\n"
        f"{ARTIST},12345.0,\"['r&b', 'colombian pop']\",Kali Uchis,88\n"
        f"{'y' * 22},1,[],Somebody else,1\n",
    )
    result = read(TRACKS, artists=beside)
    assert result.artists.to_dicts() == [
        {
            "artist_id": ARTIST,
            "name": "Kali Uchis",
            "genres": ["colombian pop", "r&b"],
            "followers": 12345,
            "popularity": 88,
        }
    ]
    assert result.report.read == 1
    assert "artists.csv: 1 artists of these tracks" in result.report.notes


def test_a_table_without_ids_goes_by_name(read, write):
    beside = write("genres.csv", "artists,genres\nKali Uchis,['soul']\nOther,['pop']\n")
    result = read(TRACKS, artists=beside)
    assert result.artists.to_dicts() == [{"name": "Kali Uchis", "genres": ["soul"]}]


@pytest.mark.parametrize("followers", ["None", "", "inf", "1e300", "-5"])
def test_followers_that_cannot_be_are_missing(read, write, followers):
    beside = write("artists.csv", f"id,followers,genres,name\n{ARTIST},{followers},[],Kali Uchis\n")
    assert read(TRACKS, artists=beside).artists["followers"].to_list() == [None]


def test_what_is_no_table_of_artists_is_refused(write):
    tracks = write("tracks.csv", TRACKS)
    other = write("other.csv", "title,tempo\na,120\n")
    with pytest.raises(UnknownLayoutError, match="no table of artists"):
        open_source([tracks], artists=other)


def test_names_and_ids_of_different_number_are_not_paired(read):
    text = TRACKS.replace("'Kali Uchis', 'Nobody'", "'Kali Uchis', 'Nobody', 'Third'")
    result = read(text)
    assert result.column("artists") == [["Kali Uchis", "Nobody", "Third"]]
    assert result.column("artist_keys") == [None]
