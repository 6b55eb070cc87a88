"""The last question, remembered beside the models: ``partsong why`` is about it by default."""

import contextlib
import json
from pathlib import Path
from typing import Any, Final

from partsong.catalog import Catalog
from partsong.errors import QueryError
from partsong.whole_files import write_whole
from partsong.workflow.places import model_folder
from partsong.workflow.recommending.question import Question
from partsong.workflow.recommending.weekly_question import WeeklyQuestion

__all__ = ["keep_question", "read_question"]

_FILE: Final = "last-question.json"


def keep_question(catalog: Catalog, question: Question | WeeklyQuestion) -> None:
    """Remember the last question beside the catalog's models, where that place can be written.

    Parameters
    ----------
    catalog
        Of which it was asked.
    question
        What was asked.
    """
    text = json.dumps(question.to_dict(), ensure_ascii=False)
    with contextlib.suppress(OSError):  # to remember is a service, and not worth a failure
        write_whole(_path(catalog), text)


def read_question(catalog: Catalog) -> Question | WeeklyQuestion:
    """Return the last question that was asked of a catalog.

    Parameters
    ----------
    catalog
        The catalog.

    Raises
    ------
    QueryError
        If none is remembered.
    """
    try:
        data: dict[str, Any] = json.loads(_path(catalog).read_text(encoding="utf-8"))
        is_weekly = "week" in data
        return WeeklyQuestion.from_dict(data) if is_weekly else Question.from_dict(data)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise QueryError(
            f"No question to {catalog.path.name} is remembered.",
            hint="Ask one first: partsong recommend TITLE, or partsong discover; or name the "
            "seeds: --like TITLE",
        ) from error


def _path(catalog: Catalog) -> Path:
    return model_folder(catalog, _FILE)
