"""What a recipe says, and its TOML form: plain data, checked word by word, never executed."""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, get_args

from partsong.errors import RecipeError
from partsong.features.genre_spec import GENRE_COLUMNS, GenreSpec
from partsong.features.suggestions import suggest
from partsong.schema import TRACK_FIELDS

__all__ = ["FeatureSpec", "Init", "Missing", "Recipe", "Scale", "Solver", "Transform"]

Transform = Literal["none", "abs", "log", "octave", "circle"]
Scale = Literal["none", "minmax", "standard", "split", "overlap"]
Missing = Literal["mask", "drop"]
Solver = Literal["auto", "patterns", "hals", "mu"]
Init = Literal["random", "nndsvd", "nndsvda", "nndsvdar"]

_NUMERIC_TYPES: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE"})
_COLUMNS: Final = tuple(field.name for field in TRACK_FIELDS if field.type in _NUMERIC_TYPES)
_MADE_FOR: Final = {"octave": "tempo", "circle": "key"}


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """How one catalog column enters the matrix.

    Parameters
    ----------
    column
        A numeric column of the table `tracks`.
    transform
        ``"none"`` takes the values as they are; ``"abs"`` their absolute value; ``"log"`` their
        natural logarithm; ``"octave"`` folds a tempo into 80 to 160 BPM by doubling or halving,
        since trackers often hear twice or half the beat; ``"circle"`` puts a key on the circle of
        its twelve pitch classes, as four columns that each peak at one key.
    scale
        ``"none"`` leaves the values; ``"minmax"`` maps the range seen in fitting to [0, 1];
        ``"standard"`` counts standard deviations from the mean, clips at 3 and shifts to [0, 1];
        ``"split"`` counts them in two columns, one above and one below the mean, clipped at 3;
        ``"overlap"`` does so too, but each column begins one standard deviation past the mean on
        the other side, so that near the average a little of both is there.
    weight
        Factor on the feature's columns, above 0. A squared loss weighs by its square.
    missing
        ``"mask"`` keeps a track that has no value here and marks the entry as missing;
        ``"drop"`` leaves the track out.

    Raises
    ------
    RecipeError
        If a word is not known, or does not fit the column.

    Examples
    --------
    >>> FeatureSpec("loudness", scale="split").missing
    'mask'
    """

    column: str
    transform: Transform = "none"
    scale: Scale = "none"
    weight: float = 1.0
    missing: Missing = "mask"

    def __post_init__(self) -> None:
        for name, known in (
            ("column", _COLUMNS),
            ("transform", get_args(Transform)),
            ("scale", get_args(Scale)),
            ("missing", get_args(Missing)),
        ):
            value = getattr(self, name)
            if value not in known:
                raise RecipeError(
                    f"{name} = {value!r} is not known.", hint=suggest(str(value), known)
                )
        column = _MADE_FOR.get(self.transform, self.column)
        if column != self.column:
            raise RecipeError(
                f"transform = {self.transform!r} is made for {column!r}, not {self.column!r}.",
                hint="Use transform = 'none', 'abs' or 'log'.",
            )
        if self.transform == "circle" and self.scale != "none":
            raise RecipeError(
                f"scale = {self.scale!r} does not go with transform = 'circle'.",
                hint="Leave the scale out: places on a circle lie in [0, 1] already.",
            )
        is_number = isinstance(self.weight, int | float) and not isinstance(self.weight, bool)
        if not is_number or not math.isfinite(self.weight) or self.weight <= 0:
            raise RecipeError(
                f"weight = {self.weight!r} is not a number above 0.",
                hint="Use 1 for an even weight, or leave the feature out.",
            )


