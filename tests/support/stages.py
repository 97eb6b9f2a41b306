"""Stages of the tiny province that need more than its own acts (see `tests/factories.py`)."""

from __future__ import annotations

from datetime import date

from app.disbursement.clearing import sign_comparison
from app.disbursement.comparison import compare
from app.disbursement.holds import GLOBAL, RESTORED, set_hold
from app.disbursement.journal import Handed, Journal
from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.restored import Taken, recover
from bank_adapters.contract import LineKind, ReportKind
from reconciliation import closing
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
    september_sent,
)


def september_closed(house: House) -> None:
    """A month with a row in every table that is written once."""
    september_sent(house)
    account = house.account(BANK)
    sent = [house.reference(number, SEPTEMBER) for number in (1, 2, 3)]
    debits = [booked(one, -500_000, "2026-09-10") for one in sent[:2]]
    stated = report(ReportKind.STATEMENT, account, *debits, opening=1_000_000, closing=0)
    house.receives(BANK, stated)
    cash = listed(LineKind.PAID_CASH, sent[2], 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))
    house.on("2026-09-30", "19:00")
    with house.work() as session:
        paid = paid_in(session, SEPTEMBER)
        reported = reported_balances(session, date(2026, 9, 30))
        cells = closing.compute(session, SEPTEMBER, paid, reported)
        assert closing.close(session, SEPTEMBER, cells, house.clock.now()) == []
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    _held_and_restored(house)


def _held_and_restored(house: House) -> None:
    """A restore with its hold, a surviving line, a comparison, and one officer's signature."""
    taken, now = Taken("ansinh-1", house.clock.now(), 1, None), house.later()
    gone = Handed(now, 99, "AS99.xml", "9" * 64, "AS99", BANK, 1, 1)
    with house.work() as session:
        number = set_hold(session, GLOBAL, RESTORED, "Khôi phục", "ansinh restore", now)
        recover(session, number, taken, Journal((gone,)), False, now)
        digest = compare(session, now).digest
    who = house.acting("finance.one")
    with house.work() as session:
        sign_comparison(session, house.keyring, who, digest, house.clock.now())
