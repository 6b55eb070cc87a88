"""The demo as one HTML page with pictures."""

from typing import TYPE_CHECKING

from partsong.plots import plot_clusters, plot_genres, plot_parts, plot_reasons
from partsong.reports import Section, Table, write_page

if TYPE_CHECKING:
    from partsong.workflow.demo import DemoResult
    from partsong.workflow.recommending.asking import RecommendResult

__all__ = ["write_demo_page"]


def write_demo_page(result: "DemoResult") -> None:
    """Write the page of a demo to ``result.page``."""
    names = [part.name for part in result.parts.parts]
    n_tracks = len(result.fit.model.track_ids)
    write_page(
        result.page,
        title="What these songs are made of",
        lead=f"{n_tracks:,} songs of six genres, explained as sums of {len(names)} parts. "
        "Nobody told the program a genre: it saw ten numbers about each song's sound.",
        sections=[
            Section(
                "The parts",
                "Each row is a part, named after what sets its songs apart from the average of "
                "all of them.",
                figure=plot_parts(result.parts.to_frame(), n_tracks=n_tracks),
            ),
            Section(
                "Songs that are most of one part",
                table=Table(
                    ["part", "share of the music", "typical songs"],
                    [
                        [
                            part.name,
                            f"{part.share:.0%}",
                            "; ".join(track.label for track in part.tracks),
                        ]
                        for part in result.parts.parts
                    ],
                ),
            ),
            Section(
                "How many songs belong to each",
                "A song is mixed where no part leads clearly.",
                figure=plot_clusters(result.clusters.to_frame(), parts=names),
            ),
            Section(
                "How the parts meet the genres",
                "The genres were not used in learning. Over all songs, clusters and genres agree "
                f"at AMI {result.genres.table.ami:.3f} (0 is chance, 1 the same groups).",
                figure=plot_genres(
                    result.genres.to_frame(), parts=names, n_tracks=result.genres.table.n_tracks
                ),
            ),
            *(_recommendations(found, names) for found in result.recommendations),
            Section("Now with your own music", _next_steps(result)),
        ],
    )


def _recommendations(found: "RecommendResult", names: list[str]) -> Section:
    seed = found.seed_tracks[0]
    return Section(
        f"Like {seed.label}",
        "The length of a bar is the score; its pieces are what each part adds to it.",
        figure=plot_reasons(found.to_frame(), parts=names),
    )


def _next_steps(result: "DemoResult") -> str:
    return (
        "Any table of songs will do, such as a CSV from Exportify: "
        "partsong import my_playlist.csv --library, then partsong fit, then "
        'partsong recommend "A title you like" --unheard. '
        f"The catalog of this demo is {result.catalog}."
    )
