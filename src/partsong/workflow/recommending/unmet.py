"""Why a track does not meet a wish, in one sentence with what is known of the track."""

from typing import Any

import polars as pl

from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.wishes import Wish, columns_in

__all__ = ["tell_unmet"]


def tell_unmet(recommender: Recommender, wish: Wish, row: int) -> str:
    """Say how a track fails a wish.

    Parameters
    ----------
    recommender
        Whose track it is.
    wish
        That it does not meet.
    row
        The track, a row of the model.
    """
    if wish.kind == "unheard":
        return _tell_heard(recommender, row)
    if wish.kind == "obscure":
        return "It is better known than the least popular quarter."
    if wish.kind == "shown":
        return f"The list of {wish.label} showed it, and it does not come again so soon."
    if wish.kind == "drawn":
        return "It was not drawn this week; it may come in another."
    return f"It does not meet {wish.label}{_values(recommender, row, wish.condition)}."


def _tell_heard(recommender: Recommender, row: int) -> str:
    catalog = recommender.catalog
    is_own = pl.col("track_id") == recommender.model.track_ids[row]
    if not catalog.read_listens().filter(is_own).is_empty():
        return "You listened to it."
    if recommender.in_library[row]:  # where what was listened to belongs
        return "It is in your library."
    if not catalog.read_feedback().filter(is_own, pl.col("kind") == "like").is_empty():
        return "You like it, so it is nothing new to you."
    return "It is nothing new to you: a version or cover of a song that you know."


def _values(recommender: Recommender, row: int, condition: str) -> str:
    """Say what a track has in the columns of a condition."""
    columns = columns_in(condition)
    if not columns:
        return ""
    track_id = recommender.model.track_ids[row]
    track = recommender.catalog.read_tracks_by_id([track_id], columns).row(0, named=True)
    known = {
        name: track[name] for name in columns if track[name] not in (None, [])
    } or dict.fromkeys(columns)
    return ": " + "; ".join(f"{name} is {_text(value)}" for name, value in known.items())


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "not known"
    return "not known" if value is None else str(value)
