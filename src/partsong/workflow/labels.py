"""Track ids turned into titles for people."""

from collections.abc import Sequence

from partsong.catalog import Catalog, FoundTrack

__all__ = ["read_labels"]


def read_labels(catalog: Catalog, track_ids: Sequence[str]) -> dict[str, FoundTrack]:
    """Return title and artists of some tracks by id; an id without a track has neither."""
    rows = catalog.read_tracks_by_id(track_ids, ["title", "artists"])
    return {
        track_id: FoundTrack(track_id, title, tuple(artists or ()))
        for track_id, title, artists in rows.select("track_id", "title", "artists").iter_rows()
    }
