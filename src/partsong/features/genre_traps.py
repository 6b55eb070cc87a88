"""What stands in the way of genres as a block of the matrix."""

from collections.abc import Iterator

import polars as pl

from partsong.features.finding import Finding
from partsong.features.genre_labels import GenreLabels
from partsong.plain_text import counted

__all__ = ["find_genre_traps"]


def find_genre_traps(tracks: pl.DataFrame) -> Iterator[Finding]:
    """Look at the genres of tracks that have sound.

    Parameters
    ----------
    tracks
        `track_id`, and if there are `genres`, `artist_genres` and `artists`.

    Yields
    ------
    Finding
        One for each trap.

    Examples
    --------
    >>> tracks = pl.DataFrame({"track_id": ["a"], "genres": [["jazz"]]})
    >>> [finding.trap for finding in find_genre_traps(tracks)]
    ['few genres']
    """
    labels = GenreLabels.choose(tracks)
    if labels.shortage:
        yield Finding(
            "distorts",
            "few genres",
            "genres",
            labels.shortage,
            "Genres are left out of the matrix; the parts are those of the sound alone.",
            "Import a source that carries genres, of tracks or of their artists; until then "
            "'balanced' is the same and says so.",
        )
        return
    n_unknown = int((~labels.is_known).sum())
    if n_unknown:
        yield Finding(
            "note",
            "estimated genres",
            "genres",
            f"{counted(n_unknown)} of {len(tracks):,} carry none of the {len(labels.genres)} "
            f"genres that count (of {labels.n_seen:,} seen).",
            "Their genres are estimated from their sound, which is right less often than a label.",
            "Nothing needs mending; a source with genres of more tracks would place them better.",
        )
    n_unnamed = (
        tracks.filter(pl.Series(labels.is_known))["artists"].list.len().fill_null(0).eq(0).sum()
        if "artists" in tracks.columns
        else len(tracks) - n_unknown
    )
    if n_unnamed:
        yield Finding(
            "note",
            "unnamed artists",
            "artists",
            f"{counted(int(n_unnamed))} with genres name no artist.",
            "Each counts as an artist of its own. The model of genres may then know an artist that "
            "it is judged on, and be surer of itself than it should.",
            "Import a source that names the artists.",
        )
