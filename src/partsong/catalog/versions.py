r"""Which tracks are versions of one song, a looser notion than which rows are one recording.

A remaster, a live take and a sped-up edit are recordings of their own, yet nobody who asks for
more like a song wants that song again. So a song is its base title, free of remarks on the
version, and its main artist. The artist belongs to it because titles are generic: "Home" by
another artist is another song, and so is a cover.

Only whole remarks are taken off: in brackets, or behind ``" - "``. What stands in the title itself
is the title's, so "Live Forever" and "Version of Me" stay what they are, and so does a bracket
that opens the title, as in "(I Can't Get No) Satisfaction".

A cover is another song, but not to somebody who asks for what was never heard: a track with the base
title of a heard song that says of itself that it is karaoke, a tribute or a cover. The same title
alone proves nothing.
"""

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

__all__ = ["COVER_WORDS", "base_title", "is_cover", "main_artist_key", "song_key"]

_CREDIT: Final = r"(?:feat|ft|featuring|with|w/|prod|duet with)\b"

_ANYWHERE: Final = (
    r"re-?master\w*|re-?mix\w*|remasterizad[oa]|re-?work|bootleg|acoustic|acústic[oa]|akustik|"
    r"unplugged|instrumental|karaoke|demo|mono|stereo|sped[ -]?up|speed(?:ed)?[ -]?up|slowed|"
    r"reverb|nightcore|8d audio|bonus|re-?record(?:ed|ing)|outtake|a ?cappella|stripped|extended|"
    r"ao vivo|en vivo|en directo|dal vivo|sessions?|spotify singles?|soundtrack|motion picture|"
    r"lo-?fi|rudy van gelder|solo piano|radio single|recorded at|looped|loopable|tribute|"
    r"in the style of|originally performed|made famous|cover(?:ed)? (?:of|by)"
)
_AT_THE_END: Final = (
    r"mix|mixed|edit|edition|version|ver|versión|versão|versione|flip|vip|live|cover"
)
_AT_THE_START: Final = (
    r"live(?= (?:at|in|from|on|version|session|acoustic|&|/|\d))|take \d|arr\b|arranged|transcr|"
    r"from [\"'\u201c\u2018]|from the|inspired by|original (?:mix|version)|version\b|versión\b|versão\b"
)
_VERSION: Final = re.compile(
    rf"\W*(?:{_CREDIT}.*"
    rf"|(?:{_AT_THE_START}).*"
    rf"|.*\b(?:{_ANYWHERE})\b.*"
    rf"|(?:.*\W)?(?:{_AT_THE_END})\W*(?:\d{{2,4}}\W*)?"
    r"|(?:18|19|20)\d\d)\W*",
    re.DOTALL,
)
COVER_WORDS: Final = r"\b(?:karaoke|tributes?|covers?|covered|in the style of|originally performed by|made famous by)\b"
"""Regular expression of what a track says of itself that plays somebody else's song."""

_COVER: Final = re.compile(COVER_WORDS, re.IGNORECASE)
_REMARK: Final = re.compile(r"(?<=\S)\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])")
_LONGEST_REMARK: Final = 200
_BARE_CREDIT: Final = re.compile(r"\s(?:feat\.|ft\.|featuring\s).*", re.DOTALL)
_DASH: Final = re.compile(r"\s[-\u2013\u2014]\s")
_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_APOSTROPHE: Final = re.compile(r"['\u2018\u2019\u02bc\u00b4`]")


def song_key(title: str | None, artists: Sequence[str] | None) -> str:
    """Return a key that all versions of a song by its artist share.

    Parameters
    ----------
    title
        Title of a track, with whatever remarks it carries.
    artists
        Its artists, the main one first; only that one counts.

    Returns
    -------
    str
        Base title and main artist in plain lower case; empty without a title, which makes a track
        a version of nothing.

    Examples
    --------
    >>> song_key("Cornfield Chase - Piano Version", ["Dorian Marko"])
    'cornfield chase / dorian marko'
    >>> song_key("Unholy (feat. Kim Petras) - Disclosure Remix", ["Sam Smith", "Kim Petras"])
    'unholy / sam smith'
    """
    base = base_title(title)
    return f"{base} / {main_artist_key(artists)}" if base else ""


def main_artist_key(artists: Sequence[str] | None) -> str:
    """Return the main artist in plain lower case, as the key of a song ends.

    Parameters
    ----------
    artists
        The main one first.

    Examples
    --------
    >>> main_artist_key(["Beyoncé", "JAY-Z"]), main_artist_key([])
    ('beyonce', '')
    """
    return _plain(artists[0]) if artists else ""


def base_title(title: str | None) -> str:
    """Return a title without remarks on the version, in plain lower case.

    Parameters
    ----------
    title
        Title of a track.

    Returns
    -------
    str
        Empty without a title.

    Examples
    --------
    >>> base_title("Rolling in the Deep (In the Style of Adele) [Karaoke Version]")
    'rolling in the deep'
    """
    return _plain(_base_title(title.casefold())) if title and title.strip() else ""


def is_cover(
    title: str | None, artists: Sequence[str] | None = None, album: str | None = None
) -> bool:
    """Tell whether a track says of itself that it plays somebody else's song.

    Parameters
    ----------
    title
        Only remarks in it count, in brackets or behind a dash, not the title itself.
    artists, album
        Names that may say it too, such as "Karaoke All Stars" or "A Tribute to Adele".

    Examples
    --------
    >>> is_cover("Hello (Originally Performed by Adele)"), is_cover("Tribute", ["Tenacious D"])
    (True, False)
    """
    remarks = []
    if title:
        remarks = [one[1] or one[2] or "" for one in _REMARK.finditer(title)]
        remarks += _DASH.split(title)[1:]
    return any(_COVER.search(text) for text in (*remarks, *(artists or ()), album or ""))


def _base_title(title: str) -> str:
    base = title
    if "(" in base or "[" in base:
        base = _without_bracketed_remarks(base)
    end = len(base)
    for dash in reversed(list(_DASH.finditer(base))):
        if not _is_about_the_version(base[dash.end() : end]):
            break
        end = dash.start()
    base = _BARE_CREDIT.sub("", base[:end])
    return base if base.strip() else title


def _is_about_the_version(remark: str) -> bool:
    return len(remark) <= _LONGEST_REMARK and _VERSION.fullmatch(remark) is not None


def _without_bracketed_remarks(title: str) -> str:
    kept, end = [], 0
    for remark in _REMARK.finditer(title):
        if not _is_about_the_version(remark[1] or remark[2] or ""):
            continue
        kept.append(title[end : remark.start()])
        end = remark.end()
        if _DASH.match(title, end):
            # "Song (Sped Up) - words of its chorus": the rest remarks on the version, too.
            return "".join(kept)
    return "".join([*kept, title[end:]])


@functools.lru_cache(maxsize=65_536)
def _plain(text: str) -> str:
    folded = _APOSTROPHE.sub("", text.casefold())
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", folded).strip() or text.casefold().strip()
