"""Components that come back are kept, the others are not, and every row says how sure it is."""

import itertools

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from partsong.nmf import NMF, ArrayBlocks, balance_scale, match_components
from partsong.nmf.consensus import ConsensusNMF
from partsong.nmf.refits import Refit, find_strongest, refit_samples, share_of_votes

BLOCKS = np.kron(np.eye(4), np.ones(3))


def planted(n_samples=400, *, seed=0, share_missing=0.0):
    """Rows of four components of three features each, with some noise."""
    rng = np.random.default_rng(seed)
    X = rng.gamma(0.5, size=(n_samples, 4)) @ BLOCKS + 0.1 * rng.random((n_samples, 12))
    X[rng.random(X.shape) < share_missing] = np.nan
    return X


def least_match(H, reference=BLOCKS):
    return match_components(H, reference)[1].min()


# Weights count as copies in the loss, but the rows drawn, and so the starts, are others.
DRAWS_DEPEND_ON_ROWS = {
    "check_sample_weight_equivalence_on_dense_data": "copies of rows are drawn otherwise",
    "check_sample_weight_equivalence_on_sparse_data": "copies of rows are drawn otherwise",
}


# The checks allow five iterations, which is too few on purpose.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [
        ConsensusNMF(2, n_runs=2),
        ConsensusNMF(2, n_runs=2, min_agreement=0, solver="mu", beta_loss="kullback-leibler"),
    ],
    expected_failed_checks=lambda _estimator: DRAWS_DEPEND_ON_ROWS,
    xfail_strict=False,
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("asked", [4, 5, 6])
def test_components_too_many_are_given_up_and_the_planted_stay(asked):
    X = planted()
    model = ConsensusNMF(asked, random_state=0).fit(X)
    assert model.n_components_ == 4
    assert least_match(model.components_) > 0.99
    assert model.agreement_.min() == 1
    alone = NMF(4, random_state=0).fit(X)
    assert model.reconstruction_err_ == pytest.approx(alone.reconstruction_err_, rel=1e-4)


def test_a_component_too_many_is_told_by_its_agreement():
    X = planted()
    model = ConsensusNMF(5, min_agreement=0, random_state=0).fit(X)
    assert model.n_components_ == 5
    assert model.agreement_.min() < 0.6
    kept = ConsensusNMF(4, min_agreement=0, random_state=0).fit(X)
    assert kept.agreement_.min() == 1


def test_noise_alone_has_components_that_do_not_come_back():
    X = np.random.default_rng(0).random((300, 10))
    model = ConsensusNMF(6, n_runs=10, random_state=0).fit(X)
    assert 1 <= model.n_components_ < 6


@pytest.mark.parametrize("min_agreement", [0, 0.9])
def test_where_all_come_back_it_is_the_fit_of_nmf(min_agreement):
    X = planted()
    model = ConsensusNMF(4, n_runs=3, min_agreement=min_agreement, random_state=5)
    W = model.fit_transform(X)
    alone = NMF(4, random_state=5)
    np.testing.assert_array_equal(W, alone.fit_transform(X))
    np.testing.assert_array_equal(model.components_, alone.components_)
    assert model.reconstruction_err_ == alone.reconstruction_err_
    np.testing.assert_array_equal(W, model.transform(X))
    np.testing.assert_array_equal(model.inverse_transform(W), alone.inverse_transform(W))


def test_rows_between_two_components_are_less_sure_than_rows_of_one():
    rng = np.random.default_rng(1)
    pure = np.repeat(np.arange(4), 20)
    between = (BLOCKS[0] + BLOCKS[1]) * (1 + 0.01 * rng.normal(size=(40, 12)))
    X = np.vstack([planted(), BLOCKS[pure] + 0.05 * rng.random((80, 12)), np.abs(between)])
    model = ConsensusNMF(4, min_confidence=0.8, random_state=0).fit(X)
    assert (model.confidence_[400:480] == 1).all()
    assert len(set(zip(pure.tolist(), model.labels_[400:480].tolist(), strict=True))) == 4
    assert model.confidence_[480:].mean() < 0.9
    is_mixed = model.confidence_ < 0.8
    assert is_mixed[480:].any()
    np.testing.assert_array_equal(model.labels_ == -1, is_mixed)
    strongest = balance_scale(model.transform(X), model.components_)[0].argmax(axis=1)
    np.testing.assert_array_equal(model.labels_[~is_mixed], strongest[~is_mixed])


