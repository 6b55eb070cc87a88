"""``partsong genres --families``: which genres are made of the same parts."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from partsong.parts import GenreFamilies, Model, genre_families
from partsong.progress import SILENT, Progress
from partsong.workflow.genre_tracks import read_genre_tracks

__all__ = ["FamiliesResult", "list_genre_families"]


@dataclass(frozen=True, slots=True)
class FamiliesResult:
    """Genres by the parts that they share."""

    model: Model
    found: GenreFamilies

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong genres --families --json``."""
        return {
            "model": self.model.name,
            "tracks": self.found.n_tracks,
            "families": [
                {
                    "genres": list(family.genres),
                    "tracks": family.n_tracks,
                    "steadiness": family.steadiness,
                    "parts": [asdict(part) for part in family.parts],
                }
                for family in self.found.families
            ],
        }


def list_genre_families(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    n_families: int | None = None,
    min_tracks: int = 20,
    one_genre: bool = False,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> FamiliesResult:
    """Group genres by the parts that their tracks are made of.

    Parameters
    ----------
    n_families
        How many; by default one for three genres, at most 12.
    min_tracks
        Genres with fewer tracks are left out.
    catalog, model, one_genre, random_state, progress
        As for `list_genres`.

    Raises
    ------
    QueryError
        If fewer than two genres have enough tracks.

    Examples
    --------
    >>> found = list_genre_families(catalog=catalog, n_families=3).found
    >>> sorted(family.genres for family in found.families)
    [('hush',), ('rap',), ('thrash',)]
    """
    fitted, tracks = read_genre_tracks(catalog, model, one_genre=one_genre)
    found = genre_families(
        fitted.part_loadings(),
        tracks["genres"],
        [part.name for part in fitted.shown],
        artists=tracks["artists"],
        min_tracks=min_tracks,
        n_families=n_families,
        random_state=random_state,
        progress=progress,
    )
    return FamiliesResult(fitted, found)
