"""``partsong evaluate``: how well a model recommends, beside plain methods."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from partsong.catalog import Catalog
from partsong.errors import QueryError
from partsong.evaluate import Half, Scorecard
from partsong.parts import Model, drop_tracks, read_model
from partsong.progress import SILENT, Progress
from partsong.workflow.consent import withhold_tracks
from partsong.workflow.evaluation.files import read_scorecard, save_scorecard
from partsong.workflow.evaluation.judging import ModelJudge
from partsong.workflow.evaluation.tasks import (
    GENRE,
    LISTENER,
    PLAYLIST,
    TASKS,
    AskedTask,
    ask_genres,
    ask_listener,
    ask_playlists,
)
from partsong.workflow.evaluation.tracks import JudgedTracks, read_judged_tracks
from partsong.workflow.places import find_model, open_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DEFAULT_N_QUERIES", "evaluate_model", "find_scorecard"]

DEFAULT_N_QUERIES: Final = 5_000


def evaluate_model(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    tasks: Sequence[str] = TASKS,
    queries: int | None = DEFAULT_N_QUERIES,
    k: int = 10,
    half: Half = "report",
    random_state: int = 0,
    progress: Progress = SILENT,
) -> Scorecard:
    """Measure how well a model recommends, and save the figures in its folder.

    Every track is ranked for every query, one track a song, so that no list is filled with other
    versions of a song. A model that learned from genres is asked for genres that it has not seen:
    it is learned again from one half of the artists, and judged on the other. As it is compared
    with methods that learn, tracks that may not be learned from do not take part.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    tasks
        Of ``"genre"``, ``"playlist"`` and ``"listener"``; those that the catalog has no data for
        are left out, and `Scorecard.notes` says so.
    queries
        At most so many queries a task, drawn at random; None asks all.
    k
        Length of the lists.
    half
        ``"report"``: the half of the artists and playlists on which nothing was chosen.
        ``"choose"``: the other one, to compare recipes on. Only the former is saved.
    random_state
        Seed of everything that is drawn.
    progress
        Listener to the steps.

    Raises
    ------
    ModelMissingError
        If there is no such model.
    QueryError
        If a task is not known, none of them can be asked, or nothing is asked for.

    Examples
    --------
    >>> card = evaluate_model(catalog=catalog, tasks=["genre"])
    >>> card.find("genre", "partsong").value > card.find("genre", "random").value
    True
    """
    _demand_sense(tasks, k=k, queries=queries)
    store = open_catalog(catalog)
    folder = find_model(store, model)
    fitted, withheld = _without_withheld(store, read_model(folder))
    progress.start("reading the catalog")
    tracks = read_judged_tracks(store, fitted)
    progress.finish()
    asked, notes = _ask(store, tracks, tasks, half=half, queries=queries, random_state=random_state)
    if not asked:
        raise QueryError(
            f"Nothing can be asked of {fitted.name!r}: {' '.join(notes)}",
            hint="Import a source that carries genres or playlists, or mark what you know "
            "(--library).",
        )
    judge = ModelJudge(fitted, tracks, k=k, random_state=random_state, progress=progress)
    scored = [judge.score(one) for one in asked]
    scorecard = Scorecard(
        model=fitted.name,
        recipe=fitted.recipe.recipe.name,
        n_components=len(fitted.H),
        n_tracks=len(fitted.track_ids),
        learned=fitted.fit.created.isoformat(),
        k=k,
        half=half,
        random_state=random_state,
        tasks=tuple(summary for summary, _, _ in scored),
        results=tuple(result for _, results, _ in scored for result in results),
        differences=tuple(one for _, _, differences in scored for one in differences),
        notes=(*notes, *filter(None, [withheld])),
    )
    if half == "report":
        save_scorecard(scorecard, folder)
    return scorecard


def find_scorecard(
    *, catalog: Path | str | None = None, model: Path | str | None = None
) -> Scorecard | None:
    """Return the scorecard that was saved with a model; None where it has none that is its own.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.

    Raises
    ------
    ModelMissingError
        If there is no such model.
    """
    return read_scorecard(find_model(open_catalog(catalog), model))


def _without_withheld(store: Catalog, model: Model) -> tuple[Model, str]:
    """Leave out tracks that may not be learned from; the other rows stay as they are."""
    ids = model.track_ids.alias("track_id")
    kept, note = withhold_tracks(store, ids.to_frame(), model.recipe.recipe.columns)
    return drop_tracks(model, ids.filter(~ids.is_in(kept["track_id"].implode()))), note


def _demand_sense(tasks: Iterable[str], *, k: int, queries: int | None) -> None:
    unknown = [task for task in tasks if task not in TASKS]
    if unknown:
        raise QueryError(
            f"There is no task {', '.join(map(repr, unknown))}.",
            hint=f"The tasks are: {', '.join(TASKS)}.",
            candidates=TASKS,
        )
    if k < 1:
        raise QueryError(f"A list of {k} tracks is none.", hint="Ask for at least one (-n 10).")
    if queries is not None and queries < 1:
        raise QueryError(
            f"{queries} queries tell nothing.", hint="Ask at least one, or all (--queries all)."
        )


def _ask(
    store: Catalog,
    tracks: JudgedTracks,
    tasks: Sequence[str],
    *,
    half: Half,
    queries: int | None,
    random_state: int,
) -> tuple[list[AskedTask], list[str]]:
    """Return the tasks that can be asked, and why others cannot."""
    ways: dict[str, Callable[[], AskedTask | str]] = {
        GENRE: lambda: ask_genres(tracks, half=half),
        PLAYLIST: lambda: ask_playlists(
            store, tracks, half=half, n_queries=queries, random_state=random_state
        ),
        LISTENER: lambda: ask_listener(store, tracks, random_state=random_state),
    }
    asked: list[AskedTask] = []
    notes: list[str] = []
    for name in dict.fromkeys(tasks):
        found = ways[name]()
        if isinstance(found, str):
            notes.append(found)
        else:
            task = found.task.sample(queries, random_state=random_state)
            asked.append(AskedTask(task, found.places, found.how))
    return asked, notes
