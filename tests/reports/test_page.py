"""One page, one file: what a browser, a reader and a hostile title find in it."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import polars as pl
import pytest

from partsong.errors import OutputError
from partsong.plots import plot_clusters, theme
from partsong.reports import Section, Table, write_page

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(3)>",
    "'\"><a href='http://evil.example'>x</a>",
    "שיר\u202eאהבה",
    "{{ 7 * 7 }} 🎉",
]
OUR_TAGS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2", "p"}
    | {"figure", "figcaption", "div", "noscript", "script", "table", "thead", "tbody", "tr"}
    | {"th", "td"}
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Elements(HTMLParser):
    """Every element with its attributes and the text it begins with."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.is_inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))
        self.is_inside = True

    def handle_endtag(self, _tag):
        self.is_inside = False

    def handle_data(self, data):
        if self.is_inside:
            self.found[-1][2].append(data)

    def all(self, tag):
        return [(attrs, "".join(text)) for name, attrs, text in self.found if name == tag]


def figure_of(names):
    return plot_clusters(pl.DataFrame({"part": names, "tracks": range(1, len(names) + 1)}))


def write_hostile(path):
    sections = [
        Section(text, text, figure_of(HOSTILE), Table([text, "n"], [[text, 1]])) for text in HOSTILE
    ]
    return write_page(path, title=HOSTILE[1], lead=HOSTILE[3], sections=sections)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return write_hostile(tmp_path_factory.mktemp("page") / "page.html").read_text("utf-8")


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page)


def test_a_title_stays_text(elements):
    assert elements.all("title")[0][1] == HOSTILE[1]
    assert elements.all("h1")[0][1] == HOSTILE[1]
    assert [text for _, text in elements.all("h2")] == HOSTILE
    assert [text.strip() for _, text in elements.all("td")][::2] == HOSTILE
    assert {tag for tag, _, _ in elements.found} <= OUR_TAGS


def test_only_our_scripts_are_there_and_the_policy_names_them(elements):
    data = [attrs for attrs, _ in elements.all("script") if attrs]
    assert all(attrs["type"] == "application/json" for attrs in data)
    assert len(data) == len(HOSTILE) + 1
    code = [text for attrs, text in elements.all("script") if not attrs]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in code]
    policy = elements.all("meta")[1][0]["content"]
    assert "default-src 'none'" in policy
    assert re.findall(r"'sha256-([^']+)'", policy) == digests
    assert len(digests) == 2


def test_nothing_is_loaded_from_elsewhere(elements):
    for tag, attrs, _ in elements.found:
        assert not {"src", "href", "srcset", "data", "action", "poster"} & set(attrs), tag
        assert not any(name.startswith("on") for name in attrs), tag
        assert "url(" not in attrs.get("style", "")
    style = elements.all("style")[0][1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_contents_lead_to_every_section_and_nowhere_else(tmp_path):
    sections = [Section(text, text) for text in HOSTILE]
    path = write_page(
        tmp_path / "p.html", title="t", lead="l", sections=sections, has_contents=True
    )
    elements = Elements(path.read_text("utf-8"))
    assert [text for _, text in elements.all("a")] == HOSTILE
    targets = [attrs["id"] for attrs, _ in elements.all("section")]
    assert [attrs["href"] for attrs, _ in elements.all("a")] == [f"#{target}" for target in targets]
    assert len(set(targets)) == len(HOSTILE)


def test_figures_travel_whole(elements):
    figure = figure_of(HOSTILE)
    content = {attrs["id"]: json.loads(text) for attrs, text in elements.all("script") if attrs}
    assert content["themes"] == {"light": theme("light"), "dark": theme("dark")}
    places = [attrs for attrs, _ in elements.all("div") if attrs["class"] == "plot"]
    assert [place["aria-label"] for place in places] == HOSTILE
    for place in places:
        drawn = content[place["data-figure"]]
        assert drawn["data"] == json.loads(figure.to_json(engine="json"))["data"]
        assert "template" not in drawn["layout"]


def test_the_page_and_its_figures_wear_the_same_colours(elements):
    style = elements.all("style")[0][1]
    for name in ("light", "dark"):
        layout = theme(name)["layout"]
        assert f"--ink: {layout['font']['color']};" in style
        assert f"--paper: {layout['hoverlabel']['bgcolor']};" in style


def test_the_same_content_gives_the_same_bytes(tmp_path):
    one = write_hostile(tmp_path / "one.html").read_bytes()
    assert write_hostile(tmp_path / "two.html").read_bytes() == one
    assert len(one) < 6_000_000


def test_a_page_without_figures_carries_no_script(tmp_path):
    table = Table(["part", "tracks"], [["quiet", 3]])
    path = write_page(
        tmp_path / "new" / "page.html",
        title="t",
        lead="l",
        sections=[Section("s", "One.\n\nTwo.", table=table)],
    )
    elements = Elements(path.read_text("utf-8"))
    assert not elements.all("script")
    assert [text for _, text in elements.all("p")] == ["l", "One.", "Two."]
    assert path.stat().st_size < 20_000


def test_numbers_stand_to_the_right(tmp_path):
    table = Table(["title", "tracks"], [["1999", 3], ["Solas", 4]])
    path = write_page(
        tmp_path / "p.html", title="t", lead="l", sections=[Section("s", table=table)]
    )
    elements = Elements(path.read_text("utf-8"))
    for tag in ("th", "td"):
        classes = [attrs.get("class") for attrs, _ in elements.all(tag)]
        assert classes == [None, "number"] * (len(classes) // 2)


@pytest.mark.parametrize("place", ["a-folder", "a-file/page.html"])
def test_a_page_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path, place):
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").write_text("kept")
    with pytest.raises(OutputError, match=re.escape(str(tmp_path / place))) as caught:
        write_page(tmp_path / place, title="t", lead="l", sections=[])
    assert "folder" in caught.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-file", "a-folder"]
    assert (tmp_path / "a-file").read_text() == "kept"


def test_a_new_page_replaces_the_old_one_and_leaves_no_other_file(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    write_page(str(path), title="new", lead="l", sections=[])
    assert "<h1>new</h1>" in path.read_text("utf-8")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH to open the page with")
def test_a_browser_draws_every_figure_offline(tmp_path):
    path = write_hostile(tmp_path / "page.html")
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-sync"
    quiet = "--disable-background-networking --disable-component-update --enable-logging=stderr"
    opened = subprocess.run(
        [
            CHROMIUM,
            *flags.split(),
            *quiet.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            path.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "CONSOLE" not in opened.stderr
    drawn = opened.stdout.split("</head>")[1]
    assert drawn.count('<g class="points">') == len(HOSTILE) ** 2
    elements = Elements(re.sub(r"<script.*?</script>", "", drawn, flags=re.DOTALL))
    assert not elements.all("img")
    assert not elements.all("a")
    texts = [text for _, text in elements.all("text")]
    for title in ("<script>alert(1)</script>", "{{ 7 * 7 }} 🎉"):
        assert any(title in text for text in texts)
