"""Playlists of Exportify, in the spellings of its versions and languages."""

import pytest

from partsong.errors import UnknownLayoutError
from partsong.schema import AUDIO_FEATURES
from partsong.sources import open_source
from partsong.sources.tables.watsonbox_headers import HEADERS

ID = "2i2gDpKKWjvnRTOZRhaPh2"
OTHER = "26hOm7dTtBi0TdpDGl141t"
ARTIST = "1U1el3k54VvEUzo3ybLPlM"
SECOND = "3MZsBdqDrRTJihTHQrO6Dq"

TODAY = (
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,"
    "Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,Speechiness,"
    "Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
)
FEATURES = "0.639,0.723,7,-6.462,0,0.0532,0.511,0,0.167,0.878,136.872,4"


def test_today(read):
    result = read(
        TODAY + f'spotify:track:{ID},"Moonlight, again","Red Moon","Elohim;Tyler, The Creator",'
        f'2023-03-03,187558,88,false,me,2024-01-01T00:00:00Z,"r&b,indie soul","Geffen",{FEATURES}\n',
        "Mr. Late night.csv",
    )
    assert result.layout == "exportify"
    assert result.column("spotify_id") == [ID]
    assert result.column("title") == ["Moonlight, again"]
    assert result.column("artists") == [["Elohim", "Tyler, The Creator"]]
    assert result.column("genres") == [["indie soul", "r&b"]]
    assert result.column("release_date") == ["2023-03-03"]
    assert result.column("explicit") == [False]
    assert result.column("tempo") == [136.872]
    assert result.column("playlist") == ["Mr. Late night"]
    assert result.column("playlist_id") == ["exportify:Mr. Late night"]
    assert result.column("heard") == [True]


def test_the_files_of_2025_join_artists_with_a_bare_comma(read):
    row = f'spotify:track:{ID},"A","B","Luis Fonsi,Daddy Yankee",2017,1000,1,true,me,x,"","L",{FEATURES}\n'
    assert read(TODAY + row).column("artists") == [["Luis Fonsi", "Daddy Yankee"]]


def test_a_name_with_a_comma_stays_whole(read):
    row = (
        f'spotify:track:{ID},"A","B","Earth, Wind & Fire",1978,1000,1,true,me,x,"","L",{FEATURES}\n'
    )
    assert read(TODAY + row).column("artists") == [["Earth, Wind & Fire"]]


def test_rows_that_end_before_the_features_are_kept(read):
    short = f'spotify:track:{OTHER},"B","C","D",2017,1000,1,true,me,x,"pop","L"\n'
    full = f'spotify:track:{ID},"A","B","C",2017,1000,1,true,me,x,"","L",{FEATURES}\n'
    result = read(TODAY + short + full)
    assert result.column("title") == ["B", "A"]
    assert result.column("tempo") == [None, 136.872]
    assert result.column("genres") == [["pop"], None]


def test_a_local_file_keeps_its_title_and_has_no_id(read):
    row = f'spotify:local:Me::Demo:200,"Demo","","Me",,200000,0,false,me,x,"","L",{FEATURES}\n'
    result = read(TODAY + row)
    assert result.column("spotify_id") == [None]
    assert result.column("title") == ["Demo"]
    assert sum(result.report.set_missing.values()) == 1


def test_until_2024(read):
    header = (
        "Spotify ID,Artist IDs,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),"
        "Popularity,Added By,Added At,Genres,Danceability,Energy,Key,Loudness,Mode,Speechiness,"
        "Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
    )
    rows = (
        f'{ID},"{ARTIST},{SECOND}","See You Again","Flower Boy","Tyler, The Creator,Kali Uchis",'
        f'2017-07-21,180386,88,spotify:user:me,2020-01-01T00:00:00Z,"rap,neo soul",{FEATURES}\n'
        f'{OTHER},"{ARTIST}","Best","X","A,B",2017,180386,88,me,x,"",{FEATURES}\n'
    )
    result = read(header + rows, "liked.csv")
    assert result.layout == "exportify-2021"
    assert result.column("artists") == [["Tyler, The Creator", "Kali Uchis"], ["A,B"]]
    assert result.column("artist_keys") == [[ARTIST, SECOND], [ARTIST]]
    assert result.column("genres") == [["neo soul", "rap"], None]


