"""How much of the listener's library has audio features, and by which ids the rest can be asked for."""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from partsong.catalog.one_row import one_row
from partsong.schema import AUDIO_FEATURES

if TYPE_CHECKING:
    import duckdb

__all__ = ["HAS_FEATURES", "Coverage", "read_coverage"]

_IDS: Final = ("spotify_id", "isrc", "mbid")

HAS_FEATURES: Final = (
    "(" + " + ".join(f'("{name}" IS NOT NULL)::INT' for name in AUDIO_FEATURES) + ") >= 6"
)
"""The condition that a track has features: at least half of the twelve."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the library has audio features.

    A track has them if at least half of the twelve are known; a tempo alone places no track.

    Parameters
    ----------
    n_library
        Tracks that the listener knows.
    n_with_features
        Those of them that have audio features.
    n_by_id
        Of the others, how many have each kind of id: `spotify_id`, `isrc` and `mbid`. A track may
        have several.
    n_without_id
        Of the others, how many have none of these.

    Examples
    --------
    >>> Coverage(200, 174, {"spotify_id": 20, "isrc": 21, "mbid": 0}, 5).share
    0.87
    """

    n_library: int
    n_with_features: int
    n_by_id: dict[str, int]
    n_without_id: int

    @property
    def share(self) -> float:
        """Share of the library that has audio features, 0 to 1; 0 of an empty one."""
        return self.n_with_features / self.n_library if self.n_library else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``partsong status --json``."""
        return asdict(self)


def read_coverage(connection: "duckdb.DuckDBPyConnection") -> Coverage:
    """Count the tracks of the library of an open catalog.

    Parameters
    ----------
    connection
        The catalog.
    """
    by_id = ", ".join(f"count({name}) FILTER (NOT {HAS_FEATURES})" for name in _IDS)
    n_library, n_with_features, n_without_id, *n_by_id = one_row(
        connection,
        f"""
        SELECT count(*), count(*) FILTER ({HAS_FEATURES}),
            count(*) FILTER (NOT {HAS_FEATURES} AND coalesce({", ".join(_IDS)}) IS NULL), {by_id}
        FROM tracks WHERE in_library
        """,
    )
    return Coverage(n_library, n_with_features, dict(zip(_IDS, n_by_id, strict=True)), n_without_id)
