"""``partsong genres``: how the parts meet the genres that the catalog knows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from partsong.parts import GenrePair, GenreTable, Model, assign_parts, genre_table, read_model
from partsong.workflow.places import find_model, open_catalog

__all__ = ["GenresResult", "list_genres"]


@dataclass(frozen=True, slots=True)
class GenresResult:
    """Parts against genres."""

    model: Model
    table: GenreTable

    def by_part(self, most: int) -> dict[str, list[GenrePair]]:
        """Return the `most` genres that stand out in each part, clearest first."""
        return {
            part.name: [pair for pair in self.table.pairs if pair.part == part.name][:most]
            for part in self.model.parts
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong genres --json``."""
        return {
            "model": self.model.name,
            "tracks": self.table.n_tracks,
            "ami": self.table.ami,
            "ari": self.table.ari,
            "pairs": [
                {
                    "part": pair.part,
                    "genre": pair.genre,
                    "tracks": pair.count,
                    "share": pair.share,
                    "lift": pair.lift,
                    "p_value": pair.p_value,
                }
                for pair in self.table.pairs
            ],
        }


def list_genres(
    *, catalog: Path | str | None = None, model: Path | str | None = None
) -> GenresResult:
    """Compare the parts of a model with known genres.

    A track's own genres count; where it has none, those of its artists.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.

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
    store = open_catalog(catalog)
    fitted = read_model(find_model(store, model))
    own = pl.col("genres").list.len() > 0
    rows = store.read_tracks(["genres", "artist_genres"]).select(
        "track_id", pl.when(own).then("genres").otherwise("artist_genres").alias("genres")
    )
    genres = fitted.track_ids.to_frame().join(
        rows, on="track_id", how="left", maintain_order="left"
    )["genres"]
    labels = assign_parts(fitted.W, fitted.H).labels
    names = [part.name for part in fitted.parts]
    return GenresResult(fitted, genre_table(labels, genres, names))
