"""Files that are there whole or not at all: written aside, then put in place in one step."""

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, in place of the one that is there.

    Whoever reads meanwhile, or is killed in between, finds the old file or the new one. What is
    left behind by a kill has the file's name with a dot in front, and ends in ``.partial``.

    Parameters
    ----------
    path
        The file; folders on the way are made.
    content
        What it is to hold; text becomes UTF-8, its line ends stay.

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
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
