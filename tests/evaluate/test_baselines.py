"""The plain methods are what their names say."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from partsong.evaluate import BASELINES, Baselines, standardise


@pytest.fixture(scope="module")
def plain():
    random = np.random.default_rng(2)
    features = random.random((300, 5)) * [1, 10, 100, 1, 1]
    features[random.random((300, 5)) < 0.1] = np.nan
    return features, Baselines.learn(
        features,
        post_features=features,
        popularity=np.full(300, np.nan),
        n_components=3,
    )


def test_pca_is_scikit_learn_s(plain):
    features, learned = plain
    theirs = PCA(3).fit_transform(standardise(features))
    np.testing.assert_allclose(np.abs(learned.pca), np.abs(theirs), atol=1e-8)


def test_svd_is_scikit_learn_s(plain):
    features, learned = plain
    steps = SimpleImputer(), MinMaxScaler(), TruncatedSVD(3, algorithm="arpack", random_state=0)
    theirs = make_pipeline(*steps).fit_transform(features)
    np.testing.assert_allclose(np.abs(learned.svd), np.abs(theirs), atol=1e-8)


def test_missing_values_are_average_and_the_rest_is_standard(plain):
    features, learned = plain
    np.testing.assert_allclose(learned.standardised[np.isnan(features)], 0, atol=1e-12)
    known = np.where(np.isnan(features), np.nan, learned.standardised)
    np.testing.assert_allclose(np.nanmean(known, axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.nanstd(known, axis=0), 1)


def test_what_is_not_known_is_no_method(plain):
    _, learned = plain
    artists = sparse.csr_array((300, 0), dtype=np.float32)
    methods, again = learned.methods(np.arange(300), artists)
    names = [method.name for method in methods]
    assert set(BASELINES) - set(names) == {"popularity"}
    assert set(again) == {"scikit-learn NMF"}


def test_columns_without_any_value_do_no_harm():
    features = np.column_stack([np.full(20, np.nan), np.arange(20.0), np.full(20, 7.0)])
    assert (standardise(features)[:, [0, 2]] == 0).all()
