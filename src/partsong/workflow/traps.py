"""The traps that the two source documents fell into, measured on the tracks at hand.

``check_recipe`` names the traps of one recipe. This names all of them, whichever recipe is used,
with what each would do to these tracks: the study's matrix (``study-12``) and the blog post's
(``blog-14``) are made of them, and a few small fits show what neither text could see.
"""

import warnings
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import Catalog
from partsong.errors import FeatureError
from partsong.features import Finding, FittedRecipe, load_recipe
from partsong.progress import SILENT, Progress
from partsong.workflow.selecting import Conditions, sample_tracks

__all__ = ["measure_traps"]

FloatArray = NDArray[np.floating[Any]]

_SAMPLE: Final = 2_000  # tracks of the small fits; labels of these agree as badly as those of all
_PARTS: Final = 7  # what the blog post meant to fit
_STARTS: Final = 5


def measure_traps(
    catalog: Catalog, *, where: Conditions = None, progress: Progress = SILENT
) -> tuple[Finding, ...]:
    """Measure what each trap of the two source documents would do to these tracks.

    A trap that cannot be measured, for want of its columns or of tracks, is left out.

    Parameters
    ----------
    catalog
        Where the tracks are.
    where
        SQL conditions over them.
    progress
        Listener to the small fits.

    Returns
    -------
    tuple of Finding
        In the order in which the documents meet them.

    Examples
    --------
    >>> [trap.trap for trap in measure_traps(Catalog(catalog))][:3]
    ['features as rows', 'dominates', 'absolute value']
    """
    blog, study = load_recipe("blog-14"), load_recipe("study-12")
    columns = [*dict.fromkeys((*study.columns, *blog.columns, "artist_genres"))]
    tracks = catalog.read_tracks(columns, where=where)
    found = [
        _orientation(tracks, len(study.features)),
        _duration(tracks),
        _loudness(tracks),
        _key(tracks),
        _one_genre(tracks),
        *_fits(tracks, progress),
    ]
    return tuple(finding for finding in found if finding is not None)


def _orientation(tracks: pl.DataFrame, n_features: int) -> Finding | None:
    if tracks.is_empty():
        return None
    n = len(tracks)
    return Finding(
        "spoils",
        "features as rows",
        "",
        f"The study's X has features as rows: here {n_features} rows of {n:,} columns.",
        f"A program that takes rows for tracks learns {n:,} columns from {n_features} of them, and "
        "W and H trade places.",
        f"Hand in X.T: {n:,} rows, one a track. partsong always does.",
    )


def _duration(tracks: pl.DataFrame) -> Finding | None:
    study = load_recipe("study-12")
    values = {
        column: tracks[column].cast(pl.Float64).drop_nulls().to_numpy() for column in study.columns
    }
    squares = {column: float((each**2).sum()) for column, each in values.items()}
    total = sum(squares.values())
    if not squares["duration_ms"] or total == squares["duration_ms"]:
        return None
    rest = 1 - squares["duration_ms"] / total
    return Finding(
        "spoils",
        "dominates",
        "duration_ms",
        f"Unscaled, 'duration_ms' holds {_nearly_all(rest)} of the squared norm of the matrix.",
        "Every part is an amount of length, and one cluster takes most tracks.",
        "Scale every feature: recipe balanced does.",
    )


def _loudness(tracks: pl.DataFrame) -> Finding | None:
    loudness = tracks["loudness"].drop_nulls()
    if loudness.is_empty():
        return None
    quiet, loud = (float(loudness.quantile(share) or 0) for share in (0.05, 0.95))
    n_above = int((loudness > 0).sum())
    folded = f"{n_above:,} tracks above 0 dB fold onto those below." if n_above else "None folds."
    return Finding(
        "distorts",
        "absolute value",
        "loudness",
        f"abs() makes {_number(quiet)} dB (quiet) {abs(quiet):.1f} and {_number(loud)} dB (loud) "
        f"{abs(loud):.1f}. {folded}",
        "Quiet tracks look loud and loud ones quiet; a part 'high in loudness' is quiet.",
        "Keep the sign: scale = 'split' takes negative values.",
    )


def _key(tracks: pl.DataFrame) -> Finding | None:
    key = tracks["key"].drop_nulls()
    if key.is_empty():
        return None
    n_c, n_b = int((key == 0).sum()), int((key == 11).sum())
    return Finding(
        "distorts",
        "circular number",
        "key",
        f"{n_c:,} tracks are in C (0) and {n_b:,} in B (11), a semitone apart.",
        "As a number 11 lies furthest from 0: parts split keys into low and high ones.",
        "Leave key out, or use transform = 'circle'.",
    )


