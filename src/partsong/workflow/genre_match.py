"""``partsong genres --match``: which parts the genres of a word belong to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partsong.parts import DEFAULT_N_PERMUTATIONS, GenreMatch, Model, match_genres
from partsong.progress import SILENT, Progress
from partsong.workflow.genre_tracks import has_seen_genres, read_genre_tracks

__all__ = ["MatchResult", "match_genre"]


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Where the tracks of the genres are that a word names."""

    model: Model
    match: GenreMatch

    @property
    def saw_genres(self) -> bool:
        """Whether the model learned from genres, so that meeting them proves nothing."""
        return has_seen_genres(self.model)

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong genres --match WORD --json``."""
        return {
            "model": self.model.name,
            "saw_genres": self.saw_genres,
            "word": self.match.word,
            "genres": [{"genre": genre, "tracks": n} for genre, n in self.match.genres],
            "tracks": self.match.n_tracks,
            "artists": self.match.n_artists,
            "mixed": self.match.n_mixed,
            "compared": self.match.n_compared,
            "parts": [
                {
                    "part": part.part,
                    "tracks": part.count,
                    "share": part.share,
                    "low": part.low,
                    "high": part.high,
                    "lift": part.lift,
                    "p_value": part.p_value,
                }
                for part in self.match.parts
            ],
            "confidence": self.match.confidence,
            "p_value": self.match.p_value,
            "verdict": self.match.verdict,
        }


def match_genre(
    word: str,
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    one_genre: bool = False,
    n_permutations: int = DEFAULT_N_PERMUTATIONS,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> MatchResult:
    """Say which parts the tracks of a genre belong to, for any word.

    Parameters
    ----------
    word
        ``"pop"`` for all genres with this word, ``"=pop"`` for exactly this one, ``"*pop*"`` for
        these letters anywhere. All that it names are taken together.
    catalog, model, one_genre, n_permutations, random_state, progress
        As for `list_genres`.

    Raises
    ------
    QueryError
        If no track of the model has a genre, or none has one of that name; the nearest names are
        its candidates.

    Examples
    --------
    >>> match = match_genre("hush", catalog=catalog).match
    >>> match.n_tracks, match.parts[0].share > 0.9, match.confidence
    (60, True, 1.0)
    """
    fitted, tracks = read_genre_tracks(catalog, model, one_genre=one_genre)
    match = match_genres(
        word,
        fitted.assign().labels,
        tracks["genres"],
        [part.name for part in fitted.shown],
        artists=tracks["artists"],
        n_permutations=n_permutations,
        random_state=random_state,
        progress=progress,
    )
    return MatchResult(fitted, match)
