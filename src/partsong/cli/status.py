"""``partsong status``."""

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import bar, new_table, print_json, print_line, print_table

__all__ = ["status"]


def status(*, catalog: CatalogOption = None, as_json: JsonOption = False) -> None:
    """Tell what the catalog holds."""
    from partsong import workflow

    result = workflow.open_catalog(catalog).status()
    if as_json:
        print_json(result.to_dict())
        return
    print_line(str(result.path), style="bold")
    counts = new_table("", "")
    counts.add_row("tracks", f"{result.tracks:,}")
    counts.add_row("artists", f"{result.artists:,}")
    counts.add_row("in your library", f"{result.library:,}")
    counts.add_row("plays", f"{result.listens:,}")
    counts.add_row("playlists", f"{result.playlists:,}")
    largest = ", ".join(f"{genre} ({count:,})" for genre, count in [*result.genres.items()][:5])
    counts.add_row("genres", f"{result.n_genres:,}" + (f": {largest}" if largest else ""))
    if result.library:
        covered = result.coverage
        counts.add_row("of it with features", f"{covered.n_with_features:,} ({covered.share:.0%})")
    if len(result.sources) > 1:
        counts.add_row(
            "sources", ", ".join(f"{name} ({n:,})" for name, n in result.sources.items())
        )
    print_table(counts)
    coverage = new_table("feature", "known", ">")
    for feature, share in result.features.items():
        coverage.add_row(feature, bar(share), f"{share:.1%}")
    print_table(coverage)
