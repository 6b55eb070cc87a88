"""``partsong genres``: how the parts meet the genres that the catalog knows."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from partsong.parts import (
    DEFAULT_N_PERMUTATIONS,
    Agreement,
    GenrePair,
    GenreTable,
    Model,
    genre_table,
)
from partsong.progress import SILENT, Progress
from partsong.workflow.genre_tracks import has_seen_genres, read_genre_tracks

__all__ = ["GenresResult", "list_genres"]


@dataclass(frozen=True, slots=True)
class GenresResult:
    """Parts against genres."""

    model: Model
    table: GenreTable

    @property
    def saw_genres(self) -> bool:
        """Whether the model learned from genres, so that meeting them proves nothing."""
        return has_seen_genres(self.model)

    def by_part(self, most: int | None = None) -> dict[str, list[GenrePair]]:
        """Return the `most` genres that stand out in each part, clearest first; or all."""
        return {
            part.name: [pair for pair in self.table.pairs if pair.part == part.name][:most]
            for part in self.model.shown
        }

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each pair, as `partsong.plots.plot_genres` takes it."""
        return pl.DataFrame(self.to_dict()["pairs"])

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong genres --json``."""
        return {
            "model": self.model.name,
            "saw_genres": self.saw_genres,
            "tracks": self.table.n_tracks,
            "artists": self.table.n_artists,
            "genres": self.table.n_genres,
            "permutations": self.table.n_permutations,
            **_agreement("ami", self.table.ami_test),
            **_agreement("ari", self.table.ari_test),
            "pairs": [
                {
                    "part": pair.part,
                    "genre": pair.genre,
                    "tracks": pair.count,
                    "artists": pair.artists,
                    "share": pair.share,
                    "lift": pair.lift,
                    "p_value": pair.p_value,
                }
                for pair in self.table.pairs
            ],
        }


def list_genres(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    min_tracks: int = 5,
    one_genre: bool = False,
    n_permutations: int = DEFAULT_N_PERMUTATIONS,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> GenresResult:
    """Compare the parts of a model with known genres.

    A track's own genres count; where it has none, those of its artists. Chance is what artists
    give who exchange their parts, as `partsong.parts.genre_table` tells.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    min_tracks
        Genres with fewer tracks are left out of the pairs.
    one_genre
        Whether only tracks with one genre and no more count.
    n_permutations
        How often artists exchange their parts.
    random_state
        Seed of that.
    progress
        Listener to the steps.

    Raises
    ------
    QueryError
        If no track of the model has a genre.

    Examples
    --------
    >>> table = list_genres(catalog=catalog).table
    >>> sorted(pair.genre for pair in table.pairs if pair.share > 0.9)
    ['hush', 'rap', 'thrash']
    """
    fitted, tracks = read_genre_tracks(catalog, model, one_genre=one_genre)
    table = genre_table(
        fitted.assign().labels,
        tracks["genres"],
        [part.name for part in fitted.shown],
        artists=tracks["artists"],
        min_tracks=min_tracks,
        n_permutations=n_permutations,
        random_state=random_state,
        progress=progress,
    )
    return GenresResult(fitted, table)


def _agreement(name: str, agreement: Agreement) -> dict[str, float]:
    measures = asdict(agreement)
    return {name: measures.pop("value"), **{f"{name}_{key}": n for key, n in measures.items()}}