def _one_genre(tracks: pl.DataFrame) -> Finding | None:
    n_genres = tracks["artist_genres"].list.len().fill_null(0)
    n_known, n_one = int((n_genres > 0).sum()), int((n_genres == 1).sum())
    if not n_known:
        return None
    return Finding(
        "distorts",
        "one-genre artists",
        "artist_genres",
        f"Keeping only artists of one genre keeps {n_one:,} of {n_known:,} tracks whose artists "
        f"have genres ({n_one / n_known:.0%}).",
        "The parts describe the few that are left, which are unlike the others.",
        "Keep every track; a track may have several genres.",
    )


def _fits(tracks: pl.DataFrame, progress: Progress) -> list[Finding]:
    """Measure the traps that only show in a fit, on the blog post's own matrix."""
    from partsong.nmf import balance_scale

    blog = load_recipe("blog-14")
    complete = tracks.filter(pl.all_horizontal(pl.col(blog.columns).is_not_null()))
    sample = sample_tracks(complete, _SAMPLE)
    n_features = len(blog.features)
    if len(sample) < 10 * n_features:
        return []
    try:
        X = FittedRecipe.fit(blog, sample).transform(sample).X
    except FeatureError:
        return []
    progress.start("measuring the traps", _STARTS + 1)
    raw, balanced, lengths, errors = [], [], np.ones(1), [0.0, 0.0]
    for start in range(_STARTS):
        W, H, errors[0] = _fit(X, _PARTS, start)
        raw.append(W.argmax(axis=1))
        lengths = np.linalg.norm(W, axis=1)
        balanced.append(balance_scale(W, H)[0].argmax(axis=1))
        progress.advance()
    errors[1] = _fit(X, n_features, 0)[2]
    progress.advance()
    progress.finish()
    on = f"On {len(sample):,} of these tracks"
    return [
        Finding(
            "distorts",
            "dot product",
            "",
            f"{on}, the longest hundredth of the rows of W is "
            f"{np.quantile(lengths, 0.99) / np.median(lengths):.1f} times as long as the median.",
            "A plain dot product ranks long rows first, whatever they sound like; only after "
            "Normalizer is it a cosine.",
            "Bring every row to unit length first. partsong compares by cosine.",
        ),
        Finding(
            "spoils",
            "scale of the components",
            "",
            f"{on}, the strongest part agrees between {_STARTS} random starts at ARI "
            f"{_agreement(raw):.2f} as fitted, {_agreement(balanced):.2f} once the scale is fixed.",
            "argmax over W counts categories that depend on the random start.",
            "Move the scale to W first: balance_scale(W, H). partsong always does.",
        ),
        Finding(
            "distorts",
            "a part per feature",
            "",
            f"{on}, {n_features} parts leave an error of {errors[1]:.1%}, {_PARTS} parts "
            f"{errors[0]:.1%}. The blog post's loop left {n_features} where its text says {_PARTS}.",
            "With as many parts as features each feature is its own part, and nothing is learned.",
            f"Say the number where it is fitted: n_components={_PARTS}.",
        ),
    ]


def _fit(X: FloatArray, n_components: int, start: int) -> tuple[FloatArray, FloatArray, float]:
    """Return W, H and the relative error of one random start."""
    from sklearn.exceptions import ConvergenceWarning

    from partsong.nmf import NMF

    nmf = NMF(
        n_components=n_components,
        solver="hals",
        init="random",
        n_init=1,
        tol=1e-4,
        max_iter=200,
        random_state=start,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # labels settle long before the error
        W = nmf.fit_transform(X)
    return W, nmf.components_, float(nmf.reconstruction_err_ / np.linalg.norm(X))


def _agreement(labels: list[NDArray[np.intp]]) -> float:
    """Return the mean adjusted Rand index of every two labellings (Hubert & Arabie 1985)."""
    from sklearn.metrics import adjusted_rand_score

    pairs = [
        adjusted_rand_score(one, other)
        for place, one in enumerate(labels)
        for other in labels[place + 1 :]
    ]
    return float(np.mean(pairs))


def _nearly_all(rest: float) -> str:
    return (
        f"{1 - rest:.1%}"
        if rest >= 0.001
        else f"all but one part in {float(f'{1 / rest:.2g}'):,.0f}"
    )


def _number(value: float) -> str:
    return f"{value:.1f}".replace("-", "\N{MINUS SIGN}")
