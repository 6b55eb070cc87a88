"""A collection described: what is planted is counted, and what others fell into is measured."""

import numpy as np
import polars as pl
import pytest

import partsong as ps
from partsong.errors import CatalogMissingError, FeatureError, OutputError
from partsong.workflow import explore_catalog
from partsong.workflow.collection import Collection, describe_collection


def collection_of(**facts):
    nothing = {
        "tracks": 0,
        "known": {},
        "years": {},
        "genres": {},
        "without_genre": 0,
        "repeated_songs": 0,
        "repeats": 0,
        "most_repeated": (),
        "set_missing": {},
        "merged": 0,
    }
    return Collection(**(nothing | facts))


@pytest.fixture(scope="module")
def catalog(planted_tracks, tmp_path_factory):
    """A catalog of the planted tracks with faults: coded zeros, remasters, gaps."""
    folder = tmp_path_factory.mktemp("explore")
    row = pl.int_range(pl.len())
    failed = row < 4
    faulty = planted_tracks.with_columns(
        *(
            pl.when(failed).then(0.0).otherwise(pl.col(column)).alias(column)
            for column in ("danceability", "speechiness", "valence", "tempo")
        ),
        track_name=pl.when(row == 61)
        .then(pl.lit("Thrash Song 0 - 2011 Remaster"))
        .otherwise(pl.col("track_name")),
        artists=pl.when(row == 61).then(pl.lit("Thrash Artist 0")).otherwise(pl.col("artists")),
    )
    faulty.write_csv(folder / "faulty.csv")
    path = folder / "music.duckdb"
    ps.import_files([folder / "faulty.csv"], catalog=path)
    return path


@pytest.fixture(scope="module")
def result(catalog):
    return explore_catalog(catalog.with_name("page.html"), catalog=catalog)


def test_coded_zeros_are_told_as_what_the_import_made_of_them(result):
    assert result.collection.set_missing["tempo: failed analysis coded as 0"] == 4
    assert result.collection.known["tempo"] == 176
    assert "16 values of failed analyses" in result.page.read_text("utf-8")


def test_a_remaster_is_a_second_version_of_its_song(result):
    assert result.collection.repeated_songs == 1
    assert result.collection.repeats == 1
    (song,) = result.collection.most_repeated
    assert (song.title, song.artist, song.tracks) == ("Thrash Song 0", "Thrash Artist 0", 2)


def test_the_page_holds_every_section_and_opens_alone(result):
    page = result.page.read_text("utf-8")
    for heading in (
        "At a glance",
        "How the features are spread",
        "Which features go together",
        "Danceability against the others",
        "Popularity against the others",
        "Which genres it has much of",
        "What the catalog lacks",
        "What the imports put right",
        "Songs that are there more than once",
        "What would spoil a fit",
        "Traps that others fell into, on these tracks",
    ):
        assert f"{heading}</h2>" in page
        assert f"{heading}</a>" in page
    assert "Which eras" not in page  # no track has a year
    assert len(page) < 15_000_000


def test_the_traps_of_both_documents_are_measured(result):
    traps = {trap.trap: trap for trap in result.check.traps}
    assert list(traps) == [
        "features as rows",
        "dominates",
        "absolute value",
        "circular number",
        "dot product",
        "scale of the components",
        "a part per feature",
    ]
    assert "12 rows of 180 columns" in traps["features as rows"].found
    assert "'duration_ms'" in traps["dominates"].found


def test_artists_of_one_genre_are_counted(tmp_path):
    tracks = tmp_path / "one.csv"
    pl.DataFrame(
        {
            "id": [f"{n:022}" for n in range(4)],
            "name": [f"Song {n}" for n in range(4)],
            "popularity": 40,
            "duration_ms": 200_000,
            "explicit": 0,
            "artists": [f"['Artist {n}']" for n in range(4)],
            "id_artists": [f"['{n:022}']" for n in range(4)],
            "release_date": ["1999", "1999", "2003", "1975"],
            **dict.fromkeys(("danceability", "energy", "speechiness", "acousticness"), 0.5),
            **dict.fromkeys(("instrumentalness", "liveness", "valence"), 0.5),
            "key": 5,
            "loudness": -5.0,
            "mode": 1,
            "tempo": 100.0,
            "time_signature": 4,
        }
    ).write_csv(tracks)
    artists = tmp_path / "artists.csv"
    artists.write_text(
        "id,followers,genres,name,popularity\n"
        f"{0:022},1,['rock'],Artist 0,1\n"
        f"{1:022},1,\"['rock', 'pop']\",Artist 1,1\n"
        f"{2:022},1,\"['soul', 'pop']\",Artist 2,1\n"
    )
    path = tmp_path / "music.duckdb"
    ps.import_files([tracks], artists=artists, catalog=path)
    result = explore_catalog(tmp_path / "page.html", catalog=path)
    trap = next(trap for trap in result.check.traps if trap.trap == "one-genre artists")
    assert "1 of 3 tracks" in trap.found
    assert dict(result.collection.genres) == {"pop": 2, "rock": 2, "soul": 1}
    assert result.collection.without_genre == 1
    assert result.collection.decades == {1970: 1, 1990: 2, 2000: 1}
    assert result.collection.half == (1999, 1999)


