"""A recipe with its bounds learned: the way from tracks to a matrix, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.errors import FeatureError, NegativeFeatureError
from partsong.features.alignment import Alignment
from partsong.features.axis import Axis
from partsong.features.fitted_feature import FittedFeature, read_column
from partsong.features.genre_block import GenreBlock, learn_block
from partsong.features.genre_spec import GENRE_COLUMNS
from partsong.features.matrix import FeatureMatrix
from partsong.features.recipe import FeatureSpec, Recipe
from partsong.progress import SILENT, Progress

__all__ = ["FittedRecipe"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedRecipe:
    """A recipe with bounds learned from tracks; plain data, saved with every model.

    Attributes
    ----------
    recipe
        The recipe as it was written.
    features
        The features in use, in the order of the matrix.
    notes
        What was left out and why, and what genres were learned from, as sentences for the reader.
    genres
        The genres of the matrix, where the recipe has them and enough tracks have labels.
    alignment
        How values of several analyses were brought onto one scale before they came here; it is
        kept for whoever reads more tracks, and not applied by :meth:`transform`. None where there
        was one analysis.

    Examples
    --------
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy", scale="minmax"), FeatureSpec("key")))
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "energy": [0.2, 0.6], "key": [None, None]})
    >>> fitted = FittedRecipe.fit(recipe, tracks)
    >>> fitted.notes
    ("'key' has no value in any track and was left out.",)
    >>> fitted.transform(tracks).X
    array([[0.],
           [1.]])
    """

    recipe: Recipe
    features: tuple[FittedFeature, ...]
    notes: tuple[str, ...] = ()
    genres: GenreBlock | None = None
    alignment: Alignment | None = None

    @classmethod
    def fit(
        cls, recipe: Recipe, tracks: pl.DataFrame, *, progress: Progress = SILENT
    ) -> "FittedRecipe":
        """Learn the bounds of a recipe, and its genres if it has any.

        Parameters
        ----------
        recipe
            What to learn bounds for. Its ``where`` is not applied here: hand in the tracks that
            the catalog selected with it.
        tracks
            The columns of the recipe and `track_id`. A column with no value at all, or that is
            not there, is left out of the matrix and named in `notes`; so are genres that too few
            tracks carry.
        progress
            Hears of the learning of genres, which takes seconds; the rest is quick.

        Raises
        ------
        FeatureError
            If no feature has a value, no track has every value that the recipe demands, or a
            logarithm or an octave is asked of a value that is 0 or below.
        """
        values = {spec.column: read_column(tracks, spec.column) for spec in recipe.features}
        empty = [column for column in values if np.isnan(values[column]).all()]
        specs = [spec for spec in recipe.features if spec.column not in empty]
        if not specs:
            raise FeatureError(
                f"None of the {len(tracks)} tracks has a value for any feature of the recipe "
                f"{recipe.name!r} ({', '.join(recipe.feature_columns)}).",
                hint="Have them asked for by id (partsong import reccobeats), import a table of them "
                "(partsong import FILE --only-features), or choose another recipe.",
            )
        keep = _usable_rows(specs, values)
        if not keep.any():
            demanded = [spec.column for spec in specs if spec.missing == "drop"]
            raise FeatureError(
                f"No track has a value for all of {', '.join(demanded)}.",
                hint="Use missing = 'mask' in the recipe to keep tracks with gaps.",
            )
        fitted = cls(
            recipe=recipe,
            features=tuple(FittedFeature.fit(spec, values[spec.column][keep]) for spec in specs),
            notes=tuple(
                f"{column!r} has no value in any track and was left out." for column in empty
            ),
        )
        if recipe.genres is None:
            return fitted
        used = tracks.filter(pl.Series(keep))
        genres, note = learn_block(recipe.genres, used, fitted._sound(used), progress=progress)
        return replace(fitted, notes=(*fitted.notes, note), genres=genres)

    @property
    def names(self) -> tuple[str, ...]:
        """What each column of the matrix holds."""
        sound = tuple(name for feature in self.features for name in feature.names)
        return sound + (self.genres.names if self.genres else ())

    @property
    def columns(self) -> tuple[str, ...]:
        """The catalog columns in use."""
        sound = tuple(feature.spec.column for feature in self.features)
        return sound + (GENRE_COLUMNS if self.genres else ())

    @property
    def genre_columns(self) -> tuple[tuple[int, str], ...]:
        """The columns of the matrix that hold genres, each with its genre; empty without any."""
        genres = self.genres.genres if self.genres else ()
        return tuple(enumerate(genres, start=len(self.names) - len(genres)))

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What the columns of the matrix are more or less of; both halves of a feature are one."""
        axes: list[Axis] = []
        start = 0
        for feature in self.features:
            axes += feature.axes(start)
            start += len(feature.names)
        axes += [Axis(genre, f"less {genre}", genre, (at,)) for at, genre in self.genre_columns]
        return tuple(axes)

    def transform(self, tracks: pl.DataFrame) -> FeatureMatrix:
        """Turn tracks into rows of the matrix.

        Parameters
        ----------
        tracks
            The columns of the recipe and `track_id`, the tracks of the fit or others.

        Returns
        -------
        FeatureMatrix
            One row a track, in their order. Tracks that miss a value under ``missing = "drop"``,
            and tracks without any value or known genre, have no row and are counted in
            `n_dropped`.

        Raises
        ------
        NegativeFeatureError
            If a value is below 0 and the recipe gives its feature no scale.
        FeatureError
            If a logarithm or an octave is asked of a value that is 0 or below.
        """
        values = {
            feature.spec.column: read_column(tracks, feature.spec.column)
            for feature in self.features
        }
        keep = _usable_rows(
            [feature.spec for feature in self.features],
            values,
            otherwise=self.genres.has_known(tracks) if self.genres else None,
        )
        track_ids = tracks.get_column("track_id").filter(pl.Series(keep))
        X = np.empty((len(track_ids), len(self.names)))
        start = 0
        for feature in self.features:
            column = values[feature.spec.column][keep]
            block = feature.encode(column)
            negative = (block < 0).any(axis=1)
            if negative.any():
                raise NegativeFeatureError(
                    feature.spec.column, track_ids.filter(pl.Series(negative)).to_list()
                )
            X[:, start : start + block.shape[1]] = block
            start += block.shape[1]
        column_of = [feature.spec.column for feature in self.features for _ in feature.names]
        if self.genres:
            kept = tracks.filter(pl.Series(keep))
            X[:, start:] = self.genres.encode(kept, self._sound(kept))
            column_of += ["genres"] * len(self.genres.genres)
        return FeatureMatrix(
            X=X,
            names=self.names,
            column_of=tuple(column_of),
            track_ids=track_ids,
            n_dropped=len(tracks) - len(track_ids),
        )

    def inverse_transform(self, X: FloatArray) -> pl.DataFrame:
        """Turn rows of the matrix back into catalog columns, in the catalog's units.

        Exact but for what the recipe gave away: clipped values, octaves of the tempo, and signs
        under ``"abs"``, which come back as the sign that the average has.

        Parameters
        ----------
        X
            Shape (n, n_features), such as the reconstruction of a fit. Columns of genres are
            passed over.

        Returns
        -------
        DataFrame
            One column for each feature.

        Examples
        --------
        >>> recipe = Recipe("mine", "", (FeatureSpec("loudness", scale="split"),))
        >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "loudness": [-12.0, -4.0]})
        >>> fitted = FittedRecipe.fit(recipe, tracks)
        >>> fitted.inverse_transform(fitted.transform(tracks).X)["loudness"].to_list()
        [-12.0, -4.0]
        """
        restored = {}
        start = 0
        for feature in self.features:
            width = len(feature.names)
            restored[feature.spec.column] = feature.decode(X[:, start : start + width])
            start += width
        return pl.DataFrame(restored)

    def levels(self, tracks: pl.DataFrame) -> pl.DataFrame:
        """Say how far each track lies above or below the average of the fit.

        Parameters
        ----------
        tracks
            The columns of the recipe.

        Returns
        -------
        DataFrame
            One column for each feature but the key, which is a circle and has no above or below.
            Standard deviations, clipped at 3; NaN where the value is missing.

        Examples
        --------
        >>> recipe = Recipe("mine", "", (FeatureSpec("loudness", "abs"), FeatureSpec("key")))
        >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "loudness": [-12, -4], "key": [0, 7]})
        >>> FittedRecipe.fit(recipe, tracks).levels(tracks).to_dict(as_series=False)
        {'loudness': [-1.0, 1.0]}
        """
        return pl.DataFrame(
            {
                feature.spec.column: feature.level(read_column(tracks, feature.spec.column))
                for feature in self.features
                if feature.spec.column != "key"
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that JSON can hold and :meth:`from_dict` reads back."""
        return {
            "recipe": self.recipe.to_toml(),
            "features": {feature.spec.column: feature.to_dict() for feature in self.features},
            "notes": list(self.notes),
            "genres": self.genres.to_dict() if self.genres else None,
            "alignment": self.alignment.to_dict() if self.alignment else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FittedRecipe":
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        RecipeError
            If the recipe in it is not understood.
        """
        recipe = Recipe.from_toml(data["recipe"])
        learned, genres = data["features"], data.get("genres")
        alignment = data.get("alignment")
        return cls(
            recipe=recipe,
            features=tuple(
                FittedFeature.from_dict(spec, learned[spec.column])
                for spec in recipe.features
                if spec.column in learned
            ),
            notes=tuple(data["notes"]),
            genres=GenreBlock.from_dict(recipe.genres, genres)
            if recipe.genres and genres
            else None,
            alignment=Alignment.from_dict(alignment) if alignment else None,
        )

    def _sound(self, tracks: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
        """Return values and levels, what a model of genres sees of the tracks."""
        levels = self.levels(tracks)
        values = np.empty((len(tracks), levels.width))
        for place, column in enumerate(levels.columns):
            values[:, place] = read_column(tracks, column)
        return values, levels.to_numpy()


def _usable_rows(
    specs: Sequence[FeatureSpec],
    values: Mapping[str, FloatArray],
    *,
    otherwise: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Find rows that have a value, or are usable otherwise, and miss none that is demanded."""
    observed = {spec.column: ~np.isnan(values[spec.column]) for spec in specs}
    usable = np.any(list(observed.values()), axis=0)
    if otherwise is not None:
        usable |= otherwise
    for spec in specs:
        if spec.missing == "drop":
            usable &= observed[spec.column]
    return np.asarray(usable, dtype=np.bool_)
