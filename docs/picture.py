"""Draw docs/picture.png, the picture in the README, from what `partsong demo` made.

Needs Chrome or Chromium on PATH. Run it through `make picture`, after `make demo`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from partsong.plots import plot_parts

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT / "partsong-demo" / "demo.duckdb"
PICTURE = ROOT / "docs" / "picture.png"
WIDTH = 1200
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def main() -> None:
    """Draw the picture."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"error: none of {', '.join(BROWSERS)} is on PATH.\n  hint: Install Chromium.")
    if not CATALOG.exists():
        sys.exit(f"error: {CATALOG.name} of the demo is missing.\n  hint: Run make demo first.")
    figure = plot_parts(demo_parts())
    figure.layout.title = None  # the README's caption says it
    figure.update_layout(
        font_size=15,
        height=1.15 * figure.layout.height,
        margin={"t": 16, "b": 16, "l": 16, "r": 16},
    )
    figure.update_traces(textfont_size=14)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "picture.html")
        page.write_text(
            '<!doctype html><meta charset="utf-8"><body style="margin:0;background:#fff">'
            + figure.to_html(full_html=False, config={"displayModeBar": False}),
            "utf-8",
        )
        shoot(browser, page, height=round(figure.layout.height))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


def demo_parts() -> pl.DataFrame:
    """Return what the demo learned, as `plot_parts` takes it."""
    partsong = Path(sys.executable).with_name("partsong")
    command = [partsong, "parts", "--json", "--catalog", CATALOG]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return pl.DataFrame(
        [
            {
                "part": part["name"],
                "share": part["share"],
                "feature": feature["feature"],
                "level": feature["level"],
            }
            for part in json.loads(answer.stdout)["parts"]
            for feature in part["features"]
        ]
    )


def shoot(browser: str, page: Path, *, height: int) -> None:
    """Photograph a page with a browser that has no window, no profile and no network."""
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={page.parent / 'profile'}",
        f"--window-size={WIDTH},{height}",
        "--virtual-time-budget=5000",
        f"--screenshot={PICTURE}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
