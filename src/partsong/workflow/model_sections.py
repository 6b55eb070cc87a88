"""What the page of a collection says about what was learned from it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import Catalog
from partsong.errors import QueryError
from partsong.evaluate import BASELINES, MAIN_METRIC
from partsong.parts import Model, map_parts, map_tracks
from partsong.plots import (
    plot_clusters,
    plot_components,
    plot_families,
    plot_genres,
    plot_parts,
    plot_profile,
    plot_scorecard,
    plot_search,
    plot_track_map,
    plot_years,
)
from partsong.progress import SILENT, Progress
from partsong.reports import Section, Table
from partsong.workflow.choosing import find_search
from partsong.workflow.clusters import list_clusters
from partsong.workflow.evaluation.files import read_scorecard
from partsong.workflow.genre_families import list_genre_families
from partsong.workflow.genres import list_genres
from partsong.workflow.labels import read_labels
from partsong.workflow.listing import ListedPart, PartsResult, list_parts
from partsong.workflow.places import list_models

__all__ = ["model_sections"]

_ON_THE_MAP = 4_000
_TRACKS_OF_A_PART = 5


def model_sections(catalog: Catalog, *, progress: Progress = SILENT) -> list[Section]:
    """Return the sections about the newest model of a catalog; none where there is no model.

    Parameters
    ----------
    catalog
        The catalog that the page is about.
    progress
        Listener to the steps.

    Examples
    --------
    >>> model_sections(Catalog("none.duckdb"))
    []
    >>> headings = [section.heading for section in model_sections(Catalog(catalog))]
    >>> "The parts of these songs" in headings
    True
    """
    models = list_models(catalog)
    if not models:
        return []
    folder = models[0]
    listed = list_parts(catalog=catalog.path, model=folder, n_tracks=_TRACKS_OF_A_PART)
    sections = list(_search_sections(catalog, listed.model))
    sections += _part_sections(listed)
    sections += _track_sections(catalog, listed.model, folder)
    sections += _scorecard_sections(folder)
    with suppress(QueryError):  # no genre is known, or too few: then there is nothing to compare
        sections += _genre_sections(catalog, listed, folder, progress)
    sections += [_in_full(part, listed) for part in listed.parts]
    return sections


def _search_sections(catalog: Catalog, model: Model) -> Iterator[Section]:
    where = model.fit.settings.get("where")
    choice = find_search(
        catalog=catalog.path, recipe=model.recipe.recipe.name, where=str(where) if where else None
    )
    if choice is None:
        return
    yield Section(
        "How many parts",
        "\n\n".join(choice.reasons),
        figure=plot_search(
            choice.to_frame(),
            recommended=choice.recommended,
            picks=choice.picks,
            n_tracks=choice.n_tracks,
        ),
    )


def _part_sections(listed: PartsResult) -> Iterator[Section]:
    model = listed.model
    names = [part.name for part in listed.parts]
    n_tracks = len(model.track_ids)
    yield Section(
        "The parts of these songs",
        f"Model {model.name}: {n_tracks:,} tracks as sums of {len(names)} parts. Each row is a "
        "part, named after what sets its tracks apart from the average of all of them.",
        figure=plot_parts(listed.to_frame(), n_tracks=n_tracks),
        table=Table(
            ["part", "share of the music", "tracks", "comes back", "typical tracks"],
            [
                [
                    part.name,
                    f"{part.share:.0%}",
                    part.size,
                    None if part.part.stability is None else f"{part.part.stability:.0%}",
                    "; ".join(track.label for track in part.tracks[:3]),
                ]
                for part in listed.parts
            ],
        ),
    )
    yield Section(
        "What each part is made of",
        "The components as the factorisation left them: a track is a sum of these columns. "
        "A part that was merged shows each of its components.",
        figure=plot_components(listed.components(), n_tracks=n_tracks),
    )


def _track_sections(catalog: Catalog, model: Model, folder: Path) -> Iterator[Section]:
    clusters = list_clusters(catalog=catalog.path, model=folder)
    names = [part.name for part in model.shown]
    labels = model.assign().labels
    part_of = [*names, "mixed"]
    yield Section(
        "How many tracks belong to each",
        "A track is mixed where no part leads clearly, or where the leader changes when the fit is "
        "repeated.",
        figure=plot_clusters(clusters.to_frame(), parts=names),
    )
    yield Section(
        "A map of the tracks",
        "Each track lies near the parts it has most of. Places are approximate: neighbours are "
        "often alike, and distances mean little. Hover over a point for title and artist.",
        figure=plot_track_map(
            _points(catalog, model, labels, part_of), parts=names, n_tracks=len(labels)
        ),
    )
    years = (
        model.track_ids.to_frame()
        .with_columns(pl.Series("part", [part_of[label] for label in labels], dtype=pl.String))
        .join(catalog.read_tracks(["release_year"]), on="track_id", how="left")
        .drop_nulls("release_year")
        .group_by(pl.col("release_year").alias("year"), "part")
        .agg(pl.len().alias("tracks"))
        .sort("year", "part")
    )
    if years["year"].n_unique() > 1:
        yield Section(
            "The parts over the years",
            "The share of each part among the tracks of a year that this catalog holds, which is "
            "not the share in all music of that year.",
            figure=plot_years(years, parts=names),
        )


def _points(
    catalog: Catalog, model: Model, labels: NDArray[np.intp], part_of: list[str]
) -> pl.DataFrame:
    loadings = model.part_loadings()
    n_tracks = len(labels)
    rows = np.arange(n_tracks)
    if n_tracks > _ON_THE_MAP:
        rows = np.sort(np.random.default_rng(0).choice(n_tracks, _ON_THE_MAP, replace=False))
    places = map_tracks(np.asarray(loadings[rows]), map_parts(loadings))
    ids = model.track_ids[rows.tolist()]
    label_of = read_labels(catalog, ids.to_list())
    points = pl.DataFrame(
        {
            "x": places[:, 0],
            "y": places[:, 1],
            "part": [part_of[label] for label in labels[rows]],
            "track": [label_of[track_id].title or track_id for track_id in ids],
            "artists": [list(label_of[track_id].artists) for track_id in ids],
        }
    )
    if model.confidence is not None:
        points = points.with_columns(pl.Series("confidence", model.confidence[rows]))
    return points


def _genre_sections(
    catalog: Catalog, listed: PartsResult, folder: Path, progress: Progress
) -> Iterator[Section]:
    names = [part.name for part in listed.parts]
    genres = list_genres(catalog=catalog.path, model=folder, progress=progress)
    table = genres.table
    yield Section(
        "How the parts meet genres",
        f"Over {table.n_tracks:,} tracks with a genre, clusters and genres agree at AMI "
        f"{table.ami:.3f} (0 is chance, 1 the same groups).",
        figure=plot_genres(genres.to_frame(), parts=names, n_tracks=table.n_tracks),
    )
    found = list_genre_families(catalog=catalog.path, model=folder, progress=progress).found
    yield Section(
        "Genres that are made of the same parts",
        "Families of genres by what their tracks are made of.",
        figure=plot_families(found.profiles, tree=found.tree, parts=names, n_tracks=found.n_tracks),
    )


def _scorecard_sections(folder: Path) -> Iterator[Section]:
    card = read_scorecard(folder)
    if card is None:
        return
    for task in card.tasks:
        found = card.to_frame().filter(task=task.name, artist_filter=True, metric=MAIN_METRIC)
        yield Section(
            f"How well it recommends: same {task.name}",
            " ".join(
                (
                    f"{task.n_queries:,} lists of {card.k}, by other artists than the query's.",
                    *task.notes,
                    *(
                        one.in_words()
                        for one in card.differences
                        if (one.task, one.artist_filter, one.metric)
                        == (task.name, True, MAIN_METRIC)
                    ),
                )
            ),
            figure=plot_scorecard(
                found,
                ours=[one for one in card.methods_of(task.name) if one not in BASELINES],
                note=f"{task.n_tracks:,} tracks ranked, one a song",
            ),
        )


def _in_full(part: ListedPart, listed: PartsResult) -> Section:
    words = []
    if part.profile.genres:
        genres = ", ".join(f"{one.genre} ({one.lift:.1f}x)" for one in part.profile.genres[:5])
        words.append(f"More often than elsewhere: {genres}.")
    if part.profile.median_year:
        words.append(f"Half of its tracks are from before {part.profile.median_year:.0f}.")
    rows = [[track.label, "typical"] for track in part.tracks]
    rows += [[near.track.label, f"nearly {near.other}"] for near in part.borderline]
    return Section(
        f"Part: {part.name}",
        " ".join(words),
        figure=plot_profile(
            pl.DataFrame(
                [{"feature": level.feature, "level": level.level} for level in part.features]
            ),
            part=part.name,
            parts=[other.name for other in listed.parts],
            n_tracks=part.size,
        ),
        table=Table(["track", "how"], rows) if rows else None,
    )
