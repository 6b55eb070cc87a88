"""Which layout a file is, and what the user may say about it."""

import pytest

from partsong.errors import SourceError, UnknownLayoutError
from partsong.sources import open_source, recognise

ID = "2i2gDpKKWjvnRTOZRhaPh2"


def test_an_unknown_file_is_told_its_columns_the_nearest_layout_and_a_way_out(write):
    path = write("mine.csv", "track_name,album_name,artist_uri,danceable\na,b,c,1\n")
    with pytest.raises(UnknownLayoutError) as caught:
        recognise(path)
    assert "track_name, album_name, artist_uri, danceable" in str(caught.value)
    assert "--map" in caught.value.hint


def test_the_layout_that_comes_nearest_is_named_with_what_it_lacks(write):
    header = "Track name,Album,Playlist name,Type,ISRC code,Length"
    with pytest.raises(UnknownLayoutError, match="'tunemymusic', which comes nearest, it lacks"):
        recognise(write("mine.csv", header + "\na,b,c,d,e,f\n"))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("title,artist", "a,A"),
        ("track_id,track_name,artists,album_name", "1,a,A,c"),
        ("Track URI,Added", f"spotify:track:{ID},2026"),
        ("name,isrc", "a,USRC17607839"),
        ("song,artist,genres,followers", "a,A,pop,3"),
    ],
)
def test_tracks_need_no_features_but_a_name_that_is_found_again(read, header, row):
    result = read(f"{header}\n{row}\n")
    assert result.layout == "table"
    assert result.report.read == 1
    assert any("--only-features" in note for note in result.report.notes)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("title,album", "a,b"),
        ("artist,album", "a,b"),
        ("id,name", f"{ID},a"),
        ("track_id,track_name", "1,a"),
        ("artist_id,artist_name,genres", f"{ID},A,pop"),
        ("id,artist_name,genres", f"{ID},A,pop"),
    ],
)
def test_what_nobody_could_find_again_is_refused(write, header, row):
    with pytest.raises(UnknownLayoutError):
        open_source([write("mine.csv", f"{header}\n{row}\n")])


def test_features_without_title_or_id_are_refused_clearly(write):
    with pytest.raises(UnknownLayoutError, match="neither titles nor ids"):
        recognise(write("mine.csv", "energy,tempo\n0.5,120\n"))


def test_a_table_of_artists_is_sent_to_its_option(write):
    path = write("artists.csv", "id,followers,genres,name,popularity\n1,2,['pop'],A,3\n")
    with pytest.raises(UnknownLayoutError) as caught:
        recognise(path)
    assert "--artists" in caught.value.hint


@pytest.mark.parametrize(
    "header",
    ["TITLE,Artist,Time Signature,BPM", "song,performer,time-signature,tempo", "Track,x,ENERGY,y"],
)
def test_common_spellings_need_no_mapping(write, header):
    assert recognise(write("mine.csv", header + "\na,b,0.5,0.5\n")).name == "table"


def test_a_mapping_makes_a_table_of_anything(read):
    text = "Titel;Interpret;Länge\nAtemlos;Helene Fischer;219.5\n"
    mapping = {"Titel": "title", "Interpret": "artists", "länge": "duration_s"}
    result = read(text, mapping=mapping)
    assert result.layout == "table"
    assert result.column("title") == ["Atemlos"]
    assert result.column("duration_ms") == [219_500]


def test_a_mapping_overrules_the_layout_and_can_leave_a_column_out(read):
    text = "title,name,artist,tempo,energy\na,b,A,120,x\n"
    result = read(text, mapping={"name": "title", "energy": "ignore"})
    assert result.column("title") == ["b"]
    assert "energy" not in result.tracks.columns


def test_a_mapping_to_no_field_suggests_one(write):
    path = write("mine.csv", "title,tempo,y\na,120,1999\n")
    with pytest.raises(SourceError, match="no field") as caught:
        open_source([path], mapping={"y": "year"})
    assert "release_date" in caught.value.hint
    with pytest.raises(SourceError) as caught:
        open_source([path], mapping={"y": "dancability"})
    assert "danceability" in caught.value.hint


def test_a_mapping_of_no_column_lists_the_columns(write):
    with pytest.raises(SourceError, match="no column 'artist'") as caught:
        open_source([write("mine.csv", "title,tempo\na,120\n")], mapping={"artist": "artists"})
    assert "title, tempo" in caught.value.hint


def test_an_unknown_layout_suggests_one(write):
    with pytest.raises(UnknownLayoutError) as caught:
        open_source([write("mine.csv", "title,tempo\na,120\n")], layout="spotify-114")
    assert "spotify-114k" in caught.value.hint


def test_files_of_one_call_must_be_of_one_layout(write):
    one = write("one.csv", f"song_id,danceability,energy,tempo\n{ID},0.5,0.5,120\n")
    other = write("other.csv", "title,tempo\na,120\n")
    with pytest.raises(UnknownLayoutError, match=r"other\.csv is not of the layout"):
        open_source([one, other])


def test_ids_of_ones_own_are_not_taken_for_spotifys(read):
    text = "id,title,artist,tempo\n1,a,A,120\n2,b,B,90\n"
    result = read(text)
    assert "spotify_id" not in result.tracks.columns
    assert any("--map id=source_id" in note for note in result.report.notes)
    kept = read(text, mapping={"id": "source_id"})
    assert kept.column("source_id") == ["mine:1", "mine:2"]


def test_ids_of_ones_own_alone_are_refused_until_the_user_says_so(write, read):
    text = "id,tempo\n1,120\n"
    with pytest.raises(UnknownLayoutError):
        open_source([write("mine.csv", text)])
    assert read(text, mapping={"id": "source_id"}).column("source_id") == ["mine:1"]


def test_unused_columns_are_named_once(read):
    notes = read("title,tempo,images,urls\na,120,x,y\nb,90,x,y\n").report.notes
    assert notes == ["mine.csv: columns not used: images, urls"]
