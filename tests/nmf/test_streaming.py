"""Rows read block by block: the answer of rows in memory, whatever the blocks; bad rows are named."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from partsong.nmf import (
    NMF,
    ArrayBlocks,
    ParquetRows,
    RowSource,
    RowSourceError,
    fit_rows,
    transform_rows,
    write_loadings,
)
from partsong.nmf.looks.pattern_fit import fit_by_looks
from partsong.nmf.looks.patterns import PatternLook
from partsong.nmf.penalties import scale_penalties
from partsong.nmf.selection.matching import match_components
from partsong.nmf.streams.ahead import map_ahead, read_ahead
from partsong.nmf.streams.row_passes import SAMPLE_ROWS
from partsong.nmf.streams.row_sample import RowSample
from partsong.nmf.streams.row_source import cut_evenly

FEATURES = ("energy", "valence", "tempo", "liveness", "speechiness", "loudness")


def planted(n_rows, *, seed=0):
    rng = np.random.default_rng(seed)
    H = rng.random((3, len(FEATURES))) * (rng.random((3, len(FEATURES))) < 0.6)
    H[:, :3] += np.eye(3)
    W = rng.gamma(1.0, size=(n_rows, 3)) * (rng.random((n_rows, 3)) < 0.6)
    X = np.maximum(W @ H + 0.05 * rng.standard_normal((n_rows, len(FEATURES))), 0)
    return np.ascontiguousarray(X)


@pytest.fixture(scope="module", name="X")
def rows():
    return planted(30_000)


@pytest.fixture(scope="module", name="X_tall")
def many_rows():
    """More rows than the sample has."""
    return planted(SAMPLE_ROWS + 100_000)


def in_blocks(X, size):
    return ArrayBlocks(lambda: (X[start : start + size] for start in range(0, len(X), size)))


def write_parts(X, folder, *, n_parts=1, **options):
    folder.mkdir(exist_ok=True)
    for number, rows in enumerate(np.array_split(X, n_parts)):
        table = pl.DataFrame(rows, schema=list(FEATURES))
        table.write_parquet(folder / f"part-{number}.parquet", **options)
    return folder


def fit_in_memory(X, *, tol=1e-5, **alphas):
    penalties = scale_penalties(
        alphas.get("alpha_W", 0.0),
        alphas.get("alpha_H", "same"),
        l1_ratio=alphas.get("l1_ratio", 0.0),
        shape=X.shape,
    )
    return fit_by_looks(
        X,
        3,
        look=PatternLook(X, penalties=penalties),
        tol=tol,
        max_iter=100,
        random_state=np.random.RandomState(0),
        penalties=penalties,
    )


class TestTheAnswer:
    @pytest.mark.parametrize("kernels", ["compiled", "numpy"])
    def test_is_that_of_a_fit_in_memory(self, X, kernels, monkeypatch):
        monkeypatch.setenv("PARTSONG_KERNELS", kernels)
        fit = fit_rows(in_blocks(X, 4_321), 3, random_state=0)
        reference = fit_in_memory(X)
        np.testing.assert_allclose(fit.H, reference.H, atol=1e-8)
        assert fit.loss_curve[-1] == pytest.approx(reference.loss_curve[-1], rel=1e-12)
        assert fit.n_rows == len(X)
        assert fit.squares == pytest.approx(np.vdot(X, X), rel=1e-12)

    def test_is_that_of_a_fit_in_memory_where_a_sample_came_first(self, X_tall):
        fit = fit_rows(in_blocks(X_tall, 50_000), 3, tol=1e-11, random_state=0)
        reference = fit_in_memory(X_tall, tol=1e-11)
        order, similarity = match_components(fit.H, reference.H)
        assert similarity.min() > 1 - 1e-9
        np.testing.assert_allclose(fit.H[order], reference.H, atol=1e-4)
        assert fit.loss_curve[-1] == pytest.approx(reference.loss_curve[-1], rel=1e-9)

    def test_is_that_of_a_fit_in_memory_with_penalties(self, X):
        alphas = {"alpha_W": 1e-3, "alpha_H": 1e-4, "l1_ratio": 0.5}
        fit = fit_rows(in_blocks(X, 4_321), 3, random_state=0, **alphas)
        reference = fit_in_memory(X, **alphas)
        np.testing.assert_allclose(fit.H, reference.H, atol=1e-8)
        assert fit.loss_curve[-1] == pytest.approx(reference.loss_curve[-1], rel=1e-10)

    def test_needs_few_looks_at_all_rows(self, X_tall):
        seen = []
        fit = fit_rows(in_blocks(X_tall, 50_000), 3, random_state=0, on_rows=seen.append)
        assert fit.converged
        assert sum(seen) <= 5 * len(X_tall)

    @pytest.mark.parametrize("size", [999, 131_072, 10**6])
    def test_does_not_depend_on_the_blocks(self, X_tall, size):
        one, other = (
            fit_rows(in_blocks(X_tall, rows), 3, random_state=0) for rows in (50_000, size)
        )
        assert np.array_equal(one.H, other.H)
        assert np.array_equal(one.loss_curve, other.loss_curve)

    def test_does_not_depend_on_threads_nor_on_what_stays_in_memory(self, X_tall):
        source = in_blocks(X_tall, 50_000)
        one = fit_rows(source, 3, random_state=0, n_jobs=1, keep_bytes=0)
        other = fit_rows(source, 3, random_state=0, n_jobs=3, keep_bytes=2**30)
        assert np.array_equal(one.H, other.H)

    def test_does_not_depend_on_row_groups_and_files(self, X_tall, tmp_path):
        fits = [
            fit_rows(ParquetRows.open(folder), 3, random_state=0).H
            for folder in (
                write_parts(X_tall, tmp_path / "one"),
                write_parts(X_tall, tmp_path / "small", row_group_size=10_007),
                write_parts(X_tall, tmp_path / "many", n_parts=7),
            )
        ]
        assert np.array_equal(fits[0], fits[1])
        assert np.array_equal(fits[0], fits[2])

    def test_comes_with_an_honest_word_when_looks_run_out(self, X_tall):
        fit = fit_rows(in_blocks(X_tall, 50_000), 3, tol=1e-12, max_iter=1, random_state=0)
        assert not fit.converged
        assert len(fit.loss_curve) == 1

    def test_is_refused_for_more_components_than_a_pattern_holds(self, X):
        with pytest.raises(RowSourceError, match="1 to 16 components, not 17"):
            fit_rows(in_blocks(X, 5_000), 17)


class TestParquetRows:
    def test_are_read_in_order_and_only_the_columns_asked_for(self, X, tmp_path):
        folder = write_parts(X, tmp_path / "songs", n_parts=3, row_group_size=1_000)
        rows = ParquetRows.open(folder / "*.parquet", columns=["tempo", "energy"])
        assert isinstance(rows, RowSource)
        assert rows.n_rows == len(X)
        assert np.array_equal(np.concatenate(list(rows.blocks())), X[:, [2, 0]])

    @pytest.mark.parametrize(
        ("kind", "precision"),
        [
            (pl.Float32, "float32"),
            (pl.Int16, "float32"),
            (pl.Boolean, "float32"),
            (pl.Int32, "float64"),
            (pl.Float64, "float64"),
        ],
    )
    def test_take_half_the_room_where_nothing_is_lost(self, tmp_path, kind, precision):
        table = pl.DataFrame({"energy": [0, 1]}).cast(kind)
        table.write_parquet(tmp_path / "songs.parquet")
        rows = ParquetRows.open(tmp_path)
        (block,) = rows.blocks()
        assert block.dtype == precision
        assert block.tolist() == [[0.0], [1.0]]

    def test_can_be_scaled_to_their_bounds(self, X, tmp_path):
        rows = ParquetRows.open(write_parts(X - 3, tmp_path / "songs", n_parts=4))
        bounds = rows.find_bounds()
        low, high = (X - 3).min(axis=0), (X - 3).max(axis=0)
        np.testing.assert_array_equal(bounds, np.column_stack([low, high]))
        scaled = np.concatenate(list(rows.scaled(bounds).blocks()))
        np.testing.assert_allclose(scaled, (X - 3 - low) / (high - low), rtol=1e-12)

    def test_are_split_into_pieces_that_are_the_whole(self, X, tmp_path):
        rows = ParquetRows.open(write_parts(X, tmp_path / "songs", n_parts=3))
        pieces = rows.split(7_000)
        assert max(piece.n_rows for piece in pieces) <= 7_000
        blocks = [block for piece in pieces for block in piece.blocks()]
        assert np.array_equal(np.concatenate(blocks), X)

    def test_may_hold_empty_files(self, X, tmp_path):
        folder = write_parts(X, tmp_path / "songs")
        pl.DataFrame(schema=dict.fromkeys(FEATURES, pl.Float64)).write_parquet(
            folder / "empty.parquet"
        )
        assert ParquetRows.open(folder).n_rows == len(X)

    @pytest.mark.parametrize("name", ["songs", "songs/*.parquet", "songs/part-[0-9].parquet"])
    def test_are_found_by_folder_and_by_pattern(self, X, tmp_path, name, monkeypatch):
        write_parts(X, tmp_path / "songs", n_parts=2)
        monkeypatch.chdir(tmp_path)
        assert ParquetRows.open(name).n_rows == len(X)
        assert ParquetRows.open(str(tmp_path / name)).n_rows == len(X)

    def test_are_found_by_address(self, X, tmp_path):
        folder = write_parts(X, tmp_path / "songs", n_parts=2)
        for pattern in ("*.parquet", "part-*.parquet"):
            rows = ParquetRows.open(f"file://{folder}/{pattern}")
            assert np.array_equal(np.concatenate(list(rows.blocks())), X)
        assert ParquetRows.open(f"file://{folder}/part-1.parquet").n_rows == len(X) // 2


class TestBadFilesAreNamedBeforeAnythingIsLearned:
    @pytest.fixture
    def folder(self, X, tmp_path):
        return write_parts(X, tmp_path / "songs", n_parts=4)

    def test_missing(self, folder):
        with pytest.raises(RowSourceError, match=r"There is no file .*part-9.parquet"):
            ParquetRows.open([folder / "part-0.parquet", folder / "part-9.parquet"])
        with pytest.raises(RowSourceError, match="There is no Parquet file"):
            ParquetRows.open(str(folder / "*.arrow"))

    def test_truncated(self, folder):
        part = folder / "part-2.parquet"
        part.write_bytes(part.read_bytes()[:-100])
        with pytest.raises(RowSourceError, match=r"part-2.parquet cannot be read.*Copy"):
            ParquetRows.open(folder)

    def test_of_another_schema(self, folder):
        part = folder / "part-1.parquet"
        pl.read_parquet(part).rename({"tempo": "bpm"}).write_parquet(part)
        with pytest.raises(RowSourceError, match=r"part-1.parquet has no column 'tempo'"):
            ParquetRows.open(folder)

    def test_of_text(self, folder):
        part = folder / "part-1.parquet"
        pl.read_parquet(part).with_columns(pl.lit("fast").alias("tempo")).write_parquet(part)
        with pytest.raises(RowSourceError, match=r"in part-1.parquet, 'tempo' holds no numbers"):
            ParquetRows.open(folder)

    def test_all_of_them(self, folder):
        for part in (folder / "part-1.parquet", folder / "part-3.parquet"):
            part.write_bytes(b"PAR1")
        with pytest.raises(RowSourceError) as caught:
            ParquetRows.open(folder)
        assert "part-1.parquet" in str(caught.value)
        assert "part-3.parquet" in str(caught.value)

    def test_damaged_in_the_middle(self, folder):
        part = folder / "part-2.parquet"
        content = bytearray(part.read_bytes())
        content[4:64] = bytes(60)  # the head of the first page
        part.write_bytes(content)
        with pytest.raises(RowSourceError, match=r"part-2.parquet cannot be read"):
            fit_rows(ParquetRows.open(folder), 3)

    def test_gone_after_a_look(self, folder):
        rows = ParquetRows.open(folder)
        (folder / "part-3.parquet").unlink()
        with pytest.raises(RowSourceError, match=r"part-3.parquet is not there"):
            fit_rows(rows, 3)

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (None, "A missing value"),
            (np.nan, "A missing value"),
            (np.inf, "An infinite value, inf"),
            (-0.5, r"A negative value, -0\.5"),
        ],
    )
    def test_or_with_a_value_that_cannot_be_used(self, folder, value, words):
        part = folder / "part-1.parquet"
        is_bad = pl.int_range(pl.len()) == 17
        table = pl.read_parquet(part)
        table.with_columns(
            pl.when(is_bad).then(pl.lit(value, dtype=pl.Float64)).otherwise("tempo").alias("tempo")
        ).write_parquet(part)
        place = r"row 17 \(counted from 0\) of part-1.parquet, feature 'tempo'"
        with pytest.raises(RowSourceError, match=f"{words}, in {place}"):
            fit_rows(ParquetRows.open(folder), 3)
        with pytest.raises(RowSourceError, match=place):
            list(transform_rows(ParquetRows.open(folder), np.ones((1, len(FEATURES)))))


class TestArrayBlocks:
    def test_a_generator_is_refused_with_the_mend(self, X):
        with pytest.raises(TypeError, match="Give the function that makes it"):
            ArrayBlocks(rows for rows in [X])

    def test_blocks_of_other_widths_are_refused(self, X):
        with pytest.raises(RowSourceError, match="Block 1 has 2 columns, not 6"):
            fit_rows(ArrayBlocks([X, X[:, :2]]), 3)

    def test_a_bad_value_is_named_by_its_row(self, X):
        bad = X.copy()
        bad[20_017, 2] = -1
        with pytest.raises(RowSourceError, match="row 20017, feature 2"):
            fit_rows(in_blocks(bad, 5_000), 3)

    def test_rows_that_change_between_passes_are_noticed(self, X):
        passes = iter([X, X[:-1], X[:-2], X[:-3]])
        with pytest.raises(RowSourceError, match="Every pass must find the same rows"):
            fit_rows(ArrayBlocks(lambda: [next(passes)]), 3, keep_bytes=0)

    def test_no_rows_are_refused(self):
        with pytest.raises(RowSourceError, match="no rows"):
            fit_rows(ArrayBlocks([]), 3)
        with pytest.raises(RowSourceError, match="no rows"):
            fit_rows(ArrayBlocks([np.empty((0, 4))]), 3)


class TestLoadings:
    def test_are_the_best_for_each_row_in_order(self, X):
        H = np.random.default_rng(0).random((4, len(FEATURES)))
        W = np.concatenate(list(transform_rows(in_blocks(X[:500], 99), H, n_jobs=2)))
        best = np.array([nnls(H.T, x)[0] for x in X[:500]])
        np.testing.assert_allclose(W, best, atol=1e-8)

    def test_are_written_row_for_row(self, X, tmp_path):
        source = ParquetRows.open(write_parts(X, tmp_path / "songs", n_parts=3))
        files = write_loadings(source, np.eye(len(FEATURES)), tmp_path / "W", columns=FEATURES)
        assert [file.name for file in files] == [f"0000{i}-part-{i}.parquet" for i in range(3)]
        W = pl.read_parquet(tmp_path / "W")
        assert W.columns == list(FEATURES)
        np.testing.assert_allclose(W.to_numpy(), X, rtol=1e-12)

    def test_are_not_left_half_written(self, X, tmp_path):
        X = X.copy()
        X[-1] = -1
        source = ParquetRows.open(write_parts(X, tmp_path / "songs", n_parts=2))
        with pytest.raises(RowSourceError, match="negative"):
            write_loadings(source, np.eye(len(FEATURES)), tmp_path / "W")
        assert [path.name for path in (tmp_path / "W").iterdir()] == ["00000-part-0.parquet"]


class TestTheSample:
    @given(cuts=st.lists(st.integers(0, 500), max_size=6), size=st.integers(1, 600))
    def test_depends_on_the_rows_alone(self, cuts, size):
        X = np.arange(500.0)[:, np.newaxis]
        whole = RowSample(size, seed=3)
        whole.add(X)
        in_turn = RowSample(size, seed=3)
        joined = RowSample(size, seed=3)
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 500], strict=True):
            in_turn.add(X[start:end])
            part = RowSample(size, seed=3, first_row=start)
            part.add(X[start:end])
            joined.join(part)
        for sample in (in_turn, joined):
            assert np.array_equal(sample.drawn[1], whole.drawn[1])
        assert len(whole.drawn[1]) == min(size, 500)
        assert (np.diff(whole.drawn[1][:, 0]) > 0).all()

    def test_is_fair(self):
        counts = np.zeros(10)
        for seed in range(200):
            sample = RowSample(50, seed=seed)
            for block in np.split(np.arange(1_000.0)[:, np.newaxis], 5):
                sample.add(block)
            counts += np.bincount((sample.drawn[1][:, 0] // 100).astype(int), minlength=10)
        assert np.abs(counts - 1_000).max() < 5 * np.sqrt(1_000)


class TestReadingAhead:
    def test_is_by_a_few_items_and_never_more(self):
        n_read = 0

        def count():
            nonlocal n_read
            while n_read < 100:
                n_read += 1
                yield n_read

        for item in read_ahead(count(), n_ahead=2):
            assert n_read <= item + 4
            time.sleep(0.001)

    def test_passes_an_error_on_in_its_place(self):
        def fail():
            yield 1
            raise RowSourceError("This", "that.")

        got = []
        with pytest.raises(RowSourceError):
            got.extend(read_ahead(fail()))
        assert got == [1]

    def test_stops_with_whoever_waits(self, X):
        def give_up(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fit_rows(in_blocks(X, 100), 3, on_rows=give_up)
        assert not [t for t in threading.enumerate() if t.name == "partsong-read-ahead"]

    def test_work_in_threads_keeps_its_order(self):
        def work(item):
            time.sleep(0.001 * (item % 3))
            return -item

        assert list(map_ahead(work, range(20), n_jobs=4)) == [-item for item in range(20)]

    @given(sizes=st.lists(st.integers(0, 40), max_size=8), length=st.integers(1, 50))
    def test_rows_cut_anew_are_the_same_rows(self, sizes, length):
        rows = np.arange(float(sum(sizes)))[:, np.newaxis]
        blocks = np.split(rows, np.cumsum(sizes)) if sizes else []
        cut = list(cut_evenly(blocks, length))
        assert np.array_equal(np.concatenate([rows[:0], *cut]), rows)
        assert all(len(block) == length for block in cut[:-1])


def test_ctrl_c_stops_within_a_second(tmp_path):
    folder = write_parts(planted(200_000), tmp_path / "songs")
    script = textwrap.dedent(f"""
        from partsong.nmf import ArrayBlocks, ParquetRows, fit_rows
        rows = ParquetRows.open({str(folder)!r})
        def endless():
            while True:
                yield from rows.blocks()
        print("ready", flush=True)
        fit_rows(ArrayBlocks(endless), 3, keep_bytes=0)
    """)
    program = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout.readline() == "ready\n"
    time.sleep(1.5)
    program.send_signal(signal.SIGINT)
    pressed = time.monotonic()
    _, err = program.communicate(timeout=60)
    assert "KeyboardInterrupt" in err
    assert time.monotonic() - pressed < 3  # one, and the end of the process on a busy machine


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the memory of a child is not known here")
def test_ten_million_rows_take_less_than_two_gigabytes(tmp_path):
    rng = np.random.default_rng(0)
    names = [f"feature_{place}" for place in range(14)]
    for number in range(10):
        rows = rng.gamma(0.5, size=(1_000_000, 14)).astype(np.float32)
        pl.DataFrame(rows, schema=names).write_parquet(tmp_path / f"part-{number}.parquet")
    script = textwrap.dedent(f"""
        import resource, sys
        from partsong.nmf import ParquetRows, fit_rows
        fit = fit_rows(ParquetRows.open({str(tmp_path)!r}), 7, random_state=0, n_jobs=2)
        assert fit.n_rows == 10_000_000
        unit = 1 if sys.platform == "darwin" else 1024
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 2 * 10**9


