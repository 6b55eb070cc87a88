"""From a file to explained recommendations, through the command line alone."""

import json
import re
from pathlib import Path

import polars as pl
import pytest


def test_every_json_key_of_the_contract_is_there(fitted):
    assert {"tracks", "artists", "library", "features"} <= set(fitted.json("status"))
    parts = fitted.json("parts")["parts"]
    assert {"name", "share", "features", "tracks"} <= set(parts[0])
    assert {"feature", "level"} <= set(parts[0]["features"][0])
    genres = fitted.json("genres")
    assert {"ami", "ari", "pairs"} <= set(genres)
    assert {"part", "genre", "lift", "share", "p_value"} <= set(genres["pairs"][0])
    found = fitted.json("recommend", "Hush Song 7")
    assert {"seed_tracks", "recommendations"} <= set(found)
    first = found["recommendations"][0]
    assert {"track_id", "title", "artists", "score", "reasons"} <= set(first)
    assert {"part", "contribution"} <= set(first["reasons"][0])
    assert {"recipe", "tracks", "findings"} <= set(fitted.json("check"))
    assert fitted.json("models")["models"][0]["name"] == "balanced-3"
    assert [c["name"] for c in fitted.json("clusters")["clusters"]][-1] == "mixed"


def _keys_of_the_reference():
    """Return the top-level keys that docs/reference/json.md lists for each command."""
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"
    listed = {}
    for line in page.read_text(encoding="utf-8").splitlines():
        row = re.fullmatch(r"\| ((?:`[a-z-]+(?: NAME)?`(?:, )?)+) \| (.*) \|", line)
        if row:
            flat = row[2]
            while re.search(r"[\[{][^\[\]{}]*[\]}]", flat):
                flat = re.sub(r"[\[{][^\[\]{}]*[\]}]", "", flat)
            for command in re.findall(r"`([^`]+)`", row[1]):
                listed[command] = set(re.findall(r"`([a-z_]+)`", flat))
    return listed


