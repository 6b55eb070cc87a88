"""OpenSubsonic servers, such as Navidrome, gonic or Ampache: the listener's own music at home."""

__all__: list[str] = []
