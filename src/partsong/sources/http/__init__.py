"""How a service is asked: one request at a time, within its limits, and never twice for the same."""

__all__: list[str] = []
