"""Migrations as plain statements: one file of SQL for each database beside the migration."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection

_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


def run_statements(connection: Connection, migration: Path) -> None:
    """Run the statements that stand beside a migration for this database, in their order.

    Beside `0001_first_tables.py` that is `0001_first_tables.sqlite.sql` or `.postgresql.sql`.
    """
    path = migration.with_suffix(f".{connection.dialect.name}.sql")
    for statement in statements_of(path):
        # Without parameters a per cent sign in a statement is nothing but itself.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def statements_of(path: Path) -> list[str]:
    """The statements of a file: each ends with a semicolon at the end of a line; a line that
    begins with `--` is a comment."""
    text = _COMMENT.sub("", path.read_text("utf-8"))
    return [one.strip() for one in text.split(";\n") if one.strip()]
