"""What comes after a month is closed, and statements that somebody changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from app.disbursement.cases import cases
from app.disbursement.selects import open_again
from app.jobs.month_end import close_month
from bank_adapters.contract import BankLine, BankReport, ReportKind
from reconciliation.tables import bank_line
from tests.app.disbursement.evidence_office import back, debit, said
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    report,
    row,
    september_sent,
)
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
SENT, OPENING = 500_000, 1_000_000
CLOSED = "select * from closing where period = '2026-09' order by unit, provider"


def stated(
    house: House, day: str, opening: int, lines: Sequence[BankLine], name: str = "", moved: int = 0
) -> BankReport:
    """The account's statement of one day; `moved` is what its closing balance is wrong by."""
    of = date.fromisoformat(day)
    closing = opening + sum(line.amount for line in lines) + moved
    return report(
        ReportKind.STATEMENT, house.account(BANK), *lines, opening=opening, closing=closing,
        from_day=of, to_day=of, report_id=name or f"S{day}", sequence=name,
    )  # fmt: skip


def september_closed(house: House) -> None:
    """September is paid in full and closed in October."""
    said(house, house.reference(3, SEPTEMBER), "paid_list", provider=POST)
    paid = [debit(house.reference(one, SEPTEMBER)) for one in (1, 2)]
    house.receives(BANK, stated(house, "2026-09-10", OPENING, paid))
    house.on("2026-10-05")
    close_month(house.runtime, SEPTEMBER)


def test_a_return_after_the_close_is_octobers_and_owed_again(house: House) -> None:
    """The closed month's rows stay as they are; October's list pays it, and closes too."""
    september_closed(house)
    before = house.rows(CLOSED)
    one = house.reference(1, SEPTEMBER)
    late = booked(one, SENT, "2026-09-29", bank_reference="RT", is_return=True, reason="MS03")
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), late))
    assert house.state(one) == "returned"
    posted = "select happened_on, posted_on from outcome where state = 'returned'"
    ((happened, posted_on),) = house.rows(posted)
    assert (str(happened), str(posted_on)) == ("2026-09-29", "2026-10-01")
    with house.database.view() as session:
        assert len(list(session.scalars(open_again()))) == 1
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    listed = "select l.person_id, l.cause from payroll_line l join payroll p on p.id ="
    assert (1, "carried") in house.rows(
        f"{listed} l.payroll_id where p.period = '2026-10' order by l.person_id"
    )
    assert house.rows(CLOSED) == before
    assert balances(house)["bank"] == SENT
    nothing_broken(house)


def test_a_month_with_a_claim_that_was_paid_closes(house: House) -> None:
    """Executed twice and refunded within the month: out and in again beside what was credited."""
    said(house, house.reference(3, SEPTEMBER), "paid_list", provider=POST)
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    stray = booked("KHAC", SENT, "2026-09-10", bank_reference="STRAY")
    lines = [debit(one), debit(two), stray, debit(one, key="F2"), back(one)]
    house.receives(BANK, stated(house, "2026-09-11", OPENING, lines))
    assert house.verdicts()[-3:] == ["credit_unknown", "debit_unknown", "fee_back"]
    house.on("2026-10-05")
    close_month(house.runtime, SEPTEMBER)
    told = "select credited, not_ours_in, fees_and_not_ours_out, suspense, unspent from closing"
    assert house.rows(f"{told} where provider = '{BANK}'") == [(2 * SENT, 2 * SENT, SENT, SENT, 0)]
    nothing_broken(house)


DOCTORED = {
    "does not chain": ("2026-09-11", OPENING, "2", 0),
    "figures changed under the same number": ("2026-09-10", OPENING + 1, "1", 0),
    "a line taken out": ("2026-09-11", OPENING - 2 * SENT, "2", -SENT),
}


@pytest.mark.parametrize("what", DOCTORED)
def test_a_doctored_statement_is_kept_apart_and_stops_the_bank(house: House, what: str) -> None:
    """Nothing of it is booked; the right one is read when it comes."""
    refs = [house.reference(one, SEPTEMBER) for one in (1, 2)]
    first = stated(house, "2026-09-10", OPENING, [debit(one) for one in refs], name="1")
    house.receives(BANK, first)
    before = house.count(bank_line)
    day, opening, name, moved = DOCTORED[what]
    wrong = stated(house, day, opening, [back(refs[0])], name, moved)
    assert house.receives(BANK, wrong) == {"quarantined": 1}
    assert house.count(bank_line) == before
    ((scope, key, reason),) = house.rows("select scope, key, reason from hold")
    assert (scope, key) == ("provider", BANK)
    assert "Sổ phụ" in reason
    trail = "select count(*) from audit_event where action = 'bank:statement:doubt'"
    assert house.ask(trail) == 1
    right = stated(house, "2026-09-11", OPENING - 2 * SENT, [back(refs[0])], "2")
    house.receives(BANK, right)
    assert house.state(refs[0]) == "returned"
    with house.database.view() as session:
        assert cases(session) == []
    nothing_broken(house)
