"""Sparse rows: the same answers as dense ones, and nothing as large as the dense matrix."""

import numpy as np
import pytest
import scipy.sparse
from sklearn import decomposition

from partsong.nmf import descend, initialize
from partsong.nmf.blocks import split_into_blocks
from partsong.nmf.descents.descent import sum_blocks
from partsong.nmf.descents.hals import HierarchicalLeastSquares
from partsong.nmf.penalties import NO_PENALTIES, Penalties
from partsong.nmf.singular_vectors import leading_singular_vectors
from partsong.nmf.threads import one_blas_thread

PRICES = Penalties(l1_W=0.05, l2_W=0.1, l1_H=0.2, l2_H=0.3)


@pytest.fixture(autouse=True)
def _blas_as_in_a_fit():
    with one_blas_thread():
        yield


@pytest.fixture(params=["compiled", "numpy"])
def kernels(request, monkeypatch):
    monkeypatch.setenv("PARTSONG_KERNELS", request.param)


def planted(n_samples=300, n_features=400, n_components=4, *, seed=0):
    """Rows that each take features of one or two groups."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, n_components, n_features)
    wanted = rng.integers(0, n_components, (n_samples, 2))
    fits = (group == wanted[:, :1]) | (group == wanted[:, 1:])
    taken = rng.random((n_samples, n_features)) < np.where(fits, 0.2, 0.005)
    return scipy.sparse.csr_array(taken * rng.random(taken.shape))


def fit(X, start, *, penalties=NO_PENALTIES, weights=None, **params):
    settings = {"tol": 0, "max_iter": 60, "penalties": penalties} | params
    solver = HierarchicalLeastSquares(penalties)
    return descend(split_into_blocks(X, weights), start, solver, **settings)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_sparse_rows_lead_where_dense_ones_do(penalties, is_weighted):
    X = planted()
    rng = np.random.default_rng(1)
    weights = rng.integers(1, 4, X.shape[0]).astype(float) if is_weighted else None
    start = initialize(X, 4)
    sparse, dense = (
        fit(data, start, penalties=penalties, weights=weights, max_iter=300)
        for data in (X, X.toarray())
    )
    assert sparse.loss_curve[-1] == pytest.approx(dense.loss_curve[-1], rel=1e-6)
    assert (np.diff(sparse.loss_curve) <= 1e-12 * sparse.loss_curve[0]).all()


@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
def test_steps_of_one_factor_are_the_same(penalties):
    X = planted()
    start = initialize(X, 4)
    blocks, dense = split_into_blocks(X), split_into_blocks(X.toarray())
    solver = HierarchicalLeastSquares(penalties)
    improved = [solver.update_loadings(b, start[0].T.copy(), start[1]) for b in (*blocks, *dense)]
    np.testing.assert_allclose(*improved, atol=1e-12)
    sums = [sum_blocks(data, improved[:1], start[1], solver) for data in (blocks, dense)]
    np.testing.assert_allclose(sums[0].numerator, sums[1].numerator, atol=1e-12)
    np.testing.assert_allclose(sums[0].denominator, sums[1].denominator, atol=1e-12)
    assert sums[0].loss == pytest.approx(sums[1].loss, rel=1e-12)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("n_components", [4, 20])
@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
def test_loadings_are_those_of_dense_rows(n_components, penalties):
    X, H = planted(), np.random.default_rng(2).random((n_components, 400))
    solver = HierarchicalLeastSquares(penalties)
    sparse, dense = (
        solver.solve_loadings(split_into_blocks(data)[0], H) for data in (X, X.toarray())
    )
    np.testing.assert_allclose(sparse, dense, atol=1e-8)


def test_as_low_as_scikit_learn():
    X = planted(seed=3)
    peer = decomposition.NMF(4, random_state=0, tol=1e-4, max_iter=1000).fit(X)
    descent = fit(X, initialize(X, 4), tol=1e-5, max_iter=1000)
    assert descent.converged
    assert descent.loss_curve[-1] <= peer.reconstruction_err_**2 / 2 * (1 + 1e-5)


def test_a_weight_is_so_many_copies():
    X, rng = planted(), np.random.default_rng(4)
    counts = rng.integers(1, 4, X.shape[0])
    W, H = rng.random((300, 4)), rng.random((4, 400))
    copies = np.repeat(np.arange(300), counts)
    weighted = fit(X, (W, H), weights=counts.astype(float), penalties=PRICES, max_iter=10)
    copied = fit(X[copies], (W[copies], H), penalties=PRICES, max_iter=10)
    np.testing.assert_allclose(weighted.loss_curve, copied.loss_curve, rtol=1e-10)
    np.testing.assert_allclose(weighted.H, copied.H, rtol=1e-6, atol=1e-10)


def test_threads_change_nothing():
    X = planted(9000, 200)
    starts = [initialize(X, 4, n_jobs=n_jobs) for n_jobs in (1, 2, 3)]
    fits = [fit(X, starts[0], n_jobs=n_jobs, max_iter=5) for n_jobs in (1, 2, 3)]
    for other_start, other in zip(starts[1:], fits[1:], strict=True):
        np.testing.assert_array_equal(starts[0][0], other_start[0])
        np.testing.assert_array_equal(starts[0][1], other_start[1])
        np.testing.assert_array_equal(fits[0].H, other.H)
        np.testing.assert_array_equal(fits[0].loss_curve, other.loss_curve)


@pytest.mark.parametrize("init", ["random", "nndsvd", "nndsvda", "nndsvdar"])
def test_starts_are_those_of_the_dense_matrix(init):
    X = planted()
    sparse, dense = (initialize(data, 3, init=init, random_state=5) for data in (X, X.toarray()))
    for one, other in zip(sparse, dense, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


@pytest.mark.parametrize("to", [np.asarray, scipy.sparse.csr_array])
@pytest.mark.parametrize("shape", [(700, 900), (900, 700)])
def test_singular_vectors_of_a_matrix_with_two_long_sides(to, shape):
    X = planted(*shape, 5, seed=6).toarray()
    left, values, right = leading_singular_vectors(to(X), 3)
    U, S, Vt = np.linalg.svd(X, full_matrices=False)
    np.testing.assert_allclose(values, S[:3], rtol=1e-3)
    assert np.abs(np.diag(left.T @ U[:, :3])).min() > 0.99
    assert np.abs(np.diag(right.T @ Vt[:3].T)).min() > 0.99
    again = leading_singular_vectors(to(X), 3)
    for one, other in zip((left, values, right), again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_rows_and_columns_without_entries():
    X = planted().tolil()
    X[5], X[:, 7] = 0, 0
    X = scipy.sparse.csr_array(X)
    descent = fit(X, initialize(X, 4), max_iter=300)
    solver = HierarchicalLeastSquares()
    W = solver.solve_loadings(split_into_blocks(X)[0], descent.H)
    assert (W[:, 5] == 0).all()
    np.testing.assert_allclose(descent.H[:, 7], 0, atol=1e-12)


def test_nothing_as_large_as_the_dense_matrix_is_made():
    rng = np.random.default_rng(7)
    n_samples, n_features, n_entries = 100_000, 1_000_000, 50_000
    places = rng.integers(0, n_samples, n_entries), rng.integers(0, n_features, n_entries)
    X = scipy.sparse.csr_array((rng.random(n_entries), places), shape=(n_samples, n_features))
    descent = fit(X, initialize(X, 2, init="random", random_state=0), max_iter=2, n_jobs=2)
    assert descent.H.shape == (2, n_features)  # dense, the matrix would take 800 GB
    parts = [
        HierarchicalLeastSquares().solve_loadings(block, descent.H)
        for block in split_into_blocks(X)[:2]
    ]
    assert all(np.isfinite(part).all() for part in parts)
