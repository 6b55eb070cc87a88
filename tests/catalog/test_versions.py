"""Which titles are versions of one song."""

import time
from pathlib import Path

import polars as pl
import pytest

from partsong.catalog import song_key

VERSIONS = {
    "Cornfield Chase": [
        "Cornfield Chase - Piano Version",
        "Cornfield Chase - Piano-Cello Version",
        "Cornfield Chase (Slowed + Reverb)",
        'Cornfield Chase (From "Interstellar") - Midnight Sessions at the Royal Albert Hall',
    ],
    "La La Lost You": ["La La Lost You - Acoustic Version"],
    "Until I Found You": [
        "Until I Found You - Piano Version",
        "Until I Found You (with Em Beihold) - Em Beihold Version",
        "Until I Found You (Sped Up) - Heaven When I Held You Again How Could We Ever Just Be Friends",
    ],
    "Unholy": ["Unholy (feat. Kim Petras)", "Unholy (feat. Kim Petras) - Disclosure Remix"],
    "Idea 10": ["Idea 10 (Slowed & Reverb)", "Idea 10 (Sped Up)", "IDEA 10"],
    "As it was": ["As it was - Speed up"],
    "Heroes": [
        "Heroes - 2017 Remaster",
        "Heroes - Remastered 2011",
        "Heroes (2011 Remastered Version)",
        "Heroes - Single Version",
        "Heroes - Live at the BBC, 2000",
        "Heroes (Live)",
        "Heroes - Live / Remastered",
        "Heroes [Acoustic]",
        "Heroes - Radio Edit",
        "Heroes - Mono",
        "Heroes – Demo",
        "Heroes - Ao Vivo",
        "Heroes (Bonus Track)",
        "Heroes - Original Mix",
        "Heroes feat. Ann",
        "Heroes - feat. Ann",
        "Heroes (Taylor's Version)",
        "Heroes (Radio Edit) [feat. Ann]",
        "Heroes - Nightcore",
        "Heroes - 1999",
        "Heroes (Tribute to David Bowie)",
        "Heroes (In the Style of David Bowie)",
        "Heroes - Originally Performed by David Bowie",
        "Heroes (Made Famous by David Bowie) [Karaoke Version]",
    ],
    "golden hour": ["golden hour (R3HAB Remix)"],
    "Genesis": ["Genesis (Remix) [feat. Miraa May, Joyce Wrice & Bellah]"],
    "Blue Bossa": ["Blue Bossa - Remastered 1999/Rudy Van Gelder Edition"],
    "Don't Stop": ["Don’t Stop - 2004 Remaster", "Dont Stop (Live)"],
}
OTHER_SONGS = [
    "(I Can't Get No) Satisfaction",
    "Satisfaction",
    "Live Forever",
    "Forever",
    "Version of Me",
    "Me",
    "Live and Let Die",
    "Remix",
    "Live",
    "Acoustic",
    "Demo",
    "The Edit",
    "Run the World (Girls)",
    "Run the World",
    "I'm Good (Blue)",
    "I'm Good",
    "Movement 5 - Pt. 1",
    "Movement 5 - Pt. 2",
    "WE (West & East)",
    "Symphony No. 5: I. Allegro",
    "Symphony No. 5: II. Andante",
    "1999",
    "Song 2",
    "Howl's Moving Castle - Merry-Go-Round of Life",
    "Stay With Me",
    "Stay",
    "Feature",
    "!!!",
    "???",
    "夜に駆ける",
    "群青",
]


@pytest.mark.parametrize(
    ("base", "version"), [(base, v) for base, versions in VERSIONS.items() for v in versions]
)
def test_versions_share_a_key(base: str, version: str) -> None:
    assert song_key(version, ["David Bowie", "Guest"]) == song_key(base, ["David Bowie"])


def test_other_songs_have_other_keys() -> None:
    titles = [*OTHER_SONGS, *VERSIONS]
    assert len({song_key(title, ["One"]) for title in titles}) == len(titles)


def test_a_generic_title_by_another_artist_is_another_song() -> None:
    assert song_key("Home", ["Ann"]) != song_key("Home", ["Bo"])
    assert song_key("Home", ["Ann"]) == song_key("HOME", ["ánn", "Bo"])


@pytest.mark.parametrize("title", [None, "", "  "])
def test_without_a_title_there_is_no_song(title: str | None) -> None:
    assert song_key(title, ["Ann"]) == ""


def test_artists_may_be_unknown() -> None:
    assert song_key("Home", None) == song_key("Home (Live)", []) != ""


def test_titles_of_a_real_catalog_take_under_a_second(shared_data: Path) -> None:
    tracks = pl.read_parquet(
        shared_data / "spotify-114k" / "tracks.parquet", columns=["track_name", "artists"]
    )
    titles = tracks["track_name"].to_list()
    artists = tracks["artists"].str.split(";").to_list()
    started = time.process_time()
    keys = [song_key(*pair) for pair in zip(titles, artists, strict=True)]
    assert time.process_time() - started < 1.5  # 0.6 s on two shared cores
    assert len(set(keys)) > 60_000


def test_a_long_hostile_title_takes_no_longer() -> None:
    started = time.process_time()
    for title in ("(" * 20_000, "a (live" * 5_000, " - live" * 5_000, "(((live)))" * 3_000):
        song_key(title, ["Ann"])
    assert time.process_time() - started < 2
