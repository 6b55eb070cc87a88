"""What a listener's taste is learned from, and the moods that it falls into."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.errors import CatalogMissingError
from partsong.recommend import Centre, count_plays, find_taste, weigh_tracks
from partsong.workflow.recommending.recommender import Recommender

__all__ = ["Taste", "read_taste"]

_SECONDS_A_DAY: Final = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """A listener's taste.

    Attributes
    ----------
    rows
        The tracks that count, rows of the model.
    centres
        One a mood, the heaviest first; their members index `rows`.
    """

    rows: NDArray[np.intp]
    centres: tuple[Centre, ...]


def read_taste(recommender: Recommender, now: datetime, *, half_life: float | None) -> Taste:
    """Learn a taste from the library, from listens, likes and dislikes.

    Parameters
    ----------
    recommender
        Whose catalog knows them.
    now
        When this is, UTC unless it says otherwise.
    half_life
        Days after which a listen counts half; None for the library alone.

    Raises
    ------
    CatalogMissingError
        If nothing is known of the listener.
    """
    feedback = recommender.catalog.read_feedback()

    def said(kind: str) -> NDArray[np.intp]:
        ids = feedback.filter(pl.col("kind") == kind)["track_id"]
        rows = recommender.rows_of(ids.to_list())
        return rows[rows >= 0]

    is_owned = recommender.in_library
    is_liked = np.zeros(len(is_owned), dtype=np.bool_)
    plays = np.zeros(len(is_owned))
    if half_life is not None:
        is_liked[said("like")] = True
        played = _read_plays(recommender, _utc(now), half_life=half_life)
        rows = recommender.rows_of(played["track_id"].to_list())
        plays[rows[rows >= 0]] = played["plays"].to_numpy()[rows >= 0]
        is_owned = is_owned.copy()
        is_owned[rows[rows >= 0]] = False
    weights = weigh_tracks(is_owned, is_liked, plays)
    weights[recommender.refused] = 0.0
    known = np.flatnonzero(weights > 0)
    loadings = recommender.space.loadings
    try:
        centres = find_taste(loadings[known], weights[known], disliked=loadings[said("dislike")])
    except ValueError as error:
        raise CatalogMissingError(
            "Nothing is known of what you like"
            + (", as far as the model goes." if recommender.heard.any() else "."),
            hint="Place what you know in the model: partsong update"
            if half_life is not None and recommender.heard.any()
            else 'Import what you know: partsong import FILE --library; or say it: partsong like "TITLE"',
        ) from error
    return Taste(known, centres)


def _read_plays(recommender: Recommender, now: datetime, *, half_life: float) -> pl.DataFrame:
    """Return `track_id` and `plays`, what its listens count, of each track listened to."""
    listens = recommender.catalog.read_listens()
    ids = listens["track_id"].unique(maintain_order=True).to_list()
    lengths = recommender.catalog.read_tracks_by_id(ids, ["duration_ms"])
    joined = listens.join(lengths, on="track_id", how="left", maintain_order="left")
    days_ago = (pl.lit(now) - pl.col("played_at")).dt.total_seconds() / _SECONDS_A_DAY
    counts = count_plays(
        joined.select(days_ago).to_series().cast(pl.Float64).to_numpy(),
        joined["ms_played"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        joined["duration_ms"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        half_life=half_life,
    )
    return (
        joined.with_columns(plays=pl.Series(counts, dtype=pl.Float64))
        .group_by("track_id", maintain_order=True)
        .agg(pl.col("plays").sum())
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
