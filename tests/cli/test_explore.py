"""`partsong explore` and the tables of `partsong check`."""

import json


def test_explore_writes_a_page_and_says_what_stands_out(fitted):
    printed = fitted("explore")
    assert "180 tracks" in printed
    assert "3 genres" in printed
    assert "With pictures: partsong-explore.html" in printed
    assert max(map(len, printed.splitlines())) <= 80
    page = (fitted.folder / "partsong-explore.html").read_text("utf-8")
    assert "What is in this collection" in page


def test_a_second_run_replaces_the_page_and_leaves_no_other_file(fitted):
    fitted("explore", "-o", "twice.html")
    before = {path.name for path in fitted.folder.iterdir()}
    first = (fitted.folder / "twice.html").read_bytes()
    fitted("explore", "-o", "twice.html")
    assert (fitted.folder / "twice.html").read_bytes() == first
    assert {path.name for path in fitted.folder.iterdir()} == before


def test_json_has_the_facts_of_the_page(fitted):
    found = fitted.json("explore", "--by", "genre", "--feature", "energy", "--feature", "tempo")
    assert found["tracks"] == 180
    assert found["features"]["tempo"] == 1
    assert found["genres"]["tracks"] == {"hush": 60, "rap": 60, "thrash": 60}
    assert found["years"] == {"known": 0, "half": None, "decades": []}
    strongest = found["correlations"][0]
    assert abs(strongest["correlation"]) > 0.7
    assert found["check"]["traps"]
    page = (fitted.folder / found["page"]).read_text("utf-8")
    assert "Energy against the others</h2>" in page
    assert "Danceability against the others</h2>" not in page


def test_filters_apply(fitted):
    assert fitted.json("explore", "--genre", "rap")["tracks"] == 60


def test_mistakes_end_in_two_lines(fitted):
    for arguments in (
        ("--feature", "loudnes"),
        ("-o", "music.duckdb/page.html"),
        ("--where", "tempo >"),
        ("--recipe", "balancd"),
    ):
        error = fitted("explore", *arguments, exit_code=1)
        assert error.startswith("error: ")
        assert "hint: " in error
    assert "Usage" in fitted("explore", "--by", "mood", exit_code=2)


def test_check_prints_a_table_at_80_columns(fitted):
    printed = fitted("check", "--recipe", "blog-14", "--table")
    assert "circular number" in printed
    assert "mend" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_check_measures_the_traps_on_request(fitted):
    assert fitted.json("check")["traps"] == []
    printed = fitted("check", "--traps")
    assert "scale of the components" in printed
    traps = json.loads(fitted("check", "--traps", "--json"))["traps"]
    assert {"severity", "trap", "feature", "found", "effect", "mend"} == set(traps[0])