def test_the_estimator_takes_a_source_like_an_array():
    rng = np.random.default_rng(0)
    X = rng.gamma(0.5, size=(5000, 3)) @ rng.gamma(0.5, size=(3, 8)) + 0.1 * rng.random((5000, 8))
    source = ArrayBlocks([X[:1200], X[1200:]])
    whole, streamed = (NMF(3, random_state=0, tol=1e-9).fit(data) for data in (X, source))
    assert streamed.reconstruction_err_ == pytest.approx(whole.reconstruction_err_, rel=1e-6)
    assert streamed.n_samples_seen_ == 5000
    assert streamed.kkt_residual_ < 1e-4
    loadings = np.concatenate(list(streamed.transform(source)))
    np.testing.assert_allclose(loadings, streamed.transform(X), rtol=1e-12)
    streamed.partial_fit(X[:50])
    assert streamed.n_samples_seen_ == 5050


def test_what_does_not_go_with_a_source_is_refused_by_name():
    source = ArrayBlocks([np.ones((5, 2))])
    for params, word in [
        ({"beta_loss": "kullback-leibler"}, "beta_loss='kullback-leibler'"),
        ({"n_components": "auto"}, "n_components='auto'"),
        ({"solver": "hals"}, "solver='hals'"),
    ]:
        with pytest.raises(ValueError, match=f"do not go with {word}"):
            NMF(**{"n_components": 1, **params}).fit(source)
    with pytest.raises(ValueError, match="do not go with sample_weight"):
        NMF(1).fit(source, sample_weight=np.ones(5))
    with pytest.raises(TypeError, match="Call fit, then transform"):
        NMF(1).fit_transform(source)
