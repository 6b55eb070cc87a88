"""Several processes, and processes that die: the catalog is whole afterwards."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partsong.catalog import Catalog
from partsong.errors import CatalogBusyError, CatalogMissingError, CatalogWriteError
from partsong.rows import ImportReport

HEAD = """
import os, signal, sys, time
from pathlib import Path
import duckdb
import polars as pl
from partsong.catalog import Catalog
from partsong.progress import SILENT
from partsong.rows import Batch, ImportReport

path = Path(sys.argv[1])

def rows(prefix, n):
    return Batch(pl.DataFrame({
        "title": [f"{prefix} {i}" for i in range(n)],
        "artists": [[f"artist {i % 97}"] for i in range(n)],
        "spotify_id": [f"{prefix}{i:021}" for i in range(n)],
    }))

class At:
    # Calls back after so many steps of the merge, while the transaction is open.
    def __init__(self, step, action):
        self.left, self.action = step, action
    def start(self, task, total=None): pass
    def advance(self, amount=1):
        self.left -= 1
        if self.left == 0:
            self.action()
    def finish(self): pass

def kill():
    os.kill(os.getpid(), signal.SIGKILL)
"""


def start(catalog: Catalog, body: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HEAD + textwrap.dedent(body), str(catalog.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def run(catalog: Catalog, body: str, **options: Any) -> tuple[int, str, str]:
    process = start(catalog, body, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize("step", [1, 2, 4, 5])
def test_a_kill_while_merging_leaves_the_catalog_as_it_was(
    catalog: Catalog, add: Callable[..., Any], step: int
) -> None:
    add({"title": "Home", "tempo": 90.0})
    before = catalog.read_tracks()
    body = f"Catalog(path).add([rows('a', 30_000)], ImportReport(), progress=At({step}, kill))"
    assert run(catalog, body)[0] == -signal.SIGKILL
    assert catalog.read_tracks().equals(before)
    assert len(catalog.imports()) == 1
    add({"title": "Away"})
    assert catalog.count_tracks() == 2


def test_a_kill_of_the_first_import_leaves_no_half_made_file(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    body = "Catalog(path).add([rows('a', 1000)], ImportReport(), progress=At(3, kill))"
    assert run(catalog, body)[0] == -signal.SIGKILL
    assert not catalog.path.exists() or catalog.count_tracks() == 0
    add({"title": "Home"})
    assert catalog.count_tracks() == 1


def test_a_kill_while_reading_the_source_does_not_touch_the_catalog(catalog: Catalog) -> None:
    body = """
        def batches():
            yield rows("a", 1000)
            kill()
        Catalog(path).add(batches(), ImportReport())
    """
    assert run(catalog, body)[0] == -signal.SIGKILL
    with pytest.raises(CatalogMissingError):
        catalog.count_tracks()


def test_a_log_that_a_kill_left_behind_is_taken_up(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"title": "Home"})
    body = """
        connection = duckdb.connect(path)
        connection.execute("SET checkpoint_threshold = '1GB'")
        connection.execute("UPDATE tracks SET tempo = 90")
        connection.begin()
        connection.execute("UPDATE tracks SET tempo = 120")
        kill()
    """
    assert run(catalog, body)[0] == -signal.SIGKILL
    assert catalog.path.with_name(catalog.path.name + ".wal").exists()
    assert catalog.read_tracks(["tempo"])["tempo"].to_list() == [90.0]


def test_two_imports_at_once_both_land(catalog: Catalog) -> None:
    processes = [
        start(catalog, f"Catalog(path, busy_timeout=60).add([rows('{p}', 3000)], ImportReport())")
        for p in "ab"
    ]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out, err) == (0, "", "")
    assert catalog.count_tracks() == 6000
    assert [run.kept for run in catalog.imports()] == [3000, 3000]


def test_control_c_takes_everything_back(
    catalog: Catalog, add: Callable[..., Any], tmp_path: Path
) -> None:
    add({"title": "Home"})
    before = catalog.read_tracks()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    body = """
        def interrupt():
            os.kill(os.getpid(), signal.SIGINT)
        try:
            Catalog(path).add([rows("a", 20_000)], ImportReport(), progress=At(2, interrupt))
        except KeyboardInterrupt:
            print("interrupted")
    """
    status, out, err = run(catalog, body, env=os.environ | {"TMPDIR": str(scratch)})
    assert (status, out, err) == (0, "interrupted\n", "")
    assert catalog.read_tracks().equals(before)
    assert list(scratch.iterdir()) == []


def test_a_busy_catalog_names_its_holder(catalog: Catalog, add: Callable[..., Any]) -> None:
    add({"title": "Home"})
    body = """
        connection = duckdb.connect(path)
        print("open", flush=True)
        sys.stdin.read()
        connection.close()
    """
    holder = start(catalog, body, stdin=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    impatient = Catalog(catalog.path, busy_timeout=0.2)
    try:
        for attempt in (impatient.count_tracks, lambda: impatient.add([], ImportReport())):
            with pytest.raises(CatalogBusyError, match=rf"python\S* \(process {holder.pid}\)"):
                attempt()
        threading.Timer(0.5, holder.stdin.close).start()  # type: ignore[union-attr]  # it is a pipe
        assert Catalog(catalog.path, busy_timeout=30).count_tracks() == 1
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
        holder.stderr.close()  # type: ignore[union-attr]  # it is a pipe


def test_threads_of_one_process_take_turns(catalog: Catalog, make_batch: Any) -> None:
    patient = Catalog(catalog.path, busy_timeout=60)
    patient.add([make_batch([{"title": "first"}])], ImportReport())
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            patient.add([make_batch([{"title": name}])], ImportReport())
            assert patient.count_tracks() > 1
        except Exception as error:  # noqa: BLE001 - a failure of the thread is one of the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert patient.count_tracks() == 4


def test_nothing_is_printed_when_errors_are_caught_and_the_process_ends(catalog: Catalog) -> None:
    body = """
        from partsong.errors import PartsongError
        catalog = Catalog(path)
        catalog.add([rows("a", 50)], ImportReport())
        frame = catalog.read_tracks()
        blocks = catalog.iter_tracks(block_rows=10)
        next(blocks)
        catalog.status(), catalog.imports(), catalog.find_track("a 7")
        for wrong in (
            lambda: catalog.find_track("zzz"),
            lambda: catalog.count_tracks("tempo >"),
            lambda: catalog.count_tracks("tempoo > 1"),
            lambda: Catalog(Path("/dev/null/x")).status(),
        ):
            try:
                wrong()
            except PartsongError as error:
                assert error.hint
            else:
                raise AssertionError(wrong)
    """
    status, out, err = run(catalog, body)
    assert (err, out, status) == ("", "", 0)


def test_a_missing_folder_is_made(tmp_path: Path, make_batch: Any) -> None:
    catalog = Catalog(tmp_path / "a" / "b" / "catalog.duckdb")
    catalog.add([make_batch([{"title": "Home"}])], ImportReport())
    assert catalog.count_tracks() == 1
    assert [path.name for path in catalog.path.parent.iterdir()] == ["catalog.duckdb"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, make_batch: Any) -> None:
    (tmp_path / "file").write_text("in the way")
    catalog = Catalog(tmp_path / "file" / "catalog.duckdb")
    with pytest.raises(CatalogWriteError, match=r"file/catalog\.duckdb") as caught:
        catalog.add([make_batch([{"title": "Home"}])], ImportReport())
    assert "disk" in caught.value.hint


def test_a_full_disk_leaves_the_catalog_as_it_was(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"title": "Home"})
    before = catalog.read_tracks()
    body = """
        import resource
        from partsong.errors import CatalogWriteError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = path.stat().st_size + 200_000
        def shrink_the_disk():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            Catalog(path).add([rows("a", 60_000)], ImportReport(), progress=At(1, shrink_the_disk))
        except CatalogWriteError as error:
            print(error.hint)
    """
    status, out, err = run(catalog, body)
    assert (status, err) == (0, "")
    assert "disk" in out
    assert catalog.read_tracks().equals(before)


def test_waiting_ends_when_it_should(catalog: Catalog, add: Callable[..., Any]) -> None:
    add({"title": "Home"})
    holder = start(
        catalog, "c = duckdb.connect(path); print('open', flush=True); time.sleep(20); c.close()"
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    started = time.monotonic()
    with pytest.raises(CatalogBusyError):
        Catalog(catalog.path, busy_timeout=1).count_tracks()
    assert 0.3 < time.monotonic() - started < 3
    holder.kill()
    holder.communicate()
