"""``partsong order`` at 80 columns, and for programs."""

import pytest


@pytest.fixture(scope="module")
def program(fitted):
    lines = [f"{kind} Song {number}" for number in range(5) for kind in ("Hush", "Rap")]
    (fitted.folder / "mixed.txt").write_text("\n".join([*lines, "Nowhere - Nobody"]) + "\n")
    return fitted


def test_the_new_order_stands_in_a_table_with_what_was_gained(program):
    text = program("order", "mixed.txt", "--keys", "--tempi")
    assert max(map(len, text.splitlines())) <= 80
    assert all(word in text.splitlines()[0] for word in ("likeness", "key", "BPM", "was"))
    assert "before" in text
    assert "Nowhere - Nobody" in text


def test_the_json_tells_the_cost_before_and_after(program):
    found = program.json("order", "mixed.txt")
    assert found["cost_after"] < found["cost_before"]
    assert sorted(track["was"] for track in found["tracks"]) == list(range(1, 11))
    assert found["not_found"] == ["Nowhere - Nobody"]


def test_the_result_can_be_ordered_again(program):
    program("order", "mixed.txt", "--first", "Rap Song 3", "--export", "smooth.xspf")
    found = program.json("order", "smooth.xspf", "--first", "Rap Song 3")
    assert [track["was"] for track in found["tracks"]] == list(range(1, 11))


def test_a_playlist_that_is_not_there_is_an_error(program):
    assert "error:" in program("order", "no such list", exit_code=1)
