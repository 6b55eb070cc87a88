"""``partsong check``: what would spoil a fit, found before it is made."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from partsong.errors import FeatureError
from partsong.features.column_traps import find_column_traps
from partsong.features.finding import Finding
from partsong.features.fitted import FittedRecipe
from partsong.features.fitted_feature import read_column
from partsong.features.genre_traps import find_genre_traps
from partsong.features.matrix_traps import (
    find_dominance,
    find_failed_analyses,
    find_few_tracks,
    find_gaps,
    find_near_duplicates,
)
from partsong.features.recipe import Recipe

__all__ = ["check_recipe"]

_WORST_FIRST: Final = ("spoils", "distorts", "note")


def check_recipe(
    recipe: Recipe, tracks: pl.DataFrame, *, n_catalog: int | None = None
) -> list[Finding]:
    """Name what would spoil a fit of a recipe to the tracks at hand.

    Parameters
    ----------
    recipe
        What a fit would use.
    tracks
        What it would be fitted to, selected by the recipe's ``where``: `track_id` and the columns
        of the recipe.
    n_catalog
        How many tracks there were before ``where``; without it nothing is said about those that
        it threw away.

    Returns
    -------
    list of Finding
        The worst first; empty where nothing stands in the way.

    Examples
    --------
    >>> from partsong.features import load_recipe
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "loudness": [-9.0, 1.0]})
    >>> findings = check_recipe(load_recipe("study-12"), tracks)
    >>> [finding.trap for finding in findings if finding.feature == "loudness"]
    ['absolute value', 'few values']
    """
    values = {column: read_column(tracks, column) for column in recipe.feature_columns}
    findings = [
        finding
        for spec in recipe.features
        for finding in find_column_traps(spec, values[spec.column])
    ]
    findings += find_gaps(recipe, values)
    findings += find_near_duplicates(recipe, values)
    findings += find_failed_analyses(values)
    if recipe.genres:
        has_sound = ~np.isnan(list(values.values())).all(axis=0)
        findings += find_genre_traps(tracks.filter(pl.Series(has_sound)))
    sound_only = replace(recipe, genres=None)  # a look must not wait for a model of genres
    try:
        matrix = FittedRecipe.fit(sound_only, tracks).transform(tracks)
    except FeatureError as error:
        if not any(finding.severity == "spoils" for finding in findings):
            findings.append(
                Finding("spoils", "no matrix", "", str(error), "A fit is refused.", error.hint)
            )
    else:
        findings += find_dominance(matrix)
        findings += find_few_tracks(recipe, len(matrix.track_ids), len(tracks), n_catalog=n_catalog)
    return sorted(findings, key=lambda finding: _WORST_FIRST.index(finding.severity))
