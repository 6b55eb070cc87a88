"""Music into the catalog: files, exports, and services with what arrived before a stop."""

__all__: list[str] = []
