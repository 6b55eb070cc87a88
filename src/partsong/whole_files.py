"""Files that are there whole or not at all: written aside, then put in place in one step."""

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file, in place of the one that is there.

    Whoever reads meanwhile, or is killed in between, finds the old file or the new one. What is
    left behind by a kill has the file's name with a dot in front, and ends in ``.partial``.

    Parameters
    ----------
    path
        The file; folders on the way are made.
    content
        What it is to hold; text becomes UTF-8, its line ends stay.
    private
        Whether its owner alone may read it, and look into a folder that is made for it.

    Raises
    ------
    OSError
        If it cannot be written there. What stood there stays.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "mine.txt", "Solas")
    ...     [path.name for path in Path(folder).iterdir()]
    ['mine.txt']
    """
    data = content.encode() if isinstance(content, str) else content
    aside = path.with_name(f".{path.name}-{os.getpid()}.partial")
    path.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
    try:
        aside.unlink(missing_ok=True)  # a new file has the mode that is asked for
        with os.fdopen(_create(aside, mode=0o600 if private else 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _create(path: Path, *, mode: int) -> int:
    # Windows alone has the flag, and would otherwise change line ends.
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
