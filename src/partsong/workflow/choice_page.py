"""The page of ``partsong choose-k -o``: the figure, the reasons and the table."""

import os
from pathlib import Path
from typing import Final

from partsong.plots import plot_search
from partsong.reports import Section, Table, write_page
from partsong.workflow.choosing import PartsChoice

__all__ = ["write_choice"]

_SCORES: Final = {
    "relative_error": "error",
    "svd_relative_error": "of the SVD",
    "held_out_error": "hidden entries",
    "half_similarity": "halves",
    "restart_similarity": "starts",
    "refit_similarity": "refits",
    "balance": "balance",
    "largest_cluster": "largest cluster",
}
"""What the table shows, as far as it was measured, and under which headers."""


def write_choice(choice: PartsChoice, path: str | os.PathLike[str]) -> Path:
    """Write what `choose_parts` found as one page that opens offline.

    Parameters
    ----------
    choice
        What to show.
    path
        The file to write; one of that name is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the file cannot be written there.
    """
    frame = choice.to_frame()
    shown = [name for name in _SCORES if name in frame.columns]
    return write_page(
        path,
        title=f"How many parts: {choice.recommended}",
        lead=(
            f"{len(choice.table)} numbers of parts tried on {choice.n_tracks:,} tracks with the "
            f"recipe {choice.recipe}. {choice.recommended} are recommended; the methods "
            f"{choice.agreement}."
        ),
        sections=[
            Section(
                "The search",
                "Hidden entries and agreement decide; the error falls with every part.",
                figure=plot_search(
                    frame,
                    recommended=choice.recommended,
                    picks=choice.picks,
                    n_tracks=choice.n_tracks,
                ),
            ),
            Section("Why", "\n\n".join(choice.reasons)),
            Section(
                "All numbers",
                "Error, of the SVD and hidden entries: relative errors. Halves, starts and refits: "
                "cosine of the least alike part, 1 = the same.",
                table=Table(
                    ["parts", *(_SCORES[name] for name in shown), ""],
                    [
                        [
                            row["n_components"],
                            *(row[name] for name in shown),
                            "recommended" if row["n_components"] == choice.recommended else "",
                        ]
                        for row in frame.to_dicts()
                    ],
                ),
            ),
        ],
    )
