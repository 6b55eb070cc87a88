"""The scorecard of a model as a file in its folder, one that no other model is taken for.

It is no part of the model: it is not named in the manifest, and a model that changes leaves it
behind. So whoever reads it compares what it says of the model with the model.
"""

import json
from pathlib import Path
from typing import Final

from partsong.errors import ModelError
from partsong.evaluate import Scorecard
from partsong.parts import read_model_info
from partsong.whole_files import write_whole

__all__ = ["SCORECARD", "read_scorecard", "save_scorecard"]

SCORECARD: Final = "scorecard.json"


def save_scorecard(scorecard: Scorecard, folder: Path) -> None:
    """Write a scorecard into the folder of its model, in one step.

    Parameters
    ----------
    scorecard
        What to write.
    folder
        Of the model.

    Raises
    ------
    ModelError
        If the folder cannot be written.
    """
    text = json.dumps(scorecard.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
    try:
        write_whole(folder / SCORECARD, text)
    except OSError as error:
        raise ModelError(
            f"The scorecard cannot be written to {folder}: {error.strerror or error}.",
            hint="Make room, or mend the permissions of the folder.",
        ) from error


def read_scorecard(folder: Path) -> Scorecard | None:
    """Read the scorecard of a model; None where there is none, or it is of an earlier model.

    Parameters
    ----------
    folder
        Of the model.
    """
    try:
        content = json.loads((folder / SCORECARD).read_text(encoding="utf-8"))
        scorecard = Scorecard.from_dict(content)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    info = read_model_info(folder)
    is_of_this = (scorecard.learned, scorecard.n_tracks) == (
        info.fit.created.isoformat(),
        info.n_tracks,
    )
    return scorecard if is_of_this else None
