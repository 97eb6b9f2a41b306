"""The matcher's passes over a month that was sent: what each line of a file does to money.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.tables import hold, outcome
from bank_adapters.contract import BankLine, LineKind, ReportKind
from reconciliation import closing
from reconciliation.tables import bank_line, suspense_item
from tests.factories import (
    BANK,
    LIST_BANK,
    POST,
    SEPTEMBER,
    House,
    booked,
    listed,
    report,
    september_sent,
    status,
)
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)

DAY, NEXT = "2026-09-10", "2026-09-11"
SENT = 500_000


def debit(reference: str, amount: int = -SENT, **more: object) -> BankLine:
    return booked(reference, amount, DAY, bank_reference=f"FT-{reference}", **more)


def back(reference: str, amount: int = SENT, key: str = "RT", **more: object) -> BankLine:
    """A credit that brings a payment back."""
    values = {"is_return": True, "reason": "AC04", **more}
    return booked(reference, amount, NEXT, bank_reference=f"{key}-{reference}", **values)


def advise(house: House, *lines: BankLine, account: str = "") -> dict[str, int]:
    return house.receives(BANK, report(ReportKind.ADVICE, account or house.account(BANK), *lines))


def test_a_debit_settles(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    assert advise(house, debit(one))["settled"] == 1
    assert [house.state(one), house.state(two)] == ["settled", "ready"]
    assert house.batch_state(1) == "sent"
    advise(house, debit(two))
    assert house.batch_state(1) == "done"
    nothing_broken(house)


def test_debit_and_return_in_one_file(house: House) -> None:
    """Both are booked, whichever stands first; the person is owed again."""
    one = house.reference(1, SEPTEMBER)
    advise(house, back(one), debit(one))
    assert house.state(one) == "returned"
    assert house.verdicts() == ["returned", "settled"]
    assert house.rows("select state from outcome order by id") == [("settled",), ("returned",)]
    assert balances(house)["payable"] == SENT
    nothing_broken(house)


def test_the_same_movement_in_advice_and_statement_is_booked_once(house: House) -> None:
    """camt.054 twice, then camt.053 with the same movement: one line, one outcome."""
    one = house.reference(1, SEPTEMBER)
    advise(house, debit(one))
    advise(house, debit(one))
    opening = 1_000_000
    stated = report(
        ReportKind.STATEMENT,
        house.account(BANK),
        debit(one),
        opening=opening,
        closing=opening - SENT,
    )
    house.receives(BANK, stated)
    assert (house.count(bank_line), house.count(outcome)) == (1, 1)
    nothing_broken(house)


@pytest.mark.parametrize("amount", [-SENT - 1, -SENT + 1])
def test_a_debit_off_by_one_is_not_ours(house: House, amount: int) -> None:
    """Parked and asked about; the provider is held until people have looked."""
    one = house.reference(1, SEPTEMBER)
    advise(house, debit(one, amount))
    assert house.verdicts() == ["debit_unknown"]
    assert balances(house)["unexplained"] == -amount
    assert house.state(one) == "ready"
    assert house.ask("select reason from hold where scope = 'provider'").startswith("ghi nợ")
    nothing_broken(house)


@pytest.mark.parametrize("amount", [SENT + 1, SENT - 1])
def test_a_return_off_by_one_waits_in_suspense(house: House, amount: int) -> None:
    one = house.reference(1, SEPTEMBER)
    advise(house, debit(one), back(one, amount))
    assert house.verdicts() == ["settled", "credit_unknown"]
    assert house.state(one) == "settled"
    assert balances(house)["suspense"] == amount
    nothing_broken(house)


def test_a_second_debit_and_a_second_return(house: House) -> None:
    """Executed twice: the second debit is a claim on the bank, which the first credit pays; the
    second is the return, and a third is not ours."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    advise(house, debit(one))
    again = replace(debit(one), bank_reference="FT-OTHER")
    advise(house, again)
    assert house.verdicts() == ["settled", "debit_unknown"]
    assert (house.state(one), balances(house)["claim"]) == ("settled", 500_000)
    advise(house, back(one))
    assert (house.state(one), balances(house)["claim"]) == ("settled", 0)
    advise(house, back(one, key="R2"), back(one, key="R3"))
    assert house.verdicts()[2:] == ["fee_back", "returned", "credit_unknown"]
    assert house.rows("select count(*) from outcome where state = 'returned'") == [(1,)]
    assert house.state(two) == "ready"
    nothing_broken(house)


