"""A book in one SQLite file with one connection and one lock, as every institution here keeps it.

Every act is one transaction, so a killed process finds on its next start either all of an act or
nothing of it. One connection only: it also keeps clear of the WAL-reset fault of SQLite libraries
before 3.51.3, which needs two.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class OneFile:
    """The open file. Hold `lock` for anything longer than one statement.

    `path` may be ":memory:" for a book that need not survive.
    """

    def __init__(self, path: Path | str, pragmas: Iterable[str], schema: str) -> None:
        self.lock = threading.RLock()
        self.sql = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.sql.row_factory = sqlite3.Row
        for pragma in pragmas:
            self.sql.execute(pragma)
        self.sql.executescript(schema)
        self._is_inside = False

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing of it; one inside another is part of the outer one."""
        with self.lock:
            if self._is_inside:
                yield self.sql
                return
            self.sql.execute("BEGIN IMMEDIATE")
            self._is_inside = True
            try:
                yield self.sql
            except BaseException:
                self.sql.execute("ROLLBACK")
                raise
            else:
                self.sql.execute("COMMIT")
            finally:
                self._is_inside = False

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Every row of a query, read under the lock."""
        with self.lock:
            return self.sql.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self.lock:
            found: sqlite3.Row | None = self.sql.execute(query, values).fetchone()
            return found
