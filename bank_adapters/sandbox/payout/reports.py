"""Reports that wait for the client: statements, advices, returns, answers to bulk files.

A report's bytes are made once and kept, so that what was offered stays what it was.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import date, datetime
from typing import Any

from ..bankdays import DAY_END, VIETNAM
from .answers import to_json
from .book import Book
from .callbacks import iso
from .settings import Settings
from .statements import Statements, banking_days
from .switches import Switches

MONEY_OUT = ("payment", "again")
INSERT = (
    "INSERT OR IGNORE INTO report(name, kind, day, sha256, size, content) VALUES (?, ?, ?, ?, ?, ?)"
)
STATED = "SELECT max(day) FROM report WHERE kind = 'statement'"


class Reports:
    """The shelf of reports. Call inside the institution's lock."""

    def __init__(self, book: Book, settings: Settings, switches: Switches) -> None:
        self._book, self._settings, self._switches = book, settings, switches
        self.statements = Statements(book, settings, switches)

    def waiting(self, now: datetime) -> list[dict[str, Any]]:
        """[{name, size, sha256}] of everything not done yet, oldest first."""
        if self._switches.on("silence"):
            return []
        with self._book.transaction():
            self._advise(now)
            self._state(now)
        rows = self._book.rows("SELECT name, size, sha256 FROM report WHERE done = 0 ORDER BY id")
        return [dict(row) for row in rows]

    def content(self, name: str) -> bytes | None:
        """A report's bytes; None when there is none of this name."""
        row = self._book.row("SELECT content FROM report WHERE name = ?", name)
        return zlib.decompress(row["content"]) if row else None

    def done(self, name: str) -> bool:
        """The client has this one safe; False when there is none of this name."""
        with self._book.transaction() as sql:
            done = sql.execute("UPDATE report SET done = 1 WHERE name = ?", (name,))
        return done.rowcount == 1

    def acknowledge(self, message_id: str, events: list[dict[str, Any]], at: int) -> None:
        """Put the answer to a bulk file on the shelf, as JSON lines."""
        head = {
            "kind": "events",
            "source": "answer",
            "provider": self._settings.provider,
            "message_id": message_id,
        }
        content = b"".join(to_json(line) + b"\n" for line in [head, *events])
        copies = 2 if self._switches.on("duplicate_acknowledgement") else 1
        for copy in range(copies):
            again = f"-{copy + 1}" if copy else ""
            number = self._next_number()
            self._keep(f"{stamp(at)}-{number:06d}-answer{again}.jsonl", "answer", "", content)

    def _next_number(self) -> int:
        return int(self._book.value("SELECT coalesce(max(id), 0) + 1 FROM report"))

    def _keep(self, name: str, kind: str, day: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        packed = zlib.compress(content, 1)
        self._book.sql.execute(INSERT, (name, kind, day, digest, len(content), packed))

    def _advise(self, now: datetime) -> None:
        """One camt.054 for movements and one for returns, of all since the last time."""
        after = int(self._book.value("SELECT value FROM setting WHERE key = 'advised'") or 0)
        last = int(self._book.value("SELECT coalesce(max(id), 0) FROM transfer"))
        if last == after:
            return
        returns = ("return", *(MONEY_OUT if self._switches.on("success_in_return_file") else ()))
        files = {"advice": (*MONEY_OUT, "credit"), "returns": returns}
        first = ("returns", "advice") if self._switches.on("return_first") else tuple(files)
        for kind in first:
            if kind == "advice" or self._has_returns(after, last):
                self._advice(kind, files[kind], after, last, now)
        self._book.sql.execute(
            "INSERT OR REPLACE INTO setting(key, value) VALUES ('advised', ?)", (str(last),)
        )

    def _has_returns(self, after: int, last: int) -> bool:
        query = "SELECT 1 FROM transfer WHERE id > ? AND id <= ? AND kind = 'return' LIMIT 1"
        return self._book.row(query, after, last) is not None

    def _advice(
        self, kind: str, movements: tuple[str, ...], after: int, last: int, now: datetime
    ) -> None:
        number, at = self._next_number(), int(now.timestamp())
        content = self.statements.advice(movements, after, last, number, iso(at))
        if content is not None:
            self._keep(f"{stamp(at)}-{number:06d}-{kind}-camt.054.xml", kind, "", content)

    def _state(self, now: datetime) -> None:
        """The camt.053 of every banking day that has ended and is not stated yet."""
        begin = self._book.value(STATED) or self._book.value("SELECT min(day) FROM transfer")
        if begin is None:
            return
        for day in banking_days(self._settings.calendar, begin, now.date()):
            if datetime.combine(day, DAY_END, VIETNAM) <= now:
                self._state_day(day)

    def _state_day(self, day: date) -> None:
        known = "SELECT 1 FROM report WHERE kind = 'statement' AND day = ?"
        if self._book.row(known, day.isoformat()):
            return
        name, content = self.statements.statement(day)
        self._keep(name, "statement", day.isoformat(), content)
        if self._switches.on("statement_gap"):
            self.done(name)  # nobody will be offered it
        if self._switches.on("statement_twice"):
            second = name.replace("-camt", "-2-camt")
            self._keep(second, "statement", day.isoformat(), content)


def stamp(at: int) -> str:
    """A moment as the beginning of a file name."""
    return f"{datetime.fromtimestamp(at, VIETNAM):%Y%m%dT%H%M%S}"
