"""What holds for every figure: names are text, parts keep their colour, nothing is no error."""

import json
import re

import polars as pl
import pytest

from partsong import plots

OUR_TAGS = re.compile(r"</?b>|<br>|</?span>|<span style=\"color:#[0-9a-f]{6}\">|</?extra>")


def strings(content):
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


@pytest.fixture(
    params=["clusters", "components", "genres", "parts", "reasons", "track_map", "years"]
)
def noun(request):
    return request.param


def test_names_are_drawn_as_text(noun, hostile_tables):
    figure = getattr(plots, f"plot_{noun}")(hostile_tables[noun])
    content = json.loads(figure.to_json(engine="json"))
    content["layout"].pop("template")
    drawn = list(strings(content))
    assert any("alert" in text for text in drawn)
    for text in drawn:
        assert "<" not in OUR_TAGS.sub("", text)
        assert "$" not in text


def test_templates_hold_no_name(noun, hostile_tables):
    figure = getattr(plots, f"plot_{noun}")(hostile_tables[noun])
    for trace in figure.data:
        assert trace.hovertemplate in {None, "%{hovertext}<extra></extra>"}
        assert trace.texttemplate in {None, "%{text}"}


@pytest.mark.parametrize("has_columns", [True, False])
def test_an_empty_table_gives_a_figure_that_says_so(noun, hostile_tables, has_columns):
    table = hostile_tables[noun].clear() if has_columns else pl.DataFrame()
    figure = getattr(plots, f"plot_{noun}")(table)
    assert not figure.data
    assert figure.layout.annotations[0].text


def test_a_figure_has_a_title_at_the_left_in_lines_that_fit_a_phone(noun, hostile_tables):
    table = hostile_tables[noun]
    title = getattr(plots, f"plot_{noun}")(table).layout.title
    assert title.text
    assert title.x is None  # the theme's
    assert plots.theme("light")["layout"]["title"]["x"] == 0
    plain = re.sub(r"&\w+;|&#\d+;", "_", title.text.removeprefix("<b>").removesuffix("</b>"))
    assert max(map(len, plain.split("<br>"))) <= 40


def test_a_part_keeps_its_colour_in_every_figure():
    parts = [f"part {number}" for number in range(8)]
    sizes = pl.DataFrame({"part": [*reversed(parts), "mixed"], "tracks": range(9)})
    reasons = pl.DataFrame({"track": "t", "part": ["part 5", "part 2"], "contribution": [0.4, 0.3]})
    looks = {
        bar.name: (bar.marker.color, bar.marker.pattern.shape)
        for bar in plots.plot_clusters(sizes, parts=parts).data
    }
    assert len(set(looks.values())) == 9
    for bar in plots.plot_reasons(reasons, parts=parts).data:
        assert (bar.marker.color, bar.marker.pattern.shape) == looks[bar.name]
    levels = pl.DataFrame({"part": parts, "share": 0.1, "feature": "energy", "level": 0.0})
    rows = plots.plot_parts(levels).layout.yaxis.ticktext
    for part, row in zip(parts, rows, strict=True):
        assert part in row
        assert looks[part][0] in row


def contrast(one, other):
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    lights = []
    for color in (one, other):
        channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in channels
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read_on_every_shade(name):
    layout = plots.theme(name)["layout"]
    ink = layout["font"]["color"]
    for scale in layout["colorscale"].values():
        for _, shade in scale:
            assert contrast(ink, shade) >= 4.5


def test_text_can_be_read_on_every_part():
    reasons = pl.DataFrame(
        {
            "track": "t",
            "part": [f"part {number}" for number in range(8)],
            "contribution": 0.1,
        }
    )
    for bar in plots.plot_reasons(reasons).data:
        assert contrast(bar.insidetextfont.color, bar.marker.color) >= 4.5


def test_parts_are_told_apart_without_colour():
    """Of six parts in a row, and of all of one colour, no two points look alike in grey."""
    points = pl.DataFrame(
        {
            "x": range(30),
            "y": [0] * 30,
            "part": [f"part {number:02}" for number in range(30)],
            "track": ["t"] * 30,
        }
    )
    traces = [trace for trace in plots.plot_track_map(points).data if trace.mode == "markers"]
    marks = [(trace.marker.color, trace.marker.symbol) for trace in traces]
    assert len(set(marks)) == 30
    for start in range(0, 30, 6):
        assert len({symbol for _, symbol in marks[start : start + 6]}) == 6


@pytest.mark.parametrize("name", ["light", "dark"])
def test_shades_of_a_sequential_heatmap_stay_in_order_in_grey(name):
    paper = {"light": "#ffffff", "dark": "#16191d"}[name]
    (_, least), (_, most) = plots.theme(name)["layout"]["colorscale"]["sequential"]
    assert contrast(most, paper) > 1.5 * contrast(least, paper)
