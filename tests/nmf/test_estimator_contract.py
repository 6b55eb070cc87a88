"""The estimator keeps scikit-learn's contract, with every solver and loss."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from partsong.nmf import NMF

rng = np.random.default_rng(0)
X = rng.random((30, 6))


# Weights count as copies in the loss (tests/nmf/test_patterns.py and others show it from one start),
# but a start drawn from repeated rows is another start, and the loss has many minima.
START_DEPENDS_ON_ROWS = {
    "check_sample_weight_equivalence_on_dense_data": "copies of rows draw other starts",
    "check_sample_weight_equivalence_on_sparse_data": "copies of rows draw other starts",
}


# The checks allow five iterations, which is too few on purpose.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [
        NMF(),
        NMF(3),
        NMF(solver="hals"),
        NMF(solver="mu"),
        NMF(solver="mu", beta_loss="kullback-leibler"),
    ],
    expected_failed_checks=lambda _estimator: START_DEPENDS_ON_ROWS,
    xfail_strict=False,
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "params",
    [{}, {"solver": "mu"}, {"solver": "mu", "beta_loss": "kullback-leibler", "max_iter": 2000}],
)
@pytest.mark.parametrize("share_missing", [0, 0.2])
def test_fit_transform_is_fit_then_transform(params, share_missing):
    Y = np.where(rng.random(X.shape) < share_missing, np.nan, X)
    model = NMF(3, random_state=0, tol=1e-4, **params)
    loadings = model.fit_transform(Y)
    np.testing.assert_array_equal(loadings, model.transform(Y))
    np.testing.assert_array_equal(loadings, clone(model).fit(Y).transform(Y))


def test_works_in_a_pipeline_with_named_features():
    pipeline = make_pipeline(MinMaxScaler(), NMF(3, random_state=0)).set_output(transform="pandas")
    frame = pytest.importorskip("pandas").DataFrame(X, columns=list("abcdef"))
    loadings = pipeline.fit_transform(frame)
    assert list(loadings.columns) == ["nmf0", "nmf1", "nmf2"]
    assert list(pipeline[-1].get_feature_names_out()) == ["nmf0", "nmf1", "nmf2"]


@pytest.mark.parametrize("solver", ["hals", "mu"])
def test_single_precision_gives_the_same_in_single_precision(solver):
    double = NMF(3, solver=solver, random_state=0).fit(X)
    single = NMF(3, solver=solver, random_state=0)
    loadings = single.fit_transform(X.astype(np.float32))
    assert loadings.dtype == single.components_.dtype == np.float32
    np.testing.assert_allclose(single.reconstruction_err_, double.reconstruction_err_, rtol=1e-4)


def test_the_caller_s_data_stay_as_they_are():
    Y = np.where(rng.random(X.shape) < 0.2, np.nan, X)
    W, H = rng.random((30, 3)), rng.random((3, 6))
    before = [part.copy() for part in (Y, W, H)]
    NMF(3, init="custom").fit(Y, W=W, H=H)
    for part, copy in zip((Y, W, H), before, strict=True):
        np.testing.assert_array_equal(part, copy)


def test_auto_takes_the_number_of_the_given_components():
    assert NMF(init="custom").fit(X, W=rng.random((30, 2)), H=rng.random((2, 6))).n_components_ == 2
    planted = rng.gamma(0.5, size=(400, 3)) @ rng.gamma(0.5, size=(3, 9))
    searched = NMF(random_state=0).fit(planted * rng.gamma(400, 1 / 400, size=planted.shape))
    assert searched.n_components_ == 3
    assert NMF(None, tol=1e-2).fit(X).n_components_ == 6


def test_loadings_of_the_wrong_width_are_refused():
    model = NMF(3, random_state=0).fit(X)
    with pytest.raises(ValueError, match="2 columns, but 3 components"):
        model.inverse_transform(np.ones((1, 2)))


def test_an_interrupted_fit_leaves_the_estimator_as_it_was():
    def press(iteration, _loss):
        if iteration == 1:
            raise KeyboardInterrupt

    model = NMF(3, callback=press)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X)
    assert vars(model) == vars(clone(model))

    model.set_params(callback=None).fit(X)
    before = dict(vars(model))
    model.set_params(callback=press)
    with pytest.raises(KeyboardInterrupt):
        model.fit(rng.random((9, 4)))
    model.set_params(callback=None)
    assert vars(model) == before


def test_callback_hears_every_iteration():
    heard = []
    model = NMF(3, random_state=0, callback=lambda *news: heard.append(news)).fit(X)
    assert [iteration for iteration, _ in heard] == list(range(1, model.n_iter_ + 1))
    np.testing.assert_array_equal([loss for _, loss in heard], model.loss_curve_)
