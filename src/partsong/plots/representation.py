"""Which eras and genres a catalog has much of, and which little."""

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_decades", "plot_genre_sizes"]

_KINDS: Final = {
    "much": ("3 times or more", "#d55e00", "/"),
    "fair": ("between", "#0072b2", ""),
    "little": ("a third or less", "#56b4e9", "."),
}
# Inside the figure, for over it the legend would take the title's place.
_LEGEND: Final = {"y": 1, "yanchor": "top", "font": {"size": 12}}
_FACTOR: Final = 3.0
_UNEVEN: Final = 1.5
_MOST_GENRES: Final = 24


def plot_decades(decades: pl.DataFrame) -> "Figure":
    """Draw how many tracks are from each decade, beside an even spread.

    Parameters
    ----------
    decades
        `decade` (its first year) and `tracks`; a row without a decade counts the tracks of no
        known year. Decades without a track in between are drawn empty.

    Examples
    --------
    >>> decades = pl.DataFrame({"decade": [1980, 2000, None], "tracks": [1, 5, 4]})
    >>> figure = plot_decades(decades)
    >>> [(bars.name, bars.x, bars.y) for bars in figure.data]
    [('between', ('1980s', '2000s'), (1, 5)), ('a third or less', ('1990s',), (0,))]
    """
    dated = dict(decades.drop_nulls("decade").select("decade", "tracks").sort("decade").iter_rows())
    unknown = int(decades.filter(pl.col("decade").is_null())["tracks"].sum())
    if not dated:
        return empty_figure("No track has a year.")
    names = list(range(min(dated), max(dated) + 10, 10))
    sizes = [dated.get(decade, 0) for decade in names]
    total, even = sum(sizes), sum(sizes) / len(sizes)
    bars = _bars(
        pl.DataFrame(
            {
                "x": [f"{decade}s" for decade in names],
                "y": sizes,
                "text": [_share(size, total) for size in sizes],
                "hovertext": [
                    f"<b>{decade}s</b><br>{size:,} tracks, {size / total:.1%}"
                    f"<br>{_against(size, even, 'an even spread')}"
                    for decade, size in zip(names, sizes, strict=True)
                ],
            }
        ),
        sizes,
        even,
    )
    largest = max(names, key=lambda decade: dated.get(decade, 0))
    known = f"{total:,} tracks with a year" + (f", {unknown:,} without" if unknown else "")
    return new_figure(
        *bars,
        finding=f"{dated[largest] / total:.0%} of the tracks are from the {largest}s",
        note=f"{known}; dashed: an even spread",
        height=300,
        barmode="overlay",
        showlegend=len(bars) > 1,
        shapes=[_line_at(even, "y")],
        annotations=[_note(f"even spread: {even:,.0f}", x=0, y=even)],
        yaxis={"title": {"text": "tracks"}, "rangemode": "tozero", "domain": [0, 0.82]},
        legend=_LEGEND,
        xaxis={"categoryarray": [f"{decade}s" for decade in names], "categoryorder": "array"},
    )


