"""Services on the network, one folder or file each.

In every one of them, endpoints are plain functions: they make a request, or read an answer, and
never touch the network. A class beside them goes through the pages with a client.
"""

__all__: list[str] = []
