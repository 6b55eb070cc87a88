"""Which part is pop? Which is new age? Any word asked of the genres, and answered with counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.parts.genres.artist_blocks import ArtistBlocks
from partsong.parts.genres.names import find_genres
from partsong.parts.genres.permutations import p_values_of_all, p_values_of_each
from partsong.parts.genres.profiles import over
from partsong.parts.genres.table import DEFAULT_N_PERMUTATIONS
from partsong.parts.genres.track_genres import collect_genres
from partsong.progress import SILENT, Progress

__all__ = ["GenreMatch", "MatchedPart", "match_genres"]

_INTERVAL: Final = (2.5, 97.5)
_SURE: Final = 0.95
_CHANCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class MatchedPart:
    """How many of the tracks that were asked for belong to one part.

    Attributes
    ----------
    part
        Its name.
    count
        How many of the tracks.
    share, low, high
        Which share of them that is, in [0, 1], with a bootstrap interval of 95% over artists.
    lift
        That share over the part's share of all tracks with a genre; 1 is chance.
    p_value
        How often chance makes any part stand out as much: artists exchange their parts, as
        `genre_table` says.
    """

    part: str
    count: int
    share: float
    low: float
    high: float
    lift: float
    p_value: float


@dataclass(frozen=True, slots=True)
class GenreMatch:
    """Where the tracks of some genres are.

    Attributes
    ----------
    word
        What was asked.
    genres
        The genres that it named, each with its number of tracks, most first.
    n_tracks, n_artists, n_mixed
        Tracks that carry any of these genres, their main artists, and how many of the tracks
        belong to no part.
    n_compared
        All tracks that have a genre.
    parts
        Every part, the one with most of the tracks first.
    confidence
        Share of the resamples over artists in which the first part has most of the tracks too.
    p_value
        How often artists who exchange their parts spread the tracks as far from what is usual
        (chi-square over all parts and the mixed tracks).
    """

    word: str
    genres: tuple[tuple[str, int], ...]
    n_tracks: int
    n_artists: int
    n_mixed: int
    n_compared: int
    parts: tuple[MatchedPart, ...]
    confidence: float
    p_value: float

    @property
    def verdict(self) -> str:
        """The answer in a sentence or two."""
        first = self.parts[0]
        asked = repr(self.word.strip("=*"))
        if not first.count:
            return f"No part has a track of {asked}: all {self.n_tracks:,} are mixed."
        held = (
            f"{first.count:,} of {self.n_tracks:,} tracks ({first.share:.0%}), "
            f"{first.lift:.1f}x chance"
        )
        if self.p_value >= _CHANCE:
            return (
                f"The parts say nothing about {asked}: its artists are spread over them as "
                f"chance would. {first.part!r} has most of it, {held}."
            )
        if self.confidence < _SURE:
            answer = (
                f"No single part holds {asked}: {first.part!r} has most of it, {held}, but "
                f"with other artists another part leads ({1 - self.confidence:.0%} of resamples)."
            )
        elif first.share >= 0.5:
            answer = f"{asked} is mostly {first.part!r}: {held}."
        else:
            answer = f"{asked} is most often {first.part!r}: {held}. No single part holds it."
        clearest = max(self.parts, key=lambda part: (part.p_value < _CHANCE, part.lift))
        if clearest is not first and clearest.p_value < _CHANCE:
            answer += (
                f" It stands out most in {clearest.part!r}: {clearest.share:.0%} of it, "
                f"{clearest.lift:.1f}x chance."
            )
        return answer


def match_genres(
    word: str,
    labels: NDArray[np.integer],
    genres: pl.Series,
    part_names: Sequence[str],
    *,
    artists: pl.Series | None = None,
    n_permutations: int = DEFAULT_N_PERMUTATIONS,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> GenreMatch:
    """Say which parts the tracks of a genre belong to, for any word.

    All genres that the word names are taken together; a track counts once.

    Parameters
    ----------
    word
        What to ask for, such as ``"pop"``; ``"=pop"`` and ``"*pop*"`` as for `find_genres`.
    labels, genres, part_names, artists
        As for `genre_table`.
    n_permutations, random_state, progress
        As for `genre_table`.

    Raises
    ------
    QueryError
        If no track has a genre, or no genre is named by the word.

    Examples
    --------
    >>> genres = pl.Series([["rock"], ["rock", "dream pop"], ["folk"], ["pop"]] * 5)
    >>> match = match_genres("pop", np.array([0, 1, 1, 1] * 5), genres, ["loud", "quiet"])
    >>> match.genres, match.parts[0].part, match.parts[0].count
    ((('dream pop', 5), ('pop', 5)), 'quiet', 10)
    >>> print(match.verdict)
    'pop' is mostly 'quiet': 10 of 10 tracks (100%), 1.3x chance.
    """
    tracks = collect_genres(genres, artists)
    named = find_genres(word, tracks.names)
    is_named = np.isin(np.asarray(tracks.names), named)
    chosen = np.unique(tracks.track[is_named[tracks.genre]])
    clusters = np.asarray(labels)[tracks.rows] + 1  # the mixed tracks come first
    n_clusters = 1 + len(part_names)
    everyone = ArtistBlocks(tracks.artists)
    _, own = np.unique(tracks.artists[chosen], return_inverse=True)
    matched = ArtistBlocks(own)
    voice = everyone.voices[chosen]
    found = clusters[chosen]
    random = np.random.default_rng(random_state)
    voices = np.empty((1 + n_permutations, n_clusters), dtype=np.float32)
    drawn = np.empty((n_permutations, n_clusters))
    voices[0] = np.bincount(found, voice, n_clusters)
    progress.start("exchanging the parts of artists", total=n_permutations)
    for number in range(n_permutations):
        other = clusters[everyone.shuffle(random)[chosen]]
        voices[1 + number] = np.bincount(other, voice, n_clusters)
        drawn[number] = np.bincount(found, matched.draw(random), n_clusters)
        progress.advance()
    progress.finish()
    counts = np.bincount(found, minlength=n_clusters)
    low, high = np.percentile(drawn / drawn.sum(axis=1, keepdims=True), _INTERVAL, axis=0)
    of_all = np.bincount(clusters, minlength=n_clusters) / len(clusters)
    shares = counts / len(chosen)
    lifts = over(shares, of_all)
    p_value = _p_value_of_spread(voices)
    p_values = p_values_of_all(voices[:, 1:])
    parts = [
        MatchedPart(
            part=name,
            count=int(counts[cluster]),
            share=float(shares[cluster]),
            low=float(low[cluster]),
            high=float(high[cluster]),
            lift=float(lifts[cluster]),
            p_value=float(p_values[cluster - 1]),
        )
        for cluster, name in enumerate(part_names, start=1)
    ]
    first = int(counts[1:].argmax())
    sizes = dict(zip(tracks.names, tracks.sizes, strict=True))
    return GenreMatch(
        word=word,
        genres=tuple(
            sorted(((name, int(sizes[name])) for name in named), key=lambda one: (-one[1], one[0]))
        ),
        n_tracks=len(chosen),
        n_artists=matched.n_artists,
        n_mixed=int(counts[0]),
        n_compared=len(tracks.rows),
        parts=tuple(sorted(parts, key=lambda part: -part.count)),
        p_value=p_value,
        confidence=float((drawn[:, 1:].argmax(axis=1) == first).mean()),
    )


def _p_value_of_spread(voices: NDArray[np.float32]) -> float:
    """Compare the first row with the others, by how far each is from the mean of all."""
    usual = voices.mean(axis=0, dtype=np.float64)
    distances = over((voices - usual) ** 2, usual).sum(axis=1)
    return float(p_values_of_each(distances[:1], distances[1:, None])[0])
