"""Batches that the bank debits as one sum, movements told twice, references found elsewhere.

Person 1 and 2 were sent 500.000 đồng each through the bank in one batch, person 3 the same in cash.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.disbursement.collection import process
from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.proofs import prove_lumps, prove_open_instructions
from app.disbursement.tables import outcome
from bank_adapters.contract import BankLine, LineKind, ReportKind
from ledger.balances import account_balances
from reconciliation import closing, intake, lines
from reconciliation.tables import bank_line, line_match
from tests.factories import BANK, SEPTEMBER, House, booked, listed, report, september_sent, status
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)

DAY, NEXT, SENT = "2026-09-10", "2026-09-11", 500_000


def message(house: House) -> str:
    return str(house.ask("select message_id from batch where id = 1"))


def lump(house: House, amount: int = -2 * SENT, count: int | None = 2, **more: Any) -> BankLine:
    values = {"bank_reference": "LUMP1", "payment_information_id": message(house), **more}
    return replace(booked("", amount, DAY), batch_count=count, **values)


def one(reference: str, amount: int, key: str, day: str = DAY, **more: Any) -> BankLine:
    return booked(reference, amount, day, bank_reference=key, **more)


def states(house: House, *lines: BankLine, kind: ReportKind = ReportKind.STATEMENT) -> None:
    """A file with these movements comes in."""
    more: dict[str, Any] = {"opening": 0, "closing": sum(line.amount for line in lines)}
    if kind is not ReportKind.STATEMENT:
        more = {}
    house.receives(BANK, report(kind, house.account(BANK), *lines, **more))


def tells(house: House, reference: str, code: str) -> None:
    house.receives(BANK, report(ReportKind.STATUS, "", status(reference, code)))


def more_money(house: House) -> BankLine:
    """A credit of unknown origin, so that the account can be debited beyond what was sent."""
    return one("", 4 * SENT, "GIFT")


def open_lump(house: House) -> int:
    return balances(house).get("unallocated", 0)


@pytest.mark.parametrize("word", ["ACSC", "ACCC", "list"])
def test_a_lump_waits_for_each_credit(house: House, word: str) -> None:
    """T8b, T8c: the sum leaves the bank at once, each payment is settled out of it by its word."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    states(house, lump(house))
    assert house.verdicts() == ["lump"]
    assert (house.state(first), open_lump(house)) == ("ready", 2 * SENT)
    assert house.batch_state(1) == "sent"
    nothing_broken(house)
    if word == "list":
        house.receives(BANK, report(ReportKind.SETTLEMENT, house.account(BANK),
                                    listed(LineKind.PAID, first, SENT, NEXT)))  # fmt: skip
    else:
        tells(house, first, word)
    assert (house.state(first), open_lump(house)) == ("settled", SENT)
    tells(house, second, "ACSC")
    assert (house.state(second), open_lump(house)) == ("settled", 0)
    assert house.batch_state(1) == "done"
    nothing_broken(house)


def test_words_before_the_lump_count_when_it_comes(house: House) -> None:
    """ACSC is only noted, ACCC credits; the sum settles both."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    tells(house, first, "ACSC")
    tells(house, second, "ACCC")
    assert [house.state(first), house.state(second)] == ["accepted", "settled"]
    states(house, lump(house, count=None, payment_information_id="", remittance=message(house)))
    assert [house.state(first), house.state(second)] == ["settled", "settled"]
    assert open_lump(house) == 0
    assert house.rows("select distinct source from outcome where state = 'settled'") == [("lump",)]
    nothing_broken(house)


def test_refused_in_a_lump_and_the_money_comes_back(house: House) -> None:
    """T9b in both orders: the status first, or the credit alone."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    states(house, lump(house))
    tells(house, first, "RJCT")
    assert (house.state(first), balances(house)["payable"]) == ("rejected", SENT)
    assert open_lump(house) == 2 * SENT
    nothing_broken(house)
    states(house, one(first, SENT, "B1", NEXT), one(second, SENT, "B2", NEXT))
    assert house.verdicts()[2:] == ["lump_back", "refused_lump"]
    assert (house.state(second), open_lump(house)) == ("rejected", 0)
    nothing_broken(house)
    states(house, one(first, SENT, "B3", "2026-09-12"), one(second, SENT, "B4", "2026-09-12"))
    assert house.verdicts()[4:] == ["credit_unknown", "credit_unknown"]
    assert balances(house)["suspense"] == 2 * SENT
    nothing_broken(house)


def test_all_that_was_refused_comes_back_as_one_sum(house: House) -> None:
    """Many to one: a credit that names the batch and is the sum of its refused payments."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    states(house, lump(house))
    tells(house, first, "RJCT")
    tells(house, second, "RJCT")
    back = lump(house, 2 * SENT, bank_reference="BACK1")
    states(house, replace(back, amount=2 * SENT - 1), back)
    assert house.verdicts()[3:] == ["credit_unknown", "lump_back_sum"]
    assert open_lump(house) == 0
    nothing_broken(house)


def test_a_lump_of_what_is_not_refused(house: House) -> None:
    """Refused before the sum was taken: it is smaller, and no money of that payment is in it."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    tells(house, first, "RJCT")
    states(house, lump(house, -SENT, 1))
    assert house.rows("select lines, amount from lump") == [(1, SENT)]
    states(house, one(first, SENT, "B1", NEXT))
    assert house.verdicts()[2] == "credit_unknown"
    tells(house, second, "ACSC")
    assert open_lump(house) == 0
    nothing_broken(house)


