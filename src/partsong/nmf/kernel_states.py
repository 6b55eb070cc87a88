"""What each compiled kernel is doing here, and why not where it does nothing."""

import importlib
import importlib.util
import os
from dataclasses import dataclass

from partsong.nmf.kernels import KERNELS, load_kernel

__all__ = ["KernelState", "describe_kernels"]


@dataclass(frozen=True, slots=True)
class KernelState:
    """Whether a compiled kernel runs, or NumPy does its work.

    Attributes
    ----------
    name
        The kernel's module.
    instructions
        What it uses of the processor: ``"baseline"``, ``"avx2"`` or ``"avx512"``. None where
        NumPy does its work.
    reason, mend
        Why it does not run, or not at full speed, and what to do about it; empty where it does.
    """

    name: str
    instructions: str | None
    reason: str = ""
    mend: str = ""


def describe_kernels() -> list[KernelState]:
    """Tell of every compiled kernel whether it runs.

    Returns
    -------
    list of KernelState
        In the order of their names.

    Examples
    --------
    >>> all(state.instructions or state.mend for state in describe_kernels())
    True
    """
    return [_describe(name) for name in sorted(KERNELS)]


def _describe(name: str) -> KernelState:
    kernel = load_kernel(name)
    if kernel is None:
        return KernelState(name, None, *_why_not(f"partsong.nmf.native.{name}"))
    instructions = kernel.instructions()
    if os.environ.get("PARTSONG_INSTRUCTIONS") == instructions:
        return KernelState(
            name,
            instructions,
            f"PARTSONG_INSTRUCTIONS={instructions} is set",
            "Unset PARTSONG_INSTRUCTIONS.",
        )
    return KernelState(name, instructions)


def _why_not(module: str) -> tuple[str, str]:
    """Return the reason and the mend."""
    if os.environ.get("PARTSONG_KERNELS") == "numpy":
        return "PARTSONG_KERNELS=numpy is set", "Unset PARTSONG_KERNELS."
    if importlib.util.find_spec(module) is None:
        return "not built", "Install GCC or Clang, then install partsong from its source."
    try:
        importlib.import_module(module)
    except ImportError as error:
        reason = f"does not load: {error}"
    else:
        reason = "was not there a moment ago"
    return reason, "Install partsong from its source, for this Python and this processor."
