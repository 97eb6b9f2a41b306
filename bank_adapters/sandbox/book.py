"""The institution's own book.

`synchronous = NORMAL`: a killed process loses nothing; power is not what is tried here.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from bank_adapters.sandbox.one_file import OneFile

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS account(
  id INTEGER PRIMARY KEY, provider TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL,
  balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0),
  reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  credits INTEGER NOT NULL DEFAULT 0, debits INTEGER NOT NULL DEFAULT 0,
  advised_through INTEGER NOT NULL DEFAULT 0, stated_through INTEGER NOT NULL DEFAULT 0,
  stated_balance INTEGER NOT NULL DEFAULT 0,
  advice_number INTEGER NOT NULL DEFAULT 0, statement_number INTEGER NOT NULL DEFAULT 0,
  advise_twice INTEGER NOT NULL DEFAULT 0,
  UNIQUE(provider, number));
CREATE TABLE IF NOT EXISTS inbound(
  id INTEGER PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL,
  taken TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, message_id TEXT NOT NULL,
  debtor TEXT NOT NULL, unit TEXT NOT NULL, pay_date TEXT NOT NULL,
  stated_count INTEGER NOT NULL, stated_total INTEGER NOT NULL,
  group_status TEXT NOT NULL, group_reason TEXT NOT NULL,
  muted INTEGER NOT NULL DEFAULT 0, twice INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS inbound_message ON inbound(provider, message_id);
CREATE TABLE IF NOT EXISTS payment(
  id INTEGER PRIMARY KEY, inbound_id INTEGER NOT NULL REFERENCES inbound(id),
  account_id INTEGER REFERENCES account(id), reference TEXT NOT NULL,
  instruction_id TEXT NOT NULL, payment_information_id TEXT NOT NULL,
  amount INTEGER NOT NULL, payee_name TEXT NOT NULL, payee_account TEXT NOT NULL,
  payee_bank TEXT NOT NULL, remittance TEXT NOT NULL, cash INTEGER NOT NULL,
  status TEXT NOT NULL, reason TEXT NOT NULL, executed_at TEXT, paid_on TEXT);
CREATE INDEX IF NOT EXISTS payment_inbound ON payment(inbound_id);
CREATE INDEX IF NOT EXISTS payment_reference ON payment(reference);
CREATE TABLE IF NOT EXISTS entry(
  id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account(id),
  at TEXT NOT NULL, booking_date TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
  payment_id INTEGER REFERENCES payment(id), reference TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '', counterparty TEXT NOT NULL DEFAULT '',
  remittance TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS entry_account ON entry(account_id, id);
CREATE INDEX IF NOT EXISTS entry_payment ON entry(payment_id) WHERE payment_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS event(
  id INTEGER PRIMARY KEY, due TEXT NOT NULL, rank INTEGER NOT NULL, kind TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE, subject INTEGER NOT NULL, content TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'due');
CREATE INDEX IF NOT EXISTS event_due ON event(due, rank, id) WHERE state = 'due';
CREATE TABLE IF NOT EXISTS outgoing(
  id INTEGER PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  subject INTEGER NOT NULL, at TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0,
  UNIQUE(provider, name));
CREATE INDEX IF NOT EXISTS outgoing_open ON outgoing(id) WHERE delivered = 0;
CREATE TABLE IF NOT EXISTS report(
  id INTEGER PRIMARY KEY, outgoing_id INTEGER NOT NULL REFERENCES outgoing(id),
  account_id INTEGER NOT NULL REFERENCES account(id), number INTEGER NOT NULL,
  first_entry INTEGER NOT NULL, last_entry INTEGER NOT NULL,
  opening INTEGER NOT NULL, closing INTEGER NOT NULL, booking_date TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS report_outgoing ON report(outgoing_id);
CREATE TABLE IF NOT EXISTS fault(
  kind TEXT NOT NULL, key TEXT NOT NULL, detail TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(kind, key));
"""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
)


class Book(OneFile):
    """The open book."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, PRAGMAS, SCHEMA)

    @property
    def clock(self) -> datetime | None:
        """The latest moment the institution has lived through; None before the first."""
        found = self.row("SELECT value FROM setting WHERE key = 'clock'")
        return datetime.fromisoformat(found["value"]) if found else None

    def set_clock(self, at: datetime) -> None:
        """Move the clock on; it never goes back."""
        self.sql.execute(
            "INSERT INTO setting(key, value) VALUES ('clock', ?)"
            " ON CONFLICT(key) DO UPDATE SET value = max(value, excluded.value)",
            (at.isoformat(),),
        )

    def account(self, provider: str, number: str) -> sqlite3.Row | None:
        """One account, or None when the provider does not hold it."""
        return self.row("SELECT * FROM account WHERE provider = ? AND number = ?", provider, number)

    def close(self) -> None:
        """Let go of the file."""
        self.sql.close()
