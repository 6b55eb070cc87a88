"""``partsong discover``: a fresh list for the listener, one a week."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from partsong.catalog import FoundTrack, list_conditions
from partsong.parts import BEYOND, Model
from partsong.recommend import HALF_LIFE, unit_rows
from partsong.workflow.recommending.exporting import Exported, open_export
from partsong.workflow.recommending.last_question import keep_question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.reminding import Week
from partsong.workflow.recommending.results import RecommendedTrack
from partsong.workflow.recommending.taste import Taste
from partsong.workflow.recommending.weekly_answer import WeeklyAnswer, answer_week
from partsong.workflow.recommending.weekly_question import WeeklyQuestion
from partsong.workflow.recommending.wishes import all_met
from partsong.workflow.selecting import Conditions

__all__ = ["DiscoverResult", "TasteMood", "discover_tracks"]

_NAMED_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class TasteMood:
    """One mood of the listener's taste.

    Attributes
    ----------
    share
        Of the weights of all that is known, in (0, 1].
    parts
        Its strongest parts, the most first.
    typical
        The track of the listener's that is nearest to its centre.
    n_tracks
        How many tracks of the listener's belong to it.
    """

    share: float
    parts: tuple[str, ...]
    typical: FoundTrack
    n_tracks: int

    @property
    def label(self) -> str:
        """What it is called on a screen: its parts, and a track that stands for it."""
        return f"{' + '.join(self.parts)}, like {self.typical.label}"

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``partsong discover --json``."""
        return {
            "share": self.share,
            "parts": list(self.parts),
            "typical": {
                "track_id": self.typical.track_id,
                "title": self.typical.title,
                "artists": list(self.typical.artists),
            },
            "tracks": self.n_tracks,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoverResult:
    """A week's list.

    Attributes
    ----------
    model
        The model that answered.
    week
        The ISO week, such as 2026-W47.
    moods
        What the listener's taste consists of, the heaviest first.
    recommendations
        In list order; each answers the mood of the number `answers`.
    shortage
        Why there are fewer tracks than were asked for; empty where there are not.
    is_kept
        Whether the catalog remembers the list; not where it cannot be written.
    exported
        Where the list was written to; None where it was not to be.
    """

    model: Model
    week: str
    moods: tuple[TasteMood, ...]
    recommendations: tuple[RecommendedTrack, ...]
    shortage: str = ""
    is_kept: bool = True
    exported: Exported | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong discover --json``."""
        return {
            "model": self.model.name,
            "week": self.week,
            "moods": [mood.to_dict() for mood in self.moods],
            "recommendations": [track.to_dict() for track in self.recommendations],
            "shortage": self.shortage,
            "is_kept": self.is_kept,
            "exported": None if self.exported is None else self.exported.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a track, with the mood that it answers in words."""
        return pl.DataFrame(
            [
                {
                    "track_id": track.track_id,
                    "title": track.title,
                    "artists": list(track.artists),
                    "score": track.score,
                    "answers": self.moods[track.answers].label,
                }
                for track in self.recommendations
            ],
            schema={
                "track_id": pl.String,
                "title": pl.String,
                "artists": pl.List(pl.String),
                "score": pl.Float64,
                "answers": pl.String,
            },
        )


def discover_tracks(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    n: int = 30,
    week: str | None = None,
    now: datetime | None = None,
    where: Conditions = None,
    from_library: bool = False,
    half_life: float = HALF_LIFE,
    per_artist: int | None = 1,
    diversity: float = 0.3,
    weeks_apart: int = 8,
    export: Path | str | None = None,
) -> DiscoverResult:
    """Make a fresh list from what the listener knows, likes and dislikes, one a week.

    Nothing comes that is known, nor another version of it, and nothing that a list of the weeks
    before showed. Each week half of the tracks take part, drawn at random from the week, so that
    weeks differ even where nothing is remembered; the others fill a list that stays short. A list
    that was made is remembered: asked again it is the same, but for what was disliked or hidden
    since, whose places go to the next best tracks, at the end.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    n
        Length of the list.
    week
        An ISO week such as ``"2026-W47"``; the present one by default.
    now
        When this is, UTC unless it says otherwise; by the clock and the time zone of this machine
        if it is None.
    where
        SQL conditions over the catalog's tracks that the list must meet.
    from_library
        Learn the taste from the library alone, each track alike, without listens and likes.
    half_life
        Days after which a listen counts half.
    per_artist
        At most so many tracks of one artist; None for no limit.
    diversity
        Spread, from 0 to 1; see `pick_tracks`.
    weeks_apart
        For how many weeks a track that was shown does not come again.
    export
        Where to write the list to: a playlist file, in the format of its suffix, or
        ``"spotify:NAME"`` for a new private playlist in the listener's account.

    Returns
    -------
    DiscoverResult

    Raises
    ------
    CatalogMissingError
        If nothing is known of the listener.
    QueryError
        If the week, or a number, is none that can be meant.
    ModelMissingError
        If nothing has been fitted yet.
    FilterError
        If `where` is not usable.

    Examples
    --------
    >>> from partsong.workflow import open_catalog
    >>> store = open_catalog(catalog)
    >>> replaced = store.say([store.find_track("Hush Song 7").track_id], "like")
    >>> result = discover_tracks(catalog=catalog, n=3, week="2026-W47")
    >>> {track.artists[0].split()[0] for track in result.recommendations}
    {'Hush'}
    >>> taken_back = store.unsay()
    """
    opened = open_export(export)
    moment = now or datetime.now(UTC).astimezone()
    question = WeeklyQuestion(
        week=Week.of(moment) if week is None else Week.parse(week),
        now=moment,
        n=n,
        where=tuple(filter(None, list_conditions(where))),
        from_library=from_library,
        half_life=half_life,
        per_artist=per_artist,
        diversity=diversity,
        weeks_apart=weeks_apart,
    )
    recommender = Recommender(catalog, model)
    answer = answer_week(recommender, question)
    ids = recommender.model.track_ids[list(answer.rows)].to_list()
    is_kept = answer.weekly.keep(ids, at=moment)
    keep_question(recommender.catalog, question)
    result = DiscoverResult(
        model=recommender.model,
        week=str(question.week),
        moods=_describe(recommender, answer.taste),
        recommendations=recommender.present(answer.picks),
        shortage=_shortage(answer, n),
        is_kept=is_kept,
    )
    if opened is not None:
        written = opened.write(result.recommendations, name=f"Discover {question.week}")
        result = replace(result, exported=written)
    return result


def _describe(recommender: Recommender, taste: Taste) -> tuple[TasteMood, ...]:
    typical = []
    for centre in taste.centres:
        members = taste.rows[list(centre.members)]
        likeness = unit_rows(recommender.space.loadings[members]) @ centre.direction
        typical.append(int(members[likeness.argmax()]))
    moods = []
    for centre, track in zip(taste.centres, recommender.shown(typical), strict=True):
        own = recommender.reasons(centre.direction**2)
        parts = tuple(reason.part for reason in own if reason.part != BEYOND) or (BEYOND,)
        found = FoundTrack(track["track_id"], track["title"], tuple(track["artists"] or ()))
        moods.append(
            TasteMood(centre.weight, parts[:_NAMED_PARTS], found, n_tracks=len(centre.members))
        )
    return tuple(moods)


def _shortage(answer: WeeklyAnswer, n: int) -> str:
    n_found = len(answer.picks)
    if n_found == n or answer.candidates is None:
        return ""
    n_open = int(np.count_nonzero(answer.candidates))
    shown = all_met([wish for wish in answer.wishes if wish.kind == "shown"])
    lately = "" if shown is None else f" ({np.count_nonzero(~shown):,} were shown lately)"
    said = (
        f"{n_found} of {n} tracks: {n_open:,} of {len(answer.candidates):,} are new to you and meet "
        f"the wishes{lately}"
    )
    if n_open <= n_found:
        return f"{said}."
    return (
        f"{said}; the rest are second versions, by artists who have their share, or unlike all that "
        "you like."
    )
