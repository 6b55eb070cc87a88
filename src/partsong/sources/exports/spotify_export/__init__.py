"""Spotify's data export: what its users can download of their own account, as ZIP or folder.

Files are known by their names, anywhere in the archive. Of every file only the columns that tell of
music are taken up; addresses, devices and names of accounts are left where they are.
"""

__all__: list[str] = []