def test_agreement_and_confidence_are_what_counting_by_hand_gives():
    X = np.random.default_rng(2).random((60, 5))
    model = ConsensusNMF(3, n_runs=6, min_agreement=0, random_state=0).fit(X)
    rng = np.random.RandomState(0)
    NMF(3, random_state=rng).fit(X)
    refits = refit_samples(
        X,
        model.nmf_,
        settings={"tol": 1e-5},
        seeds=rng.randint(2**31 - 1, size=6).tolist(),
        max_samples=20_000,
    )

    def unit(H):
        return H / np.linalg.norm(H, axis=1, keepdims=True)

    came_back, votes = np.zeros(3), np.zeros(60)
    W = model.transform(X) * np.linalg.norm(model.components_, axis=1)
    for refit in refits:
        H = refit.model.components_
        cosines = unit(model.components_) @ unit(H).T
        partners = max(
            itertools.permutations(range(3)), key=lambda order: sum(cosines[range(3), order])
        )
        came_back += cosines[range(3), partners] >= 0.9
        own = refit.model.transform(X) * np.linalg.norm(H, axis=1)
        for row in range(60):
            votes[row] += own[row].argmax() == partners[W[row].argmax()]
    np.testing.assert_array_equal(model.agreement_, came_back / 6)
    np.testing.assert_array_equal(model.confidence_, votes / 6)
    np.testing.assert_array_equal((model.similarities_ >= 0.9).mean(axis=0), model.agreement_)
    assert 0 < model.confidence_.mean() < 1


def test_order_of_features_and_units_change_no_answer():
    X = planted()
    model = ConsensusNMF(5, n_runs=5, random_state=0).fit(X)
    order = np.random.default_rng(0).permutation(12)
    turned = clone(model).fit(X[:, order])
    scaled = clone(model).fit(4 * X)
    assert turned.n_components_ == scaled.n_components_ == model.n_components_
    assert least_match(turned.components_, model.components_[:, order]) > 0.999
    np.testing.assert_array_equal(scaled.labels_, model.labels_)
    np.testing.assert_array_equal(scaled.confidence_, model.confidence_)


def test_the_scale_of_components_does_not_vote():
    X = planted()
    model = NMF(4, random_state=0).fit(X)
    H = model.components_
    W = model.transform(X)
    factors = np.array([0.01, 1, 50, 3])
    np.testing.assert_array_equal(
        find_strongest(W, H), find_strongest(W * factors, H / factors[:, np.newaxis])
    )


def test_components_in_another_order_are_the_same():
    X = planted()
    model = NMF(4, random_state=0).fit(X)
    labels = find_strongest(model.transform(X), model.components_)
    order = np.array([2, 0, 3, 1])
    other = NMF(4, init="custom").fit(X, W=model.transform(X)[:, order], H=model.components_[order])
    votes = share_of_votes(X, labels, [Refit(other, order, np.ones(4))])
    assert votes.mean() > 0.99


@pytest.mark.parametrize("n_jobs", [2, 3])
def test_threads_change_nothing(n_jobs):
    X = planted()
    one = ConsensusNMF(5, n_runs=5, n_jobs=1, random_state=0).fit(X)
    many = clone(one).set_params(n_jobs=n_jobs).fit(X)
    for name in ("components_", "agreement_", "similarities_", "confidence_", "labels_"):
        np.testing.assert_array_equal(getattr(many, name), getattr(one, name))


