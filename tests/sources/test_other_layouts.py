"""Layouts of which no real file is at hand, in small made-up files of their spelling."""

import gzip

import polars as pl
import pytest

from partsong.errors import SourceError, UnreadableFileError
from partsong.playlists import PlaylistEntry, write_playlist_file
from partsong.sources import open_source

ID = "2i2gDpKKWjvnRTOZRhaPh2"
FEATURES = (
    "danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,"
    "valence,tempo"
)
VALUES = "0.6,0.7,7,-6.4,0,0.05,0.5,0,0.16,0.87,136.8"


def test_tidytuesday(read):
    result = read(
        "track_id,track_name,track_artist,track_popularity,track_album_id,track_album_name,"
        "track_album_release_date,playlist_name,playlist_id,playlist_genre,playlist_subgenre,"
        f"{FEATURES},duration_ms\n"
        f"{ID},Moonlight,Kali Uchis,88,x,Red Moon,2023-03-03,Pop Remix,37i9dQZF1DXcZDD7cfEKhW,pop,"
        f"dance pop,{VALUES},187558\n"
        f"{ID},NA,NA,88,x,NA,2012,Pop,37i9dQ,pop,,{VALUES},187558\n"
    )
    assert result.layout == "tidytuesday"
    assert result.column("genres") == [["dance pop", "pop"], ["pop"]]
    assert result.column("playlist") == ["Pop Remix", "Pop"]
    assert result.column("playlist_id") == ["37i9dQZF1DXcZDD7cfEKhW", "37i9dQ"]
    assert result.column("release_date") == ["2023-03-03", "2012"]
    assert "time_signature" not in result.tracks.columns


def test_170k_prefers_the_date_to_the_year(read):
    result = read(
        f"id,name,artists,year,release_date,{FEATURES}\n"
        f"{ID},A,\"['X', 'Y']\",1958,1958-09-16,{VALUES}\n{ID},B,Z,1958,,{VALUES}\n"
    )
    assert result.layout == "spotify-170k"
    assert result.column("release_date") == ["1958-09-16", "1958"]
    assert result.column("artists") == [["X", "Y"], ["Z"]]


def test_keys_modes_and_metres_in_words_as_in_the_set_of_2019(read):
    result = read(
        "genre,artist_name,track_name,track_id,key,mode,time_signature,tempo\n"
        f"Movie,Henri Salvador,C'est beau,{ID},C#,Major,4/4,166.969\n"
        f"Movie,Henri Salvador,Encore,{ID},Bb,Minor,3/4,99.1\n"
    )
    assert result.layout == "table"
    assert result.column("key") == [1, 10]
    assert result.column("mode") == [1, 0]
    assert result.column("time_signature") == [4, 3]


def test_fma_tracks_count_in_seconds(read):
    result = read("track_id,title,genre_top,duration\n2,Food,Hip-Hop,168\n3,Electric Ave,,0\n")
    assert result.layout == "fma-tracks"
    assert result.column("source_id") == ["fma:2", "fma:3"]
    assert result.column("duration_ms") == [168_000, None]


def test_musicosets_songs_name_their_artist(read):
    artist = "246dkjvS1zLTtiykXe5h60"
    result = read(
        "song_id\tsong_name\tbillboard\tartist_updated\tartist_id\tpopularity\texplicit\tsong_type\n"
        f"{ID}\tSunflower\tPost Malone & Swae Lee\tPost Malone\t{{{artist}\t92\tFALSE\tCollaboration\n"
    )
    assert result.layout == "musicoset-songs"
    assert result.column("artist_keys") == [[artist]]
    assert result.artists.to_dicts() == [{"artist_id": artist, "name": "Post Malone"}]


def test_a_layout_can_be_named_and_its_columns_mapped(read):
    result = read(
        "song_id,danceability,energy,bpm_estimate\n" + f"{ID},0.5,0.5,120\n",
        layout="musicoset-features",
        mapping={"bpm_estimate": "tempo"},
    )
    assert result.column("tempo") == [120.0]