@pytest.mark.parametrize("change", [
    {"amount": -2 * SENT + 1}, {"batch_count": 3}, {"payment_information_id": "AS" + "0" * 32},
])  # fmt: skip
def test_what_is_not_the_batch_is_not_matched(house: House, change: dict[str, Any]) -> None:
    states(house, replace(lump(house), **change))
    assert house.verdicts() == ["debit_unknown"]
    assert open_lump(house) == 0
    nothing_broken(house)


def test_a_second_lump_is_nobodys(house: House) -> None:
    """T16: the first pays; the second stops the provider."""
    states(house, more_money(house), lump(house), lump(house, bank_reference="LUMP2"))
    assert house.rows("select verdict, pass_name from line_match order by bank_line_id")[1:] == [
        ("lump", "batch-total"), ("debit_unknown", "lump-again"),
    ]  # fmt: skip
    assert house.ask("select count(*) from hold where scope = 'provider'") == 1
    nothing_broken(house)


def test_details_of_a_lump(house: House) -> None:
    """In an advice they confirm; in a statement only under the lump's own name; else money left
    twice."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    states(house, lump(house))
    states(house, one(first, -SENT, "FT1"), kind=ReportKind.ADVICE)
    assert (house.verdicts()[1], open_lump(house)) == ("settled_lump", SENT)
    states(house, one(second, -SENT, f"LUMP1/{second}"), one(first, -SENT, "LUMP1/x"))
    assert house.verdicts()[2:] == ["settled_lump", "told_before"]
    assert open_lump(house) == 0
    nothing_broken(house)


def test_a_payment_of_a_lump_debited_on_its_own(house: House) -> None:
    first = house.reference(1, SEPTEMBER)
    states(house, more_money(house), lump(house))
    states(house, one(first, -SENT, "FT9", NEXT))
    assert house.rows("select verdict, pass_name from line_match order by bank_line_id")[2] == (
        "debit_unknown", "debit-again",
    )  # fmt: skip
    assert balances(house)["claim"] == SENT
    nothing_broken(house)


def test_advised_one_by_one_and_stated_as_a_lump(house: House) -> None:
    """The same money told twice: the statement's sum moves nothing."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    states(house, one(first, -SENT, "FT1"), one(second, -SENT, "FT2"), kind=ReportKind.ADVICE)
    states(house, lump(house))
    assert house.verdicts() == ["settled", "settled", "told_before"]
    assert balances(house)["transit"] == SENT  # person 3, in cash
    nothing_broken(house)


@pytest.mark.parametrize("named_first", [True, False])
def test_one_movement_with_and_without_reference(house: House, named_first: bool) -> None:
    """A camt.054 names the payment, a camt.053 does not: booked once, whichever came first."""
    first = house.reference(1, SEPTEMBER)
    tells(house, first, "ACSP")
    lines = [one(first, -SENT, "FT1"), one("", -SENT, "FT1")]
    for line in lines if named_first else reversed(lines):
        states(house, line)
    booked_once = "settled" if named_first else "debit_unknown"
    assert house.verdicts()[1:] == [booked_once, "told_before"]
    nothing_broken(house)


def test_by_the_banks_own_reference(house: House) -> None:
    """A status joined it with our payment; the statement has nothing else."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    for reference in (first, second):
        told = replace(status(reference, "ACSP"), bank_reference=f"FT-{reference[:4]}")
        house.receives(BANK, report(ReportKind.STATUS, "", told))
    states(house, one("", -SENT, f"FT-{first[:4]}"), one("", -SENT, "FT-OTHER"))
    assert house.verdicts()[2:] == ["settled", "debit_unknown"]
    assert (house.state(first), house.state(second)) == ("settled", "accepted")
    assert "bank-reference:reference-debit" in str(house.rows("select pass_name from line_match"))
    nothing_broken(house)


def test_a_name_that_the_bank_gave_to_two_payments_is_nobodys(house: House) -> None:
    for number in (1, 2):
        told = replace(status(house.reference(number, SEPTEMBER), "ACSP"), bank_reference="FILE1")
        house.receives(BANK, report(ReportKind.STATUS, "", told))
    states(house, one("", -SENT, "FILE1"))
    assert house.verdicts()[2] == "debit_unknown"


@pytest.mark.parametrize("where", ["remittance", "instruction_id", "reference"])
def test_our_reference_in_another_place(house: House, where: str) -> None:
    """With its check character and the equal amount, else it is nobody's."""
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    text = first.lower() if where == "instruction_id" else f"CK tro cap {first.lower()} T9"
    states(house, more_money(house), replace(one("", -SENT, "FT1"), **{where: text}))
    assert (house.verdicts()[1], house.state(first)) == ("settled", "settled")
    wrong = second[:-1] + ("A" if second[-1] != "A" else "B")
    states(house, one("", -SENT, "FT2", remittance=f"CK {wrong}"),
           one("", -SENT - 1, "FT3", remittance=f"CK {second}"))  # fmt: skip
    assert house.verdicts()[2:] == ["debit_unknown", "debit_unknown"]
    nothing_broken(house)


