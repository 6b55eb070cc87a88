"""``partsong choose-k``: how many parts to learn, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from partsong.catalog import Catalog, join_conditions, list_conditions
from partsong.errors import CatalogMissingError
from partsong.features import FeatureMatrix, FittedRecipe, load_recipe
from partsong.nmf import ComponentScores, ComponentSearch
from partsong.progress import SILENT, Progress
from partsong.workflow.aligning import learn_alignment
from partsong.workflow.consent import withhold_tracks
from partsong.workflow.places import model_folder, open_catalog
from partsong.workflow.search_files import SavedSearch, read_searches, search_digest
from partsong.workflow.selecting import Conditions, sample_tracks, select_tracks

__all__ = ["PartsChoice", "choose_parts", "find_search"]

_DEFAULT_NUMBERS: Final = range(2, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsChoice:
    """A recommended number of parts.

    Attributes
    ----------
    recommended
        The number.
    reasons
        A sentence for each method, the deciding one first, and how far they agree.
    picks
        What each method would choose on its own, by its name.
    table
        What was measured of each number, the smallest first.
    n_tracks
        Tracks of the matrix that was searched.
    recipe, where, sample
        Name of the recipe, the condition of the user, and how many tracks were to be drawn.
    n_known
        Numbers that an earlier search had measured already.
    created
        When the search ended, in UTC.
    notes
        What the reader should know, such as tracks that may not be learned from.
    """

    recommended: int
    reasons: tuple[str, ...]
    picks: dict[str, int]
    table: tuple[ComponentScores, ...]
    n_tracks: int
    recipe: str
    where: str | None = None
    sample: int | None = None
    n_known: int = 0
    created: datetime
    notes: tuple[str, ...] = ()

    @property
    def agreement(self) -> Literal["agree", "disagree"]:
        """Whether all methods would choose the same number, in a word."""
        return "agree" if len(set(self.picks.values())) < 2 else "disagree"

    def to_frame(self) -> pl.DataFrame:
        """Return the table as a frame with one row for each number; null is not measured."""
        rows = [
            {
                **_plain(row),
                "explained_share": row.explained_share,
                "svd_explained_share": row.svd_explained_share,
            }
            for row in self.table
        ]
        return pl.DataFrame(rows).fill_nan(None)

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong choose-k --json``."""
        return {
            "recommended": self.recommended,
            "reasons": list(self.reasons),
            "agreement": self.agreement,
            "picks": self.picks,
            "recipe": self.recipe,
            "where": self.where,
            "n_tracks": self.n_tracks,
            "n_known": self.n_known,
            "table": [
                {_json_key(name): value for name, value in row.items()}
                for row in self.to_frame().to_dicts()
            ],
            "notes": list(self.notes),
        }


