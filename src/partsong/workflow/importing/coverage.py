"""How much of the library has features, and what to do about the rest."""

from dataclasses import dataclass
from typing import Any, Final

from partsong.catalog import HAS_FEATURES, Catalog

__all__ = ["LibraryCoverage", "coverage_of"]

_BY_SPOTIFY_OR_ISRC: Final = "(spotify_id IS NOT NULL OR isrc IS NOT NULL)"
_BY_MBID: Final = "mbid IS NOT NULL"


@dataclass(frozen=True, slots=True)
class LibraryCoverage:
    """What of the library can be used in a fit.

    Parameters
    ----------
    n_tracks
        Tracks of the library; where it is empty, of the whole catalog.
    n_with_features
        Those that have at least half of the audio features. A fit leaves single missing values
        open; a track of which next to nothing is known has no place in it.
    is_library
        Whether there is a library.
    advice
        What to do for the others, a sentence each, the one that helps most tracks first.

    Examples
    --------
    >>> LibraryCoverage(200, 174, is_library=True, advice=()).share
    0.87
    """

    n_tracks: int
    n_with_features: int
    is_library: bool
    advice: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the tracks that have features, from 0 to 1; 1 where there are none."""
        return self.n_with_features / self.n_tracks if self.n_tracks else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return what ``partsong import --json`` prints under ``library``."""
        return {
            "tracks": self.n_tracks,
            "with_features": self.n_with_features,
            "share": self.share,
            "advice": list(self.advice),
        }


def coverage_of(store: Catalog) -> LibraryCoverage:
    """Count the tracks of the library with and without features, and say what helps.

    Parameters
    ----------
    store
        The catalog.

    Raises
    ------
    CatalogMissingError
        If there is none.

    Examples
    --------
    >>> coverage_of(Catalog(catalog)).share
    1.0
    """
    n_library = store.count_tracks("in_library")
    here = ["in_library"] if n_library else []
    n_tracks = n_library or store.count_tracks()
    n_with_features = store.count_tracks([*here, HAS_FEATURES])
    without = [*here, f"NOT ({HAS_FEATURES})"]
    n_missing = n_tracks - n_with_features
    advice = []
    if n_missing:
        n_by_id = store.count_tracks([*without, _BY_SPOTIFY_OR_ISRC])
        n_by_mbid = store.count_tracks([*without, _BY_MBID])
        ways = sorted(
            [
                (n_by_id, "a Spotify id or ISRC: partsong import reccobeats"),
                (n_by_mbid, "a MusicBrainz id: partsong import acousticbrainz PATH"),
            ],
            reverse=True,
        )
        advice = [f"{n:,} of them {'has' if n == 1 else 'have'} {way}" for n, way in ways if n]
        advice.append("for any, a table of features: partsong import FILE --only-features")
    return LibraryCoverage(n_tracks, n_with_features, bool(n_library), tuple(advice))
