"""How often PostgreSQL read a table from its beginning, where it should look rows up."""

from __future__ import annotations

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

_ROWS = text("select seq_tup_read from pg_stat_xact_user_tables where relname = :name")
_SCANS = text("select seq_scan from pg_stat_xact_user_tables where relname = :name")


def rows_read_through(session: Session, table: str) -> int:
    """How many rows of a table this transaction read that way; none on SQLite."""
    return _of(session, table, _ROWS)


def times_read_through(session: Session, table: str) -> int:
    """How often this transaction read a table, even an empty one, that way; never on SQLite."""
    return _of(session, table, _SCANS)


def _of(session: Session, table: str, query: TextClause) -> int:
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return int(session.scalar(query, {"name": table}) or 0)
