"""The two providers that pay from a list: the second bank and the post office."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from . import agenda, behaviours, faults, list_sheet
from .bankdays import Calendar
from .book import Book
from .outbox import announce

CHUNK = 2000
MISCOUNTED = "AM18"
WRONG_TOTAL = "AM10"
NO_ACCOUNT = "AC02"
DEDUPLICATION = timedelta(days=7)

INSERT_INBOUND = (
    "INSERT INTO inbound(provider, name, taken, received_at, message_id, debtor, unit,"
    " pay_date, stated_count, stated_total, group_status, group_reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_LINE = (
    "INSERT INTO payment(inbound_id, account_id, reference, instruction_id,"
    " payment_information_id, amount, payee_name, payee_account, payee_bank, remittance,"
    " cash, status, reason) VALUES (?, ?, ?, '', '', ?, ?, ?, ?, ?, ?, 'listed', ?)"
)


def take(
    book: Book,
    calendar: Calendar,
    provider: str,
    path: Path,
    name: str,
    now: datetime,
    per_mille: int,
) -> None:
    """Take one list in; call inside `book.transaction()`.

    A workbook that is no list gets no answer; the book keeps it with its fault.
    """
    book.sql.execute("SAVEPOINT content")
    try:
        pay_list = list_sheet.read(path)
        _refuse_repetition(book, provider, pay_list.message_id, now)
        inbound_id = _record(book, provider, path.name, name, pay_list, now, per_mille)
    except list_sheet.NotAList as error:
        book.sql.execute("ROLLBACK TO content")
        _keep_unreadable(book, provider, path.name, name, now, str(error))
    else:
        start, answer = calendar.list_start(now), calendar.list_answer(provider, now)
        agenda.plan(book, "list_start", start, str(inbound_id), inbound_id)
        agenda.plan(book, "list_answer", answer, str(inbound_id), inbound_id)
    book.sql.execute("RELEASE content")


def _refuse_repetition(book: Book, provider: str, message_id: str, now: datetime) -> None:
    """A list of a number that was taken within the window is not paid again."""
    earlier = book.row(
        "SELECT 1 FROM inbound WHERE provider = ? AND message_id = ? AND received_at >= ?",
        provider,
        message_id,
        (now - DEDUPLICATION).isoformat(),
    )
    if earlier is not None:
        raise list_sheet.NotAList(f"DUPL: {message_id} came within the last 7 days")


def _keep_unreadable(
    book: Book, provider: str, taken: str, name: str, now: datetime, why: str
) -> None:
    values = (provider, name, taken, now.isoformat(), "", "", "", "", 0, 0, "RJCT", why)
    book.sql.execute(INSERT_INBOUND, values)


def _record(
    book: Book,
    provider: str,
    taken: str,
    name: str,
    pay_list: list_sheet.PayList,
    now: datetime,
    per_mille: int,
) -> int:
    head = (pay_list.message_id, pay_list.debtor, pay_list.unit, pay_list.pay_date)
    stated = (pay_list.count, pay_list.total)
    values = (provider, name, taken, now.isoformat(), *head, *stated, "RCVD", "")
    inbound_id = int(book.sql.execute(INSERT_INBOUND, values).lastrowid or 0)
    account = book.account(provider, pay_list.debtor)
    count = total = 0
    while chunk := list(islice(pay_list.lines, CHUNK)):
        count += len(chunk)
        total += sum(line.amount for line in chunk)
        account_id = account["id"] if account else None
        book.sql.executemany(INSERT_LINE, _rows(inbound_id, account_id, chunk, per_mille))
    fault = "" if account else NO_ACCOUNT
    if (count, total) != stated:
        fault = MISCOUNTED if count != pay_list.count else WRONG_TOTAL
    if fault:
        _leave_unpaid(book, inbound_id, fault)
    return inbound_id


def _rows(
    inbound_id: int, account_id: int | None, chunk: list[list_sheet.Line], per_mille: int
) -> Iterator[tuple[object, ...]]:
    for line in chunk:
        wording = f"{line.place} {line.remark}"
        yield (
            inbound_id,
            account_id,
            line.reference,
            line.amount,
            line.payee_name,
            line.payee_account,
            line.payee_bank,
            line.remark,
            int(line.cash),
            behaviours.unpaid_reason(
                line.reference, line.payee_account, line.cash, wording, per_mille
            ),
        )


def _leave_unpaid(book: Book, inbound_id: int, code: str) -> None:
    """The whole list is left unpaid for one reason."""
    book.sql.execute("UPDATE payment SET reason = ? WHERE inbound_id = ?", (code, inbound_id))
    book.sql.execute(
        "UPDATE inbound SET group_status = 'RJCT', group_reason = ? WHERE id = ?",
        (code, inbound_id),
    )


def start(book: Book, inbound_id: int) -> None:
    """Set the whole list's money aside; a list beyond the deposit is not paid at all."""
    account = book.row(
        "SELECT account.*, inbound.stated_total AS needed FROM inbound JOIN account"
        " ON account.provider = inbound.provider AND account.number = inbound.debtor"
        " WHERE inbound.id = ? AND inbound.group_status = 'RCVD'",
        inbound_id,
    )
    if account is None:
        return
    if account["needed"] > account["balance"] - account["reserved"]:
        _leave_unpaid(book, inbound_id, behaviours.NO_MONEY)
        return
    book.sql.execute(
        "UPDATE account SET reserved = reserved + ? WHERE id = ?",
        (account["needed"], account["id"]),
    )
    book.sql.execute("UPDATE inbound SET group_status = 'ACTC' WHERE id = ?", (inbound_id,))