@pytest.mark.slow
def test_the_reference_lists_the_keys_of_every_command_and_no_others(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    (partsong.folder / "evening.txt").write_text("Hush Song 1\nRap Song 1\n", encoding="utf-8")
    listed = _keys_of_the_reference()
    words = {
        "import": ["planted.csv"],
        "fit": ["-k", "3"],
        "recommend": ["Rap Song 1"],
        "why": ["Rap Song 2"],
        "like": ["Hush Song 7"],
        "dislike": ["Thrash Song 8"],
        "hide": ["Thrash Song 9"],
        "path": ["Hush Song 1", "Rap Song 1"],
        "order": ["evening.txt"],
        "recipes NAME": ["balanced"],
        "sources NAME": ["lastfm"],
    }
    first = ["import", "fit", "like"]
    order = [*first, *sorted(set(listed) - set(first))]
    for command in order:
        printed = partsong.json(command.split()[0], *words.get(command, []))
        assert set(printed) == listed[command], command


def test_import_and_fit_print_the_contract(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    report = partsong.json("import", "planted.csv")
    assert report["layout"] == "spotify-114k"
    assert (report["read"], report["kept"], report["merged"], report["dropped"]) == (180, 180, 0, 0)
    fit = partsong.json("fit", "-k", "3")
    assert {"model", "n_components", "n_tracks", "relative_error", "n_iter", "seconds"} <= set(fit)
    assert (fit["n_components"], fit["n_tracks"]) == (3, 180)
    assert 0 < fit["relative_error"] < 1


def test_planted_kinds_become_parts_with_true_names(fitted):
    pairs = fitted.json("genres")["pairs"]
    clearest = {}
    for pair in pairs:
        clearest.setdefault(pair["genre"], pair)
    assert len({pair["part"] for pair in clearest.values()}) == 3
    assert all(pair["share"] > 0.9 and pair["p_value"] <= 0.001 for pair in clearest.values())
    hush, thrash, rap = (clearest[kind]["part"] for kind in ("hush", "thrash", "rap"))
    assert {"acoustic", "instrumental", "quiet", "calm"} & set(hush.split(", "))
    assert {"loud", "fast", "energetic"} & set(thrash.split(", "))
    assert {"spoken", "danceable"} & set(rap.split(", "))


def test_recommendations_are_of_the_seed_s_kind_and_reasons_add_up(fitted):
    for kind in ("Hush", "Thrash", "Rap"):
        found = fitted.json("recommend", f"{kind} Song 7", "-n", "15")
        assert len(found["recommendations"]) == 15
        for track in found["recommendations"]:
            assert track["title"].startswith(kind)
            assert track["title"] != f"{kind} Song 7"
            assert 0 <= track["score"] <= 1
            assert sum(r["contribution"] for r in track["reasons"]) == pytest.approx(track["score"])


def test_several_seeds_and_conditions(fitted):
    found = fitted.json(
        "recommend", "Hush Song 7", "Thrash Song 8 - Thrash Artist 8",
        "--where", "tempo < 120 AND list_contains(genres, 'hush')",
    )  # fmt: skip
    assert [seed["title"] for seed in found["seed_tracks"]] == ["Hush Song 7", "Thrash Song 8"]
    assert {track["title"].split()[0] for track in found["recommendations"]} == {"Hush"}


def test_unheard_leaves_the_library_out(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "all.csv")
    library = planted_tracks.filter(pl.col("track_name").str.ends_with("1"))
    library.write_csv(partsong.folder / "mine.csv")
    partsong("import", "all.csv")
    partsong("import", "mine.csv", "--library")
    assert partsong.json("status")["library"] == len(library)
    partsong("fit", "-k", "3")
    heard = set(library["track_name"])
    everything = partsong.json("recommend", "Rap Song 1", "-n", "60")["recommendations"]
    assert heard & {track["title"] for track in everything}
    unheard = partsong.json("recommend", "Rap Song 1", "-n", "60", "--unheard")["recommendations"]
    assert unheard
    assert not heard & {track["title"] for track in unheard}


def test_versions_of_the_seed_never_come_back(partsong, planted_tracks):
    seed = planted_tracks.filter(pl.col("track_name") == "Rap Song 1")
    versions = pl.concat(
        [
            seed.with_columns(
                pl.lit(f"version{number}".ljust(22, "0")).alias("track_id"),
                pl.lit(title).alias("track_name"),
            )
            for number, title in enumerate(
                [
                    "Rap Song 1 - Remastered 2011",
                    "Rap Song 1 (Live)",
                    "Rap Song 1 (Slowed + Reverb)",
                ]
            )
        ]
    )
    pl.concat([planted_tracks, versions]).write_csv(partsong.folder / "all.csv")
    partsong("import", "all.csv")
    partsong("fit", "-k", "3")
    for extra in ((), ("--all-versions",)):
        found = partsong.json("recommend", "Rap Song 1", "-n", "100", *extra)["recommendations"]
        assert not [track for track in found if track["title"].startswith("Rap Song 1 ")]


def test_update_places_new_tracks_and_leaves_the_parts_alone(partsong, planted_tracks):
    old = planted_tracks.filter(~pl.col("track_name").str.ends_with("5"))
    new = planted_tracks.filter(pl.col("track_name").str.ends_with("5"))
    old.write_csv(partsong.folder / "old.csv")
    new.write_csv(partsong.folder / "new.csv")
    partsong("import", "old.csv")
    partsong("fit", "-k", "3")
    before = partsong.json("parts")["parts"]
    partsong("import", "new.csv")
    message = partsong("recommend", "Rap Song 5", exit_code=1)
    assert "partsong update" in message
    assert partsong.json("update")["added"] == len(new)
    assert partsong.json("update")["added"] == 0
    after = partsong.json("parts")["parts"]
    assert [part["name"] for part in after] == [part["name"] for part in before]
    assert [part["features"] for part in after] == [part["features"] for part in before]
    found = partsong.json("recommend", "Rap Song 5")["recommendations"]
    assert all(track["title"].startswith("Rap") for track in found)


def test_the_same_seed_gives_the_same_model(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    partsong("import", "planted.csv")
    runs = []
    for name in ("one", "two"):
        partsong("fit", "-k", "4", "--name", name, "--random-state", "3")
        runs.append(partsong.json("recommend", "Rap Song 1", "--model", name)["recommendations"])
    assert runs[0] == runs[1]


def test_a_copied_recipe_can_be_changed_and_used(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    partsong("import", "planted.csv")
    toml = partsong("recipes", "balanced")
    mine = toml.replace('name = "balanced"', 'name = "mine"')
    (partsong.folder / "mine.toml").write_text(mine)
    assert partsong.json("fit", "--recipe", "mine.toml", "-k", "3")["model"] == "mine-3"


def test_text_for_people_fits_a_narrow_terminal_and_carries_no_colour_codes(fitted):
    for command in (
        ("status",), ("check",), ("parts",), ("clusters",), ("genres",), ("models",),
        ("recipes",), ("recommend", "Hush Song 7"),
    ):  # fmt: skip
        text = fitted(*command)
        assert text.strip()
        assert "\x1b" not in text
        assert max(len(line.rstrip()) for line in text.splitlines()) <= 80, command


def test_json_is_one_object_even_when_titles_are_hostile(partsong, planted_tracks):
    hostile = '[bold]"Quote"[/bold] <script>\x1b[31m\x9b2J \u202e\n\t; DROP TABLE tracks; --'
    tracks = planted_tracks.with_columns(
        pl.when(pl.col("track_name") == "Rap Song 1")
        .then(pl.lit(hostile))
        .otherwise("track_name")
        .alias("track_name")
    )
    tracks.write_csv(partsong.folder / "hostile.csv")
    partsong("import", "hostile.csv")
    partsong("fit", "-k", "3")
    found = partsong.json("recommend", hostile)
    assert found["seed_tracks"][0]["title"].startswith('[bold]"Quote"[/bold] <script>')
    for text in (
        partsong("recommend", hostile),
        partsong("recommend", "Rap Song 2", "-n", "60", "--per-artist", "0"),
    ):
        assert '[bold]"Quote"[/bold]' in text
        assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert partsong.json("status")["tracks"] == 180


def test_python_and_the_command_line_give_the_same_answer(fitted):
    import partsong as ps

    catalog = fitted.environment["PARTSONG_CATALOG"]
    answer = ps.recommend_tracks("Hush Song 7", catalog=catalog).to_dict()
    assert json.loads(json.dumps(answer)) == fitted.json("recommend", "Hush Song 7")
