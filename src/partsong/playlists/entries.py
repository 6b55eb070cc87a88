"""What a playlist file holds: entries that name tracks, and what could not be read."""

from dataclasses import dataclass

from partsong.rows import Problem

__all__ = ["PlaylistEntry", "PlaylistFile"]

_TEXTS = ("title", "album", "path", "isrc", "spotify_id", "mbid", "track_id")
_NAMING = ("title", "path", "isrc", "spotify_id", "mbid", "track_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistEntry:
    """One line of a playlist: whatever is known that tells which track is meant.

    Text is kept without the space around it; empty text is missing, and so is a length that is not
    above zero. Half characters, which no file can hold, become question marks.

    Parameters
    ----------
    title, artists, album
        As they are spelt, the main artist first.
    duration_ms
        Length in milliseconds.
    path
        The audio file.
    isrc, spotify_id, mbid
        Recording code, Spotify's track id, MusicBrainz recording id.
    track_id
        The id in a catalog of partsong's.

    Raises
    ------
    ValueError
        If there is neither a title, nor a path, nor any id.

    Examples
    --------
    >>> PlaylistEntry(title=" Clair de lune ", artists=("Debussy", "")).artists
    ('Debussy',)
    """

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    duration_ms: int | None = None
    path: str | None = None
    isrc: str | None = None
    spotify_id: str | None = None
    mbid: str | None = None
    track_id: str | None = None

    def __post_init__(self) -> None:
        for name in _TEXTS:
            object.__setattr__(self, name, _tidy(getattr(self, name)))
        artists = tuple(artist for artist in map(_tidy, self.artists) if artist)
        object.__setattr__(self, "artists", artists)
        if self.duration_ms is not None and self.duration_ms <= 0:
            object.__setattr__(self, "duration_ms", None)
        if not any(getattr(self, name) for name in _NAMING):
            msg = "An entry needs a title, a path or an id."
            raise ValueError(msg)

    @property
    def label(self) -> str:
        """The track as the program types it, on one line.

        Examples
        --------
        >>> PlaylistEntry(title="Duet", artists=("A", "B")).label
        'Duet - A, B'
        """
        title = self.title or self.id_text
        return " ".join(f"{title} - {', '.join(self.artists)}".removesuffix(" - ").split())

    @property
    def id_text(self) -> str:
        """The first id that there is, else the path, for a track without a title."""
        ids = (self.spotify_id, self.mbid, self.isrc, self.track_id, self.path)
        return next((text for text in ids if text), "")


@dataclass(frozen=True, slots=True)
class PlaylistFile:
    """What was read from a playlist file.

    Parameters
    ----------
    name
        What the file calls the playlist, else the file's own name.
    entries
        The tracks in their order; the same track may come twice.
    problems
        Every line or value that could not be used, with its place in the file.
    """

    name: str
    entries: tuple[PlaylistEntry, ...]
    problems: tuple[Problem, ...] = ()


def _tidy(text: str | None) -> str | None:
    return (text or "").encode("utf-8", "replace").decode("utf-8").strip() or None
