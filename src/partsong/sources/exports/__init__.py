"""What services and programs write out for their users."""

__all__: list[str] = []
