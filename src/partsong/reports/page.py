"""One self-contained HTML file from figures, tables and words."""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partsong.errors import OutputError
from partsong.plots import theme
from partsong.reports.tables import Table
from partsong.whole_files import write_whole

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["Section", "write_page"]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it.

    Parameters
    ----------
    heading
        A few words; also what a screen reader calls the figure or table.
    text
        What to see in it. An empty line begins a new paragraph.
    figure
        A Plotly figure; the page gives it its own colours, light or dark.
    table
        Rows under headers.
    """

    heading: str
    text: str = ""
    figure: "Figure | None" = None
    table: Table | None = None


def write_page(
    path: str | os.PathLike[str],
    *,
    title: str,
    lead: str,
    sections: Sequence[Section],
    has_contents: bool = False,
) -> Path:
    """Write a page that opens from disk, offline, in one file.

    The same arguments give the same bytes. The page turns dark where the reader's system is, fits
    a phone, and prints on white. It is about 5 MB, nearly all of it the script that draws.

    Parameters
    ----------
    path
        The file to write; folders on the way are made, a file of that name is replaced at once.
    title
        Title of the page.
    lead
        The sentence or two under it.
    sections
        What follows, from top to bottom.
    has_contents
        Whether a list of the headings stands in front, for a long page.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the file cannot be written there. What stood there before is left as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     section = Section("Parts", table=Table(["part", "tracks"], [["quiet", 1500]]))
    ...     page = write_page(f"{folder}/page.html", title="Mine", lead="Two.", sections=[section])
    ...     "<h2>Parts</h2>" in page.read_text("utf-8")
    True
    """
    path = Path(path)
    page = _render(title=title, lead=lead, sections=sections, has_contents=has_contents)
    try:
        write_whole(path, page)
    except OSError as error:
        raise OutputError(
            f"The page cannot be written to {path}: {error.strerror}.",
            hint="Name a file in a folder that you may write to, on a disk with 10 MB free.",
        ) from error
    return path


def _render(*, title: str, lead: str, sections: Sequence[Section], has_contents: bool) -> str:
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("partsong.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    scripts: list[str] = []
    if any(section.figure is not None for section in sections):
        from plotly.offline.offline import get_plotlyjs

        scripts = [get_plotlyjs(), templates.get_template("figures.js.jinja").render()]
    return templates.get_template("page.html.jinja").render(
        title=title,
        lead=lead,
        sections=sections,
        has_contents=has_contents,
        scripts=scripts,
        digests=[_digest(script) for script in scripts],
        themes=_json({"light": theme("light"), "dark": theme("dark")}),
        figure_json=_figure_json,
    )


def _digest(script: str) -> str:
    """Return what a content security policy knows a script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _figure_json(figure: "Figure") -> str:
    """Return a figure without its template, which the page chooses."""
    content = json.loads(figure.to_json(engine="json"))
    content["layout"].pop("template", None)
    return _json(content)


def _json(content: Any) -> str:
    """Return JSON in which nothing can end the script element around it."""
    return json.dumps(content, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
