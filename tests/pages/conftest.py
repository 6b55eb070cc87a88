"""Pages opened in a real browser, without a network."""

import time
from dataclasses import dataclass, field

import pytest

# What a figure has drawn between its axes: points, lines, bars, and the image of a heatmap.
_MARKS = """
place => {
  const boxes = [...place.querySelectorAll(".plot path, .plot image, .overplot path")]
    .map(mark => mark.getBoundingClientRect())
    .filter(box => box.width + box.height > 0);
  const { width, height } = place.getBoundingClientRect();
  const spanned = Math.max(...boxes.map(box => box.right))
    - Math.min(...boxes.map(box => box.left));
  return { marks: boxes.length, spanned, width, height };
}
"""


@dataclass
class OpenPage:
    """A page in a browser, and what went wrong while it was opened."""

    page: object
    faults: list = field(default_factory=list)

    def wait_for_figures(self):
        """Wait until every figure has been drawn."""
        self.wait_until(
            "[...document.querySelectorAll('[data-figure]')]"
            ".every(place => place.querySelector('.main-svg'))"
        )

    def wait_until(self, condition):
        """Wait for a condition; the page's policy forbids the browser to do so by itself."""
        deadline = time.monotonic() + 60
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, f"waited in vain for {condition}"
            self.page.wait_for_timeout(50)

    def figures(self):
        """Return of each figure how many marks it drew, how wide they span, and its size."""
        places = self.page.query_selector_all("[data-figure]")
        return [place.evaluate(_MARKS) for place in places]

    def is_wider_than_the_screen(self):
        return self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )


@pytest.fixture
def browser_page(browser):
    """Return what opens a file offline: ``browser_page(path, width=390, scheme="dark")``.

    Errors on the page, lines on its console, and requests for anything but a file are `faults`.
    """
    contexts = []

    def open_page(path, *, width=1280, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        opened = OpenPage(context.new_page())
        opened.page.on("console", lambda line: opened.faults.append(f"console: {line.text}"))
        opened.page.on("pageerror", lambda error: opened.faults.append(f"error: {error}"))
        opened.page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("file:", "data:", "blob:"))
                else opened.faults.append(f"request: {request.url}")
            ),
        )
        opened.page.goto(path.as_uri())
        opened.wait_for_figures()
        return opened

    yield open_page
    for context in contexts:
        context.close()
