"""Which rows are one recording: the whole of identity, in SQL over sets of rows.

Two rows are the same recording when they agree on the strongest identifier that both carry:
Spotify id, ISRC, MusicBrainz id, id of a data set; if they have none in common, on normalised
title, set of normalised artists, and length within two seconds (an unknown length agrees with
any). Rows with different values of that identifier are different recordings, whatever else agrees.

This relation between pairs is made into groups, strongest evidence first. A group acts with one
value of each identifier, the first it was given, so it never holds two. Where a row fits several
groups it joins the one with the strongest identifier, and among those the first. Lengths link in
chains: 200 s and 203 s are one if 201.5 s is there. Tracks of the catalog take part as rows that
came first. An identifier can show that two of them are one, and then the later goes up in the
earlier; a title cannot.

What a row without a Spotify id looked like is remembered with the track it was found to be. So the
same row finds the same track again, even where another source has since corrected its title.

``docs/explanation/identity.md`` tells it with examples.
"""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from typing import TYPE_CHECKING, Final

from partsong.catalog.one_row import one_row

if TYPE_CHECKING:
    import duckdb

__all__ = ["IDENTIFIERS", "match_rows"]

IDENTIFIERS: Final = ("spotify_id", "isrc", "mbid", "source_id")
"""The columns that identify a recording, the strongest first."""

_TOLERANCE_MS: Final = 2000


def match_rows(connection: "duckdb.DuckDBPyConnection") -> None:
    """Group the staged rows with each other and with the catalog's tracks.

    Parameters
    ----------
    connection
        The catalog, with the staged track rows as the view `staged`.

    Notes
    -----
    Leaves two temporary tables. `node` has one line a staged row or track in question: `seq` (the
    place among all rows that ever came), `place` (staged) or `track_id` (known), and `root`, which is
    the same within a recording. `recording` has one line a recording that staged rows belong to:
    `root`, `track_id` and `number` of the track it is or becomes, and `is_known`. A recording that
    is no track yet, and of which only rows speak that make none (`only_known`), has no line.
    """
    connection.execute(_NODES)
    _relabel(connection, _SEEN_BEFORE)
    for rank in range(len(IDENTIFIERS)):
        _join_by_identifier(connection, rank)
    _join_by_title(connection)
    connection.execute(_RECORDINGS)
    (n_fillers,) = one_row(connection, "SELECT count(*) FROM staged WHERE only_known")
    if n_fillers:
        connection.execute(_FORGET_STRANGERS)


_SONG: Final = "title_key || chr(31) || artists_key"

_NODES: Final = f"""
    CREATE OR REPLACE TEMP TABLE node AS
    WITH known AS (
        SELECT *, {_SONG} AS song FROM tracks
        WHERE {
    " OR ".join(f"{name} IN (SELECT {name} FROM staged)" for name in (*IDENTIFIERS, "title_key"))
}
            OR track_id IN (SELECT track_id FROM sightings SEMI JOIN staged USING (sighting))
    ), first_free AS (SELECT coalesce(max(number), -1) + 1 AS number FROM tracks)
    SELECT
        number AS seq, number AS root, NULL::BIGINT AS place, track_id, track_id AS own_id,
        {", ".join(IDENTIFIERS)}, song, duration_ms
    FROM known
    UNION ALL
    SELECT
        first_free.number + place, first_free.number + place, place, NULL, own_id,
        {", ".join(IDENTIFIERS)}, {_SONG}, duration_ms
    FROM staged, first_free
"""

_SEEN_BEFORE: Final = """
    SELECT seen.root, track.root AS leader
    FROM node AS seen JOIN staged USING (place)
    JOIN sightings USING (sighting) JOIN node AS track ON track.track_id = sightings.track_id
"""


def _mask(identifiers: tuple[str, ...]) -> str:
    """Write an SQL integer with one bit for each identifier that is there, strongest highest."""
    bits = (f"({name} IS NOT NULL)::INT * {8 >> i}" for i, name in enumerate(identifiers))
    return " + ".join(bits) or "0"


_GROUPS: Final = f"""
    SELECT root, bool_or(track_id IS NOT NULL) AS is_known,
        {", ".join(f"arg_min({name}, seq) AS {name}" for name in IDENTIFIERS)}
    FROM node GROUP BY root
"""


def _join_by_identifier(connection: "duckdb.DuckDBPyConnection", rank: int) -> None:
    """Join groups that agree on one identifier and have no stronger one in common."""
    key, stronger = IDENTIFIERS[rank], IDENTIFIERS[:rank]
    candidates = f"""
        SELECT root, is_known, {key} AS key, {_mask(stronger)} AS mask,
            NULL::INTEGER AS duration_ms
        FROM ({_GROUPS}) WHERE {key} IS NOT NULL
    """
    # Groups without a stronger identifier contradict nobody: all of them follow one leader.
    _relabel(
        connection,
        f"""
        SELECT root, first_value(root) OVER (
            PARTITION BY key ORDER BY mask DESC, root
        ) AS leader
        FROM ({candidates})
        QUALIFY mask = 0 AND root <> leader
        """,
    )
    _pair_up(connection, candidates, known_may_join=True)


