"""Settings of the documentation's build: ``make docs``.

The pages are the Markdown files of this folder. The gallery runs the scripts of `examples/`; where
the shared data sets are absent, it is left out and the page in its place says so.
"""

import re
import shutil
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import plotly.offline

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
(HERE / "_static").mkdir(exist_ok=True)  # nothing of it is kept; see _prepare
HAS_DATA = (HERE.parents[1] / "shared" / "data").is_dir()

from gallery_figures import show_figures  # noqa: E402 - the folder has to be on the path first

project = "partsong"
author = "The partsong authors"
version = release = version_of("partsong")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "gallery/*.zip", "sg_execution_times.rst", "gallery/sg_*"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # some pages link to files of the repository

autodoc_typehints = "description"
autodoc_default_options = {
    # What scikit-learn adds to every estimator is told in its own manual.
    "exclude-members": "set_fit_request, set_transform_request, set_partial_fit_request, "
    "set_inverse_transform_request, get_metadata_routing"
}
napoleon_google_docstring = False

html_theme = "furo"
html_title = f"partsong {version}"
html_static_path = ["_static"]
html_js_files = ["plotly.min.js"]
html_show_copyright = False

if HAS_DATA:
    extensions.append("sphinx_gallery.gen_gallery")
    sphinx_gallery_conf = {
        "examples_dirs": str(HERE.parent / "examples"),
        "gallery_dirs": "gallery",
        "filename_pattern": r"\.py$",
        "within_subsection_order": "FileNameSortKey",
        "capture_repr": ("_repr_html_", "__repr__"),
        "download_all_examples": False,
        "image_scrapers": (),  # figures show themselves as HTML
        "show_memory": False,
        "show_signature": False,
        "min_reported_time": 1_000_000,
        "reset_modules": (),
        "abort_on_example_error": True,
    }


def _prepare(_app: Any) -> None:
    """Put Plotly's script beside the pages, so that they need no network."""
    script = HERE / "_static" / "plotly.min.js"
    script.write_text(plotly.offline.get_plotlyjs(), encoding="utf-8")
    if not HAS_DATA:
        shutil.rmtree(HERE / "gallery", ignore_errors=True)
        (HERE / "gallery").mkdir()
        (HERE / "gallery" / "index.md").write_text(
            "# Two studies, rerun\n\nThe examples read the shared data sets, which were not beside "
            "the checkout when these pages were built.\n",
            encoding="utf-8",
        )


def _escape_learned_names(
    _app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    """Keep names such as ``components_`` from being read as links, which end in an underscore."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[number] = re.sub(r"(?<![`\w])(\w*[^\W_])_(?![\w`])", r"\1\\_", line)


def setup(app: Any) -> None:
    """Prepare figures and files for the build that begins."""
    show_figures()
    app.connect("builder-inited", _prepare, priority=0)
    app.connect("autodoc-process-docstring", _escape_learned_names, priority=0)
