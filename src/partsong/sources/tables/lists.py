"""Lists written as text: Python and JSON literals, and names joined by a separator."""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from partsong.sources.tables.reading import text_of
from partsong.sources.tables.texts import ARTIST_ID

__all__ = ["SEPARATORS", "read_artist_ids", "read_list", "sort_entries"]

_BREAK: Final = "\x1f"
_COMMA: Final = "\x1e"

SEPARATORS: Final = {
    ";": ((";", _BREAK),),
    "|": ((r"\|", _BREAK),),
    ", ": ((r"\\,", _COMMA), (", ", _BREAK)),
    ",": ((r"(\D),(\S)", f"${{1}}{_BREAK}$2"), (r"(\d),([^\s\d])", f"${{1}}{_BREAK}$2")) * 2,
}
r"""What may stand between two entries, each as replacements of a pattern by a break.

Before ``", "`` a comma that belongs to a name is escaped as ``\,``. A bare ``","`` parts entries
only where no space follows and no digit stands on both sides: so `Tyler, The Creator` and
`10,000 Maniacs` stay whole. It is replaced twice, since two matches cannot share a letter.
"""

_ITEM: Final = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_LITERAL: Final = rf"(?s)^\[\s*(?:{_ITEM}\s*,?\s*)*\]$"
_ESCAPE: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t"}


def read_list(raw: pl.Series, separators: Sequence[str] = ()) -> pl.Series:
    r"""Return the entries of each value, null where there are none.

    A value that is a Python or JSON list of quoted strings is read as such; any other value is
    taken apart at the separators, or is one entry if there are none. Entries lose the space
    around them; empty ones are left out.

    Parameters
    ----------
    raw
        Text, or lists already; null is missing.
    separators
        Any of the keys of `SEPARATORS`.

    Returns
    -------
    polars.Series
        Lists of text, as long as `raw`.

    Examples
    --------
    >>> read_list(pl.Series(["['A', \"B's\"]", "[]", "C;D", None]), [";"]).to_list()
    [['A', "B's"], None, ['C', 'D'], None]
    """
    if isinstance(raw.dtype, pl.List):
        entries = raw.cast(pl.List(pl.String))
    else:
        entries = _entries_of_text(text_of(raw), separators)
    entry = pl.element().str.strip_chars()
    return (
        entries.to_frame("entries")
        .select(pl.col("entries").list.eval(entry.filter(entry.str.len_chars() > 0)))
        .select(pl.when(pl.col("entries").list.len() > 0).then("entries"))
        .to_series()
    )


def sort_entries(lists: pl.Series) -> pl.Series:
    """Return each list sorted, every entry once."""
    # several times faster than .list.unique().list.sort() in polars 2.1
    return lists.list.eval(pl.element().unique().sort())


def read_artist_ids(raw: pl.Series) -> pl.Series:
    """Return the Spotify ids of artists in each value, whatever stands between them.

    Examples
    --------
    >>> text = f"['{22 * 'a'}', '{22 * 'b'}']"
    >>> [len(ids) for ids in read_artist_ids(pl.Series([text, "nobody"]))]
    [2, 0]
    """
    if isinstance(raw.dtype, pl.List):
        raw = raw.cast(pl.List(pl.String)).list.join(" ", ignore_nulls=True)
    return text_of(raw).str.extract_all(ARTIST_ID)


def _entries_of_text(text: pl.Series, separators: Sequence[str]) -> pl.Series:
    parted = pl.col("text")
    for separator in separators:
        for pattern, replacement in SEPARATORS[separator]:
            parted = parted.str.replace_all(pattern, replacement)
    frame = text.to_frame("text").with_columns(
        is_literal=pl.col("text").str.contains(_LITERAL),
        parted=parted.str.split(_BREAK).list.eval(
            pl.element().str.replace_all(_COMMA, ",", literal=True)
        ),
    )
    if not frame["is_literal"].any():
        return frame["parted"]
    quoted = pl.col("text").str.extract_all(f"(?s){_ITEM}")
    bare = quoted.list.eval(pl.element().str.slice(1).str.head(-1))
    entries = frame.select(pl.when("is_literal").then(bare).otherwise("parted")).to_series()
    return _without_escapes(frame, entries)


def _without_escapes(frame: pl.DataFrame, entries: pl.Series) -> pl.Series:
    """Resolve backslashes in the few literals that hold any."""
    escaped = frame.select(
        (pl.col("is_literal") & pl.col("text").str.contains("\\", literal=True)).fill_null(
            value=False
        )
    ).to_series()
    if not escaped.any():
        return entries
    resolved = pl.Series(
        [[_resolve(entry) for entry in row] for row in entries.filter(escaped).to_list()],
        dtype=pl.List(pl.String),
    )
    place = escaped.cast(pl.UInt32).cum_sum() - 1
    return (
        pl.DataFrame({"entries": entries, "escaped": escaped, "place": place})
        .with_columns(resolved=pl.lit(resolved).gather(pl.when("escaped").then("place")))
        .select(pl.when("escaped").then("resolved").otherwise("entries"))
        .to_series()
    )


def _resolve(entry: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code is None:
            return _CONTROLS.get(match[4], match[4])
        number = int(code, 16)
        is_scalar = number < 0x110000 and not 0xD800 <= number < 0xE000
        return chr(number) if is_scalar else "\N{REPLACEMENT CHARACTER}"

    return _ESCAPE.sub(character, entry)