def test_a_filter_holds_for_everything_but_the_imports(catalog, tmp_path):
    result = explore_catalog(
        tmp_path / "rap.html", catalog=catalog, where=ps.track_conditions(genres=["rap"])
    )
    assert result.collection.tracks == result.check.tracks == 60
    assert list(result.collection.genres) == ["rap"]
    assert result.collection.set_missing["tempo: failed analysis coded as 0"] == 4


def test_what_cannot_be_drawn_is_answered_before_anything_is_read(catalog, tmp_path):
    with pytest.raises(FeatureError, match="'loudnes'") as caught:
        explore_catalog(tmp_path / "p.html", catalog=catalog, features=["loudnes"])
    assert "loudness" in caught.value.hint
    with pytest.raises(CatalogMissingError):
        explore_catalog(tmp_path / "p.html", catalog=tmp_path / "none.duckdb")
    with pytest.raises(CatalogMissingError, match="tempo > 900"):
        explore_catalog(tmp_path / "p.html", catalog=catalog, where="tempo > 900")
    assert not list(tmp_path.iterdir())


def test_a_page_that_cannot_be_written_leaves_nothing(catalog, tmp_path):
    (tmp_path / "taken").write_text("kept")
    with pytest.raises(OutputError):
        explore_catalog(tmp_path / "taken" / "p.html", catalog=catalog)
    assert (tmp_path / "taken").read_text() == "kept"


def test_one_track_with_one_feature_has_a_page(tmp_path):
    (tmp_path / "one.csv").write_text("title,artist,tempo\nSolas,Jamie Duffy,117\n")
    ps.import_files([tmp_path / "one.csv"], catalog=tmp_path / "m.duckdb")
    result = explore_catalog(tmp_path / "p.html", catalog=tmp_path / "m.duckdb")
    assert result.collection.tracks == 1
    assert result.correlations == ()
    assert "Solas" not in result.page.read_text("utf-8")


@pytest.mark.parametrize(
    ("years", "half"),
    [
        ({}, None),
        ({1999: 5}, (1999, 1999)),
        ({1950: 1, 1990: 2, 1991: 2, 2020: 1}, (1990, 1991)),
        ({1950: 5, 2010: 5}, (2010, 2010)),
    ],
)
def test_half_of_the_tracks_lie_in_the_shortest_run_of_years(years, half):
    assert collection_of(years=years).half == half


def test_no_shorter_run_of_years_holds_half():
    random = np.random.default_rng(3)
    for _ in range(50):
        chosen = np.sort(random.choice(np.arange(1950, 2020), 12, replace=False))
        years = {
            int(year): int(n) for year, n in zip(chosen, random.integers(1, 9, 12), strict=True)
        }
        first, last = collection_of(years=years).half
        total = sum(years.values())
        spans = [
            end - start
            for start in years
            for end in years
            if end >= start
            and 2 * sum(n for year, n in years.items() if start <= year <= end) >= total
        ]
        assert last - first == min(spans)
        assert 2 * sum(n for year, n in years.items() if first <= year <= last) >= total


def test_genres_are_judged_by_the_median():
    collection = collection_of(genres={"pop": 90, "rock": 31, "jazz": 10, "folk": 9, "polka": 3})
    assert collection.large_genres == ["pop", "rock"]
    assert collection.small_genres == ["polka"]


def test_a_track_counts_once_in_each_genre(planted_tracks, tmp_path):
    planted_tracks.write_csv(tmp_path / "songs.csv")
    ps.import_files([tmp_path / "songs.csv"], catalog=tmp_path / "m.duckdb")
    tracks = ps.Catalog(tmp_path / "m.duckdb").read_tracks()
    doubled = tracks.with_columns(genres=pl.lit(["hush", "hush", "slow"]))
    assert dict(describe_collection(doubled).genres) == {"hush": 180, "slow": 180}
