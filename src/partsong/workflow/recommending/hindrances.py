"""What keeps a track out of a list, one plain sentence each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from partsong.catalog import FoundTrack
from partsong.recommend import Described, Pick, Placing, unit_rows
from partsong.workflow.recommending.answering import Answer
from partsong.workflow.recommending.question import Question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.results import track_label
from partsong.workflow.recommending.unmet import tell_unmet
from partsong.workflow.recommending.weekly_answer import answer_week
from partsong.workflow.recommending.weekly_question import WeeklyQuestion

__all__ = ["Hindrance", "list_hindrances", "why_not_in_model"]

Kind = Literal[
    "model",
    "seed",
    "where",
    "unheard",
    "refused",
    "obscure",
    "shown",
    "drawn",
    "version",
    "artist",
    "album",
    "minutes",
    "kept",
    "spread",
    "lower",
]

_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing that keeps a track out of a list.

    Attributes
    ----------
    kind
        ``"model"`` (not in it), ``"seed"``, ``"where"``, ``"unheard"``, ``"refused"``,
        ``"obscure"``, ``"version"``, ``"artist"``, ``"album"``, ``"minutes"``, ``"spread"`` or
        ``"lower"``; of a week's list also ``"shown"`` (by one of the weeks before), ``"drawn"``
        (it was not) and ``"kept"`` (the list was made earlier).
    sentence
        The same in words.
    """

    kind: Kind
    sentence: str


def why_not_in_model(recommender: Recommender, track: FoundTrack) -> Hindrance:
    """Tell why a track of the catalog cannot be placed.

    Parameters
    ----------
    recommender
        Whose model does not hold it.
    track
        The track.
    """
    recipe = recommender.model.recipe
    row = recommender.catalog.read_tracks_by_id([track.track_id], recipe.recipe.columns)
    if recipe.transform(row).n_dropped:
        missing = [name for name in recipe.columns if row[name].null_count()]
        return Hindrance(
            "model", f"It cannot be placed: its {_listed(missing)} {_are(missing)} not known."
        )
    return Hindrance(
        "model",
        f"It is not in the model {recommender.model.name!r}: it came later, or does not meet the "
        "model's condition. Place new tracks with: partsong update",
    )


def list_hindrances(
    recommender: Recommender, question: Question | WeeklyQuestion, answer: Answer, placing: Placing
) -> tuple[Hindrance, ...]:
    """Tell what kept a track out of a list.

    Parameters
    ----------
    recommender
        Who answered.
    question
        What was asked.
    answer
        What came of it, without the track.
    placing
        Where the track stands.

    Returns
    -------
    tuple of Hindrance
        What nothing but another question can change comes first, at least one.
    """
    row = placing.row
    (described,) = recommender.described([row])
    found = [
        *_by_song(recommender, answer, row, described),
        *(
            Hindrance(wish.kind, tell_unmet(recommender, wish, row))
            for wish in answer.wishes
            if not wish.met[row]
        ),
        *_by_list(recommender, question, answer, described),
    ]
    rivals = _rivals(answer, placing)
    is_near = placing.score >= min((pick.score for pick in rivals), default=0.0)
    if not found and is_near and isinstance(question, WeeklyQuestion):
        found += _by_age(recommender, question, row)
    lower = _by_score(recommender, answer, placing)
    if lower is not None:
        found.append(lower)
    elif not found:
        found.append(_by_turn(question))
    return tuple(found)


def _by_song(
    recommender: Recommender, answer: Answer, row: int, described: Described
) -> Iterator[Hindrance]:
    if row in answer.seeds.rows:
        yield Hindrance("seed", "It is one of the seeds.")
    elif described.song in answer.seeds.songs:
        yield Hindrance("version", "It is another version of a seed.")
    if recommender.refused[row] or described.song in recommender.refused_songs:
        yield Hindrance(
            "refused", "You dislike it or hide it, another version of it, or an artist of it."
        )


