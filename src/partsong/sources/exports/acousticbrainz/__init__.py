"""AcousticBrainz: features of recordings by MusicBrainz id, frozen in 2022, from its files."""

__all__: list[str] = []
