"""Playlists of Exportify, in the spellings of its versions."""

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
