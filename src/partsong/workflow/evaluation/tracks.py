"""The tracks that a scorecard is about: one a song, with what every method needs of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from partsong.catalog import Catalog, known_genres, song_key
from partsong.evaluate import Half, in_half, label_matrix
from partsong.features import load_recipe
from partsong.parts import Model
from partsong.workflow.aligning import read_aligned

__all__ = ["JudgedTracks", "read_judged_tracks"]

_PLAIN: Final = "balanced"  # its columns are the raw features of the plain methods
_POST: Final = "blog-14"


@dataclass(frozen=True)
class JudgedTracks:
    """Tracks of a model, of every song one.

    Attributes
    ----------
    table
        The catalog's columns, with `row` (place in the model), `song`, `main` (the main artist; a
        track of unknown artist is an artist of its own) and `labels` (genres of the track, else of
        its artists); in the order of the model.
    every
        The catalog's columns of all tracks of the model.
    song_of_track
        The song of each of these, by its id.
    """

    table: pl.DataFrame
    every: pl.DataFrame
    song_of_track: dict[str, str]

    @property
    def rows(self) -> NDArray[np.intp]:
        """Of each track its row in the model."""
        return self.table["row"].to_numpy().astype(np.intp)

    @cached_property
    def artist_numbers(self) -> NDArray[np.intp]:
        """The number of each track's main artist."""
        return self.table["main"].rank("dense").to_numpy().astype(np.intp)

    @cached_property
    def artists(self) -> sparse.csr_array:
        """All artists of each track, from `label_matrix`."""
        names = self.table["artists"].cast(pl.List(pl.String))
        return label_matrix(names.list.eval(pl.element().str.to_lowercase()).to_list())

    @cached_property
    def _place_of_song(self) -> dict[str, int]:
        return {song: place for place, song in enumerate(self.table["song"].to_list())}

    @property
    def popularity(self) -> NDArray[np.float64]:
        """Of each track, NaN where it is not known."""
        return self.numbers(["popularity"])[:, 0]

    @property
    def features(self) -> NDArray[np.float64]:
        """Raw features for the plain methods, NaN where missing."""
        return self.numbers(load_recipe(_PLAIN).feature_columns)

    @property
    def post_features(self) -> NDArray[np.float64]:
        """The features of the second source document, NaN where missing."""
        return self.numbers(load_recipe(_POST).feature_columns)

    def numbers(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """Return columns as numbers, shape (n_tracks, n_columns); NaN where missing."""
        cast = self.table.select(pl.col(columns).cast(pl.Float64).fill_null(float("nan")))
        return np.asarray(cast.to_numpy(), dtype=np.float64)

    def places(self, track_ids: Sequence[str]) -> NDArray[np.intp]:
        """Return where the songs of some tracks stand in `table`, each once.

        Tracks that the model does not know, whatever the version, are left out.
        """
        songs = dict.fromkeys(self.song_of_track.get(track_id, "") for track_id in track_ids)
        found = [self._place_of_song[song] for song in songs if song in self._place_of_song]
        return np.array(found, dtype=np.intp)

    def in_half(self, half: Half) -> NDArray[np.bool_]:
        """Say which tracks are by main artists of a half."""
        return in_half(self.table["main"].to_list(), half)


def read_judged_tracks(catalog: Catalog, model: Model) -> JudgedTracks:
    """Read the tracks of a model, and keep the first one of every song.

    Parameters
    ----------
    catalog
        The catalog of the model.
    model
        What is judged.

    Examples
    --------
    >>> from partsong.parts import read_model
    >>> from partsong.workflow.places import find_model, open_catalog
    >>> store = open_catalog(catalog)
    >>> tracks = read_judged_tracks(store, read_model(find_model(store)))
    >>> len(tracks.table), tracks.table["labels"][0].to_list()
    (180, ['hush'])
    """
    recipes = (load_recipe(_PLAIN), load_recipe(_POST), model.recipe.recipe)
    wanted = [column for recipe in recipes for column in recipe.columns]
    named = ("title", "artists", "genres", "artist_genres", "popularity")
    columns = [*dict.fromkeys([*named, *wanted])]
    every = model.track_ids.alias("track_id").to_frame().with_row_index("row")
    every = every.join(
        read_aligned(catalog, columns, model.recipe.alignment),
        on="track_id",
        how="inner",
        maintain_order="left",
    )
    songs = [
        song_key(title, artists) or track_id
        for track_id, title, artists in every.select("track_id", "title", "artists").iter_rows()
    ]
    table = every.with_columns(
        pl.Series("song", songs, dtype=pl.String),
        known_genres(every).alias("labels"),
        main=pl.col("artists").list.first().fill_null(pl.col("track_id")),
    ).unique("song", keep="first", maintain_order=True)
    return JudgedTracks(table, every, dict(zip(every["track_id"].to_list(), songs, strict=True)))
