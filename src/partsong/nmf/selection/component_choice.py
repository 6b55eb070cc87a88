"""From the scores of a search to one number of components, with the reasons.

The rule: hidden entries decide. Numbers with a component so slight that it only tells where the
noise could not go below zero are left out. Of the others whose held-out error is within one standard
error of the least (of the difference, on the same entries; the one-standard-error rule of Breiman,
Friedman, Olshen and Stone 1984), or within one percent of it, the smallest is taken. Where the
halves of the rows do not agree on that many components, or fits from other random states do not,
it is the largest smaller number on which they do. Without hidden entries the halves decide alone,
then parallel analysis, then the bend of the error. Error and explained share alone decide nothing:
they improve with every component.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.selection.component_scores import ComponentScores
from partsong.nmf.selection.matching import SAME_COMPONENT

__all__ = ["ComponentChoice", "choose_from_scores"]

HELD_OUT = "held-out entries"
HALVES = "halves of the rows"
RESTARTS = "restarts"
PARALLEL = "parallel analysis"
ELBOW = "elbow of the error"

_SAME_CLUSTERS = 0.95
"""ARI from which on the clusters of two fits are called the same."""

_SLIGHT = 0.05
"""Of the mean component. Those of real tracks were seen at 0.07 and more, those that stand for the
mean of noise cut off at zero at 0.02 and less."""

_NEGLIGIBLE = 0.01
"""Of the least error: a difference that is not worth a component, however certain it is."""


class ComponentChoice(NamedTuple):
    """A recommended number of components.

    Attributes
    ----------
    n_components
        The number.
    picks
        What each method would choose on its own.
    reasons
        One sentence a method, the deciding one first, and how far they agree.
    """

    n_components: int
    picks: dict[str, int]
    reasons: list[str]


def choose_from_scores(
    rows: Sequence[ComponentScores], n_significant: int | None = None
) -> ComponentChoice:
    """Recommend one of the numbers that were tried.

    Parameters
    ----------
    rows
        Their scores, at least one.
    n_significant
        What `parallel_analysis` said, if it was asked.

    Returns
    -------
    ComponentChoice
        The number, what each method picks, and a sentence for each.

    Examples
    --------
    >>> rows = [ComponentScores(k, error, held_out_errors=(error, error + 0.01), held_out_error=error)
    ...         for k, error in [(2, 0.3), (3, 0.1), (4, 0.2)]]
    >>> choose_from_scores(rows).n_components
    3
    """
    rows = sorted(rows, key=lambda row: row.n_components)
    table = {row.n_components: row for row in rows}
    picks: dict[str, int] = {}
    if all(row.held_out_errors for row in rows):
        picks[HELD_OUT] = _least_held_out(_without_slight(rows))
    for method, scores in (
        (HALVES, [row.half_similarity for row in rows]),
        (RESTARTS, [row.restart_similarity for row in rows]),
    ):
        if np.isfinite(scores).all():
            picks[method] = _largest_stable(rows, scores)
    if n_significant is not None:
        picks[PARALLEL] = min(table, key=lambda k: (abs(k - n_significant), k))
    if len(rows) > 2 and np.isfinite([row.relative_error for row in rows]).all():
        picks[ELBOW] = _bend(rows)
    chosen = next(
        (picks[method] for method in (HELD_OUT, HALVES, PARALLEL, ELBOW) if method in picks),
        rows[0].n_components,
    )
    chosen = _lower_to_stable(chosen, rows)
    reasons = [_sentence(method, pick, table, n_significant) for method, pick in picks.items()]
    wanted = picks.get(HELD_OUT, chosen)
    if wanted != chosen:
        where = (
            "in both halves"
            if table[wanted].half_similarity < SAME_COMPONENT
            else "from other random starts"
        )
        reasons.insert(1, f"So many do not come back {where}, so {chosen} are recommended.")
    reasons += _closing_sentences(table[chosen], picks)
    return ComponentChoice(chosen, picks, reasons)


def _without_slight(rows: Sequence[ComponentScores]) -> Sequence[ComponentScores]:
    return [row for row in rows if not row.smallest_share < _SLIGHT] or rows


def _least_held_out(rows: Sequence[ComponentScores]) -> int:
    errors = np.array([row.held_out_errors for row in rows])
    means = errors.mean(axis=1)
    excess = errors - errors[means.argmin()]
    allowed = np.maximum(_standard_errors(excess), _NEGLIGIBLE * means.min())
    return rows[int((excess.mean(axis=1) <= allowed).argmax())].n_components


def _standard_errors(values: FloatArray) -> FloatArray:
    n = values.shape[1]
    if n < 2:
        return np.zeros(len(values))
    errors: FloatArray = values.std(axis=1, ddof=1) / np.sqrt(n)
    return errors


def _largest_stable(rows: Sequence[ComponentScores], similarities: Sequence[float]) -> int:
    stable = [
        row.n_components
        for row, score in zip(rows, similarities, strict=True)
        if score >= SAME_COMPONENT
    ]
    return max(stable, default=rows[0].n_components)


def _lower_to_stable(chosen: int, rows: Sequence[ComponentScores]) -> int:
    smaller = [row for row in rows if row.n_components <= chosen]
    in_halves = [row for row in smaller if not row.half_similarity < SAME_COMPONENT]
    in_both = [row for row in in_halves if not row.refit_ari < _SAME_CLUSTERS]
    numbers = [row.n_components for row in in_both or in_halves]
    return max(numbers, default=chosen)


def _bend(rows: Sequence[ComponentScores]) -> int:
    """Return the number farthest below the chord of the error curve (Satopaa et al. 2011)."""
    errors = np.array([row.relative_error for row in rows])
    numbers = np.array([float(row.n_components) for row in rows])
    chord = np.interp(numbers, numbers[[0, -1]], errors[[0, -1]])
    return rows[int((chord - errors).argmax())].n_components


def _sentence(
    method: str, pick: int, table: dict[int, ComponentScores], n_significant: int | None
) -> str:
    row = table[pick]
    if method == HELD_OUT:
        return (
            f"Held-out entries: with {pick} components hidden entries are predicted to a relative "
            f"error of {row.held_out_error:.3f} ± {row.held_out_error_se:.3f}; more do no better."
        )
    if method == HALVES:
        scores = {number: other.half_similarity for number, other in table.items()}
        return (
            f"Halves of the rows: as many as {pick} components come back in both (the least similar "
            f"at cosine {row.half_similarity:.2f}){_except(scores, pick)}."
        )
    if method == RESTARTS:
        scores = {number: other.restart_similarity for number, other in table.items()}
        return (
            f"Restarts: as many as {pick} components do not depend on the random start (the least "
            f"similar at cosine {row.restart_similarity:.2f}, clusters at ARI "
            f"{row.restart_ari:.2f}){_except(scores, pick)}."
        )
    if method == PARALLEL:
        return (
            f"Parallel analysis: {n_significant} directions stand out from permuted columns; "
            "weak ones behind strong ones are missed."
        )
    return f"Elbow: the error bends most at {pick}, which is the weakest of these arguments."


def _except(scores: Mapping[int, float], pick: int) -> str:
    """Name the smaller numbers that are not stable, if there are any."""
    unstable = [
        str(number) for number, score in scores.items() if number < pick and score < SAME_COMPONENT
    ]
    return f", but not {', '.join(unstable)}" if unstable else ""


def _closing_sentences(row: ComponentScores, picks: dict[str, int]) -> list[str]:
    sentences = []
    if np.isfinite(row.svd_relative_error):
        sentences.append(
            f"{row.n_components} components explain {row.explained_share:.1%} of the squares; no "
            f"approximation of that rank explains more than {row.svd_explained_share:.1%}."
        )
    if np.isfinite(row.largest_cluster):
        sentences.append(
            f"The largest cluster then holds {row.largest_cluster:.0%} of the rows "
            f"(balance {row.balance:.2f} of 1)."
        )
    if np.isfinite(row.refit_ari):
        sentences.append(
            f"Fitted twice from other random starts, {row.n_components} components give the same "
            f"clusters to an ARI of {row.refit_ari:.2f}."
        )
    numbers = sorted(set(picks.values()))
    if len(numbers) == 1:
        sentences.append(f"All methods agree on {numbers[0]}.")
    elif numbers:
        listed = ", ".join(f"{method} {number}" for method, number in picks.items())
        sentences.append(f"The methods disagree: {listed}.")
    return sentences
