"""The command line: a thin view over :mod:`partsong.workflow`, one file a command.

Results go to standard output, progress and errors to standard error. Exit codes: 0 done, 1 an
error of ours (two lines: what, and the mend), 2 wrong usage, 130 interrupted.
"""

from partsong.cli.app import main

__all__ = ["main"]
