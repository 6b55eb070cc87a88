"""Recipes are plain data: read, checked and written word by word."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.errors import RecipeError
from partsong.features import FeatureSpec, GenreSpec, Recipe, list_recipes, load_recipe

COLUMNS = ("danceability", "loudness", "valence", "duration_ms", "popularity")
# TOML holds Unicode scalar values; a lone surrogate is none.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))

specs = st.builds(
    FeatureSpec,
    column=st.just("tempo"),
    transform=st.sampled_from(["none", "abs", "log", "octave"]),
    scale=st.sampled_from(["none", "minmax", "standard", "split"]),
    weight=st.floats(min_value=1e-6, max_value=1e6),
    missing=st.sampled_from(["mask", "drop"]),
)
recipes = st.builds(
    Recipe,
    name=TEXT,
    description=TEXT,
    features=st.tuples(specs, st.sampled_from(COLUMNS).map(FeatureSpec)),
    where=st.none() | TEXT,
    genres=st.none()
    | st.builds(
        GenreSpec,
        weight=st.floats(min_value=1e-6, max_value=1e6),
        known=st.floats(min_value=0, max_value=1),
        random_state=st.integers(min_value=0, max_value=2**31),
    ),
)


@given(recipes)
def test_what_is_written_reads_back_equal(recipe):
    assert Recipe.from_toml(recipe.to_toml()) == recipe
    tomllib.loads(recipe.to_toml())


@pytest.mark.parametrize("recipe", list_recipes(), ids=lambda recipe: recipe.name)
def test_built_in_recipes_round_trip_under_their_own_name(recipe):
    assert Recipe.from_toml(recipe.to_toml()) == load_recipe(recipe.name) == recipe
    assert recipe.description


def test_study_12_is_the_studys_matrix():
    recipe = load_recipe("study-12")
    assert set(recipe.columns) == {
        "duration_ms",
        "loudness",
        "danceability",
        "energy",
        "key",
        "mode",
        "speechiness",
        "acousticness",
        "instrumentalness",
        "liveness",
        "valence",
        "tempo",
    }
    assert {spec.column for spec in recipe.features if spec.transform == "abs"} == {"loudness"}
    assert {spec.scale for spec in recipe.features} == {"none"}
    assert {spec.missing for spec in recipe.features} == {"drop"}
    assert recipe.where == "len(artist_genres) = 1"


def test_blog_14_is_the_posts_matrix_in_its_order():
    recipe = load_recipe("blog-14")
    assert recipe.columns == (
        "popularity",
        "danceability",
        "energy",
        "key",
        "loudness",
        "mode",
        "speechiness",
        "acousticness",
        "instrumentalness",
        "liveness",
        "valence",
        "tempo",
        "duration_ms",
        "time_signature",
    )
    assert {spec.scale for spec in recipe.features} == {"minmax"}


def test_balanced_leaves_out_what_is_not_sound_and_never_folds_loudness():
    recipe = load_recipe("balanced")
    assert "popularity" not in recipe.columns
    assert "key" not in recipe.columns
    assert all(spec.transform != "abs" for spec in recipe.features)
    assert {spec.missing for spec in recipe.features} == {"mask"}


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ('column = "danceablity"', "column = 'danceablity' is not known", "'danceability'"),
        ('column = "energy"\ntransform = "sqrt"', "transform = 'sqrt'", "none, abs, log"),
        ('column = "energy"\nscale = "min-max"', "scale = 'min-max'", "'minmax'"),
        ('column = "energy"\nmissing = "zero"', "missing = 'zero'", "mask, drop"),
        ('column = "energy"\nscal = "split"', "the key 'scal' is not known", "'scale'"),
        ('column = "energy"\nweight = 0', "weight = 0 is not a number above 0", "even weight"),
        ('column = "energy"\nweight = "2"', "weight = '2' is not a number", "even weight"),
        ('column = "energy"\ntransform = "octave"', "made for 'tempo', not 'energy'", "'log'"),
        ('column = "key"\ntransform = "circle"\nscale = "split"', "does not go with", "Leave the"),
        ('column = "title"', "column = 'title' is not known", "danceability"),
        ('scale = "split"', "names no column", "column"),
    ],
)
def test_what_is_wrong_in_a_feature_is_named_with_file_and_place(tmp_path, body, message, hint):
    path = tmp_path / "mine.toml"
    first = '[[features]]\ncolumn = "valence"\n'
    path.write_text(f'name = "mine"\n{first}[[features]]\n{body}\n', encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(caught.value).startswith("mine.toml, feature 2")
    assert message in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "mine.toml is not TOML"),
        ('name = "x"', "has no features"),
        ('[[features]]\ncolumn = "energy"', "mine.toml has no name"),
        ('name = 3\n[[features]]\ncolumn = "energy"', "name = 3 is not text"),
        ('nam = "x"\n[[features]]\ncolumn = "energy"', "the key 'nam' is not known"),
        ('name = "x"\nfeatures = ["energy"]', "'features' is not a list of tables"),
        ('name = "x"\ngenres = true\n[[features]]\ncolumn = "energy"', "'genres' is not a table"),
        ('name = "x"\n[genres]\n[[features]]\ncolumn = "key"', "no feature to estimate them"),
        ('name = "x"\n' + 2 * '[[features]]\ncolumn = "energy"\n', "'energy' more than once"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_named(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(caught.value).startswith("mine.toml")
    assert message in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("wieght = 3", "the key 'wieght' is not known", "'weight'"),
        ("weight = 0", "weight = 0 is not a number above 0", "Use 6"),
        ("weight = nan", "weight = nan is not a number above 0", "Use 6"),
        ("known = 2", "known = 2 is not a number from 0 to 1", "Use 0.5"),
        ("random_state = -1", "random_state = -1 is not a whole number", "Use 0"),
    ],
)
def test_what_is_wrong_about_genres_is_named(tmp_path, line, message, hint):
    path = tmp_path / "mine.toml"
    path.write_text(
        f'name = "mine"\n[genres]\n{line}\n[[features]]\ncolumn = "energy"\n', encoding="utf-8"
    )
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(caught.value).startswith("mine.toml, genres")
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_a_recipe_with_genres_asks_the_catalog_for_them():
    balanced, informed = load_recipe("balanced"), load_recipe("informed")
    assert informed.feature_columns == balanced.columns == balanced.feature_columns
    assert informed.columns == (*balanced.columns, "genres", "artist_genres", "artists")


def test_an_unknown_recipe_is_answered_with_those_that_come_near():
    with pytest.raises(RecipeError, match="no recipe called 'balance'") as caught:
        load_recipe("balance")
    assert "'balanced'" in caught.value.hint


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "gone.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecipeError, match=r"gone\.toml cannot be read"):
        load_recipe(path)


def test_expressions_in_a_recipe_are_text_and_never_run(tmp_path):
    victim = tmp_path / "victim"
    text = f"""name = "__import__('pathlib').Path('{victim}').touch()"
[[features]]
column = "energy"
transform = "__import__('pathlib').Path('{victim}').touch()"
"""
    with pytest.raises(RecipeError):
        Recipe.from_toml(text)
    assert not victim.exists()