def answer(book: Book, calendar: Calendar, inbound_id: int, at: datetime) -> None:
    """Close the list: pay what can be paid, leave the rest, announce the Excel answer."""
    inbound = book.row("SELECT * FROM inbound WHERE id = ?", inbound_id)
    if inbound is None:
        raise LookupError(f"inbound {inbound_id} is not in the book")
    provider = inbound["provider"]
    book.sql.execute(
        "UPDATE payment SET status = 'unpaid' WHERE inbound_id = ? AND reason <> ''",
        (inbound_id,),
    )
    arrival = datetime.fromisoformat(inbound["received_at"])
    start_day = calendar.list_start(arrival).date()
    _pay(book, calendar, provider, inbound_id, start_day, at)
    if inbound["group_status"] == "ACTC":
        _settle(book, calendar, inbound_id, inbound, at)
    names = _answer_names(book, provider, inbound["message_id"])
    announce(book, provider, "answer", inbound_id, at.isoformat(), next(names))
    if faults.use(book, "answer_twice", inbound["debtor"]):
        announce(book, provider, "answer", inbound_id, at.isoformat(), next(names))


def _pay(
    book: Book, calendar: Calendar, provider: str, inbound_id: int, start_day: date, at: datetime
) -> None:
    lines = book.rows(
        "SELECT id, reference FROM payment WHERE inbound_id = ? AND status = 'listed'", inbound_id
    )
    days = [
        calendar.paid_on(provider, start_day, at.date(), number).isoformat() for number in range(5)
    ]
    book.sql.executemany(
        "UPDATE payment SET status = 'executed', executed_at = ?, paid_on = ? WHERE id = ?",
        (
            (at.isoformat(), days[behaviours.draw(line["reference"], len(days))], line["id"])
            for line in lines
        ),
    )


def _settle(
    book: Book, calendar: Calendar, inbound_id: int, inbound: sqlite3.Row, at: datetime
) -> None:
    account = book.account(inbound["provider"], inbound["debtor"])
    if account is None:
        raise LookupError(f"account {inbound['debtor']} is not in the book")
    paid = book.sql.execute(
        "SELECT coalesce(sum(amount), 0) FROM payment WHERE inbound_id = ? AND status = 'executed'",
        (inbound_id,),
    ).fetchone()[0]
    book.sql.execute(
        "UPDATE account SET reserved = reserved - ? WHERE id = ?",
        (inbound["stated_total"], account["id"]),
    )
    if paid:
        details = {"reference": inbound["message_id"], "counterparty": inbound["unit"]}
        agenda.book_entry(book, calendar, account["id"], at, "payment", -paid, **details)


def _answer_names(book: Book, provider: str, message_id: str) -> Iterator[str]:
    """`<message id>-KQ.xlsx`, then `-KQ-2.xlsx` and so on: a name is never used twice."""
    number = 1
    while True:
        name = f"{message_id}-KQ{'' if number == 1 else f'-{number}'}.xlsx"
        number += 1
        if not book.row("SELECT 1 FROM outgoing WHERE provider = ? AND name = ?", provider, name):
            yield name
