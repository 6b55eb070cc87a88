"""A listener's own Spotify account: log in once, read it with few requests, write playlists.

Logging in is `login` (with `accounts` and `redirect`), what is kept of it `token_file`, and who
keeps it fresh `session`. `transport` sends requests; everything else makes them, or reads answers.
"""

__all__: list[str] = []
