"""SQLite has no roles: what the application's own connection may do is decided here.

SQLite asks before it prepares a statement, so the answer costs nothing while it runs. Whatever
is not expressly allowed is refused: changing the schema, attaching another file, switching a
rule off, and every write that `app/rights.py` does not grant. Upgrades, backups and restores
are the owner's work and open the database as owner.
"""

from __future__ import annotations

import sqlite3

from app.rights import ADD, CHANGE, REMOVE, Rights, rights_on

_WRITES = {sqlite3.SQLITE_INSERT: ADD, sqlite3.SQLITE_UPDATE: CHANGE, sqlite3.SQLITE_DELETE: REMOVE}
_HARMLESS = frozenset(
    (
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    )
)
# What may be asked; given a value, these settings would switch a rule off.
_SETTINGS = frozenset(
    (
        "busy_timeout",
        "foreign_keys",
        "journal_mode",
        "read_uncommitted",
        "recursive_triggers",
        "synchronous",
        "trusted_schema",
    )
)
# What only tells about a table or the file.
_TELLING = frozenset(
    (
        "foreign_key_check",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "quick_check",
        "table_info",
        "table_list",
        "table_xinfo",
    )
)


def guard(
    action: int,
    one: str | None,
    other: str | None,
    database: str | None,
    source: str | None,
    rights: Rights = rights_on,
) -> int:
    """SQLite's question whether a step of a statement is allowed; SQLITE_OK or SQLITE_DENY.

    `one` and `other` say what the step is about (table and column, setting and value);
    `source` is the trigger that takes the step, None when the statement itself does.
    """
    if action in _HARMLESS:
        return sqlite3.SQLITE_OK
    if action in _WRITES:
        allowed = _may_write(action, str(one), source, rights)
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = one in _TELLING or (one in _SETTINGS and other is None)
    else:
        allowed = action == sqlite3.SQLITE_FUNCTION and other != "load_extension"
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _may_write(action: int, table: str, source: str | None, rights: Rights) -> bool:
    """Whether the application may write so. A trigger is the owner's and does its own work."""
    if table.startswith("sqlite_"):
        return False
    return source is not None or _WRITES[action] in rights(table)