def test_a_credit_that_is_not_ours(house: House) -> None:
    advise(house, booked("", 1_250_000, DAY, remittance="CHUYEN NHAM TIEN HANG"))
    assert house.rows("select kind, amount from suspense_item") == [("credit_unknown", 1_250_000)]
    assert balances(house)["suspense"] == 1_250_000
    nothing_broken(house)


def test_a_fee_is_claimed_and_its_refund_closes_the_claim(house: House) -> None:
    """Two equal fees, one refund: one claim stays open."""
    fees = [
        booked("", -11_000, DAY, bank_reference=key, remittance="PHI DICH VU THANG")
        for key in ("F1", "F2")
    ]
    advise(house, *fees)
    assert house.verdicts() == ["fee", "fee"]
    assert balances(house)["claim"] == 22_000
    refund = booked("", 11_000, NEXT, bank_reference="F3", remittance="HOAN PHI DICH VU")
    advise(house, refund)
    assert house.verdicts()[2] == "fee_back"
    assert balances(house)["claim"] == 11_000
    assert house.ask("select count(*) from suspense_item where resolved_at is null") == 1
    nothing_broken(house)


@pytest.mark.parametrize(
    ("code", "reason", "state", "verdict"),
    [
        ("RJCT", "AC01", "rejected", "rejected"),
        ("CANC", "", "rejected", "rejected"),
        ("RJCT", "AM05", "ready", "conflict"),
        ("RJCT", "DUPL", "ready", "conflict"),
        ("ACTC", "", "ready", "noted"),
        ("PDNG", "", "ready", "noted"),
        ("ACSC", "", "accepted", "accepted"),
        ("ACSP", "", "accepted", "accepted"),
        ("ACCC", "", "settled", "credited"),
    ],
)
def test_statuses(house: House, code: str, reason: str, state: str, verdict: str) -> None:
    """A refusal is one, except where it says that it has had this one already."""
    one = house.reference(1, SEPTEMBER)
    house.receives(BANK, report(ReportKind.STATUS, "", status(one, code, reason)))
    assert (house.state(one), house.verdicts()) == (state, [verdict])
    assert house.count(hold) == int(verdict == "conflict")
    nothing_broken(house)


def test_a_refusal_after_the_debit_is_a_contradiction(house: House) -> None:
    """The booked statement wins; the payment is held until people have looked, not the provider."""
    one = house.reference(1, SEPTEMBER)
    advise(house, debit(one))
    house.receives(BANK, report(ReportKind.STATUS, "", status(one, "RJCT", "AC01")))
    assert (house.state(one), house.verdicts()[-1]) == ("settled", "conflict")
    assert house.rows("select scope, key from hold") == [("instruction", "1")]
    assert house.rows("select kind, instruction_id, state from bank_case") == [
        ("conflict", 1, "open")
    ]
    nothing_broken(house)


def test_a_debit_after_the_refusal_is_never_lost(house: House) -> None:
    """SETTLED evidence after REJECTED: the money is gone, so it stands as unexplained (T14)."""
    one = house.reference(1, SEPTEMBER)
    house.receives(BANK, report(ReportKind.STATUS, "", status(one, "RJCT", "AC01")))
    advise(house, debit(one))
    assert (house.state(one), house.verdicts()[-1]) == ("rejected", "debit_unknown")
    assert balances(house)["unexplained"] == SENT
    assert house.count(hold) == 1
    nothing_broken(house)


def test_an_unknown_reference_and_another_bank(house: House) -> None:
    """A reference nobody gave, and ours told by a provider that never had it."""
    one = house.reference(1, SEPTEMBER)
    advise(house, booked("ZZZZZZZZZZZZZZZZ", -SENT, DAY))
    line = listed(LineKind.PAID, one, SENT, DAY)
    house.receives(LIST_BANK, report(ReportKind.SETTLEMENT, house.account(LIST_BANK), line))
    assert house.verdicts() == ["debit_unknown", "conflict"]
    assert house.state(one) == "ready"
    nothing_broken(house)


