"""DuckDB's results as polars frames, through Arrow's stream interface and without pyarrow.

Polars never lets go of the class of what it reads from, nor of the module that class lives in.
Were that DuckDB's own class, or a module of ours that names DuckDB's types, DuckDB would print
pages of leak warnings when the process ends. So this module knows nothing of DuckDB.
"""

from typing import Any

import polars as pl

__all__ = ["read_frame"]


class _Stream:
    """Forward one method and nothing else."""

    def __init__(self, relation: Any) -> None:
        self._relation = relation

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._relation.__arrow_c_stream__(requested_schema)


def read_frame(relation: Any) -> pl.DataFrame:
    """Run a DuckDB relation and return its rows.

    Parameters
    ----------
    relation
        What ``connection.sql(query)`` returns.

    Examples
    --------
    >>> import duckdb
    >>> with duckdb.connect() as connection:
    ...     read_frame(connection.sql("SELECT 1 AS one")).rows()
    [(1,)]
    """
    return pl.DataFrame(_Stream(relation))
