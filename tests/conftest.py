"""What tests of several folders share: a browser, and services played by a server here.

`fake_server` and what stands in folders beside it can be imported by every test:
``from fake_server import Answer, FakeServer``, ``from spotify.fake_api import ...``.
"""

import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

_SERVICES = Path(__file__).resolve().parent / "sources" / "services"
if str(_SERVICES) not in sys.path:
    sys.path.insert(0, str(_SERVICES))


@pytest.fixture
def fake_server():
    """Return what starts a `FakeServer` with routes; it ends with the test."""
    from fake_server import FakeServer

    with ExitStack() as running:
        yield lambda routes: running.enter_context(FakeServer(routes))


@pytest.fixture
def own_folders(tmp_path, monkeypatch):
    """Settings, cache and catalog in folders of the test's own, and none from the environment."""
    import os

    for name in os.environ:
        if name.startswith("PARTSONG_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PARTSONG_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("PARTSONG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PARTSONG_CATALOG", str(tmp_path / "music.duckdb"))
    return tmp_path


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once: playwright bears no second one in a process."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on PATH to open pages with")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