def test_empty_tables_and_packed_parquet_are_refused(tmp_path, write):
    path = tmp_path / "empty.parquet"
    pl.DataFrame({"title": [], "tempo": []}).write_parquet(path)
    with pytest.raises(UnreadableFileError, match="no rows"):
        open_source([path])
    with pytest.raises(UnreadableFileError, match="inside gzip"):
        open_source([write("table.parquet.gz", gzip.compress(path.read_bytes()))])
    with pytest.raises(UnreadableFileError, match="no records"):
        open_source([write("empty.json", "[]")])


def test_tunemymusic_holds_several_playlists_and_rows_that_are_no_tracks(read):
    result = read(
        "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id\n"
        f'Sunflower,"Post Malone, Swae Lee",Hollywood,Road trip,Playlist,USUM71814888,{ID}\n'
        "Dreams,Fleetwood Mac,Rumours,Liked songs,Favorite,,\n"
        "Rumours,Fleetwood Mac,,My albums,Album,00081227967075,\n"
        "Queen,,,My artists,Artist,,\n",
        "My Spotify Library.csv",
    )
    assert result.layout == "tunemymusic"
    assert result.column("title") == ["Sunflower", "Dreams"]
    assert result.column("artists") == [["Post Malone", "Swae Lee"], ["Fleetwood Mac"]]
    assert result.column("playlist") == ["Road trip", "Liked songs"]
    assert result.column("spotify_id") == [ID, None]
    assert result.column("heard") == [True, True]
    assert result.report.dropped == {"an album, not a track": 1, "an artist, not a track": 1}
    assert result.report.read == 4


def test_a_playlist_that_partsong_wrote_comes_back_whole(tmp_path):
    entries = [
        PlaylistEntry(title="Surf, again", artists=("The Beach", "Sun; Sea"), track_id="5f1c"),
        PlaylistEntry(spotify_id=ID, track_id="5f1d"),
        PlaylistEntry(title="Solas", artists=("Jamie Duffy",), duration_ms=1000, path="/a.mp3"),
    ]
    source = open_source([write_playlist_file(entries, tmp_path / "Sea.csv")])
    tracks = pl.concat(batch.tracks for batch in source.batches())
    assert source.layout.name == "partsong-playlist"
    assert tracks["title"].to_list() == ["Surf, again", None, "Solas"]
    assert tracks["artists"].to_list() == [["The Beach", "Sun; Sea"], None, ["Jamie Duffy"]]
    assert tracks["spotify_id"].to_list() == [None, ID, None]
    assert tracks["playlist"].to_list() == ["Sea"] * 3
    assert source.report.read == 3
    assert not source.report.dropped


def only_features(path, name=None):
    source = open_source([path]).only_features(name)
    return list(source.batches())


def test_only_features_leaves_everything_else_out(write):
    path = write(
        "measured.csv",
        f"spotify_id,title,artist,album,genre,playlist,popularity,energy\n{ID},a,A,b,c,d,5,0.5\n",
    )
    (batch,) = only_features(path)
    assert batch.only_known
    assert (batch.source, batch.analysis) == ("measured", "measured")
    assert set(batch.tracks.columns) == {"line", "spotify_id", "title", "artists", "energy"}
    (named,) = only_features(path, "essentia")
    assert (named.source, named.analysis) == ("essentia", "essentia")


def test_a_known_data_set_keeps_its_name_and_measure(write):
    fma = "track_id,acousticness,danceability,energy,instrumentalness,liveness,speechiness,tempo,valence"
    (batch,) = only_features(write("x.csv", fma + "\n2,0.5,0.5,0.5,0.5,0.5,0.5,120,0.5\n"))
    assert (batch.source, batch.analysis) == ("fma-echonest", "echonest")
    (exported,) = only_features(
        write("y.csv", f"song_id,danceability,energy,tempo\n{ID},0.5,0.5,120\n")
    )
    assert (exported.source, exported.analysis) == ("musicoset-features", "spotify")


def test_a_table_without_features_has_none_to_give(write):
    with pytest.raises(SourceError, match=r"mine\.csv has no audio features") as caught:
        only_features(write("mine.csv", "title,artist\na,A\n"))
    assert "--only-features" in caught.value.hint
