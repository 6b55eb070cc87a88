"""Small tables whose pictures are known."""

import polars as pl
import pytest

HOSTILE = [
    "<b>bold</b><script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
    "<img src=x onerror=alert(1)>",
    "%{customdata} $x^2$ & \"quotes\" 'too'",
    "שיר אהבה",
    "🎉 party 👩‍👩‍👧",
    "1999",
    "long " * 40,
]


@pytest.fixture(scope="session")
def hostile_tables():
    """Return a table for each figure, with nothing but hostile names in it."""
    parts = HOSTILE
    return {
        "parts": pl.DataFrame(
            {"part": part, "share": 1 / 8, "feature": feature, "level": 1.0}
            for part in parts
            for feature in HOSTILE
        ),
        "clusters": pl.DataFrame({"part": parts, "tracks": range(1, 9)}),
        "components": pl.DataFrame(
            {"part": part, "column": column, "weight": 0.1} for part in parts for column in HOSTILE
        ),
        "genres": pl.DataFrame(
            {"part": part, "genre": genre, "lift": 2.0, "share": 1 / 8, "p_value": 0.01}
            for part in parts
            for genre in HOSTILE
        ),
        "reasons": pl.DataFrame(
            {"track": track, "part": part, "contribution": 0.1}
            for track in HOSTILE
            for part in parts
        ),
        "track_map": pl.DataFrame(
            {"x": x, "y": y, "part": part, "track": track, "artists": [track, part]}
            for x, part in enumerate(parts)
            for y, track in enumerate(HOSTILE)
        ),
        "years": pl.DataFrame(
            {"year": year, "part": part, "tracks": 50} for year in (1999, 2000) for part in parts
        ),
    }
