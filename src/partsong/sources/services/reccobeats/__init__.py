"""ReccoBeats: audio features of tracks, asked for by their ids."""

__all__: list[str] = []
