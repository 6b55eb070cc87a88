"""How parts meet genres: labels from outside, many a track, never another word for a part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.parts.genres.agreement import Agreement, AgreementScale
from partsong.parts.genres.artist_blocks import ArtistBlocks
from partsong.parts.genres.counts import GenreCounts
from partsong.parts.genres.permutations import p_values_of_all
from partsong.parts.genres.track_genres import collect_genres
from partsong.progress import SILENT, Progress

__all__ = ["DEFAULT_N_PERMUTATIONS", "GenrePair", "GenreTable", "genre_table"]

DEFAULT_N_PERMUTATIONS: Final = 999

_CHANCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class GenrePair:
    """One part and one genre.

    Attributes
    ----------
    part, genre
        Their names.
    count
        Tracks of the part that carry the genre.
    artists
        Artists of these tracks.
    share
        Share of the genre's tracks that belong to the part, in [0, 1].
    lift
        How much more often the genre is met in the part than among all tracks with a genre;
        1 is chance.
    p_value
        How often chance makes any pair stand out as much: artists exchange their parts, so what
        counts is how many artists lean this way, not how many tracks they made (`genre_table`
        says how).
    """

    part: str
    genre: str
    count: int
    artists: int
    share: float
    lift: float
    p_value: float


@dataclass(frozen=True, slots=True)
class GenreTable:
    """Parts against genres.

    Attributes
    ----------
    pairs
        Pairs with at least one track; by part, those of a `p_value` below 0.05 first, the largest
        lift first.
    ami_test, ari_test
        Agreement of the whole, adjusted mutual information and adjusted Rand index, each with an
        interval and what artists alone would give. A track counts once, with the most widespread
        of its genres, so that a track with many genres weighs no more than others; mixed tracks
        are a group of their own. With more genres than parts 1 is out of reach.
    n_tracks, n_artists
        Tracks that have a genre, and their main artists; only these count.
    n_unknown
        Tracks whose artist is not known: each counts as an artist of its own, so that the
        p-values are too small where one artist made several.
    n_genres
        Genres with enough tracks to be compared.
    n_permutations
        How often artists exchanged their parts.
    """

    pairs: tuple[GenrePair, ...]
    ami_test: Agreement
    ari_test: Agreement
    n_tracks: int
    n_artists: int
    n_unknown: int
    n_genres: int
    n_permutations: int

    @property
    def ami(self) -> float:
        """Adjusted mutual information of clusters and genres."""
        return self.ami_test.value

    @property
    def ari(self) -> float:
        """Adjusted Rand index of clusters and genres."""
        return self.ari_test.value


def genre_table(
    labels: NDArray[np.integer],
    genres: pl.Series,
    part_names: Sequence[str],
    *,
    artists: pl.Series | None = None,
    min_tracks: int = 5,
    n_permutations: int = DEFAULT_N_PERMUTATIONS,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> GenreTable:
    """Compare parts with known genres.

    Chance means here that an artist's sound says nothing about the artist's genres. Every
    permutation gives the tracks of each artist the parts of another artist with as many tracks;
    the same permutations judge all pairs and the agreement of the whole. A pair is judged by its
    tracks, each with one over the square root of its artist's number of tracks, so that one
    prolific artist does not speak for a genre. p-values of pairs are corrected for their number by
    the step-down maximum of Westfall and Young (1993): where nothing but chance is at work, one
    table in twenty has any below 0.05. None is below ``1 / (1 + n_permutations)``.

    Parameters
    ----------
    labels
        Part of each track, -1 for mixed, as `Model.assign` gives them; shape (n_tracks,).
    genres
        Genres of each track, a list of strings; empty or null where none is known.
    part_names
        The name of each label.
    artists
        Artists of each track, a list of strings, the main one first. None: every track has an
        artist of its own. Then pairs are tested as by the hypergeometric distribution.
    min_tracks
        Genres with fewer tracks are left out of the pairs.
    n_permutations
        How often artists exchange their parts, at least 1; and how often artists are drawn for
        the intervals.
    random_state
        Seed of both.
    progress
        Listener to the permutations.

    Raises
    ------
    QueryError
        If no track has a genre.

    Examples
    --------
    >>> genres = pl.Series([["rock"], ["rock", "pop"], ["folk"], ["folk"]] * 5)
    >>> table = genre_table(np.array([0, 0, 1, 1] * 5), genres, ["loud", "quiet"], min_tracks=10)
    >>> [(pair.part, pair.genre, pair.lift, pair.p_value) for pair in table.pairs]
    [('loud', 'rock', 2.0, 0.001), ('quiet', 'folk', 2.0, 0.001)]
    >>> round(table.ami, 9), table.n_artists
    (1.0, 20)
    """
    tracks = collect_genres(genres, artists)
    clusters = np.asarray(labels)[tracks.rows]
    n_parts, n_tracks = len(part_names), len(tracks.rows)
    frequent = np.flatnonzero(tracks.sizes >= min_tracks)
    is_counted = np.isin(tracks.genre, frequent)
    pairs = GenreCounts(
        clusters,
        tracks.track[is_counted],
        np.searchsorted(frequent, tracks.genre[is_counted]),
        shape=(n_parts, len(frequent)),
    )
    whole = GenreCounts(
        clusters, np.arange(n_tracks), tracks.main_genre(), shape=(n_parts, len(tracks.names))
    )
    blocks = ArtistBlocks(tracks.artists)
    random = np.random.default_rng(random_state)
    scale = AgreementScale(whole.count())
    voice = blocks.voices
    voices = np.empty((1 + n_permutations, *pairs.shape), dtype=np.float32)
    agreement = np.empty((1 + n_permutations, 2))
    drawn = np.empty((n_permutations, 2))
    voices[0] = pairs.count(weights=voice)
    agreement[0] = scale.measure(whole.count())
    progress.start("exchanging the parts of artists", total=n_permutations)
    for number in range(n_permutations):
        places = blocks.shuffle(random)
        voices[1 + number] = pairs.count(places, weights=voice)
        agreement[1 + number] = scale.measure(whole.count(places))
        drawn[number] = scale.measure(whole.count(weights=blocks.draw(random)))
        progress.advance()
    progress.finish()
    ami, ari = scale.compare(agreement[0], agreement[1:], drawn)
    return GenreTable(
        pairs=_describe(
            pairs.count()[1:].astype(np.int64),
            p_values_of_all(voices[:, 1:].reshape(len(voices), -1)),
            pairs.count_artists(tracks.artists)[1:],
            clusters,
            part_names=part_names,
            genres=[(tracks.names[genre], int(tracks.sizes[genre])) for genre in frequent],
        ),
        ami_test=ami,
        ari_test=ari,
        n_tracks=n_tracks,
        n_artists=blocks.n_artists,
        n_unknown=tracks.n_unknown,
        n_genres=len(frequent),
        n_permutations=n_permutations,
    )


def _describe(
    counts: NDArray[np.integer],
    p_values: NDArray[np.floating],
    artists: NDArray[np.integer],
    clusters: NDArray[np.integer],
    *,
    part_names: Sequence[str],
    genres: Sequence[tuple[str, int]],
) -> tuple[GenrePair, ...]:
    """Describe and sort every pair that was met."""
    part_sizes = np.bincount(clusters[clusters >= 0], minlength=len(part_names))
    p_values = p_values.reshape(counts.shape)
    pairs = []
    for part, column in np.argwhere(counts):
        genre, genre_size = genres[column]
        count, part_share = int(counts[part, column]), part_sizes[part] / len(clusters)
        pairs.append(
            GenrePair(
                part=part_names[part],
                genre=genre,
                count=count,
                artists=int(artists[part, column]),
                share=count / genre_size,
                lift=float(count / genre_size / part_share),
                p_value=float(p_values[part, column]),
            )
        )
    place = {name: part for part, name in enumerate(part_names)}
    return tuple(
        sorted(pairs, key=lambda pair: (place[pair.part], pair.p_value >= _CHANCE, -pair.lift))
    )
