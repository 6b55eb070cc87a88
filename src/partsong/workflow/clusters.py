"""``partsong clusters``: how many tracks belong to each part, and how many to none alone."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from partsong.parts import MIXED, Model, read_model
from partsong.workflow.places import find_model, open_catalog

__all__ = ["Cluster", "ClustersResult", "list_clusters"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """The tracks whose strongest part is the same, or the `mixed` ones."""

    name: str
    tracks: int
    share: float


@dataclass(frozen=True, slots=True)
class ClustersResult:
    """Every cluster, in the order of the shown parts, `mixed` last."""

    model: Model
    clusters: tuple[Cluster, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each cluster, as `partsong.plots.plot_clusters` takes it."""
        return pl.DataFrame(
            {
                "part": [cluster.name for cluster in self.clusters],
                "tracks": [cluster.tracks for cluster in self.clusters],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong clusters --json``."""
        return {
            "model": self.model.name,
            "clusters": [asdict(cluster) for cluster in self.clusters],
        }


def list_clusters(
    *, catalog: Path | str | None = None, model: Path | str | None = None
) -> ClustersResult:
    """Count the tracks by their strongest part.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.

    Examples
    --------
    >>> clusters = list_clusters(catalog=catalog).clusters
    >>> sum(cluster.tracks for cluster in clusters), clusters[-1].name
    (180, 'mixed')
    """
    fitted = read_model(find_model(open_catalog(catalog), model))
    labels = fitted.assign().labels
    names = [*(part.name for part in fitted.shown), "mixed"]
    counts = np.bincount(np.where(labels == MIXED, len(names) - 1, labels), minlength=len(names))
    return ClustersResult(
        fitted,
        tuple(
            Cluster(name, int(count), float(count / len(labels)))
            for name, count in zip(names, counts, strict=True)
        ),
    )
