"""A source to copy: a made-up service, whole and tested, and in no listener's way.

It stands in the conformance suite like every other source, but not in the list of sources.
``docs/how-to/add-a-source.md`` says what to change in a copy.
"""

__all__: list[str] = []
