"""``partsong discover``: a fresh list for the listener, one a week."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import FoundTrack, join_conditions
from partsong.errors import CatalogMissingError, QueryError
from partsong.parts import BEYOND, Model
from partsong.recommend import (
    HALF_LIFE,
    Centre,
    Limits,
    Pick,
    count_plays,
    find_taste,
    pick_tracks,
    unit_rows,
    weigh_tracks,
)
from partsong.workflow.recommending.exporting import export_tracks
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.reminding import Week, WeeklyList
from partsong.workflow.recommending.results import RecommendedTrack
from partsong.workflow.selecting import Conditions

__all__ = ["DiscoverResult", "TasteMood", "discover_tracks"]

_DRAWN: Final = 0.5
"""Share of the tracks that take part in a week; which, is the week's chance."""

_SECONDS_A_DAY: Final = 86_400
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
    """

    model: Model
    week: str
    moods: tuple[TasteMood, ...]
    recommendations: tuple[RecommendedTrack, ...]
    shortage: str = ""
    is_kept: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong discover --json``."""
        return {
            "model": self.model.name,
            "week": self.week,
            "moods": [mood.to_dict() for mood in self.moods],
            "recommendations": [track.to_dict() for track in self.recommendations],
            "shortage": self.shortage,
            "is_kept": self.is_kept,
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
        A playlist file to write the list to, in the format of its suffix.

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
    _check(
        n=n,
        per_artist=per_artist,
        half_life=half_life,
        diversity=diversity,
        weeks_apart=weeks_apart,
    )
    moment = now or datetime.now(UTC).astimezone()
    recommender = Recommender(catalog, model)
    known = _read_known(recommender, _utc(moment), half_life=None if from_library else half_life)
    centres = _find_moods(recommender, known)
    wishes = {
        "from the library": "alone" if from_library else None,
        "half-life": None if half_life == HALF_LIFE or from_library else f"{half_life:g}",
        "where": join_conditions(where),
    }
    weekly = WeeklyList(
        recommender.catalog,
        Week.of(moment) if week is None else Week.parse(week),
        {name: wish for name, wish in wishes.items() if wish is not None},
    )
    limits = Limits(n=n, per_artist=per_artist, diversity=diversity)
    maker = _ListMaker(recommender, centres, limits)
    before = weekly.read()
    remembered = recommender.rows_of(before)
    rows = [row for row in remembered.tolist() if row >= 0 and not recommender.refused[row]]
    fresh = ~recommender.heard & ~recommender.refused
    lately = recommender.rows_of(weekly.shown_lately(weeks_apart))
    fresh[lately[lately >= 0]] = False
    met = recommender.mask(where)
    open_to = fresh if met is None else fresh & met
    is_drawn = np.random.default_rng(weekly.week.seed).random(len(fresh)) < _DRAWN
    for candidates in (open_to & is_drawn, open_to):
        if len(rows) < n:
            rows = maker.fill(rows, candidates)
    ids = recommender.model.track_ids[rows].to_list()
    is_kept = ids == before[: len(ids)] or weekly.keep(ids, at=moment)
    shown = rows[:n]
    result = DiscoverResult(
        model=recommender.model,
        week=str(weekly.week),
        moods=_describe(recommender, known, centres),
        recommendations=recommender.present(maker.explain(shown)),
        shortage=_shortage(n, shown, open_to, n_lately=int((lately >= 0).sum())),
        is_kept=is_kept,
    )
    if export is not None:
        export_tracks(result.recommendations, export, name=f"Discover {weekly.week}")
    return result


def _check(
    *, n: int, per_artist: int | None, half_life: float, diversity: float, weeks_apart: int
) -> None:
    for name, value in (("n", n), ("per_artist", per_artist)):
        if value is not None and value < 1:
            raise QueryError(f"{name} is {value}.", hint=f"Give {name} as 1 or more.")
    if not half_life > 0:
        raise QueryError(
            f"A half-life of {half_life:g} days lets nothing count.",
            hint="Give the half-life in days, above 0.",
        )
    if not 0 <= diversity <= 1:
        raise QueryError(f"diversity is {diversity:g}.", hint="Give diversity from 0 to 1.")
    if weeks_apart < 0:
        raise QueryError(f"weeks_apart is {weeks_apart}.", hint="Give weeks as 0 or more.")


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is known of the listener: rows of the model, how much each counts, and dislikes."""

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    disliked: NDArray[np.intp]


def _read_known(recommender: Recommender, now: datetime, *, half_life: float | None) -> _Known:
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
        played = _read_plays(recommender, now, half_life=half_life)
        rows = recommender.rows_of(played["track_id"].to_list())
        plays[rows[rows >= 0]] = played["plays"].to_numpy()[rows >= 0]
        is_owned = is_owned.copy()
        is_owned[rows[rows >= 0]] = False
    weights = weigh_tracks(is_owned, is_liked, plays)
    weights[recommender.refused] = 0.0
    known = np.flatnonzero(weights > 0)
    return _Known(known, weights[known], said("dislike"))


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


def _find_moods(recommender: Recommender, known: _Known) -> tuple[Centre, ...]:
    loadings = recommender.space.loadings
    try:
        return find_taste(loadings[known.rows], known.weights, disliked=loadings[known.disliked])
    except ValueError as error:
        raise CatalogMissingError(
            "Nothing is known of what you like"
            + (", as far as the model goes." if recommender.heard.any() else "."),
            hint='Say it: partsong like "TITLE"; or import what you know: partsong import FILE '
            "--library. Tracks of later imports are placed by: partsong update",
        ) from error


class _ListMaker:
    """Fills a list, so that what stands in it already counts for every limit."""

    def __init__(
        self, recommender: Recommender, centres: tuple[Centre, ...], limits: Limits
    ) -> None:
        self._recommender = recommender
        self._centres = centres
        self._limits = limits

    def fill(self, rows: Sequence[int], candidates: NDArray[np.bool_]) -> list[int]:
        """Append the best candidates, as many as are missing and meet the limits."""
        filled = list(rows)
        cap = self._limits.per_artist
        artists = self._artists(filled)
        left = candidates.copy()
        left[filled] = False
        # Each artist of the list may take this many of the places that are asked for.
        spare = 0 if cap is None else cap * len(artists)
        picks = pick_tracks(
            self._recommender.nearest,
            self._centres,
            limits=replace(self._limits, n=self._limits.n - len(filled) + spare),
            describe=self._recommender.described,
            candidates=left,
            avoid=frozenset(self._recommender.songs(filled)),
        )
        for pick in picks:
            if len(filled) == self._limits.n:
                break
            own = self._artists([pick.row])
            if cap is None or all(artists[name] < cap for name in own):
                filled.append(pick.row)
                artists += own
        return filled

    def explain(self, rows: Sequence[int]) -> list[Pick]:
        """Score rows by the mood that each is nearest to."""
        unit = unit_rows(self._recommender.space.loadings[list(rows)])
        directions = np.array([centre.direction for centre in self._centres])
        picks = []
        for row, one in zip(rows, unit, strict=True):
            added = one * directions
            answers = int(added.sum(axis=1).argmax())
            score = float(min(added[answers].sum(), 1.0))
            picks.append(Pick(row, score, added[answers], answers))
        return picks

    def _artists(self, rows: Sequence[int]) -> Counter[str]:
        return Counter(
            name
            for one in self._recommender.described(rows)
            for name in {artist.casefold() for artist in one.artists}
        )


def _describe(
    recommender: Recommender, known: _Known, centres: Sequence[Centre]
) -> tuple[TasteMood, ...]:
    typical = []
    for centre in centres:
        members = known.rows[list(centre.members)]
        likeness = unit_rows(recommender.space.loadings[members]) @ centre.direction
        typical.append(int(members[likeness.argmax()]))
    moods = []
    for centre, track in zip(centres, recommender.shown(typical), strict=True):
        own = recommender.reasons(centre.direction**2)
        parts = tuple(reason.part for reason in own if reason.part != BEYOND) or (BEYOND,)
        found = FoundTrack(track["track_id"], track["title"], tuple(track["artists"] or ()))
        moods.append(
            TasteMood(centre.weight, parts[:_NAMED_PARTS], found, n_tracks=len(centre.members))
        )
    return tuple(moods)


def _shortage(n: int, rows: Sequence[int], open_to: NDArray[np.bool_], *, n_lately: int) -> str:
    if len(rows) == n:
        return ""
    n_open = int(np.count_nonzero(open_to))
    lately = f" ({n_lately:,} were shown lately)" if n_lately else ""
    said = f"{len(rows)} of {n} tracks: {n_open:,} of {len(open_to):,} are new to you and meet the wishes"
    if n_open <= len(rows):
        return f"{said}{lately}."
    return (
        f"{said}{lately}; the rest are second versions, by artists who have their share, or unlike "
        "all that you like."
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
