"""The page of a collection in a real browser: everything drew, offline, on a desk and a phone."""

import io

import numpy as np
import pytest
from PIL import Image

import partsong as ps

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def explored(planted_tracks, tmp_path_factory):
    """A page of planted tracks with hostile titles, years, and enough of them for densities."""
    import polars as pl

    folder = tmp_path_factory.mktemp("page")
    random = np.random.default_rng(0)
    copies = []
    for copy in range(12):
        tracks = planted_tracks.with_columns(
            track_id=pl.format("{}x{}", pl.col("track_id").str.head(18), pl.lit(f"{copy:03}")),
            track_name=pl.format("{} {}<b>$x$</b>", "track_name", pl.lit(copy)),
            track_genre=pl.format("{}<i>{}", "track_genre", pl.lit(copy % 3)),
            tempo=pl.col("tempo") + random.normal(0, 5, len(planted_tracks)),
        )
        copies.append(tracks)
    pl.concat(copies).write_csv(folder / "songs.csv")
    ps.import_files([folder / "songs.csv"], catalog=folder / "music.duckdb")
    pages = {}
    for by in (None, "genre"):
        page = folder / f"{by}.html"
        ps.explore_catalog(page, catalog=folder / "music.duckdb", by=by)
        pages[by] = page
    catalog = folder / "music.duckdb"
    ps.choose_parts(catalog=catalog, n_components=range(2, 5))
    ps.fit_parts(catalog=catalog, n_components=4)
    pages["learned"] = folder / "learned.html"
    ps.explore_catalog(pages["learned"], catalog=catalog)
    return pages


@pytest.mark.parametrize(
    ("by", "width", "scheme"),
    [
        (None, 1280, "light"),
        (None, 1280, "dark"),
        (None, 390, "light"),
        (None, 390, "dark"),
        ("genre", 1280, "light"),
        ("genre", 390, "dark"),
    ],
)
def test_every_figure_draws_offline(browser_page, explored, by, width, scheme):
    opened = browser_page(explored[by], width=width, scheme=scheme)
    figures = opened.figures()
    assert len(figures) == 6
    for figure in figures:
        assert figure["marks"] > 0
        assert figure["spanned"] > 0.4 * figure["width"]
        assert figure["width"] >= 0.7 * min(width, 1000)
        assert figure["height"] > 100
    assert not opened.is_wider_than_the_screen()
    assert not opened.faults


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_figure_of_what_was_learned_draws_offline(browser_page, explored, width, scheme):
    opened = browser_page(explored["learned"], width=width, scheme=scheme)
    headings = [heading.text_content() for heading in opened.page.query_selector_all("h2")]
    for heading in (
        "How many parts",
        "The parts of these songs",
        "What each part is made of",
        "How many tracks belong to each",
        "A map of the tracks",
        "How the parts meet genres",
        "Genres that are made of the same parts",
    ):
        assert heading in headings
    assert sum(heading.startswith("Part: ") for heading in headings) == 4
    figures = opened.figures()
    assert len(figures) == 6 + 7 + 4
    for figure in figures:
        assert figure["marks"] > 0
        assert figure["spanned"] > 0.2 * figure["width"]
        assert figure["height"] > 100
    assert not opened.is_wider_than_the_screen()
    assert not opened.faults


@pytest.mark.parametrize("page", [None, "learned"])
def test_a_screenshot_shows_more_than_paper(browser_page, explored, page):
    for scheme in ("light", "dark"):
        opened = browser_page(explored[page], width=390, scheme=scheme)
        for place in opened.page.query_selector_all("[data-figure]"):
            shot = Image.open(io.BytesIO(place.screenshot())).convert("L")
            levels = np.asarray(shot)
            paper = np.bincount(levels.ravel()).argmax()
            assert (np.abs(levels.astype(int) - paper) > 25).mean() > 0.01


def test_the_page_turns_dark_and_prints_light(browser_page, explored):
    opened = browser_page(explored[None])
    title = "document.querySelector('.gtitle').style.fill"
    light = opened.page.evaluate(title)
    opened.page.emulate_media(color_scheme="dark")
    opened.wait_until(f"{title} !== '{light}'")
    dark = opened.page.evaluate(title)
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.page.evaluate(title) == light != dark


def test_a_point_tells_title_and_artist_as_text(browser_page, explored):
    opened = browser_page(explored[None])
    point = opened.page.query_selector(".scatterlayer .point")
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.page.wait_for_selector(".hoverlayer .hovertext")
    told = opened.page.text_content(".hoverlayer .hovertext")
    assert "Artist" in told
    assert "<b>$x$</b>" in told


def test_the_contents_lead_to_the_sections(browser_page, explored):
    opened = browser_page(explored[None])
    opened.page.click("nav a >> text=What would spoil a fit")
    heading = opened.page.query_selector("h2 >> text=What would spoil a fit")
    assert -1 <= heading.bounding_box()["y"] < 900
