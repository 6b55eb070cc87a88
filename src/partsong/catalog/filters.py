"""Everyday filters, such as an era or a genre, written as SQL conditions over tracks.

A filter is only a short way to type a condition: what comes out is text that anyone could have
written behind ``--where``, that passes the same checks, and that a model keeps as it is.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from partsong.catalog.genres import KNOWN_GENRES
from partsong.errors import FilterError

__all__ = ["SCRIPTS", "short_condition", "track_conditions"]

SCRIPTS: Final = {
    "arabic": ("Arabic",),
    "chinese": ("Han",),
    "cyrillic": ("Cyrillic",),
    "devanagari": ("Devanagari",),
    "greek": ("Greek",),
    "hebrew": ("Hebrew",),
    "japanese": ("Hiragana", "Katakana"),
    "korean": ("Hangul",),
    "latin": ("Latin",),
    "thai": ("Thai",),
}
"""Scripts that a title may be written in, by name, and what Unicode calls their letters."""

_PREFIXES: Final = {
    "BR": ("BR", "BC", "BK", "BP", "BX"),
    "CA": ("CA", "CB"),
    "FR": ("FR", "FX"),
    "GB": ("GB", "GX", "UK"),
    "KR": ("KR", "KS"),
    "US": ("US", "QM", "QT", "QZ"),
    "ZA": ("ZA", "ZB"),
}
"""Countries that have used up the first two letters of an ISRC that are their own."""

_GENRES: Final = f"array_to_string({KNOWN_GENRES}, '|')"
_BETWEEN_WORDS: Final = r"[^\pL\pN|]+"
_AROUND: Final = {
    "has": (r"(^|[^\pL\pN])", r"($|[^\pL\pN])"),
    "is": (r"(^|\|)[^\pL\pN|]*", r"[^\pL\pN|]*($|\|)"),
    "holds": ("", ""),
}
"""What stands before and after words that a genre has, is, or holds among other letters."""

_SUGGESTED: Final = "track_id IN (SELECT track_id FROM candidates)"

_YEARS: Final = re.compile(r"(?P<decade>\d{3}0)s|(?P<low>\d{4})?(?:(?P<dash>-)(?P<high>\d{4})?)?")
_POPULARITY: Final = re.compile(r"(?P<low>\d{1,3})?(?:(?P<dash>-)(?P<high>\d{1,3})?)?")
_MEASURE: Final = re.compile(r"(?P<low>\d+(?:\.\d+)?)?-(?P<high>\d+(?:\.\d+)?)?")
_WRITE_YEARS: Final = "Write years like 1990-1999, 1990- (from then on), -1999 or 1990s."
_WRITE_POPULARITY: Final = "Write popularity from 0 to 100, like 50-, -20 or 40-60."
_WRITE_TEMPO: Final = "Write the tempo in BPM, like 120-130, 120- or -90."
_WRITE_DURATION: Final = "Write the length in minutes, like 2-5, 2.5- or -3."
_MS_A_MINUTE: Final = 60_000


def track_conditions(
    *,
    years: str | None = None,
    genres: Sequence[str] = (),
    countries: Sequence[str] = (),
    scripts: Sequence[str] = (),
    popularity: str | None = None,
    tempo: str | None = None,
    duration: str | None = None,
    explicit: bool | None = None,
    one_genre: bool = False,
    suggested: bool = False,
) -> tuple[str, ...]:
    """Write filters as SQL conditions over the catalog's tracks, all of which are to hold.

    A track whose value is not known does not pass the filter.

    Parameters
    ----------
    years
        Release years, both ends included: ``"1990-1999"``, ``"1990-"``, ``"-1999"``, ``"1990"``
        or ``"1990s"``.
    genres
        Any of these, in a track's own genres, or in those of its artists where it has none.
        ``"pop"`` finds genres with this word, or these words whole and in this order: dance pop
        and k-pop, not popcorn. ``"=pop"`` finds the one of exactly that name, ``"*pop*"`` these
        letters anywhere. Case, accents and punctuation do not matter.
    countries
        Any of these, as ISO 3166 codes of two letters. Known only from the first letters of an
        ISRC: where its registrant was registered, which need not be the artist's country.
    scripts
        Any of these, names of `SCRIPTS`: the title holds a letter of that script.
    popularity
        Spotify's popularity, both ends included: ``"50-"``, ``"-20"``, ``"40-60"`` or ``"50"``.
    tempo
        Beats a minute, both ends included: ``"120-130"``, ``"120-"`` or ``"-90"``.
    duration
        Length in minutes, both ends included: ``"2-5"``, ``"2.5-"`` or ``"-3"``.
    explicit
        Whether the lyrics are marked as explicit; None does not ask.
    one_genre
        Whether the artists must have one genre and no more, the rule of the first source document.
    suggested
        Whether a service must have suggested the track, such as ListenBrainz or Last.fm.

    Returns
    -------
    tuple of str
        One condition for each filter that is set; none without filters.

    Raises
    ------
    FilterError
        If a range, a genre, a country or a script cannot be understood.

    Examples
    --------
    >>> track_conditions(years="1990s", popularity="50-", one_genre=True)
    ('release_year BETWEEN 1990 AND 1999', 'popularity >= 50', 'len(artist_genres) = 1')
    >>> track_conditions(tempo="120-130", duration="-2.5")
    ('tempo BETWEEN 120 AND 130', 'duration_ms <= 150000')
    >>> track_conditions(countries=["us"])
    ("left(isrc, 2) IN ('US', 'QM', 'QT', 'QZ')",)
    """
    conditions = []
    if years is not None:
        conditions.append(_in_range("release_year", years, _YEARS, hint=_WRITE_YEARS))
    if genres:
        conditions.append(" OR ".join(_has_genre(genre) for genre in genres))
    if countries:
        prefixes = [prefix for country in countries for prefix in _prefixes(country)]
        conditions.append(f"left(isrc, 2) IN ({', '.join(map(_text, dict.fromkeys(prefixes)))})")
    if scripts:
        letters = [letter for script in scripts for letter in _letters(script)]
        pattern = "[" + "".join(rf"\p{{{letter}}}" for letter in dict.fromkeys(letters)) + "]"
        conditions.append(f"regexp_matches(title, {_text(pattern)})")
    if popularity is not None:
        conditions.append(
            _in_range("popularity", popularity, _POPULARITY, hint=_WRITE_POPULARITY, highest=100)
        )
    if tempo is not None:
        conditions.append(_in_measure("tempo", tempo, hint=_WRITE_TEMPO))
    if duration is not None:
        conditions.append(
            _in_measure("duration_ms", duration, hint=_WRITE_DURATION, factor=_MS_A_MINUTE)
        )
    if explicit is not None:
        conditions.append("explicit" if explicit else "NOT explicit")
    plain = {"len(artist_genres) = 1": one_genre, _SUGGESTED: suggested}
    conditions.extend(condition for condition, is_set in plain.items() if is_set)
    return tuple(conditions)


def short_condition(condition: str) -> str:
    """Shorten a condition for a person to read: filters become the words that were typed.

    Parameters
    ----------
    condition
        Any SQL condition; what is no filter of :func:`track_conditions` stays as it is.

    Examples
    --------
    >>> (condition,) = track_conditions(genres=["hip hop", "=pop"])
    >>> short_condition(condition)
    'genre has "hip hop" OR genre is "pop"'
    >>> short_condition(*track_conditions(suggested=True))
    'suggested by a service'
    """
    text = condition.replace(_SUGGESTED, "suggested by a service")
    for how, (before, after) in _AROUND.items():
        pattern = re.escape(_genre_condition(before, "\0", after)).replace("\0", "([^|]+?)")
        text = re.sub(pattern, rf'genre {how} "\1"', text.replace(_BETWEEN_WORDS, " "))
    return " ".join(text.split())


def _has_genre(genre: str) -> str:
    how = "is" if genre.startswith("=") else "holds" if genre.startswith("*") else "has"
    letters = unicodedata.normalize("NFD", genre)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain))
    if not words:
        raise FilterError(
            f"{genre!r} is no name of a genre.",
            hint="Write it in letters, such as pop, =pop or *pop*; partsong status lists some.",
        )
    before, after = _AROUND[how]
    return _genre_condition(before, _BETWEEN_WORDS.join(words), after)


def _genre_condition(before: str, words: str, after: str) -> str:
    return f"regexp_matches(strip_accents({_GENRES}), '(?i){before}{words}{after}')"


def _in_range(
    column: str, text: str, pattern: re.Pattern[str], *, hint: str, highest: int = 9999
) -> str:
    what = column.removeprefix("release_")
    found = pattern.fullmatch("".join(text.split()).replace("\N{EN DASH}", "-"))
    bounds = found.groupdict() if found else {}
    low, high = bounds.get("low"), bounds.get("high")
    if bounds.get("decade"):
        low, high = bounds["decade"], bounds["decade"][:3] + "9"
    if not low and not high:
        raise FilterError(f"{text!r} is no range of the {what}.", hint=hint)
    if low and not high and not bounds["dash"]:
        high = low
    if int(low or 0) > int(high or highest) or int(high or 0) > highest:
        raise FilterError(f"No {what} lies in {text!r}.", hint=hint)
    if low == high:
        return f"{column} = {int(low or 0)}"
    return _between(column, int(low) if low else None, int(high) if high else None)


def _in_measure(column: str, text: str, *, hint: str, factor: float = 1) -> str:
    """Write a range of a measured quantity, of which no single value can be asked for."""
    what = column.removesuffix("_ms")
    found = _MEASURE.fullmatch("".join(text.split()).replace("\N{EN DASH}", "-"))
    bounds = found.groupdict() if found else {}
    low, high = (
        round(float(bound) * factor, 3) if (bound := bounds.get(end)) else None
        for end in ("low", "high")
    )
    if low is None and high is None:
        raise FilterError(f"{text!r} is no range of the {what}.", hint=hint)
    if low is not None and high is not None and low > high:
        raise FilterError(f"No {what} lies in {text!r}.", hint=hint)
    return _between(column, low, high)


def _between(column: str, low: float | None, high: float | None) -> str:
    if high is None:
        return f"{column} >= {low:.10g}"
    if low is None:
        return f"{column} <= {high:.10g}"
    return f"{column} BETWEEN {low:.10g} AND {high:.10g}"


def _prefixes(country: str) -> tuple[str, ...]:
    code = country.strip().upper()
    code = "GB" if code == "UK" else code
    if not re.fullmatch("[A-Z]{2}", code):
        raise FilterError(
            f"{country!r} is no code of a country.",
            hint="Write the two letters of ISO 3166, such as US, GB, DE or BR.",
        )
    return _PREFIXES.get(code, (code,))


def _letters(script: str) -> tuple[str, ...]:
    known = SCRIPTS.get(script.strip().lower())
    if known is None:
        raise FilterError(
            f"There is no script called {script!r}.", hint=f"Scripts are: {', '.join(SCRIPTS)}."
        )
    return known


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
