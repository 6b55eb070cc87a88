"""`partsong fit --input`: parts of Parquet files, without a catalog, here and on a cluster."""

import json
import os
import signal
import time

import numpy as np
import polars as pl
import pytest

from partsong.errors import ClusterError
from partsong.workflow import fit_files

FEATURES = ["danceability", "energy", "acousticness", "instrumentalness", "speechiness"]


pytestmark = pytest.mark.usefixtures("songs")


@pytest.fixture
def songs(partsong, planted_tracks):
    """Three parts of the planted tracks, 60 of each of three kinds."""
    folder = partsong.folder / "songs"
    folder.mkdir()
    for number in range(3):
        part = planted_tracks.slice(60 * number, 60)
        part.write_parquet(folder / f"part-{number}.parquet")
    return folder


def fit(partsong, *options):
    return partsong.json(
        "fit", "--input", "songs/*.parquet", "--columns", ",".join(FEATURES), *options
    )


def test_the_result_is_a_folder_of_plain_files_beside_the_input(partsong, planted_tracks):
    result = fit(partsong, "-k", "3")
    folder = partsong.folder / "songs-3-parts"
    assert result["folder"] == str(folder)
    assert result["n_tracks"] == 180
    assert result["parts"] == ["part_1", "part_2", "part_3"]
    components = pl.read_parquet(folder / "components.parquet")
    assert components.columns == ["part", *FEATURES]
    H = components.select(FEATURES).to_numpy()
    np.testing.assert_allclose(np.linalg.norm(H, axis=1), 1)
    W = pl.read_parquet(folder / "loadings").to_numpy()
    X = planted_tracks.select(FEATURES).to_numpy()
    error = np.linalg.norm(X - W @ H) / np.linalg.norm(X)
    assert error == pytest.approx(result["relative_error"], rel=1e-6)
    report = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    assert report["features"] == FEATURES
    assert [part["rows"] for part in report["inputs"]] == [60, 60, 60]
    assert sum(part["share"] for part in report["parts"]) == pytest.approx(1)


def test_the_kinds_of_tracks_are_told_apart(partsong):
    fit(partsong, "-k", "3", "--minmax", "--output", "result")
    W = pl.read_parquet(partsong.folder / "result" / "loadings").to_numpy()
    strongest = W.argmax(axis=1).reshape(3, 60)
    counts = [np.bincount(kind, minlength=3) for kind in strongest]
    assert sorted(count.argmax() for count in counts) == [0, 1, 2]
    assert min(count.max() for count in counts) >= 50


def test_for_a_reader_the_parts_are_described(partsong):
    shown = partsong("fit", "--input", "songs", "--columns", ",".join(FEATURES), "-k", "3")
    assert "180 rows in 3 parts" in shown
    assert "acousticness (x" in shown


def test_negative_columns_need_minmax(partsong):
    columns = "loudness,energy"
    message = partsong("fit", "--input", "songs", "--columns", columns, "-k", "2", exit_code=1)
    assert "negative value" in message
    assert "min-max" in message
    assert [path.name for path in partsong.folder.iterdir() if "parts" in path.name] == []
    partsong("fit", "--input", "songs", "--columns", columns, "-k", "2", "--minmax")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--input", "nowhere.parquet"], "no file nowhere.parquet"),
        (["--input", "songs"], "holds no numbers"),
        (["--input", "songs", "--columns", "energy,sunshine"], "'sunshine'"),
        (["--input", "songs", "--columns", "energy", "--output", "songs"], "exists already"),
        (["--input", "songs", "--columns", "energy", "-k", "17"], "1 to 16"),
    ],
)
def test_mistakes_are_told_in_two_lines(partsong, arguments, words):
    message = partsong("fit", *arguments, exit_code=1)
    assert message.startswith("error: ")
    assert words in message
    assert "  hint: " in message


@pytest.mark.parametrize(
    "arguments",
    [
        ["--minmax"],
        ["--scheduler", "tcp://127.0.0.1:1"],
        ["--input", "songs", "--where", "energy > 0"],
        ["--input", "songs", "--solver", "mu"],
    ],
)
def test_options_of_catalogs_and_files_do_not_mix(partsong, arguments):
    assert partsong("fit", *arguments, exit_code=2)


def test_ctrl_c_leaves_nothing_behind(partsong):
    rng = np.random.default_rng(0)
    table = pl.DataFrame(rng.random((400_000, 14)), schema=[f"feature_{i}" for i in range(14)])
    table.write_parquet(partsong.folder / "many.parquet")
    before = sorted(partsong.folder.iterdir())
    running = partsong.start("fit", "--input", *["many.parquet"], "-k", "13")
    deadline = time.monotonic() + 60
    while sorted(partsong.folder.iterdir()) == before and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "nothing was changed" in err
    assert sorted(partsong.folder.iterdir()) == before


def test_workers_of_a_cluster_do_the_same(partsong):
    distributed = pytest.importorskip(
        "distributed", reason="needs Dask: pip install 'partsong[distributed]'"
    )
    options = ["-k", "3", "--minmax", "--output"]
    alone = fit(partsong, *options, "alone")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs="CRITICAL"
    ) as cluster:
        together = fit(partsong, *options, "together", "--scheduler", cluster.scheduler_address)
    assert together["relative_error"] == pytest.approx(alone["relative_error"], rel=1e-8)
    for name in ("components.parquet", "loadings"):
        tables = [pl.read_parquet(partsong.folder / who / name) for who in ("alone", "together")]
        values = [table.select(pl.selectors.numeric()).to_numpy() for table in tables]
        np.testing.assert_allclose(*values, atol=1e-6)


def test_a_scheduler_that_does_not_answer_is_said_so(songs, monkeypatch):
    pytest.importorskip("distributed", reason="needs Dask: pip install 'partsong[distributed]'")
    monkeypatch.setattr("partsong.nmf.streams.distributed._SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(ClusterError, match=r"no cluster at tcp://127\.0\.0\.1:9") as caught:
        fit_files([songs], columns=["energy"], n_components=1, scheduler="tcp://127.0.0.1:9")
    assert "dask worker" in caught.value.hint


def test_without_dask_the_pip_line_is_given(partsong):
    stub = partsong.folder / "stub" / "distributed"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("raise ModuleNotFoundError('no', name='distributed')")
    partsong.environment["PYTHONPATH"] = os.fspath(stub.parent)
    options = ["--columns", "energy", "-k", "1", "--scheduler", "tcp://127.0.0.1:8786"]
    message = partsong("fit", "--input", "songs", *options, exit_code=1)
    assert "pip install 'partsong[distributed]'" in message
