"""How what was learned meets the labels that others gave."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.marks import marks_of, part_order, swatch
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_genres"]

_CHANCE: Final = 0.05


def plot_genres(
    pairs: pl.DataFrame,
    *,
    parts: Sequence[str] = (),
    most: int = 40,
    n_tracks: int | None = None,
) -> "Figure":
    """Draw where the tracks of each genre went, genres down, parts across.

    The shade is the share of the genre's tracks whose strongest part it is. The number is the
    lift, how many times more that is than among all tracks; it stands only where there is more
    than chance explains (p < 0.05).

    Where there are more genres than are to be shown, they are those whose spread over the parts
    differs most from that of all tracks, by the significant terms of their relative entropy
    (Kullback & Leibler 1951), the sum of share times log lift. The figure says so. Genres stand
    under the part that tells most of them, so that related genres lie in blocks.

    Parameters
    ----------
    pairs
        A row for each part and genre: `part`, `genre`, `lift`, `share` (0 to 1), `p_value`; and,
        if known, `tracks`, how many that share is.
    parts
        The parts in the order of the columns, which gives each its colour; by default in order of
        first appearance.
    most
        How many genres to show, at least 1.
    n_tracks
        How many tracks were compared, for the note.

    Examples
    --------
    >>> pairs = pl.DataFrame({
    ...     "part": ["quiet", "loud"] * 2, "genre": ["metal"] * 2 + ["piano"] * 2,
    ...     "lift": [0.2, 1.8, 1.6, 0.4], "share": [0.1, 0.9, 0.8, 0.2], "p_value": [0.001] * 4,
    ... })
    >>> figure = plot_genres(pairs)
    >>> figure.layout.yaxis.ticktext, figure.data[0].z
    (('piano', 'metal'), ([0.8, 0.2], [0.1, 0.9]))
    """
    if pairs.is_empty():
        return empty_figure("No track has a genre.")

    order = part_order(parts, pairs["part"])
    genres = _most_telling(pairs, order, most)
    columns = ["share", "lift", "p_value", *(["tracks"] if "tracks" in pairs.columns else [])]
    cells = {
        (genre, part): (*values, None)[:4]
        for genre, part, *values in pairs.select("genre", "part", *columns).iter_rows()
    }
    nothing = (0.0, 0.0, 1.0, None)
    rows = [[cells.get((genre, part), nothing) for part in order] for genre in genres]
    heatmap = {
        "type": "heatmap",
        "z": [[share for share, *_ in row] for row in rows],
        "zmin": 0,
        "zmax": max(share for row in rows for share, *_ in row) or 1,
        "text": [[_shown_lift(lift, p_value) for _, lift, p_value, _ in row] for row in rows],
        "texttemplate": "%{text}",
        "textfont": {"size": 11},
        "hovertext": [
            [
                f"<b>{lines(genre, 40)}</b><br>{_held(share, tracks)}"
                f"<br>{lines(part, 40)},<br>{lift:.1f} times the share among all tracks"
                f"<br>{_in_words(p_value)}"
                for part, (share, lift, p_value, tracks) in zip(order, row, strict=True)
            ]
            for genre, row in zip(genres, rows, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "colorbar": {
            "tickformat": ".0%",
            "nticks": 5,
            "y": 0,
            "yanchor": "top",
            "title": {"text": "share of the genre's tracks"},
        },
    }
    marks = marks_of(order)
    return new_figure(
        heatmap,
        finding=_finding(pairs),
        note=_note(len(genres), pairs["genre"].n_unique(), n_tracks),
        height=250 + 22 * len(genres),
        xaxis={
            "side": "top",
            "tickangle": -90,
            "tickvals": list(range(len(order))),
            "ticktext": [f"{swatch(marks[part])} {label(part, 24)}" for part in order],
        },
        yaxis={
            "autorange": "reversed",
            "tickvals": list(range(len(genres))),
            "ticktext": [label(genre, 20) for genre in genres],
        },
    )


def _most_telling(pairs: pl.DataFrame, order: Sequence[str], most: int) -> list[str]:
    """Return the genres that say most, under the part that says most of them."""
    log_lift = pl.when(pl.col("lift") > 0).then(pl.col("lift").log()).otherwise(0.0)
    significant = (pl.col("p_value") < _CHANCE).fill_null(value=False)
    told = pairs.with_columns(
        information=pl.when(significant).then(pl.col("share") * log_lift).otherwise(0.0),
        column=pl.col("part").replace_strict(list(order), range(len(order))),
    )
    return (
        told.group_by("genre", maintain_order=True)
        .agg(
            pl.col("information").sum(),
            pl.col("column").sort_by("information", "share", descending=True).first(),
            pl.col("share").sort_by("information", "share", descending=True).first(),
        )
        .sort("information", descending=True, maintain_order=True)
        .head(most)
        .sort("column", -pl.col("share"), maintain_order=True)["genre"]
        .to_list()
    )


def _finding(pairs: pl.DataFrame) -> str:
    """Say how many genres have a part of their own, one that holds half of their tracks."""
    telling = pairs.filter((pl.col("p_value") < _CHANCE) & (pl.col("lift") > 1))
    n_genres = pairs["genre"].n_unique()
    held = telling.filter(pl.col("share") >= 0.5)["genre"].n_unique()
    if not telling.height:
        return "The parts say no more about genres than chance would"
    return (
        f"{telling['genre'].n_unique()} of {n_genres} genres lean to a part more than chance; "
        f"{held} {'has' if held == 1 else 'have'} half of their tracks in one"
    )


def _note(shown: int, known: int, n_tracks: int | None) -> str:
    return "; ".join(
        [
            *([] if n_tracks is None else [f"{n_tracks:,} tracks with a genre"]),
            *(
                []
                if shown == known
                else [f"{shown} of {known} genres, those least like all tracks"]
            ),
            "number: times the share among all tracks, where p < 0.05",
        ]
    )


def _held(share: float, tracks: int | None) -> str:
    if tracks is None:
        return f"{share:.0%} of its tracks are"
    return f"{share:.0%} of its tracks, {tracks:,}, are"


def _shown_lift(lift: float, p_value: float) -> str:
    if lift <= 1 or p_value >= _CHANCE:
        return ""
    return f"{lift:.1f}" if lift < 9.95 else f"{lift:.0f}"


def _in_words(p_value: float) -> str:
    return f"{'may be chance, ' if p_value >= _CHANCE else ''}p = {p_value:.2g}"