def test_missing_entries_are_no_obstacle():
    X = planted(800, share_missing=0.1)
    X[7] = np.nan
    model = ConsensusNMF(4, n_runs=4, random_state=0).fit(X)
    assert model.agreement_.min() == 1
    assert least_match(model.components_) > 0.99
    assert model.labels_[7] == -1
    assert model.confidence_[7] == 0


def test_a_feature_that_was_hardly_observed_is_in_every_sample():
    X = planted(100)
    X[1:, 5] = np.nan
    model = ConsensusNMF(3, n_runs=4, random_state=0).fit(X)
    assert np.isfinite(model.components_).all()


def test_rows_of_no_weight_decide_nothing():
    X = planted()
    odd = np.random.default_rng(3).random((300, 12))
    weights = np.r_[np.ones(400), np.zeros(300)]
    model = ConsensusNMF(4, n_runs=5, random_state=0)
    model.fit(np.vstack([X, odd]), sample_weight=weights)
    assert least_match(model.components_) > 0.99
    assert model.agreement_.min() == 1
    assert len(model.confidence_) == 700


def test_sparse_rows_give_what_dense_ones_do():
    X = np.round(planted(), 1) * (planted() > 0.2)
    model = ConsensusNMF(4, n_runs=4, solver="hals", random_state=0)
    dense = clone(model).fit(X)
    sparse = clone(model).fit(csr_array(X))
    assert least_match(sparse.components_, dense.components_) > 1 - 1e-6
    np.testing.assert_array_equal(sparse.confidence_, dense.confidence_)


def test_every_loss_can_be_judged():
    X = planted() + 0.01
    model = ConsensusNMF(
        4, n_runs=3, beta_loss="kullback-leibler", tol=1e-4, max_iter=3000, random_state=0
    ).fit(X)
    assert model.solver_ == "mu"
    assert model.agreement_.min() == 1


def test_the_callback_hears_of_every_refit():
    heard = []
    model = ConsensusNMF(
        5, n_runs=3, random_state=0, callback=lambda run, number: heard.append((number, run))
    )
    model.fit(planted())
    assert heard == [(number, run) for number in (5, 4) for run in (1, 2, 3)]


def test_an_interrupted_fit_leaves_the_estimator_as_it_was():
    def press(run, _number):
        if run == 2:
            raise KeyboardInterrupt

    model = ConsensusNMF(4, n_runs=3, callback=press)
    with pytest.raises(KeyboardInterrupt):
        model.fit(planted())
    assert vars(model) == vars(clone(model))


def test_too_few_iterations_are_said_once():
    with pytest.warns(match="max_iter=1 iterations") as heard:
        ConsensusNMF(4, n_runs=2, min_agreement=0, max_iter=1, random_state=0).fit(planted())
    assert len(heard) == 1


def test_rows_of_a_source_are_refused():
    with pytest.raises(TypeError, match="Bring a sample"):
        ConsensusNMF(2).fit(ArrayBlocks(planted()))


@pytest.mark.slow
def test_the_confidence_of_real_tracks_tells_which_labels_another_seed_repeats(shared_data):
    features = [
        *("danceability", "energy", "loudness", "speechiness", "acousticness"),
        *("instrumentalness", "liveness", "valence", "tempo", "duration_ms"),
    ]
    table = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet").select(features)
    Z = table.sample(12_000, seed=0).to_numpy().astype(float)
    Z = np.clip((Z - Z.mean(axis=0)) / Z.std(axis=0), -3, 3)
    X = np.hstack([np.maximum(Z, 0), np.maximum(-Z, 0)])
    model = ConsensusNMF(10, n_runs=10, min_agreement=0, random_state=0).fit(X)
    other = NMF(10, n_init=2, random_state=99).fit(X[::2])
    partners, _ = match_components(model.components_, other.components_)
    theirs = partners[find_strongest(other.transform(X), other.components_)]
    ours = find_strongest(model.transform(X), model.components_)
    is_other = theirs != ours
    sure = model.confidence_ >= 0.9
    assert 0.05 < sure.mean() < 0.99
    assert is_other[~sure].mean() > 5 * is_other[sure].mean()