def test_the_month_closes_with_a_lump_open(house: House) -> None:
    """Debited and not confirmed: its payments are on their way, and the bank's balance agrees."""
    house.receives(BANK, report(ReportKind.STATEMENT, house.account(BANK), lump(house),
                                opening=2 * SENT, closing=0))  # fmt: skip
    with house.work() as session:
        reported = reported_balances(session, house.clock.now().date().replace(day=30))
        cells = closing.compute(session, SEPTEMBER, paid_in(session, SEPTEMBER), reported)
    (cell,) = [one for place, one in cells.items() if place.provider == BANK]
    assert cell.closes, cell
    assert (cell.balance, cell.in_transit, cell.reported_balance) == (2 * SENT,) * 3


def test_the_database_keeps_it(house: House) -> None:
    """No sum without its line, no outcome out of no sum, nothing the target of two lines."""
    first = house.reference(1, SEPTEMBER)
    states(house, one(first, -SENT, "FT1"), one("", -SENT, "X"))
    forged = (
        "insert into lump values (1, 2, 2, 1000000, '2026-09-10', 1, '2026-09-10T00:00:00Z', 0)",
        "insert into outcome (instruction_id, state, report_id, source, word, evidence, reason,"
        " happened_on, posted_on, recorded_at, entry_id) values (2, 'settled', 1, 'lump', '*',"
        " 'lump', '', '2026-09-10', '2026-09-10', '2026-09-10T00:00:00Z', 1)",
        "insert into lump_left_out values (2, 1)",
        "update line_match set verdict = 'settled', target_id = 1 where bank_line_id = 2",
        "insert into line_match values (2, 'settled', 'x', 1, 'x', 0)",
    )
    before = house.count(outcome)
    for statement in forged:
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    assert house.count(outcome) == before


KINDS = ("lump", "first", "second", "again", "fee", "nobody", "text", "lower", "gift")


@settings(max_examples=12, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.sampled_from(KINDS), min_size=2, max_size=6), st.randoms())
def test_the_order_of_lines_says_nothing(house: House, kinds: list[str], dice: Any) -> None:
    """Shuffled lines get the same verdicts, no line two targets, no target two lines of a kind,
    and the books have moved by what the bank has moved."""
    made = [_made(house, kind, place) for place, kind in enumerate(kinds)]
    shuffled = list(made)
    dice.shuffle(shuffled)
    assert _tried(house, made) == _tried(house, shuffled)


def _made(house: House, kind: str, place: int) -> BankLine:
    first, second = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    key = f"K{place}"
    return {
        "lump": lump(house, bank_reference=key),
        "first": one(first, -SENT, key),
        "second": one(second, -SENT, key),
        "again": one(first, -SENT, key),
        "fee": one("", -11_000, key, remittance="PHI DICH VU"),
        "nobody": one("", -SENT, key, remittance="ABC"),
        "text": one("", -SENT, key, remittance=f"CK {second}"),
        "lower": one("", SENT, key, remittance=f"HOAN TRA {first}"),
        "gift": one("", SENT, key, remittance="CHUYEN NHAM"),
    }[kind]


def _tried(house: House, made: list[BankLine]) -> list[tuple[Any, ...]]:
    """What a file of these lines does, which is then taken back: (kind of line, verdict, target)
    in no order. Lines that are alike may change places."""
    now = house.later()
    rows = [one("", 9 * SENT, "GIFT"), *made]
    told = report(ReportKind.ADVICE, house.account(BANK), *rows)
    with house.work() as session, session.begin_nested() as trial:
        intake.receive(session, BANK, f"{now}", f"{now.timestamp():064.0f}", 1, now)
        (file_id, *_) = intake.waiting(session, "received")[-1]
        lines.read_reports(session, file_id, BANK, iter([told]), now.date())
        before = _money(session)
        process(session, file_id, now)
        query = select(bank_line.c.amount, bank_line.c.reference, bank_line.c.remittance,
                       line_match.c.verdict, line_match.c.pass_name,
                       line_match.c.target_id).join(line_match)  # fmt: skip
        found = [tuple(row) for row in session.execute(query)]
        moved = sum(row[0] for row in found if row[3] not in ("told_before", "settled_lump"))
        assert _money(session) - before == moved
        used = [row[3:] for row in found if row[3] in ("settled", "returned", "lump")]
        assert len({(one[0], one[2]) for one in used}) == len(used)
        assert all(one.ok for one in (prove_open_instructions(session), prove_lumps(session)))
        trial.rollback()
    return sorted(map(repr, found))


def _money(session: Any) -> int:
    return -sum(one.balance for one in account_balances(session, kinds=("bank",)))
