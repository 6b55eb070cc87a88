"""The environment may ask for less of the processor than it has, and the answer stays the same."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

_FIT = """
import json
import numpy as np
from partsong.nmf import NMF, describe_kernels
rng = np.random.default_rng(0)
X = rng.gamma(0.5, size=(500, 3)) @ rng.gamma(0.5, size=(3, 9)) + rng.gamma(0.5, size=(500, 9)) / 9
nmf = NMF(3, n_init=1, random_state=0, tol=1e-10)
W = nmf.fit_transform(X)
used = [state.instructions for state in describe_kernels()]
print(json.dumps([used, nmf.reconstruction_err_ ** 2, nmf.components_.tolist(), W.tolist()]))
"""


def fit_with(**environment):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _FIT],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("instructions", ["baseline", "avx2", "avx512", "numpy"])
def test_every_way_to_compute_gives_one_answer(kernels, instructions):
    del kernels  # skips where there are none
    if instructions == "numpy":
        used, loss, H, W = fit_with(PARTSONG_KERNELS="numpy")
        assert set(used) == {None}
    else:
        used, loss, H, W = fit_with(PARTSONG_INSTRUCTIONS=instructions)
        assert set(used) <= {"baseline", "avx2", "avx512", None}
        assert instructions in used or instructions != "baseline"
    _, expected_loss, expected_H, expected_W = fit_with()
    assert loss == pytest.approx(expected_loss, rel=1e-6)
    np.testing.assert_allclose(H, expected_H, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(W, expected_W, rtol=1e-3, atol=1e-4)
