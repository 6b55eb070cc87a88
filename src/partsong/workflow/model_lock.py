"""One change of a model at a time: who reads it to write it again holds it meanwhile.

A model's folder is replaced in one step, so readers need no lock. But of two programs that each
read it, change it and write it, the second would undo what the first one did.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from partsong.errors import ModelError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["hold_model"]

_LOCK: Final = ".lock"
_BETWEEN_TRIES: Final = 0.05


@contextlib.contextmanager
def hold_model(folder: Path, *, busy_timeout: float = 60.0) -> Iterator[None]:
    """Keep other programs from changing a model while the block runs.

    The system lets go of the lock when a process ends, however it does.

    Parameters
    ----------
    folder
        The model's folder; made with its parents where there is none.
    busy_timeout
        Seconds to wait while another process, or another thread, holds it.

    Raises
    ------
    ModelError
        If it stays held, or the folder may not be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, hold_model(Path(folder) / "mine"):
    ...     pass
    """
    deadline = time.monotonic() + busy_timeout
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _LOCK).open("a+b")
    except OSError as error:
        raise ModelError(
            f"The model {folder} cannot be changed: {error.strerror or error}.",
            hint="Name a model in a folder that may be written.",
        ) from error
    with file:
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise ModelError(
                    f"The model {folder} is being changed by another program.",
                    hint="Wait until that is done, or end it, then try again.",
                )
            time.sleep(_BETWEEN_TRIES)
        yield


def _try_lock(file: IO[bytes]) -> bool:
    """Take the lock of an open file, which goes when the file is closed."""
    try:
        if sys.platform == "win32":
            file.seek(0, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
