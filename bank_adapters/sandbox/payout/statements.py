"""The payout bank's camt.053 and camt.054: a pure function of its book."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime

from ..account_report import balance_xml, entry_xml
from ..bankdays import DAY_END, VIETNAM, Calendar
from ..xml_out import SYNTHETIC, Writer, tag
from .book import ADVANCE, OURS, Book
from .callbacks import bank_reference
from .settings import WRONG_BY, Settings
from .switches import Switches

ADVICE, STATEMENT = "camt.054.001.08", "camt.053.001.08"
ACCOUNTS = f"SELECT * FROM account WHERE kind IN ('{OURS}', '{ADVANCE}') ORDER BY number"  # noqa: S608
ENTRIES = (
    "SELECT transfer.id, day AS booking_date, kind, payment_id, transfer.reference,"
    " CASE WHEN debit = :account THEN -transfer.amount ELSE transfer.amount END AS amount,"
    " transfer.reason, payment.payee_name AS name, payment.account AS payee_account,"
    " coalesce(payment.remark, transfer.remittance) AS remittance,"
    " '' AS payment_information_id, '' AS instruction_id, payment.message_id"
    " FROM transfer LEFT JOIN payment ON payment.id = transfer.payment_id"
    " WHERE (debit = :account OR credit = :account) AND {} ORDER BY transfer.id"
)
BALANCE = (
    "SELECT coalesce(sum(CASE WHEN debit = ? THEN -amount ELSE amount END), 0) FROM transfer"
    " WHERE (debit = ? OR credit = ?) AND day < ?"
)


class Statements:
    """Writes the statements and advices of every account of ours."""

    def __init__(self, book: Book, settings: Settings, switches: Switches) -> None:
        self._book, self._settings, self._switches = book, settings, switches
        self._prefix = settings.provider.upper()

    def statement(self, day: date) -> tuple[str, bytes]:
        """(file name, camt.053) of one banking day: a statement per account, moved or not."""
        at = datetime.combine(day, DAY_END, VIETNAM).isoformat()
        out = io.BytesIO()
        with self._book.lock:
            writer = self._head(out, STATEMENT, "BkToCstmrStmt", f"{self._prefix}-S-{day}", at)
            for account in self._book.rows(ACCOUNTS):
                self._statement(writer, account, day, at)
        writer.put("</BkToCstmrStmt>\n")
        writer.end()
        return f"{day:%Y%m%d}-{self._settings.provider}-camt.053.xml", out.getvalue()

    def _statement(self, writer: Writer, account: sqlite3.Row, day: date, at: str) -> None:
        first = day
        if self._switches.on("statements_overlap"):
            first = banking_day_before(self._settings.calendar, day)
        opening = self._balance(account["id"], first.isoformat())
        entries = self._entries(account["id"], "day BETWEEN :first AND :last", first, day)
        closing = opening + sum(entry["amount"] for entry in entries)
        if self._switches.on("wrong_balance"):
            closing += WRONG_BY
        span = f"<FrToDt>{tag('FrDtTm', f'{first}T00:00:00+07:00')}{tag('ToDtTm', at)}</FrToDt>"
        self._open(writer, "Stmt", account, f"{day}", at, self._number(day), span)
        writer.put(balance_xml("OPBD", opening, first.isoformat()))
        writer.put(balance_xml("CLBD", closing, day.isoformat()))
        for entry in entries:
            writer.put(_entry(entry))
        writer.put("</Stmt>\n")

    def advice(
        self, kinds: tuple[str, ...], after: int, last: int, number: int, at: str
    ) -> bytes | None:
        """camt.054 of the movements of these kinds with numbers above `after` up to `last`.

        None when there are none.
        """
        out = io.BytesIO()
        name = f"{self._prefix}-N-{number:09d}"
        writer = self._head(out, ADVICE, "BkToCstmrDbtCdtNtfctn", name, at)
        marks = ", ".join(f"'{kind}'" for kind in kinds)
        where = f"transfer.id BETWEEN :first AND :last AND kind IN ({marks})"
        some = False
        for account in self._book.rows(ACCOUNTS):
            entries = self._entries(account["id"], where, after + 1, last)
            if entries:
                some = True
                self._open(writer, "Ntfctn", account, f"{number:09d}", at, number, "")
                writer.put("".join(_entry(entry) for entry in entries))
                writer.put("</Ntfctn>\n")
        writer.put("</BkToCstmrDbtCdtNtfctn>\n")
        writer.end()
        return out.getvalue() if some else None

    def _head(self, out: io.BytesIO, message: str, outer: str, name: str, at: str) -> Writer:
        writer = Writer(out, message)
        writer.put(
            f"<{outer}>\n<GrpHdr>{tag('MsgId', name, 35)}{tag('CreDtTm', at)}"
            f"{tag('AddtlInf', SYNTHETIC)}</GrpHdr>\n"
        )
        return writer

    def _open(
        self,
        writer: Writer,
        inner: str,
        account: sqlite3.Row,
        name: str,
        at: str,
        number: int,
        span: str,
    ) -> None:
        report_id = f"{self._prefix}-{inner[0]}-{account['id']}-{name}"
        writer.put(
            f"<{inner}>{tag('Id', report_id, 35)}<ElctrncSeqNb>{number}</ElctrncSeqNb>"
            f"{tag('CreDtTm', at)}{span}<Acct><Id><Othr>{tag('Id', account['number'], 34)}"
            f"</Othr></Id><Ccy>VND</Ccy>{_owner(account)}</Acct>\n"
        )

    def _entries(
        self, account: int, where: str, first: date | int, last: date | int
    ) -> list[sqlite3.Row]:
        span = {"first": _plain(first), "last": _plain(last)}
        return self._book.sql.execute(
            ENTRIES.format(where), {"account": account, **span}
        ).fetchall()

    def _balance(self, account: int, before: str) -> int:
        return int(self._book.value(BALANCE, account, account, account, before))

    def _number(self, day: date) -> int:
        """Statements are numbered by banking days since the book's first movement."""
        first = self._book.value("SELECT min(day) FROM transfer")
        return len(list(banking_days(self._settings.calendar, first, day))) if first else 1


def _owner(account: sqlite3.Row) -> str:
    return f"<Ownr>{tag('Nm', account['name'])}</Ownr>" if account["name"] else ""


def _plain(value: date | int) -> str | int:
    return value.isoformat() if isinstance(value, date) else value


def _entry(row: sqlite3.Row) -> str:
    kind = "payment" if row["kind"] == "again" else row["kind"]
    suffix = {"again": "-2", "return": "-R"}.get(row["kind"], "")
    ours = bank_reference(row["payment_id"], suffix) or f"CRD{row['id']:012d}"
    return entry_xml({**dict(row), "kind": kind}, ours)


def banking_days(calendar: Calendar, first: str, last: date) -> Iterator[date]:
    """Every banking day from `first` (ISO) to `last`, both with it."""
    day = calendar.on_or_after(date.fromisoformat(first))
    while day <= last:
        yield day
        day = calendar.after(day)


def banking_day_before(calendar: Calendar, day: date) -> date:
    """The banking day before `day`."""
    earlier = date.fromordinal(day.toordinal() - 1)
    while not calendar.is_banking_day(earlier):
        earlier = date.fromordinal(earlier.toordinal() - 1)
    return earlier
