"""``partsong clusters``."""

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import bar, new_table, print_json, print_table

__all__ = ["clusters"]


def clusters(
    *, model: ModelOption = None, catalog: CatalogOption = None, as_json: JsonOption = False
) -> None:
    """Count the tracks by their strongest part; `mixed` belong to no single one."""
    from partsong import workflow

    result = workflow.list_clusters(catalog=catalog, model=model)
    if as_json:
        print_json(result.to_dict())
        return
    largest = max(cluster.share for cluster in result.clusters)
    table = new_table("cluster", "", "tracks>", ">")
    for cluster in result.clusters:
        table.add_row(
            cluster.name,
            bar(cluster.share / largest),
            f"{cluster.tracks:,}",
            f"{cluster.share:.0%}",
        )
    print_table(table)
