"""The tracks of a model with the genres and artists that the catalog knows of them."""

from pathlib import Path

import polars as pl

from partsong.catalog import known_genres
from partsong.parts import Model, read_model
from partsong.workflow.places import find_model, open_catalog

__all__ = ["has_seen_genres", "read_genre_tracks"]


def read_genre_tracks(
    catalog: Path | str | None, model: Path | str | None, *, one_genre: bool
) -> tuple[Model, pl.DataFrame]:
    """Read a model, and genres and artists of its tracks in their order.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    one_genre
        Whether tracks with several genres are to have none.

    Returns
    -------
    tuple of Model and polars.DataFrame
        A row for each track of the model: `track_id`, `genres` (its own; where it has none, those
        of its artists) and `artists`.

    Examples
    --------
    >>> model, tracks = read_genre_tracks(catalog, None, one_genre=False)
    >>> len(tracks), sorted(tracks["genres"].explode().unique())
    (180, ['hush', 'rap', 'thrash'])
    """
    store = open_catalog(catalog)
    fitted = read_model(find_model(store, model))
    rows = store.read_tracks(["genres", "artist_genres", "artists"])
    rows = rows.with_columns(known_genres(rows))
    if one_genre:
        rows = rows.filter(pl.col("genres").list.len() == 1)
    tracks = fitted.track_ids.to_frame().join(
        rows, on="track_id", how="left", maintain_order="left"
    )
    return fitted, tracks


def has_seen_genres(model: Model) -> bool:
    """Tell whether a model learned from genres, so that meeting them proves nothing.

    Parameters
    ----------
    model
        Any model.

    Examples
    --------
    >>> model, _ = read_genre_tracks(catalog, None, one_genre=False)
    >>> has_seen_genres(model)
    False
    """
    return bool(model.recipe.genre_columns)