@dataclass(frozen=True, slots=True)
class Recipe:
    """How catalog columns become a non-negative matrix.

    Parameters
    ----------
    name
        What the recipe is called.
    description
        What it is for, in a sentence.
    features
        The columns of the catalog that it uses, each once, in the order of the matrix.
    where
        SQL condition over the table `tracks` that its tracks meet; all tracks without one. The
        catalog applies it; this package never does.
    solver, init, n_init
        What a fit shall use unless told otherwise, as `partsong.nmf.NMF` calls it.
    genres
        How genres enter the matrix beside the features; without it they do not.

    Raises
    ------
    RecipeError
        If it has no feature, or a column twice.

    Examples
    --------
    >>> recipe = Recipe("mine", "Two features.", (FeatureSpec("energy"), FeatureSpec("valence")))
    >>> recipe.columns
    ('energy', 'valence')
    """

    name: str
    description: str
    features: tuple[FeatureSpec, ...]
    where: str | None = None
    solver: Solver | None = None
    init: Init | None = None
    n_init: int | None = None
    genres: GenreSpec | None = None

    def __post_init__(self) -> None:
        if not self.features:
            raise RecipeError(
                f"The recipe {self.name!r} has no features.",
                hint="Add at least one [[features]] table with a column.",
            )
        for name, known in (("solver", get_args(Solver)), ("init", get_args(Init))):
            value = getattr(self, name)
            if value is not None and value not in known:
                raise RecipeError(
                    f"{name} = {value!r} is not known.", hint=suggest(str(value), known)
                )
        if self.genres and set(self.feature_columns) == {"key"}:
            raise RecipeError(
                f"The recipe {self.name!r} has genres, but no feature to estimate them from.",
                hint="Add a feature other than the key, such as energy, or leave out [genres].",
            )
        for column in self.feature_columns:
            if self.feature_columns.count(column) > 1:
                raise RecipeError(
                    f"The recipe {self.name!r} uses {column!r} more than once.",
                    hint="Keep one of them; give it a weight if it should count more.",
                )

    @property
    def feature_columns(self) -> tuple[str, ...]:
        """The numeric columns of the catalog that the recipe needs, one for each feature."""
        return tuple(spec.column for spec in self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the catalog that the recipe needs."""
        return self.feature_columns + (GENRE_COLUMNS if self.genres else ())

    @classmethod
    def from_toml(cls, text: str, *, source: str = "the recipe") -> "Recipe":
        r"""Read a recipe from TOML.

        Parameters
        ----------
        text
            The recipe's keys, with one ``[[features]]`` table for each feature, and a table
            ``[genres]`` where genres enter too.
        source
            Name of the file, for messages.

        Raises
        ------
        RecipeError
            If `text` is not TOML, or a key or value is not known.

        Examples
        --------
        >>> text = 'name = "mine"\n[[features]]\ncolumn = "energy"\nscale = "split"'
        >>> Recipe.from_toml(text).features
        (FeatureSpec(column='energy', transform='none', scale='split', weight=1.0, missing='mask'),)
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RecipeError(
                f"{source} is not TOML: {error}.", hint="Mend the line that the message names."
            ) from error
        tables = document.pop("features", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise RecipeError(
                f"{source}: 'features' is not a list of tables.",
                hint="Start each feature with a line [[features]].",
            )
        genres = document.pop("genres", None)
        if not isinstance(genres, dict | None):
            raise RecipeError(
                f"{source}: 'genres' is not a table.", hint="Start it with a line [genres]."
            )
        _refuse_unknown_keys(document, cls, source)
        for key, value in document.items():
            if key == "n_init" and (not isinstance(value, int) or value < 1):
                raise RecipeError(
                    f"{source}: n_init = {value!r} is not a number of starts.",
                    hint="Use a whole number, 1 or more, without quotes.",
                )
            if key != "n_init" and not isinstance(value, str):
                raise RecipeError(
                    f"{source}: {key} = {value!r} is not text.", hint=f"Put {key} in quotes."
                )
        if "name" not in document:
            raise RecipeError(f"{source} has no name.", hint='Add a first line: name = "..."')
        try:
            return cls(
                name=document["name"],
                description=document.get("description", ""),
                features=tuple(
                    _read_feature(table, f"{source}, feature {number}")
                    for number, table in enumerate(tables, start=1)
                ),
                where=document.get("where"),
                solver=document.get("solver"),
                init=document.get("init"),
                n_init=document.get("n_init"),
                genres=None if genres is None else _read_genres(genres, f"{source}, genres"),
            )
        except RecipeError as error:
            if str(error).startswith(source):
                raise
            raise RecipeError(f"{source}: {error}", hint=error.hint) from error

    def to_toml(self) -> str:
        """Write the recipe as TOML that :meth:`from_toml` reads back to an equal recipe.

        Examples
        --------
        >>> print(Recipe("mine", "", (FeatureSpec("tempo", "octave", "split"),)).to_toml())
        name = "mine"
        description = ""
        <BLANKLINE>
        [[features]]
        column = "tempo"
        transform = "octave"
        scale = "split"
        <BLANKLINE>
        """
        lines = [f"name = {_quote(self.name)}", f"description = {_quote(self.description)}"]
        for key in ("where", "solver", "init"):
            value = getattr(self, key)
            if value is not None:
                lines.append(f"{key} = {_quote(value)}")
        if self.n_init is not None:
            lines.append(f"n_init = {self.n_init}")
        if self.genres is not None:
            lines += ["", "[genres]"]
            lines += [f"{key} = {value!r}" for key, value in asdict(self.genres).items()]
        for spec in self.features:
            lines += ["", "[[features]]", f"column = {_quote(spec.column)}"]
            if spec.transform != "none":
                lines.append(f"transform = {_quote(spec.transform)}")
            if spec.scale != "none":
                lines.append(f"scale = {_quote(spec.scale)}")
            if spec.weight != 1:
                lines.append(f"weight = {float(spec.weight)!r}")
            if spec.missing != "mask":
                lines.append(f"missing = {_quote(spec.missing)}")
        return "\n".join([*lines, ""])


def _read_feature(table: Mapping[str, Any], source: str) -> FeatureSpec:
    _refuse_unknown_keys(table, FeatureSpec, source)
    if "column" not in table:
        raise RecipeError(f"{source} names no column.", hint='Add a line: column = "..."')
    try:
        return FeatureSpec(**table)
    except RecipeError as error:
        raise RecipeError(f"{source}: {error}", hint=error.hint) from error


def _read_genres(table: Mapping[str, Any], source: str) -> GenreSpec:
    _refuse_unknown_keys(table, GenreSpec, source)
    try:
        return GenreSpec(**table)
    except RecipeError as error:
        raise RecipeError(f"{source}: {error}", hint=error.hint) from error


def _refuse_unknown_keys(
    table: Mapping[str, Any], shape: type[Recipe | FeatureSpec | GenreSpec], source: str
) -> None:
    known = [field.name for field in fields(shape)]
    for key in table:
        if key not in known:
            raise RecipeError(f"{source}: the key {key!r} is not known.", hint=suggest(key, known))


def _quote(text: str) -> str:
    # JSON's escapes are TOML's, except that TOML also wants the delete character escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