def test_the_post_office_pays_or_does_not(house: House) -> None:
    """Unpaid: carried, owed again. The same list again changes nothing."""
    three = house.reference(3, SEPTEMBER)
    line = listed(LineKind.UNPAID, three, SENT, "2026-09-18", reason="UPAY")
    for _ in range(2):
        house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), line))
    assert house.state(three) == "rejected"
    assert (house.count(outcome), house.count(bank_line)) == (1, 1)
    assert house.ask("select count(*) from entry where kind = 'carry_over'") == 1
    nothing_broken(house)


def test_cash_signed_for(house: House) -> None:
    three = house.reference(3, SEPTEMBER)
    line = listed(LineKind.PAID_CASH, three, SENT, "2026-09-12", voucher="BD0001")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), line))
    assert house.state(three) == "settled"
    assert house.ask("select voucher from bank_line") == "BD0001"
    nothing_broken(house)


@pytest.mark.parametrize("order", range(6))
def test_settled_rejected_returned_in_every_order(house: House, order: int) -> None:
    """Attack P20: whatever order they come in, no đồng is lost and the books stay provable."""
    one = house.reference(1, SEPTEMBER)
    refused = report(ReportKind.STATUS, "", status(one, "RJCT", "AC01"))
    account = house.account(BANK)
    files = [
        report(ReportKind.ADVICE, account, debit(one)),
        refused,
        report(ReportKind.ADVICE, account, back(one)),
    ]
    for number in list(permutations(range(3)))[order]:
        house.receives(BANK, files[number])
    money = balances(house)
    assert money["bank"] == 1_000_000
    assert house.ask("select count(*) from outcome where state = 'settled'") <= 1
    nothing_broken(house)


def test_a_statement_that_does_not_add_up_is_quarantined(house: House) -> None:
    """One đồng off: nothing of the file is acted upon; mended, it is."""
    one, account = house.reference(1, SEPTEMBER), house.account(BANK)
    wrong = report(ReportKind.STATEMENT, account, debit(one), opening=1_000_000, closing=500_001)
    assert house.receives(BANK, wrong) == {"quarantined": 1}
    assert (house.state(one), house.count(bank_line)) == ("ready", 0)
    assert house.ask("select why from inbound_file") == f"{account}: số dư không khớp, lệch -1 đồng"
    right = report(ReportKind.STATEMENT, account, debit(one), opening=1_000_000, closing=500_000)
    house.receives(BANK, right)
    assert house.state(one) == "settled"


def test_closing_is_refused_with_a_difference(house: House) -> None:
    """The bank's own balance and ours must agree to the đồng before a month is closed."""
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    account = house.account(BANK)
    both = debit(one), debit(two)
    stated = report(ReportKind.STATEMENT, account, *both, opening=1_000_000, closing=0)
    house.receives(BANK, stated)
    three = listed(LineKind.PAID_CASH, house.reference(3, SEPTEMBER), SENT, "2026-09-12")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), three))
    house.on("2026-09-30", "19:00")
    with house.work() as session:
        reported = reported_balances(session, date(2026, 9, 30))
        paid = paid_in(session, SEPTEMBER)
        place = next(one for one in reported if one.provider == BANK and one in paid)
        wrong = closing.compute(session, SEPTEMBER, paid, {**reported, place: 1})
        assert closing.close(session, SEPTEMBER, wrong, house.clock.now()) == [place]
        less = {**paid, place: (paid[place][0] - 1, 0)}
        wrong = closing.compute(session, SEPTEMBER, less, reported)
        assert closing.close(session, SEPTEMBER, wrong, house.clock.now()) == [place]
        assert not closing.is_closed(session, SEPTEMBER)
        right = closing.compute(session, SEPTEMBER, paid, reported)
        assert {cell.difference for cell in right.values()} == {0}
        assert closing.close(session, SEPTEMBER, right, house.clock.now()) == []
        assert closing.is_closed(session, SEPTEMBER)
    nothing_broken(house)
    late = back(one)
    advise(house, late)  # a return for the closed month posts in the first open period
    assert house.rows("select happened_on, posted_on from outcome where state = 'returned'") == [
        ("2026-09-11", "2026-10-01")
        if house.database.is_sqlite
        else (date(2026, 9, 11), date(2026, 10, 1))
    ]
    assert house.count(suspense_item) == 0