def plot_genre_sizes(genres: pl.DataFrame, *, n_tracks: int) -> "Figure":
    """Draw the largest and the smallest genres, beside the median genre.

    Up to 24 genres are all drawn; of more, the twelve largest and the twelve smallest.

    Parameters
    ----------
    genres
        `genre` and `tracks`; a track with several genres counts in each.
    n_tracks
        How many tracks there are, with or without a genre.

    Examples
    --------
    >>> genres = pl.DataFrame({"genre": ["pop", "jazz", "polka"], "tracks": [900, 100, 9]})
    >>> figure = plot_genre_sizes(genres, n_tracks=1000)
    >>> [(bars.name, bars.x) for bars in figure.data]
    [('3 times or more', (900,)), ('between', (100,)), ('a third or less', (9,))]
    """
    if genres.is_empty():
        return empty_figure("No track has a genre.")
    ranked = genres.sort("tracks", "genre", descending=[True, False])
    median = float(ranked["tracks"].median() or 0)  # type: ignore[arg-type]  # of whole numbers
    half = _MOST_GENRES // 2
    is_cut = len(ranked) > _MOST_GENRES
    shown = pl.concat([ranked.head(half), ranked.tail(half)]) if is_cut else ranked
    names, sizes = shown["genre"].to_list(), shown["tracks"].to_list()
    # A gap stands between the largest and the smallest.
    rows = [row + (1 if is_cut and row >= half else 0) for row in range(len(names))]
    bars = _bars(
        pl.DataFrame(
            {
                "x": sizes,
                "y": rows,
                "text": [f"{size:,}" for size in sizes],
                "hovertext": [
                    f"<b>{lines(name, 40)}</b><br>{size:,} tracks, {size / n_tracks:.1%} of all"
                    f"<br>{_against(size, median, 'the median genre')}"
                    for name, size in zip(names, sizes, strict=True)
                ],
            }
        ),
        sizes,
        median,
        orientation="h",
    )
    anchor = "right" if median > sizes[0] / 2 else "left"
    notes = [_note(f"median: {median:,.0f}", x=median, y=-0.8) | {"xanchor": anchor}]
    if is_cut:
        between = f"… {len(ranked) - 2 * half:,} genres between …"
        notes.append(_note(between, x=0, y=half) | {"yanchor": "middle"})
    ratio = sizes[0] / (median or 1)
    top = (
        f"{names[0]} has {_times(ratio)} the tracks of the median one"
        if ratio >= _UNEVEN
        else "the largest is hardly larger than the median"
    )
    return new_figure(
        *bars,
        finding=f"{len(ranked):,} genres; {top}",
        note=f"{n_tracks:,} tracks, each in all of its genres; dashed: the median genre",
        height=100 + 22 * (rows[-1] + 1),
        legend=_LEGEND,
        bargap=0.3,
        barmode="overlay",
        showlegend=len(bars) > 1,
        shapes=[_line_at(median, "x")],
        annotations=notes,
        xaxis={"title": {"text": "tracks"}, "range": [0, 1.3 * (sizes[0] or 1)], "nticks": 5},
        yaxis={
            "range": [rows[-1] + 0.6, -1.5],
            "domain": [0, 1 - 44 / (100 + 22 * (rows[-1] + 1))],
            "tickvals": rows,
            "ticktext": [label(name, 20) for name in names],
        },
    )


def _bars(
    drawn: pl.DataFrame, sizes: list[int], fair: float, *, orientation: str = "v"
) -> list[dict[str, Any]]:
    """Return a trace each for what there is much of, little of, and about as much as is fair."""
    kinds = [
        "much" if size >= _FACTOR * fair else "little" if size * _FACTOR <= fair else "fair"
        for size in sizes
    ]
    return [
        {
            "type": "bar",
            "name": name,
            "orientation": orientation,
            **drawn.filter(pl.Series(kinds) == kind).to_dict(as_series=False),
            "marker": {
                "color": color,
                "pattern": {"shape": hatch, "fillmode": "overlay", "size": 7, "solidity": 0.15},
            },
            "textposition": "outside",
            "cliponaxis": False,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        for kind, (name, color, hatch) in _KINDS.items()
        if kind in kinds
    ]


def _line_at(value: float, axis: str) -> dict[str, Any]:
    across = "x" if axis == "y" else "y"
    return {
        "type": "line",
        f"{axis}0": value,
        f"{axis}1": value,
        f"{across}0": 0,
        f"{across}1": 1,
        f"{across}ref": f"{across} domain",
        "line": {"color": "#808080", "dash": "dash", "width": 1.5},
    }


def _note(text: str, *, x: float, y: float) -> dict[str, Any]:
    place = {"x": x, "y": y, "xanchor": "left", "yanchor": "bottom"}
    return {"text": text, "showarrow": False, "font": {"size": 12}, **place}


def _share(size: int, total: int) -> str:
    if not size:
        return ""
    return f"{size / total:.0%}" if size >= total / 100 else "&lt;1%"


def _against(size: int, fair: float, what: str) -> str:
    if not size:
        return f"none, against {fair:,.0f} in {what}"
    if size >= fair:
        return f"{_times(size / (fair or 1))} {what}"
    return f"{size / fair:.0%} of {what}"


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 9.95 and ratio != round(ratio) else f"{ratio:,.0f} times"