def _by_list(
    recommender: Recommender,
    question: Question | WeeklyQuestion,
    answer: Answer,
    described: Described,
) -> Iterator[Hindrance]:
    """Tell of what the tracks of the list left no room for."""
    limits = question.limits
    listed = [pick.row for pick in answer.picks]
    others = list(zip(listed, recommender.described(listed), strict=True))
    if not question.all_versions:
        same = [one for one, other in others if other.song == described.song]
        if same:
            yield Hindrance("version", f"Another version came first: {_named(recommender, same)}.")
    for artist in described.artists:
        theirs = [one for one, other in others if artist.casefold() in other.folded_artists]
        if limits.per_artist is not None and len(theirs) >= limits.per_artist:
            yield Hindrance(
                "artist",
                f"The list has its {limits.per_artist} of {artist}: {_named(recommender, theirs)}.",
            )
    album = (described.album or "").casefold()
    theirs = [one for one, other in others if album and (other.album or "").casefold() == album]
    if limits.per_album is not None and len(theirs) >= limits.per_album:
        yield Hindrance(
            "album",
            f"The list has its {limits.per_album} of this album: {_named(recommender, theirs)}.",
        )
    if limits.minutes is not None and not described.minutes:
        yield Hindrance("minutes", "Its length is not known, and the list is one of minutes.")


def _by_score(recommender: Recommender, answer: Answer, placing: Placing) -> Hindrance | None:
    """Tell of a score below that of the last track that answers the same mood."""
    rivals = _rivals(answer, placing)
    ranked = f"It ranks {placing.rank:,} of {placing.n_candidates:,}"
    if not rivals:
        return Hindrance("lower", f"{ranked}, and the list has no track of its mood.")
    last = min(rivals, key=lambda pick: pick.score)
    if placing.score >= last.score:
        return None
    own = unit_rows(recommender.space.loadings[placing.row][np.newaxis])[0] ** 2
    asked = answer.centres[placing.centre].direction ** 2
    what, share, wanted = _greatest_difference(recommender, own, asked)
    whose = "the seeds" if answer.seeds.tracks else "your taste"
    return Hindrance(
        "lower",
        f"{ranked}: its likeness is {placing.score:.3f}, and {last.score:.3f} is the least in the "
        f"list. They differ most in {what!r}: {share:.0%} of it, {wanted:.0%} of {whose}.",
    )


def _by_age(recommender: Recommender, question: WeeklyQuestion, row: int) -> Iterator[Hindrance]:
    """Tell of a list that another taste made."""
    anew = answer_week(recommender, question, anew=True)
    if row in [pick.row for pick in anew.picks]:
        yield Hindrance(
            "kept",
            f"The list of {question.week} was made before, and stays the same all week; made now, "
            "it would hold it.",
        )


def _by_turn(question: Question | WeeklyQuestion) -> Hindrance:
    """Tell of a track that is near enough, and that nothing of its own keeps out."""
    spread = question.limits.diversity
    if spread > 0:
        return Hindrance(
            "spread",
            "It is near enough, but so much like what the list has already that a spread of "
            f"{spread:g} took others.",
        )
    return Hindrance("lower", "The list was full before its turn came.")


def _rivals(answer: Answer, placing: Placing) -> list[Pick]:
    return [pick for pick in answer.picks if pick.centre == placing.centre]


def _greatest_difference(
    recommender: Recommender, own: NDArray[np.float64], asked: NDArray[np.float64]
) -> tuple[str, float, float]:
    """Find the part, or the word beyond the parts, whose shares are furthest apart."""
    space = recommender.space
    by_part = space.by_part(np.stack([own, asked]))[:, :-1]
    shares = {part.name: pair for part, pair in zip(space.parts, by_part.T.tolist(), strict=True)}
    for column in np.flatnonzero(space.owner < 0):
        shares[space.words[column]] = [float(own[column]), float(asked[column])]
    what = max(shares, key=lambda name: abs(shares[name][0] - shares[name][1]))
    return what, *shares[what]


def _named(recommender: Recommender, rows: list[int]) -> str:
    tracks = recommender.shown(rows[:_MOST_NAMED])
    return "; ".join(
        track_label(track["title"] or track["track_id"], tuple(track["artists"] or ()))
        for track in tracks
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
