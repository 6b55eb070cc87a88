"""``partsong compare`` at 80 columns, and for programs."""


def test_models_are_set_side_by_side(fitted):
    fitted("fit", "-k", "2", "--where", "NOT list_contains(genres, 'rap')", "--name", "no rap")
    text = fitted("compare")
    assert max(map(len, text.splitlines())) <= 80
    lines = text.splitlines()
    assert lines[1].split()[:3] == ["no", "rap", "120"]
    assert "reference" in lines[2]
    assert "tracks where NOT list_contains(genres, 'rap')" in text
    answer = fitted.json("compare", "no rap", "--reference", "balanced-3")
    (model,) = answer["models"]
    assert answer["reference"] == "balanced-3"
    assert model["n_tracks"] == 120
    assert model["best_pair"]["lift"] > 1
    assert 0 <= model["n_found"] <= 2


def test_a_model_that_is_not_there_names_those_that_are(fitted):
    assert "balanced-3" in fitted("compare", "nothing", exit_code=1)