def _join_by_title(connection: "duckdb.DuckDBPyConnection") -> None:
    """Join groups without a common identifier whose title, artists and length agree."""
    has_no_id = f"coalesce({', '.join(IDENTIFIERS)}) IS NULL AND place IS NOT NULL"
    _relabel(
        connection,
        f"""
        WITH stepped AS (
            SELECT root, song, duration_ms, coalesce(duration_ms - lag(duration_ms) OVER (
                PARTITION BY song ORDER BY duration_ms, root) > {_TOLERANCE_MS}, false) AS is_gap
            FROM node WHERE root = seq AND {has_no_id}
        ), chained AS (
            SELECT root, song, duration_ms, count(*) FILTER (is_gap) OVER (
                PARTITION BY song ORDER BY duration_ms, root ROWS UNBOUNDED PRECEDING) AS chain
            FROM stepped
        ), placed AS (
            SELECT root, song, if(duration_ms IS NULL, arg_min(chain, root) FILTER (
                duration_ms IS NOT NULL) OVER (PARTITION BY song), chain) AS chain
            FROM chained
        )
        SELECT root, min(root) OVER (PARTITION BY song, chain) AS leader
        FROM placed QUALIFY root <> leader
        """,
    )
    candidates = f"""
        SELECT DISTINCT root, is_known, song AS key, {_mask(IDENTIFIERS)} AS mask, duration_ms
        FROM ({_GROUPS}) AS joined JOIN (SELECT root, song, duration_ms FROM node) USING (root)
        WHERE song IS NOT NULL
    """
    _pair_up(connection, candidates, known_may_join=False)


def _pair_up(
    connection: "duckdb.DuckDBPyConnection", candidates: str, *, known_may_join: bool
) -> None:
    """Join groups of one key whose identifiers do not overlap, the strongest first.

    What joins is compared anew in the next round, with the identifiers of both: two groups that
    contradict each other never follow the same leader.
    """
    both_known = "false" if known_may_join else "follower.is_known AND leader.is_known"
    while _relabel(
        connection,
        f"""
        WITH candidate AS MATERIALIZED (
            SELECT * FROM ({candidates})
            QUALIFY bit_and(mask) OVER (PARTITION BY key) = 0 AND count(*) OVER (PARTITION BY key) > 1
        ), pair AS (
            SELECT follower.root AS follower, follower.mask AS follower_mask,
                leader.root AS leader, leader.mask AS leader_mask
            FROM candidate AS follower JOIN candidate AS leader USING (key)
            WHERE (follower.mask, -follower.root) < (leader.mask, -leader.root)
                AND follower.mask & leader.mask = 0
                AND NOT ({both_known})
                AND coalesce(
                    abs(follower.duration_ms - leader.duration_ms) <= {_TOLERANCE_MS}, true)
        ), choice AS (
            SELECT * FROM pair QUALIFY row_number() OVER (
                PARTITION BY follower ORDER BY leader_mask DESC, leader) = 1
        )
        SELECT follower AS root, leader FROM choice
        WHERE leader NOT IN (SELECT follower FROM choice)
        QUALIFY row_number() OVER (PARTITION BY leader ORDER BY follower_mask DESC, follower) = 1
        """,
    ):
        pass


def _relabel(connection: "duckdb.DuckDBPyConnection", joins: str) -> bool:
    """Let each `root` of a query follow its `leader`; say whether any did."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE joining AS SELECT DISTINCT * FROM ({joins})")
    (n_joining,) = one_row(connection, "SELECT count(*) FROM joining")
    if n_joining == 0:
        return False
    connection.execute(
        "UPDATE node SET root = joining.leader FROM joining WHERE node.root = joining.root"
    )
    return True


_RECORDINGS: Final = f"""
    CREATE OR REPLACE TEMP TABLE recording AS
    WITH strongest AS (
        SELECT root, own_id FROM node
        QUALIFY row_number() OVER (
            PARTITION BY root ORDER BY {_mask(IDENTIFIERS)} DESC, seq) = 1
    )
    SELECT
        root,
        count(track_id) > 0 AS is_known,
        coalesce(arg_min(node.track_id, node.seq), any_value(strongest.own_id)) AS track_id,
        -- A new track stands where its leader stood: ties break the same way the next time.
        coalesce(min(node.seq) FILTER (track_id IS NOT NULL), root) AS number
    FROM node JOIN strongest USING (root)
    GROUP BY root
    HAVING count(place) > 0
"""

_FORGET_STRANGERS: Final = """
    DELETE FROM recording WHERE NOT is_known
        AND root IN (SELECT root FROM node JOIN staged USING (place) WHERE only_known)
        AND root NOT IN (SELECT root FROM node JOIN staged USING (place) WHERE NOT only_known)
"""