def test_watsonbox(read):
    header = (
        '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name",'
        '"Album Artist URI(s)","Album Artist Name(s)","Album Release Date","Album Image URL",'
        '"Disc Number","Track Number","Track Duration (ms)","Track Preview URL","Explicit",'
        '"Popularity","ISRC","Added By","Added At","Artist Genres","Danceability","Energy"\n'
    )
    row = (
        f'"spotify:track:{ID}","Say ""hi""","spotify:artist:{ARTIST}, spotify:artist:{SECOND}",'
        '"Tyler\\, The Creator, Kali Uchis","spotify:album:x","Flower Boy","spotify:artist:x","Y",'
        '"2017-07-21","https://i.scdn.co/x","1","8","180386","","true","88","usqx91701278","me",'
        '"2020-07-19T09:24:39Z","rap,neo soul","0.558","0.559"\n'
    )
    result = read(header + row)
    assert result.layout == "exportify-watsonbox"
    assert result.column("title") == ['Say "hi"']
    assert result.column("artists") == [["Tyler, The Creator", "Kali Uchis"]]
    assert result.column("artist_keys") == [[ARTIST, SECOND]]
    assert result.column("isrc") == ["USQX91701278"]
    assert result.column("genres") == [["neo soul", "rap"]]
    assert result.column("duration_ms") == [180386]


FULL = {
    "Track URI": f"spotify:track:{ID}",
    "Track Name": "Say hi",
    "Artist URI(s)": f"spotify:artist:{ARTIST}",
    "Artist Name(s)": "Tyler\\, The Creator",
    "Album Name": "Flower Boy",
    "Album Release Date": "2017-07-21",
    "Track Duration (ms)": "180386",
    "Explicit": "true",
    "Popularity": "88",
    "ISRC": "USQX91701278",
    "Artist Genres": "rap",
    **dict(zip(AUDIO_FEATURES, FEATURES.split(","), strict=True)),
}
GERMAN = {
    "Track-URI", "Track-Name", "Künstler-URI(s)", "Künstlername(n)", "Album-Name",
    "Veröffentlichungsdatum des Albums", "Track-Dauer (ms)", "Explizit", "Beliebtheit", "ISRC",
    "Künstler-Genres", "Tanzbarkeit", "Energie", "Tonart", "Lautstärke", "Modus", "Sprachanteil",
    "Akustik", "Instrumentalität", "Lebendigkeit", "Valenz", "Tempo", "Taktart",
}  # fmt: skip
JAPANESE = {
    "トラックURI", "トラック名", "アーティストURI", "アーティスト名", "アルバム名", "アルバム発売日",
    "トラックの長さ（ミリ秒）", "明示的な内容", "人気度", "ISRC", "アーティストジャンル",
    "ダンサビリティ", "エネルギー", "キー", "ラウドネス", "モード", "スピーチ性", "アコースティック性",
    "インストゥルメンタル性", "ライブ感", "感情値", "テンポ", "拍子",
}  # fmt: skip


@pytest.mark.parametrize("language", [GERMAN, JAPANESE], ids=["German", "Japanese"])
def test_watsonbox_in_other_languages_is_the_same_playlist(read, language):
    spelt = {
        next(name for name in spellings if name in language): FULL[column]
        for column, spellings in HEADERS.items()
        if column in FULL
    }
    assert len(spelt) == len(language) == len(FULL)
    rows = [",".join(f'"{value}"' for value in line) + "\n" for line in (spelt, spelt.values())]
    english = [",".join(f'"{value}"' for value in line) + "\n" for line in (FULL, FULL.values())]
    result, original = read("".join(rows)), read("".join(english), "other.csv")
    assert result.layout == original.layout == "exportify-watsonbox"
    assert result.report.notes == []
    columns = [name for name in original.tracks.columns if not name.startswith("playlist")]
    assert result.tracks.select(columns).equals(original.tracks.select(columns))
    assert result.column("artists") == [["Tyler, The Creator"]]
    assert result.column("tempo") == [136.872]


def test_no_spelling_of_watsonbox_means_two_columns():
    meanings = {}
    for column, spellings in HEADERS.items():
        for spelling in spellings:
            assert meanings.setdefault(spelling.casefold(), column) == column


PLACES = [f"c{place}" for place in range(19)]
UNKNOWN = [
    f"spotify:track:{ID}", "Say hi", f"spotify:artist:{ARTIST}", "Tyler", "spotify:album:x",
    "Flower Boy", "spotify:artist:x", "Y", "2017-07-21", "", "1", "8", "180386", "", "true", "88",
    "USQX91701278", "me", "2020",
]  # fmt: skip


def test_watsonbox_in_an_unknown_language_is_read_by_its_places(read):
    result = read(",".join(PLACES) + "\n" + ",".join(UNKNOWN) + "\n")
    assert result.layout == "exportify-watsonbox"
    assert result.column("title") == ["Say hi"]
    assert result.column("artists") == [["Tyler"]]
    assert result.column("artist_keys") == [[ARTIST]]
    assert result.column("duration_ms") == [180386]
    assert result.column("isrc") == ["USQX91701278"]
    assert result.column("heard") == [True]


def test_places_mean_nothing_where_the_ids_are_not_spotifys(write):
    other = ["7", *UNKNOWN[1:]]
    with pytest.raises(UnknownLayoutError):
        open_source([write("mine.csv", ",".join(PLACES) + "\n" + ",".join(other) + "\n")])
