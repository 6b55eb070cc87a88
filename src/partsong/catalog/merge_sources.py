"""Staged rows become what each source said of a track, in the table `track_sources`."""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from typing import TYPE_CHECKING, Final

from partsong.catalog.one_row import one_row
from partsong.catalog.tables import TOLD_NUMBERS, quoted
from partsong.rows import ImportReport
from partsong.schema import AUDIO_FEATURES

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "merge_track_sources",
    "rename_track_sources",
    "take_back_filled",
    "tell_sources_of_older_file",
]

_HAS_FEATURES: Final = f"coalesce({quoted(AUDIO_FEATURES)}) IS NOT NULL"


def _kept(name: str) -> str:
    """Write what stands of a value: what was said now, or else before on the same measure."""
    before = f'before."{name}"'
    if name in AUDIO_FEATURES:
        before = f"if(told.analysis <> before.analysis, NULL, {before})"
    return f'coalesce(told."{name}", {before}) AS "{name}"'


_TOLD_NOW: Final = f"""
    CREATE OR REPLACE TEMP TABLE told_now AS
    WITH spoken AS (
        SELECT root, source,
            arg_max(analysis, place) FILTER ({_HAS_FEATURES}) AS analysis,
            {", ".join(f'arg_max("{name}", place) AS "{name}"' for name in TOLD_NUMBERS)}
        FROM staged JOIN (SELECT place, root FROM node) USING (place)
        GROUP BY root, source
    ), told AS (
        SELECT track_id, spoken.* EXCLUDE (root) FROM spoken JOIN recording USING (root)
    )
    SELECT told.* REPLACE (
        coalesce(told.analysis, before.analysis) AS analysis,
        {", ".join(_kept(name) for name in TOLD_NUMBERS)}
    )
    FROM told LEFT JOIN track_sources AS before USING (track_id, source)
    WHERE before.track_id IS NULL OR {
    " OR ".join(
        f'coalesce(told."{name}" <> before."{name}", '
        f'told."{name}" IS NOT NULL AND before."{name}" IS NULL)'
        for name in ("analysis", *TOLD_NUMBERS)
    )
}
"""


def merge_track_sources(connection: "duckdb.DuckDBPyConnection", *, import_id: int) -> None:
    """Keep what the staged rows said; of one source and track, the newest.

    A value that a source no longer gives stands, unless its features are on another measure now.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after
        :func:`~partsong.catalog.identity.match_rows`.
    import_id
        The number of this import.
    """
    connection.execute(_TOLD_NOW)
    connection.execute(
        """
        DELETE FROM track_sources USING told_now
        WHERE track_sources.track_id = told_now.track_id
            AND track_sources.source = told_now.source
        """
    )
    connection.execute(
        "INSERT INTO track_sources BY NAME SELECT *, $import_id AS import_id FROM told_now",
        {"import_id": import_id},
    )


