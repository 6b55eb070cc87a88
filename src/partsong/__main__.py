"""Run the command line with ``python -m partsong``."""

from partsong.cli import main

main()
