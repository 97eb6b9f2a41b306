"""What the bank says of a payment after its month is closed, or after it was paid anew."""

from __future__ import annotations

import pytest

from app.jobs.month_end import close_month
from app.jobs.payrolls import open_follow_ups
from bank_adapters.contract import BankLine, ReportKind
from tests.factories import BANK, SEPTEMBER, House, booked, report, september_sent, status
from tests.support.returned import put_right
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
SENT = 500_000


def advised(house: House, *lines: BankLine) -> None:
    """The bank tells of movements."""
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))


def test_a_return_after_the_close(house: House) -> None:
    """Booked in September, known in October: posted in October, due again, September as it was."""
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    debits = [booked(reference, -SENT, "2026-09-10") for reference in (one, two)]
    stated = report(ReportKind.STATEMENT, house.account(BANK), *debits, opening=2 * SENT, closing=0)
    house.receives(BANK, stated)
    house.on("2026-10-01")
    close_month(house.runtime, SEPTEMBER)
    closed = house.rows("select * from closing order by provider")
    house.on("2026-10-05")
    advised(house, booked(one, SENT, "2026-09-30", is_return=True, reason="AC04"))
    assert house.state(one) == "returned"
    entries = "select kind from entry where effective_on >= '2026-10-01'"
    assert house.rows(entries) == [("return_bank",)]
    assert balances(house)["payable"] == SENT
    assert house.rows("select * from closing order by provider") == closed
    nothing_broken(house)


def test_a_late_debit_holds_what_was_made_in_its_place(house: House) -> None:
    """Refused, the account put right, paid anew: then the first one is debited after all."""
    one = house.reference(1, SEPTEMBER)
    house.receives(BANK, report(ReportKind.STATUS, "", status(one, "RJCT", "AC04")))
    put_right(house, 1)
    open_follow_ups(house.runtime, SEPTEMBER)
    house.approve_month(SEPTEMBER)
    (batch_id,) = house.build(SEPTEMBER)
    new = house.ask(f"select id from instruction where batch_id = {batch_id}")
    advised(house, booked(one, -SENT, "2026-09-11"))
    assert house.rows("select scope, key from hold") == [("instruction", str(new))]


def test_a_month_with_a_return_before_its_debit_closes(house: House) -> None:
    """The return waited in suspense and was placed: it counts once, with its payment."""
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    advised(house, booked(one, SENT, "2026-09-10", is_return=True, reason="AC04"))
    debits = [booked(reference, -SENT, "2026-09-10") for reference in (one, two)]
    stated = report(
        ReportKind.STATEMENT, house.account(BANK), *debits, opening=3 * SENT, closing=SENT
    )
    house.receives(BANK, stated)
    assert house.state(one) == "returned"
    house.on("2026-10-01")
    close_month(house.runtime, SEPTEMBER)
    (bank,) = house.rows(
        "select not_ours_in, credited, balance, suspense from closing where provider = 'banka'"
    )
    assert bank == (0, SENT, SENT, 0)
    nothing_broken(house)