def take_back_filled(connection: "duckdb.DuckDBPyConnection", report: ImportReport) -> None:
    """Empty what a source that only fills had filled, where it says something else now.

    So it corrects itself, though it replaces nobody else's value.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after
        :func:`~partsong.catalog.identity.match_rows`.
    report
        The values are counted in `changed`.
    """
    (n_fillers,) = one_row(connection, "SELECT count(*) FROM staged WHERE only_known")
    if not n_fillers:
        return
    own = "said.source = told.source AND said.{0} = track.{0}"
    other = "said.source <> told.source AND said.{0} = track.{0}"
    is_stale = ", ".join(
        f"coalesce(bool_or({own} AND told.{{0}} <> track.{{0}}), false) "
        f"AND NOT coalesce(bool_or({other}), false) AS {{0}}".format(f'"{name}"')
        for name in TOLD_NUMBERS
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE stale AS
        WITH told AS (
            SELECT track_id, source,
                {", ".join(f'arg_max("{name}", place) AS "{name}"' for name in TOLD_NUMBERS)}
            FROM staged JOIN (SELECT place, root FROM node) USING (place)
            JOIN recording USING (root) WHERE only_known GROUP BY track_id, source
        )
        SELECT track_id, {is_stale}
        FROM told JOIN tracks AS track USING (track_id)
        JOIN track_sources AS said USING (track_id) GROUP BY track_id
        """
    )
    counts = ", ".join(f'count(*) FILTER ("{name}")' for name in TOLD_NUMBERS)
    n_stale = one_row(connection, f"SELECT {counts} FROM stale")
    report.changed.update({name: n for name, n in zip(TOLD_NUMBERS, n_stale, strict=True) if n})
    emptied = ", ".join(
        f'"{name}" = if(stale."{name}", NULL, tracks."{name}")' for name in TOLD_NUMBERS
    )
    connection.execute(
        f"""
        UPDATE tracks SET {emptied} FROM stale
        WHERE tracks.track_id = stale.track_id
            AND ({" OR ".join(f'stale."{name}"' for name in TOLD_NUMBERS)})
        """
    )


def rename_track_sources(connection: "duckdb.DuckDBPyConnection") -> None:
    """Let what was said of tracks that went up in others be said of those.

    Parameters
    ----------
    connection
        The catalog, in a transaction, with the temporary table `renamed` and the old tracks.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE joined_sources AS
        SELECT coalesce(new_id, said.track_id) AS track_id, source,
            max(said.import_id) AS import_id, arg_max(analysis, number) AS analysis,
            {", ".join(f'arg_max(said."{name}", number) AS "{name}"' for name in TOLD_NUMBERS)}
        FROM track_sources AS said JOIN tracks USING (track_id)
        LEFT JOIN renamed ON said.track_id = old_id
        WHERE said.track_id IN (SELECT old_id FROM renamed UNION SELECT new_id FROM renamed)
        GROUP BY ALL
        """
    )
    connection.execute(
        """
        DELETE FROM track_sources
        WHERE track_id IN (SELECT old_id FROM renamed UNION SELECT new_id FROM renamed)
        """
    )
    connection.execute("INSERT INTO track_sources BY NAME FROM joined_sources")


def tell_sources_of_older_file(connection: "duckdb.DuckDBPyConnection") -> None:
    """Say of each value of a catalog of version 2 which source it is of, as far as it can be told.

    A value is of the layout of the import that set it. Several layouts in one import leave open
    which of them it was; then, and without an import, the source is called ``before-version-3``.

    Parameters
    ----------
    connection
        The catalog, in a transaction, with the tables of version 3.
    """
    by_whom = ", ".join(
        f'if("{name}" IS NOT NULL, coalesce((SELECT any_value(import_id) FROM track_origins AS set_by '
        f"WHERE set_by.track_id = tracks.track_id AND field = '{name}'), import_id), NULL) "
        f'AS "{name}"'
        for name in TOLD_NUMBERS
    )
    of_import = ", ".join(
        f'if(by_whom."{name}" = speaker.import_id, tracks."{name}", NULL) AS "{name}"'
        for name in TOLD_NUMBERS
    )
    connection.execute(
        f"""
        INSERT INTO track_sources BY NAME
        WITH tracks AS (SELECT * REPLACE (coalesce(import_id, 0) AS import_id) FROM tracks),
        by_whom AS (SELECT track_id, {by_whom} FROM tracks),
        speaker AS (
            SELECT track_id, import_id FROM tracks UNION
            SELECT track_id, import_id FROM track_origins WHERE field IN ({_names()})
        ),
        spoken AS (
            SELECT track_id, tracks.number, speaker.import_id,
                if(layout IS NULL OR layout = '' OR contains(layout, ' + '),
                    'before-version-3', layout) AS source,
                {of_import}
            FROM speaker JOIN tracks USING (track_id) JOIN by_whom USING (track_id)
            LEFT JOIN imports ON imports.import_id = speaker.import_id
        ),
        folded AS (
            SELECT track_id, source, max(import_id) AS import_id, any_value(number) AS number,
                {", ".join(f'any_value("{name}") AS "{name}"' for name in TOLD_NUMBERS)}
            FROM spoken GROUP BY track_id, source
        )
        SELECT * EXCLUDE (number), if({_HAS_FEATURES}, 'spotify', NULL) AS analysis
        FROM folded ORDER BY number
        """
    )


def _names() -> str:
    return ", ".join(f"'{name}'" for name in TOLD_NUMBERS)
