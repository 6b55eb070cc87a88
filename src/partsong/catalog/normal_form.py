r"""Titles and names in normal form, so that spellings of one thing compare equal.

The work is done by SQL macros, because whole columns of it are needed at once.

- `normal_form(text)`: lower case; accents stripped; full-width letters as plain ones and `ß` as
  `ss`; apostrophes dropped, any other run of characters that are neither letters nor digits one
  space. A text of which nothing would be left, such as `!!!`, stays as it is in lower case.
- `normal_forms(names)`: the same of every text in a list.
- `artists_form(forms)`: such a list as one text: distinct, sorted, joined by U+001F. A missing or
  empty list gives the empty text.

Stripping accents also strips vowel signs of scripts that write them as marks. Words that differ
only there compare equal; identity asks for the same artists and length as well.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

__all__ = ["define_normal_forms"]

_FULL_WIDTH: Final = "".join(map(chr, range(0xFF01, 0xFF5F)))
_PLAIN: Final = "".join(map(chr, range(0x21, 0x7F))).replace("'", "''")
_APOSTROPHES: Final = "['\u2018\u2019\u02bc\u00b4`]".replace("'", "''")

_MACROS: Final = (
    # Most texts are ASCII, as many bytes as characters, and need only the first, cheap branch.
    f"""
    CREATE OR REPLACE TEMP MACRO plain_letters(text) AS CASE
        WHEN strlen(text) = length(text) THEN translate(lower(text), chr(39) || '`', '')
        ELSE regexp_replace(
            replace(strip_accents(lower(translate(text, '{_FULL_WIDTH}', '{_PLAIN}'))), 'ß', 'ss'),
            '{_APOSTROPHES}', '', 'g')
    END
    """,
    r"""
    CREATE OR REPLACE TEMP MACRO normal_form(text) AS CASE
        WHEN regexp_matches(text, '[\p{L}\p{N}]')
            THEN trim(regexp_replace(plain_letters(text), '[^\p{L}\p{N}]+', ' ', 'g'))
        ELSE lower(trim(text))
    END
    """,
    """
    CREATE OR REPLACE TEMP MACRO normal_forms(names) AS
        list_transform(names, lambda name: normal_form(name))
    """,
    """
    CREATE OR REPLACE TEMP MACRO artists_form(forms) AS
        coalesce(array_to_string(list_sort(list_distinct(forms)), chr(31)), '')
    """,
)


def define_normal_forms(connection: "duckdb.DuckDBPyConnection") -> None:
    """Give a connection the macros `normal_form`, `normal_forms` and `artists_form`.

    Examples
    --------
    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> define_normal_forms(connection)
    >>> connection.execute("SELECT normal_form('Beyoncé: Halo!')").fetchall()
    [('beyonce halo',)]
    >>> connection.close()
    """
    for macro in _MACROS:
        connection.execute(macro)
