"""Files, exports and services to batches of catalog rows; knows no matrices and no models.

- `tables/`: tables of tracks (CSV, Parquet, JSON lines), recognised by their columns
- `exports/`: what services and programs write out for you: Spotify's data export, iTunes, beets
- `services/`: what is asked for over the network: listens, likes, libraries, features by id
- `http/`: how a service is asked: limits, retries, what has arrived already
- `secrets`: where keys and passwords are kept

Each source yields batches of rows and fills a report; what could not be used is counted, located
and reported, never guessed.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
