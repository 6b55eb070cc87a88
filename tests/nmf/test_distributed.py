"""A fit on a cluster is the fit of one machine, however many workers there are and whoever dies."""

import os
import signal
import sys

import numpy as np
import polars as pl
import pytest

from partsong.nmf import (
    ParquetRows,
    RowSourceError,
    connect_to_cluster,
    find_bounds_on_cluster,
    fit_rows,
    fit_rows_on_cluster,
    write_loadings,
    write_loadings_on_cluster,
)

distributed = pytest.importorskip(
    "distributed", reason="needs Dask: pip install 'partsong[distributed]'"
)

FEATURES = ("energy", "valence", "tempo", "liveness")
N_ROWS = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    rng = np.random.default_rng(0)
    H = np.array([[3.0, 0.0, 1.0, 0.5], [0.0, 2.0, 1.0, 0.0], [0.5, 0.0, 0.0, 2.0]])
    W = rng.gamma(1.0, size=(N_ROWS, 3)) * (rng.random((N_ROWS, 3)) < 0.6)
    X = np.maximum(W @ H + 0.05 * rng.standard_normal((N_ROWS, 4)), 0)
    songs = tmp_path_factory.mktemp("songs")
    for number, rows in enumerate(np.array_split(X, 6)):
        pl.DataFrame(rows, schema=list(FEATURES)).write_parquet(songs / f"part-{number}.parquet")
    return songs


@pytest.fixture(scope="module")
def rows(folder):
    return ParquetRows.open(folder)


def start_cluster(n_workers):
    """Start workers, each a process of its own."""
    return distributed.LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs="CRITICAL",
    )


@pytest.fixture(scope="module")
def cluster():
    with start_cluster(2) as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    with connect_to_cluster(cluster.scheduler_address) as client:
        client.wait_for_workers(2)
        yield client


def test_the_answer_is_that_of_one_machine(client, rows, tmp_path):
    alone = fit_rows(rows, 3, random_state=0)
    n_seen = []
    together = fit_rows_on_cluster(client, rows, 3, random_state=0, on_rows=n_seen.append)
    np.testing.assert_allclose(together.H, alone.H, atol=1e-8)
    assert together.n_rows == N_ROWS
    assert together.relative_error == pytest.approx(alone.relative_error, rel=1e-8)
    assert sum(n_seen) % N_ROWS == 0

    files = write_loadings_on_cluster(client, rows, alone.H, tmp_path / "together")
    write_loadings(rows, alone.H, tmp_path / "alone")
    assert [file.name for file in files][:2] == ["00000-part-0.parquet", "00001-part-1.parquet"]
    assert pl.read_parquet(tmp_path / "together").equals(pl.read_parquet(tmp_path / "alone"))
    assert find_bounds_on_cluster(client, rows) == rows.find_bounds()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of Unix")
def test_a_worker_killed_in_the_middle_costs_a_retry_and_nothing_else(client, rows):
    undisturbed = fit_rows_on_cluster(client, rows, 3, random_state=0)
    victims = list(client.run(os.getpid).values())[:1]

    def kill_after_the_first_pass(_):
        nonlocal n_pieces
        n_pieces += 1
        if n_pieces == 8 and victims:
            os.kill(victims.pop(), signal.SIGKILL)

    n_pieces = 0
    fit = fit_rows_on_cluster(client, rows, 3, random_state=0, on_rows=kill_after_the_first_pass)
    assert not victims
    assert np.array_equal(fit.H, undisturbed.H)
    assert np.array_equal(fit.loss_curve, undisturbed.loss_curve)


def test_the_number_of_workers_changes_nothing(client, rows):
    two = fit_rows_on_cluster(client, rows, 3, random_state=0)
    with start_cluster(1) as small, connect_to_cluster(small.scheduler_address) as other:
        one = fit_rows_on_cluster(other, rows, 3, random_state=0)
    assert np.array_equal(one.H, two.H)


def test_a_bad_value_is_named_as_on_one_machine(client, folder, tmp_path):
    pl.read_parquet(folder / "part-0.parquet").write_parquet(tmp_path / "a.parquet")
    bad = pl.read_parquet(folder / "part-1.parquet").with_columns(
        pl.when(pl.int_range(pl.len()) == 5).then(-1.0).otherwise("tempo").alias("tempo")
    )
    bad.write_parquet(tmp_path / "b.parquet")
    with pytest.raises(RowSourceError, match=r"row 5 \(counted from 0\) of b.parquet.*'tempo'"):
        fit_rows_on_cluster(client, ParquetRows.open(tmp_path), 3)


def test_a_scheduler_that_is_not_there_is_said_so(monkeypatch):
    monkeypatch.setattr("partsong.nmf.streams.distributed._SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"), connect_to_cluster("tcp://127.0.0.1:9"):
        pass


def test_a_scheduler_without_workers_is_said_so():
    with (
        start_cluster(0) as empty,
        pytest.raises(OSError, match="no workers"),
        connect_to_cluster(empty.scheduler_address),
    ):
        pass


def test_without_dask_the_pip_line_is_given(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ModuleNotFoundError, match=r"pip install 'partsong\[distributed\]'"),
        connect_to_cluster("tcp://127.0.0.1:8786"),
    ):
        pass
