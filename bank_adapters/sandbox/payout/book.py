"""The payout bank's own double-entry book.

Every movement is one row that names the account debited and the account credited, so the
book cannot be out of balance; `proof` counts it again all the same. An act is committed
before the bank answers.
(`synchronous = NORMAL`: a killed process loses nothing; power is not what is tried here.)
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from bank_adapters.sandbox.one_file import OneFile

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account(
  id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
  debits INTEGER NOT NULL DEFAULT 0, credits INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS transfer(
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL,
  debit INTEGER NOT NULL, credit INTEGER NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0),
  payment_id INTEGER NOT NULL, reference TEXT NOT NULL, reason TEXT NOT NULL,
  remittance TEXT NOT NULL, CHECK (debit <> credit));
CREATE INDEX IF NOT EXISTS transfer_day ON transfer(day, id);
CREATE TABLE IF NOT EXISTS seen(
  reference TEXT PRIMARY KEY, tries INTEGER NOT NULL DEFAULT 0,
  enquiries INTEGER NOT NULL DEFAULT 0, executed INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0, returned INTEGER NOT NULL DEFAULT 0,
  returned_total INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payment(
  id INTEGER PRIMARY KEY, reference TEXT NOT NULL, attempt INTEGER NOT NULL,
  digest BLOB NOT NULL, message_id TEXT NOT NULL, batch_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL, amount INTEGER NOT NULL, paid_amount INTEGER NOT NULL,
  payee_name TEXT NOT NULL, account TEXT NOT NULL, bank_bin TEXT NOT NULL,
  remark TEXT NOT NULL, taken_at INTEGER NOT NULL, fate TEXT NOT NULL, status TEXT NOT NULL,
  reason TEXT NOT NULL, told_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS payment_reference ON payment(reference, id);
CREATE INDEX IF NOT EXISTS payment_batch ON payment(batch_id) WHERE batch_id > 0;
CREATE TABLE IF NOT EXISTS batch(
  id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, digest BLOB NOT NULL,
  count INTEGER NOT NULL, total INTEGER NOT NULL, taken_at INTEGER NOT NULL,
  status TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS batch_message ON batch(message_id, id);
CREATE TABLE IF NOT EXISTS agenda(
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL, kind TEXT NOT NULL, payment_id INTEGER NOT NULL,
  reason TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS agenda_due ON agenda(due, id) WHERE done = 0;
CREATE TABLE IF NOT EXISTS callback(
  id INTEGER PRIMARY KEY, payment_id INTEGER NOT NULL, nature TEXT NOT NULL,
  status TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL,
  owed INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS callback_due ON callback(due, id) WHERE owed > 0;
CREATE TABLE IF NOT EXISTS report(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, day TEXT NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL,
  done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS report_open ON report(id) WHERE done = 0;
CREATE TABLE IF NOT EXISTS holder(
  bank_bin TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY(bank_bin, account)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault(
  kind TEXT NOT NULL, reference TEXT NOT NULL, attempt INTEGER NOT NULL,
  PRIMARY KEY(kind, reference, attempt)) WITHOUT ROWID;
"""
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32000",
    "PRAGMA wal_autocheckpoint = 4000",
)
# The bank's own two accounts: money that came in, and everybody who is paid.
NOSTRO, PAYEES = 1, 2
OURS, ADVANCE, OWN = "ours", "advance", "own"


class Book(OneFile):
    """The open book."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path, PRAGMAS, SCHEMA)
        self.sql.execute(
            "INSERT OR IGNORE INTO account(id, number, name, kind)"
            " VALUES (1, 'NOSTRO', 'NOSTRO', 'own'), (2, 'PAYEES', 'PAYEES', 'own')"
        )

    def value(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        found = self.row(query, *values)
        return found[0] if found else None

    def open_account(self, number: str, name: str, kind: str) -> None:
        """Open an account; harmless when it is open."""
        self.sql.execute(
            "INSERT OR IGNORE INTO account(number, name, kind) VALUES (?, ?, ?)",
            (number, name, kind),
        )

    def account(self, number: str) -> sqlite3.Row | None:
        """One account, or None when the bank does not hold it."""
        return self.row("SELECT * FROM account WHERE number = ?", number)

    def note(self, fault: str, reference: str, attempt: int) -> None:
        """Write down that a fault was played."""
        self.sql.execute(
            "INSERT OR IGNORE INTO fault VALUES (?, ?, ?)", (fault, reference, attempt)
        )

    def close(self) -> None:
        """Let go of the file, once the act under way has come to its end."""
        with self.lock:
            self.sql.close()
