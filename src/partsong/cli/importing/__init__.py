"""``partsong import``: files by themselves, and one subcommand for each service."""

__all__: list[str] = []
