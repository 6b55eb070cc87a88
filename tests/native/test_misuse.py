"""Wrong arguments are refused, and wild numbers survived: a kernel never reaches beyond its arrays.

Real calls are recorded while estimators work, then repeated with one argument spoiled. Run under
sanitizers (`make check-native`) this finds every step outside an array and every lost piece of
memory; without them, crashes.
"""

import contextlib
import ctypes
import gc
import sys
from types import ModuleType

import numpy as np
import pytest
import scipy.sparse

from partsong.nmf import NMF

REFUSALS = (ValueError, TypeError, OverflowError, BufferError, MemoryError)


class Recorder(ModuleType):
    """A kernel that notes the arguments of the first calls of each of its functions."""

    def __init__(self, kernel, n_calls):
        super().__init__(kernel.__name__)
        self._kernel, self._n_calls = kernel, n_calls
        self.calls = {}

    def __getattr__(self, name):
        function = getattr(self._kernel, name)

        def noted(*arguments):
            calls = self.calls.setdefault(name, [])
            if len(calls) < self._n_calls:
                calls.append(tuple(copied(argument) for argument in arguments))
            return function(*arguments)

        return noted if callable(function) else function


def record_calls(kernels, work, monkeypatch, *, n_calls=2):
    """Return {kernel: {function: [arguments]}} of what `work` called."""
    recorders = {name: Recorder(kernel, n_calls) for name, kernel in kernels.items()}
    with monkeypatch.context() as patch:
        for recorder in recorders.values():
            patch.setitem(sys.modules, recorder.__name__, recorder)
        work()
    return {name: recorder.calls for name, recorder in recorders.items()}


def copied(argument):
    """Return an argument whose memory is its own; tuples are copied through."""
    if isinstance(argument, np.ndarray):
        return argument.copy()
    if isinstance(argument, (bytearray, memoryview)):
        return bytearray(argument)
    if isinstance(argument, tuple):
        return tuple(copied(part) for part in argument)
    return argument


def use_every_kernel(n_rows=60):
    """Fit and transform with every solver on dense, sparse, incomplete and weighted data."""
    rng = np.random.default_rng(0)
    X = rng.gamma(1.0, size=(n_rows, 3)) @ rng.gamma(1.0, size=(3, 9)) + 0.1
    incomplete = np.where(rng.random(X.shape) < 0.2, np.nan, X)
    sparse = scipy.sparse.csr_array(np.where(rng.random(X.shape) < 0.5, 0.0, X))
    weights = rng.integers(1, 4, n_rows)
    settings = {"n_components": 3, "random_state": 0, "tol": 0, "max_iter": 5, "init": "random"}
    for solver, losses in {
        "patterns": ["frobenius"],
        "hals": ["frobenius"],
        "mu": ["frobenius", "kullback-leibler", "itakura-saito"],
    }.items():
        for loss in losses:
            nmf = NMF(**settings, solver=solver, beta_loss=loss, alpha_W=0.01, l1_ratio=0.5)
            nmf.fit(X, sample_weight=weights).transform(X.astype(np.float32))
            nmf.set_params(alpha_W=0.0).fit(X.astype(np.float32)).transform(X)
            if solver != "patterns":
                nmf.fit(incomplete).transform(incomplete)
                if loss != "itakura-saito":
                    nmf.fit(sparse).transform(sparse)


@pytest.fixture(scope="module")
def recorded(kernels):
    with pytest.MonkeyPatch.context() as patch:
        return record_calls(kernels, use_every_kernel, patch)


def buffer_spoilers(argument):
    """Yield an array too short, too long, empty, read-only, and of wild contents."""
    array = (
        np.array(argument) if isinstance(argument, np.ndarray) else np.frombuffer(argument, "u1")
    )
    flat = array.ravel()
    yield flat[:-1].copy()
    yield np.append(flat, flat[:1])
    yield flat[:0].copy()
    yield bytes(flat.tobytes())
    if np.issubdtype(array.dtype, np.floating):
        for wild in (np.nan, np.inf, -1.0, 1e308, 5e-324):
            yield np.full_like(array, wild)
    else:
        rng = np.random.default_rng(0)
        yield np.frombuffer(rng.bytes(array.nbytes), dtype=array.dtype).reshape(array.shape).copy()


def spoiled(argument):
    """Yield what may stand in the place of an argument and should not."""
    yield None
    yield "text"
    if isinstance(argument, (np.ndarray, bytes, bytearray)):
        yield from buffer_spoilers(argument)
    elif isinstance(argument, (bool, int)):
        yield from (-1, 0, 1, 17, 1000, 2**70)
    elif isinstance(argument, float):
        yield from (np.nan, np.inf, -1.0, 0.0)
    elif isinstance(argument, tuple):
        yield ()
        for place, part in enumerate(argument):
            for other in spoiled(part):
                yield (*argument[:place], other, *argument[place + 1 :])


def test_every_function_of_every_kernel_is_used(kernels, recorded):
    for name, kernel in kernels.items():
        functions = {key for key in vars(kernel) if not key.startswith("_")}
        assert set(recorded[name]) | {"instructions"} == functions, name


def spoiled_calls(kernels, recorded):
    for name, functions in recorded.items():
        for function, calls in functions.items():
            for arguments in calls:
                for place, argument in enumerate(arguments):
                    for other in spoiled(argument):
                        tried = list(copied(arguments))
                        tried[place] = other
                        yield getattr(kernels[name], function), tried


def test_spoiled_arguments_are_refused_or_survived(kernels, recorded):
    refused = 0
    for function, arguments in spoiled_calls(kernels, recorded):
        try:
            function(*arguments)
        except REFUSALS:
            refused += 1
    assert refused > 100


def test_too_few_and_too_many_arguments_are_refused(kernels, recorded):
    for name, functions in recorded.items():
        for function, calls in functions.items():
            for wrong in (calls[0][:-1], (*calls[0], None)):
                with pytest.raises(TypeError):
                    getattr(kernels[name], function)(*wrong)


def call_spoiled(kernels, recorded):
    for function, arguments in spoiled_calls(kernels, recorded):
        with contextlib.suppress(*REFUSALS):
            function(*arguments)
    gc.collect()


def test_no_object_is_lost(kernels, recorded):
    call_spoiled(kernels, recorded)
    before = sys.getallocatedblocks()
    for _ in range(3):
        call_spoiled(kernels, recorded)
    assert sys.getallocatedblocks() - before < 100


def test_no_memory_is_lost(kernels, recorded, capfd):
    find_leaks = getattr(ctypes.CDLL(None), "__lsan_do_recoverable_leak_check", None)
    if find_leaks is None:
        pytest.skip("the leak sanitizer is not loaded; run: make check-native")
    call_spoiled(kernels, recorded)
    find_leaks()
    assert "/native/" not in capfd.readouterr().err  # others' leaks are reported too
