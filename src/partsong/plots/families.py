"""Which genres are made of the same parts: a heatmap in the order of a tree."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.marks import marks_of, part_order, swatch
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_families"]

_MOST_ROWS: Final = 150
_ROW: Final = 16
_EDGE: Final = 0.84
"""Where the heatmap ends and the tree begins."""

_WORTH_A_NUMBER: Final = 1.5


def plot_families(
    profiles: pl.DataFrame,
    *,
    tree: pl.DataFrame | None = None,
    parts: Sequence[str] = (),
    n_tracks: int | None = None,
) -> "Figure":
    """Draw the parts of every genre, with related genres side by side.

    The shade is the mean share of the part in the genre's tracks; the number says how many times
    the mean of all genres that is, from 1.5 on. Lines part the families, and the tree at the right
    shows how near they are: the farther to the right two branches meet, the less alike they are.

    Parameters
    ----------
    profiles
        A row for each genre and part, as `GenreFamilies.profiles` holds them: `genre`, `tracks`,
        `family`, `part`, `share` (0 to 1), `lift`. Genres keep their order; of more than 150 the
        largest are drawn, and the figure says so.
    tree
        The merges, as `GenreFamilies.tree` holds them: `left`, `right`, `height`. It is drawn where
        all genres are.
    parts
        All parts of the model in its order, which gives each its colour; by default in order of
        first appearance.
    n_tracks
        How many tracks carry these genres, for the note.

    Examples
    --------
    >>> profiles = pl.DataFrame({
    ...     "genre": ["metal", "metal", "piano", "piano"], "tracks": 100, "family": [1, 1, 2, 2],
    ...     "part": ["loud", "quiet"] * 2, "share": [0.9, 0.1, 0.2, 0.8],
    ...     "lift": [1.6, 0.2, 0.4, 1.8],
    ... })
    >>> figure = plot_families(profiles)
    >>> figure.data[0].z, figure.data[0].text
    (([0.9, 0.1], [0.2, 0.8]), (['1.6', ''], ['', '1.8']))
    """
    if profiles.is_empty():
        return empty_figure("No genres to compare.")
    known = profiles["genre"].n_unique()
    profiles = _largest(profiles)
    sizes = profiles.unique("genre", maintain_order=True).select("genre", "tracks", "family")
    order = part_order(parts, profiles["part"])
    cell = {
        (genre, part): (share, lift)
        for genre, part, share, lift in profiles.select(
            "genre", "part", "share", "lift"
        ).iter_rows()
    }
    genres = sizes["genre"].to_list()
    rows = [[cell.get((genre, part), (0.0, 0.0)) for part in order] for genre in genres]
    heatmap = {
        "type": "heatmap",
        "z": [[share for share, _ in row] for row in rows],
        "zmin": 0,
        "zmax": max(share for row in rows for share, _ in row) or 1,
        "text": [[_number(lift) for _, lift in row] for row in rows],
        "texttemplate": "%{text}",
        "textfont": {"size": 10},
        "xgap": 1,
        "ygap": 1,
        "hovertext": [
            [
                f"<b>{lines(genre, 40)}</b>, {tracks:,} tracks<br>{share:.0%} of them is"
                f"<br>{lines(part, 40)},<br>{lift:.1f} times the mean of all genres"
                for part, (share, lift) in zip(order, row, strict=True)
            ]
            for (genre, tracks, _), row in zip(sizes.iter_rows(), rows, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "colorbar": {
            "tickformat": ".0%",
            "nticks": 5,
            "y": 0,
            "yanchor": "top",
            "title": {"text": "mean share of the part"},
        },
    }
    has_tree = tree is not None and len(genres) == known
    edge = _EDGE if has_tree else 1.0
    marks = marks_of(order)
    families = sizes["family"].to_list()
    return new_figure(
        heatmap,
        finding=f"{len(genres)} genres in {len(set(families))} families of shared parts",
        note=_note(len(genres), known, n_tracks, has_tree=has_tree),
        height=250 + _ROW * len(genres),
        shapes=[
            *(_line(row, edge) for row in _borders(families)),
            *([_branches(tree, len(genres), edge)] if tree is not None and has_tree else []),
        ],
        xaxis={
            "side": "top",
            "tickangle": -90,
            "domain": [0, edge],
            "tickvals": list(range(len(order))),
            "ticktext": [f"{swatch(marks[part])} {label(part, 24)}" for part in order],
        },
        yaxis={
            "range": [len(genres) - 0.5, -0.5],
            "tickfont": {"size": 11},
            "tickvals": list(range(len(genres))),
            "ticktext": [label(genre, 20) for genre in genres],
        },
    )


def _largest(profiles: pl.DataFrame) -> pl.DataFrame:
    sizes = profiles.unique("genre", maintain_order=True)
    kept = sizes.sort("tracks", descending=True, maintain_order=True).head(_MOST_ROWS)["genre"]
    return profiles.filter(pl.col("genre").is_in(kept.implode()))


def _number(lift: float) -> str:
    if lift < _WORTH_A_NUMBER:
        return ""
    return f"{lift:.1f}" if lift < 9.95 else f"{lift:.0f}"


def _note(shown: int, known: int, n_tracks: int | None, *, has_tree: bool) -> str:
    return "; ".join(
        [
            *([] if n_tracks is None else [f"{n_tracks:,} tracks"]),
            *([] if shown == known else [f"the largest {shown} of {known} genres"]),
            "number: times the mean of all genres, from 1.5 on",
            *(["tree: the farther right two branches meet, the less alike"] if has_tree else []),
        ]
    )


def _borders(families: Sequence[int]) -> list[float]:
    return [row + 0.5 for row, (one, other) in enumerate(pairwise(families)) if one != other]


def _line(row: float, edge: float) -> dict[str, Any]:
    return {"type": "line", "xref": "paper", "x0": 0, "x1": edge, "y0": row, "y1": row}


def _branches(tree: pl.DataFrame, n_genres: int, edge: float) -> dict[str, Any]:
    """Draw each merge as a bracket round the two that it joins, all in one path."""
    rows = [float(row) for row in range(n_genres)]
    starts = [edge + 0.01] * n_genres
    tallest = max(tree["height"].to_list(), default=0.0) or 1.0
    path = []
    for left, right, height in tree.select("left", "right", "height").iter_rows():
        x = starts[0] + (1 - starts[0]) * height / tallest
        path.append(
            f"M{starts[left]:.4f},{rows[left]:.3f} L{x:.4f},{rows[left]:.3f} "
            f"L{x:.4f},{rows[right]:.3f} L{starts[right]:.4f},{rows[right]:.3f}"
        )
        rows.append((rows[left] + rows[right]) / 2)
        starts.append(x)
    return {"type": "path", "xref": "paper", "yref": "y", "path": " ".join(path)}