def choose_parts(
    *,
    catalog: Path | str | None = None,
    recipe: str | Path = "balanced",
    n_components: Iterable[int] | None = None,
    where: Conditions = None,
    sample: int | None = None,
    n_init: int | None = None,
    random_state: int = 0,
    restart: bool = False,
    progress: Progress = SILENT,
) -> PartsChoice:
    """Measure several numbers of parts and recommend one.

    Every number is saved as soon as it is measured, beside the catalog's models. The same call
    measures it no second time, whether the first one was stopped or came to its end. Another
    matrix, as after an import, or another seed is another search.

    Parameters
    ----------
    catalog
        The catalog's file.
    recipe
        Name of a built-in recipe, or a TOML file.
    n_components
        The numbers to try; 2 to 14 by default, but fewer than the matrix has columns and at most
        half as many as there are tracks.
    where
        SQL condition over the catalog's tracks, or several that must all hold, beside the recipe's
        own.
    sample
        Search on so many tracks, drawn at random; on all by default.
    n_init
        Starts of each number; 8 by default.
    random_state
        Seed of the sample, the starts and the splits.
    restart
        Whether to measure everything anew.
    progress
        Listener to the steps: one for each number.

    Raises
    ------
    CatalogMissingError
        If no track meets the conditions, or fewer than parts.
    FeatureError
        If the recipe does not fit the tracks.
    ModelError
        If the search cannot be saved.

    Examples
    --------
    >>> choice = choose_parts(catalog=catalog, n_components=range(2, 6))
    >>> choice.recommended, choice.n_tracks
    (3, 180)
    >>> choose_parts(catalog=catalog, n_components=range(2, 6)).n_known
    4
    """
    chosen = load_recipe(recipe)
    store = open_catalog(catalog)
    progress.start("reading the catalog")
    tracks = select_tracks(
        store,
        chosen.columns,
        where=list_conditions(chosen.where, where),
        alignment=learn_alignment(store, chosen.columns),
    )
    tracks, withheld = withhold_tracks(store, tracks, chosen.columns)
    tracks = sample_tracks(tracks, sample, random_state=random_state)
    matrix = FittedRecipe.fit(chosen, tracks).transform(tracks)
    progress.finish()
    numbers = _numbers(matrix, n_components)
    search = ComponentSearch(numbers, random_state=random_state)
    if n_init is not None:
        search.n_init = n_init
    parameters = search.get_params()  # type: ignore[no-untyped-call]  # scikit-learn is untyped
    for name in ("n_components", "n_jobs", "callback"):  # what no score depends on
        del parameters[name]
    digest = search_digest(matrix, {**parameters, "recipe": chosen.to_toml()})
    saved = SavedSearch.read(_searches_folder(store) / f"{digest}.json")
    if restart:
        saved.rows.clear()
    saved.about = {
        "recipe": chosen.name,
        "where": join_conditions(where),
        "sample": sample,
        "n_tracks": len(matrix.track_ids),
    }
    known = saved.known(numbers)
    progress.start(_task(numbers, len(known)), len(numbers))
    progress.advance(len(known))

    def keep(row: ComponentScores) -> None:
        saved.add(row, numbers)
        progress.advance()

    search.callback = keep
    search.fit(matrix.X, known=known)
    saved.choice = {
        "numbers": numbers,
        "recommended": search.best_n_components_,
        "reasons": search.reasons_,
        "picks": search.picks_,
        "created": datetime.now(UTC).isoformat(),
    }
    saved.save()
    progress.finish()
    notes = tuple(filter(None, [withheld]))
    return replace(_read_choice(saved, n_known=len(known)), notes=notes)


def find_search(
    *,
    catalog: Path | str | None = None,
    recipe: str | None = None,
    where: Conditions = None,
) -> PartsChoice | None:
    """Return the newest search that came to its end, without measuring anything.

    The catalog may have grown since; `n_tracks` and `created` of the result tell of when it is.

    Parameters
    ----------
    catalog
        The catalog's file.
    recipe
        Name of the recipe; any by default.
    where
        The conditions of the search; without any by default.

    Returns
    -------
    PartsChoice or None
        None where no such search was made.

    Examples
    --------
    >>> find_search(catalog=catalog, recipe="study-12") is None
    True
    """
    for saved in read_searches(_searches_folder(open_catalog(catalog))):
        is_of_recipe = recipe is None or saved.about["recipe"] == recipe
        if is_of_recipe and saved.about["where"] == join_conditions(where):
            return _read_choice(saved)
    return None


def _numbers(matrix: FeatureMatrix, wanted: Iterable[int] | None) -> list[int]:
    n_tracks, n_features = matrix.X.shape
    if wanted is None:
        wanted = [k for k in _DEFAULT_NUMBERS if k < n_features and 2 * k <= n_tracks] or [1]
    numbers = sorted(set(wanted))
    if n_tracks < max(2, *numbers):
        raise CatalogMissingError(
            f"{max(2, *numbers)} parts cannot be learned from {n_tracks} tracks with features.",
            hint="Import more tracks (partsong import FILE), widen the filters, or try fewer (--k).",
        )
    return numbers


def _searches_folder(catalog: Catalog) -> Path:
    return model_folder(catalog, "x").with_name(".searches")


def _task(numbers: Sequence[int], n_known: int) -> str:
    if n_known:
        return f"taking up: {n_known} of {len(numbers)} numbers known"
    span = f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}"
    return f"trying {span} parts"


def _read_choice(saved: SavedSearch, *, n_known: int | None = None) -> PartsChoice:
    choice = saved.choice or {}
    table = tuple(saved.known(choice["numbers"]))
    return PartsChoice(
        recommended=choice["recommended"],
        reasons=tuple(choice["reasons"]),
        picks=dict(choice["picks"]),
        table=table,
        n_known=len(table) if n_known is None else n_known,
        created=datetime.fromisoformat(choice["created"]),
        **saved.about,
    )


def _plain(row: ComponentScores) -> dict[str, float]:
    """Return the numbers of a row, without what is no single number."""
    values = {score.name: getattr(row, score.name) for score in fields(row)}
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def _json_key(name: str) -> str:
    return "stability" if name == "half_similarity" else name
