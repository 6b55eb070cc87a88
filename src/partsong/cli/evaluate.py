"""``partsong evaluate``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.evaluate import Result, Scorecard

__all__ = ["evaluate", "print_scorecard"]

_MAIN = ("precision", "right")
_SHORT = (("hit_rate", "hit"), ("recall", "recall"), ("ndcg", "NDCG"), ("coverage", "cover"))
_RIGHT = (
    _MAIN,
    ("hit_rate", "hit"),
    ("recall", "recall"),
    ("ndcg", "NDCG"),
    ("mrr", "MRR"),
)
_LISTS = (
    ("coverage", "cover"),
    ("gini", "Gini"),
    ("hubness", "hubs"),
    ("novelty", "bits"),
    ("spread", "spread"),
    ("agreement", "again"),
)
_TITLES = {
    "genre": "Same genre",
    "playlist": "Same playlist",
    "listener": "Same listener",
}


def evaluate(
    *,
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--task",
            metavar="NAME",
            help="genre, playlist or listener; may be repeated. All that the catalog has data for "
            "by default.",
            show_default=False,
        ),
    ] = None,
    queries: Annotated[
        str, typer.Option("--queries", metavar="N|all", help="Ask at most so many a task.")
    ] = "5000",
    n: Annotated[int, typer.Option("-n", min=1, metavar="N", help="Length of the lists.")] = 10,
    choose: Annotated[
        bool,
        typer.Option(
            "--choose",
            help="Ask the other half of the artists, the one to choose recipes and numbers of "
            "parts on. Nothing is saved.",
        ),
    ] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="Show every figure, with and without the artist filter."),
    ] = False,
    random_state: Annotated[
        int, typer.Option("--random-state", metavar="SEED", help="Of all that is drawn.")
    ] = 0,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well a model recommends, beside plain methods."""
    from partsong import workflow

    with show_progress() as progress:
        card = workflow.evaluate_model(
            catalog=catalog,
            model=model,
            **({"tasks": tasks} if tasks else {}),
            queries=_number(queries),
            k=n,
            half="choose" if choose else "report",
            random_state=random_state,
            progress=progress,
        )
    if as_json:
        print_json(card.to_dict())
    else:
        print_scorecard(card, full=full)


def _number(text: str) -> int | None:
    if text == "all":
        return None
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise typer.BadParameter(f"{text!r} is no number of queries; write one above 0, or all.")


def print_scorecard(card: "Scorecard", *, full: bool = False) -> None:
    """Print a table for each task, and what stands behind it."""
    half = "nothing was chosen on" if card.half == "report" else "recipes are chosen on"
    print_line(
        f"{card.model}: {card.n_components} parts, {card.n_tracks:,} tracks, lists of {card.k}, "
        f"the half of the artists that {half}"
    )
    for task in card.tasks:
        has_others = bool(card.methods_of(task.name))
        for is_filtered in (True, False) if full and has_others else (has_others,):
            print_line()
            others = "by other artists only" if is_filtered else "any artist"
            print_line(f"{_TITLES.get(task.name, task.name)}, {others}", style="bold")
            if full:
                _print_figures(card, task.name, _RIGHT, artist_filter=is_filtered)
                print_line()
                _print_figures(card, task.name, _LISTS, artist_filter=is_filtered)
            else:
                _print_short(card, task.name, artist_filter=is_filtered)
            _print_verdicts(card, task.name, artist_filter=is_filtered)
        print_line(
            f"{task.n_queries:,} queries of {task.n_groups:,} "
            f"{'artists' if task.name == 'genre' else 'lists' if task.name == 'playlist' else 'splits'}, "
            f"{task.n_tracks:,} tracks ranked, one a song. {' '.join(task.notes)}",
            style="dim",
        )
    print_line()
    for note in card.notes:
        print_line(note)
    print_line(
        "right: share of the list that is right, with the 95% of a bootstrap over artists or lists. "
        + _explain(full=full),
        style="dim",
    )


def _explain(*, full: bool) -> str:
    if not full:
        return (
            "hit: lists with anything right. NDCG: early places count more. cover: share of the "
            "tracks in any list. --full shows more, docs/explanation/scorecard.md explains."
        )
    return (
        "hit: lists with anything right. MRR: one over the first right place. cover: share of the "
        "tracks in any list. hubs: skew of how often a track is shown. bits: how little known the "
        "tracks are. again: what another seed keeps. docs/explanation/scorecard.md explains."
    )


def _print_short(card: "Scorecard", task: str, *, artist_filter: bool) -> None:
    _print_figures(card, task, (_MAIN, *_SHORT), artist_filter=artist_filter)


def _print_figures(
    card: "Scorecard", task: str, metrics: tuple[tuple[str, str], ...], *, artist_filter: bool
) -> None:
    has_interval = metrics[0] == _MAIN
    headers = [f"{header}>" for _, header in metrics]
    if has_interval:
        headers.insert(1, "95%>")
    table = new_table("method", *headers)
    for method in _by_precision(card, task, artist_filter=artist_filter):
        found = [card.find(task, method, name, artist_filter=artist_filter) for name, _ in metrics]
        cells = [_figure(one) for one in found]
        if has_interval:
            main = found[0]
            interval = (
                "" if main is None or main.low is None else f"{main.low:.3f} to {main.high:.3f}"
            )
            cells.insert(1, interval)
        table.add_row(method, *cells)
    print_table(table)


def _print_verdicts(card: "Scorecard", task: str, *, artist_filter: bool) -> None:
    for one in card.differences:
        if (one.task, one.artist_filter, one.metric) == (task, artist_filter, "precision"):
            print_line(one.in_words())


def _by_precision(card: "Scorecard", task: str, *, artist_filter: bool) -> list[str]:
    def value(method: str) -> float:
        found = card.find(task, method, artist_filter=artist_filter)
        return 0.0 if found is None else found.value

    return sorted(card.methods_of(task, artist_filter=artist_filter), key=value, reverse=True)


def _figure(result: "Result | None") -> str:
    if result is None:
        return "-"
    size = abs(result.value)
    return f"{result.value:.{1 if size >= 10 else 4 if 0 < size < 0.01 else 3}f}"
