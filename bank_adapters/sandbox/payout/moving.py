"""Money moves: the only place that books. A movement debits one account and credits another."""

from __future__ import annotations

from typing import NamedTuple

from .book import NOSTRO, PAYEES, Book

INSERT = (
    "INSERT INTO transfer(at, day, kind, debit, credit, amount, payment_id, reference, reason,"
    " remittance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
DEBIT = "UPDATE account SET debits = debits + ? WHERE id = ?"
DEBIT_FUNDED = f"{DEBIT} AND credits - debits >= ?"
CREDIT = "UPDATE account SET credits = credits + ? WHERE id = ?"
COUNT_EXECUTED = "UPDATE seen SET executed = executed + 1, total = total + ? WHERE reference = ?"
COUNT_RETURNED = (
    "UPDATE seen SET returned = returned + 1, returned_total = returned_total + ?"
    " WHERE reference = ?"
)


class When(NamedTuple):
    """A moment in seconds since 1970, and the banking day under which it is booked."""

    at: int
    day: str


class Money(NamedTuple):
    """What is to be moved for one payment of a client, in whole đồng."""

    payment_id: int
    reference: str
    account_id: int
    amount: int


def pay(book: Book, when: When, money: Money, kind: str, overdraft: bool) -> bool:
    """Execute one payment ("payment"; "again" a second time); False without enough money."""
    sql = book.sql
    if overdraft:
        sql.execute(DEBIT, (money.amount, money.account_id))
    elif not sql.execute(DEBIT_FUNDED, (money.amount, money.account_id, money.amount)).rowcount:
        return False
    sql.execute(CREDIT, (money.amount, PAYEES))
    moved = (when.at, when.day, kind, money.account_id, PAYEES, money.amount)
    sql.execute(INSERT, (*moved, money.payment_id, money.reference, "", ""))
    sql.execute(COUNT_EXECUTED, (money.amount, money.reference))
    return True


def give_back(book: Book, when: When, money: Money, reason: str) -> None:
    """Book the return of an executed payment."""
    _both(book, PAYEES, money.account_id, money.amount)
    moved = (when.at, when.day, "return", PAYEES, money.account_id, money.amount)
    book.sql.execute(INSERT, (*moved, money.payment_id, money.reference, reason, ""))
    book.sql.execute(COUNT_RETURNED, (money.amount, money.reference))


def receive(
    book: Book, when: When, account_id: int, amount: int, reference: str, text: str
) -> None:
    """Book money that came in from outside."""
    _both(book, NOSTRO, account_id, amount)
    moved = (when.at, when.day, "credit", NOSTRO, account_id, amount)
    book.sql.execute(INSERT, (*moved, 0, reference, "", text))


def _both(book: Book, debit: int, credit: int, amount: int) -> None:
    book.sql.execute(DEBIT, (amount, debit))
    book.sql.execute(CREDIT, (amount, credit))
