"""``partsong genres``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import (
    bar,
    new_table,
    print_json,
    print_line,
    print_table,
    show_progress,
)

if TYPE_CHECKING:
    from partsong.workflow import FamiliesResult, GenresResult, MatchResult

__all__ = ["genres", "print_genres"]

_SURE = 0.05
_STANDING_OUT = 2
_MOST_NAMED = 8


def genres(
    *,
    match: Annotated[
        str | None,
        typer.Option(
            "--match",
            metavar="WORDS",
            help="Say which parts the genres with these words belong to, such as pop or "
            '"new age"; =NAME for exactly that genre, "*letters*" for letters anywhere.',
            show_default=False,
        ),
    ] = None,
    families: Annotated[
        bool, typer.Option("--families", help="Group the genres by the parts that they share.")
    ] = False,
    n_families: Annotated[
        int | None,
        typer.Option(
            "--groups",
            min=1,
            metavar="N",
            help="How many families; by default one for three genres, at most 12.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Genres to show of each part, clearest first.")
    ] = 3,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show every genre that is met in a part.")
    ] = False,
    min_tracks: Annotated[
        int | None,
        typer.Option(
            "--min-tracks",
            min=1,
            metavar="N",
            help="Leave genres with fewer tracks out; 5 by default, 20 for families.",
            show_default=False,
        ),
    ] = None,
    one_genre: Annotated[
        bool, typer.Option("--one-genre", help="Count only tracks with one genre and no more.")
    ] = False,
    permutations: Annotated[
        int, typer.Option("--permutations", min=1, help="How often artists exchange their parts.")
    ] = 999,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how the parts meet the genres that the catalog knows."""
    from partsong import workflow

    if match is not None and families:
        raise typer.BadParameter("--match and --families ask two questions; ask one at a time.")
    result: FamiliesResult | GenresResult | MatchResult
    with show_progress() as progress:
        if match is not None:
            result = workflow.match_genre(
                match,
                catalog=catalog,
                model=model,
                one_genre=one_genre,
                n_permutations=permutations,
                progress=progress,
            )
        elif families:
            result = workflow.list_genre_families(
                catalog=catalog,
                model=model,
                n_families=n_families,
                min_tracks=min_tracks or 20,
                one_genre=one_genre,
                progress=progress,
            )
        else:
            result = workflow.list_genres(
                catalog=catalog,
                model=model,
                min_tracks=min_tracks or 5,
                one_genre=one_genre,
                n_permutations=permutations,
                progress=progress,
            )
    if as_json:
        print_json(result.to_dict())
    elif isinstance(result, workflow.FamiliesResult):
        _print_families(result)
    else:
        if isinstance(result, workflow.MatchResult):
            _print_match(result)
        else:
            print_genres(result, most=None if show_all else most)
        if result.saw_genres:
            print_line(
                "This model learned from genres, so that it meets them proves nothing.",
                style="yellow",
            )


def print_genres(result: "GenresResult", *, most: int | None = 3) -> None:
    """Print the genres that stand out in each part, and how far the two agree."""
    table = new_table("part", "genre", "of the genre", ">", "lift>", "p>")
    for part, pairs in result.by_part(most).items():
        for position, pair in enumerate(pairs):
            table.add_row(
                "" if position else part,
                pair.genre,
                bar(pair.share, width=8),
                f"{pair.share:.0%}",
                f"{pair.lift:.1f}x",
                _p_value(pair.p_value),
            )
    print_table(table)
    found = result.table
    beyond = sum(pair.p_value < _SURE for pair in found.pairs)
    n_pairs = len(result.model.shown) * found.n_genres
    print_line(
        f"{beyond:,} of {n_pairs:,} pairs are more than chance (p < 0.05): p is how often any pair "
        f"stood out as much when {found.n_artists:,} artists exchanged their parts, "
        f"{found.n_permutations:,} times."
    )
    if found.n_unknown:
        print_line(
            f"{found.n_unknown:,} of the tracks name no artist and count as one artist each: where "
            "somebody made several of them, p is too small."
        )
    ami, ari = found.ami_test, found.ari_test
    print_line(
        f"Clusters and genres of {found.n_tracks:,} tracks agree at AMI {ami.value:.3f} "
        f"({ami.low:.3f} to {ami.high:.3f}), ARI {ari.value:.3f} ({ari.low:.3f} to "
        f"{ari.high:.3f}); 0 = chance, 1 = the same. Artists who exchange their parts give "
        f"AMI {_near_zero(ami.null)}, ARI {_near_zero(ari.null)}."
    )


def _print_match(result: "MatchResult") -> None:
    match = result.match
    named = [f"{genre} ({n_tracks:,})" for genre, n_tracks in match.genres[:_MOST_NAMED]]
    if len(match.genres) > _MOST_NAMED:
        named.append(f"{len(match.genres) - _MOST_NAMED:,} more")
    print_line(match.verdict, style="bold")
    print_line()
    table = new_table("part", "tracks>", "share>", "95% of resamples>", "lift>", "p>")
    for part in match.parts:
        table.add_row(
            part.part,
            f"{part.count:,}",
            f"{part.share:.0%}",
            f"{part.low:.0%} to {part.high:.0%}",
            f"{part.lift:.1f}x",
            _p_value(part.p_value),
        )
    table.add_row("mixed", f"{match.n_mixed:,}", f"{match.n_mixed / match.n_tracks:.0%}")
    print_table(table)
    print_line(
        f"{match.n_tracks:,} of {match.n_compared:,} tracks with a genre, by {match.n_artists:,} "
        f"artists: {', '.join(named)}."
    )


def _print_families(result: "FamiliesResult") -> None:
    table = new_table("stands out in", "genres, the nearest side by side", "tracks>", "steady>")
    for position, family in enumerate(result.found.families):
        if position:
            table.add_row()
        parts = [part for part in family.parts if part.lift > 1][:_STANDING_OUT]
        table.add_row(
            "\n".join(f"{part.part} {part.lift:.1f}x" for part in parts),
            ", ".join(family.genres),
            f"{family.n_tracks:,}",
            f"{family.steadiness:.0%}",
        )
    print_table(table)
    print_line(
        "The parts of a family's genres, over those of all genres. Steady: how often two genres of "
        "the family stay together when artists are drawn anew."
    )


def _p_value(p_value: float) -> str:
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _near_zero(agreement: float) -> str:
    return f"{agreement:.3f}".replace("-0.000", "0.000")
