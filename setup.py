"""Build the compiled kernels of ``partsong.nmf`` where there is a compiler; the rest is in pyproject.

Every file ``src/partsong/nmf/native/*.c`` is one optional extension module on Python's stable ABI,
so that one wheel a platform serves every Python from 3.11 on. Where a module does not build, or
there is no compiler at all, NumPy does the same work more slowly.
"""

import os
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

NATIVE = Path("src/partsong/nmf/native")
EXACT_AND_FAST = [
    "-O3",
    "-std=gnu11",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-wrapv",  # Python's own flag; with it GCC 12 gives up on one of the kernels
    "-Wno-psabi",
    "-g0",
]
"""Never -ffast-math: loading such a library makes the whole process flush small numbers to zero."""


class BuildKernels(build_ext):
    """Give compilers that speak GCC's language its flags; another one fails, which is allowed."""

    def build_extension(self, ext: Extension) -> None:
        """Compile one kernel."""
        if self.compiler.compiler_type != "msvc":
            ext.extra_compile_args = EXACT_AND_FAST + os.environ.get("PARTSONG_CFLAGS", "").split()
            ext.extra_link_args = os.environ.get("PARTSONG_LDFLAGS", "").split()
        super().build_extension(ext)


setup(
    ext_modules=[
        Extension(
            f"partsong.nmf.native.{source.stem}",
            [source.as_posix()],
            depends=[header.as_posix() for header in sorted(NATIVE.glob("*.h"))],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            optional=True,
        )
        for source in sorted(NATIVE.glob("*.c"))
    ],
    cmdclass={"build_ext": BuildKernels},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
