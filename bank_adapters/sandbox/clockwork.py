"""Turning the clock on: everything that has become due happens, in the order of time."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from . import agenda, banka, executing, faults, lists, outbox, reporting
from .book import Book
from .places import Places
from .settings import LIST_PROVIDERS, Settings

DUE_BEFORE = "SELECT * FROM event WHERE state = 'due' AND due < ? ORDER BY due, rank, id LIMIT 1"
DUE_BY = "SELECT * FROM event WHERE state = 'due' AND due <= ? ORDER BY due, rank, id LIMIT 1"


class Institution:
    """The three providers behind one clock."""

    def __init__(self, book: Book, places: Places, settings: Settings) -> None:
        self.book = book
        self.places = places
        self.settings = settings
        self.calendar = settings.calendar
        self._done: Counter[str] = Counter()
        self._delivered: list[str] = []
        faults.arm(book, settings)
        outbox.deliver(book, places)

    def advance(self, now: datetime) -> dict[str, Any]:
        """Live up to `now` and say what happened.

        First what was due before, then the files that have arrived (they arrived "now"),
        then what is due now. An earlier or equal moment changes nothing but may take in new
        files at the clock's own time. Killed on the way and called again with the same
        moment, it goes on where it stood and ends with the same files.
        """
        with self.book.lock:
            now = max(now, self.book.clock or now)
            self._done, self._delivered = Counter(), []
            with self.book.transaction():
                faults.plan_fees(self.book, self.settings)
            self._live(now, DUE_BEFORE)
            clock = self.book.clock
            if clock is not None and clock < now:
                self._advise(clock)
            with self.book.transaction():
                self.book.set_clock(now)
            self._take_in(now)
            self._live(now, DUE_BY)
            self._advise(now)
            return {
                "now": now.isoformat(),
                "files": self._done.pop("file", 0),
                "events": dict(sorted(self._done.items())),
                "delivered": self._delivered,
            }

    def settle_due(self, now: datetime) -> None:
        """Do what has become due at the clock's own time, without taking files in."""
        with self.book.lock:
            self._live(now, DUE_BY)
            self._advise(now)

    def _live(self, now: datetime, due: str) -> None:
        while event := self.book.row(due, now.isoformat()):
            at = datetime.fromisoformat(event["due"])
            clock = self.book.clock
            if clock is not None and clock > at:
                at = clock
            elif clock is not None and clock < at:
                self._advise(clock)
            with self.book.transaction():
                self.book.set_clock(at)
                self._happen(event, at)
            self._done[event["kind"]] += 1
            self._deliver()

    def _happen(self, event: sqlite3.Row, at: datetime) -> None:
        state = "done"
        subject, kind = event["subject"], event["kind"]
        if kind == "credit":
            state = "done" if self._credit(json.loads(event["content"]), at) else "waiting"
        elif kind == "fee":
            state = "done" if faults.charge(self.book, self.calendar, event, at) else "waiting"
        elif kind == "execute":
            executing.execute(self.book, self.calendar, self.settings.faults, subject, at)
        elif kind in ("return", "late_return"):
            plan = self.settings.faults
            executing.give_back(self.book, self.calendar, plan, subject, kind, at)
        elif kind == "list_start":
            lists.start(self.book, subject)
        elif kind == "list_answer":
            lists.answer(self.book, self.calendar, subject, at)
        elif kind == "statement":
            reporting.state(self.book, date.fromisoformat(event["due"][:10]), at)
        self.book.sql.execute("UPDATE event SET state = ? WHERE id = ?", (state, event["id"]))

    def _credit(self, content: dict[str, Any], at: datetime) -> bool:
        """Book money that came in; False when the account is not open yet."""
        account = self.book.account(content["provider"], content["account"])
        if account is None:
            return False
        agenda.book_entry(
            self.book,
            self.calendar,
            account["id"],
            at,
            "credit",
            content["amount"],
            reference=content["reference"],
            counterparty=content["name"],
            remittance=content["remittance"],
        )
        return True

    def _take_in(self, now: datetime) -> None:
        for provider in ("banka", *LIST_PROVIDERS):
            known = {
                row["taken"]
                for row in self.book.rows("SELECT taken FROM inbound WHERE provider = ?", provider)
            }
            for path in self.places.take_in(provider):
                if path.name not in known:
                    self._take(provider, path, now)

    def _take(self, provider: str, path: Path, now: datetime) -> None:
        name = path.name.split("-", 1)[1]
        with self.book.transaction():
            if provider == "banka":
                banka.take(self.book, self.calendar, self.settings.faults, path, name, now)
            else:
                per_mille = self.settings.uncollected_per_mille
                lists.take(self.book, self.calendar, provider, path, name, now, per_mille)
        self._done["file"] += 1
        self._deliver()

    def _advise(self, at: datetime) -> None:
        with self.book.transaction():
            told = reporting.advise(self.book, at)
        if told:
            self._deliver()

    def _deliver(self) -> None:
        self._delivered += outbox.deliver(self.book, self.places)
