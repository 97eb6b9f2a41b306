"""The debit of a whole batch, taken back by two finance officers.

Person 1 and 2 were sent 500.000 đồng each through the bank in one batch, person 3 the same in cash.
"""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.horizon import DEBITED, horizon_of
from app.disbursement.recall import Request, ask_recall
from app.disbursement.workbench import moved_on
from app.disbursement.workbench.proposing import unmatch_draft
from app.errors import Refused
from bank_adapters.contract import ReportKind
from tests.factories import BANK, SEPTEMBER, House, report, september_sent
from tests.reconciliation.desk import (
    SENT,
    came,
    confirmed,
    match,
    newest,
    proposed,
    signer,
    unmatch,
    waits,
)
from tests.reconciliation.test_lumps import NEXT, lump, more_money, one, open_lump, states, tells
from tests.reconciliation.test_withdrawing import held, refused
from tests.reconciliation.test_workbench import proof_holds
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


def pair(house: House) -> tuple[str, str]:
    return house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)


def stands(house: House) -> list[tuple[int, int]]:
    return [tuple(row) for row in house.rows(
        "select bank_line_id, case when withdrawn_by = 0 then 1 else 0 end from lump order by 1"
    )]  # fmt: skip


def test_nobody_was_confirmed_yet(house: House) -> None:
    """The sum is back in suspense and the batch as it was; the right sum is taken after it."""
    line = came(house, more_money(house), lump(house))
    before = held(house)
    unmatch(house, line)
    assert stands(house) == [(line, 0)]
    assert waits(house)[1:] == [(line, "debit_unknown", -2 * SENT, "finance")]
    assert (open_lump(house), balances(house)["unexplained"]) == (0, 2 * SENT)
    assert [house.state(each) for each in pair(house)] == ["ready", "ready"]
    assert house.rows("select scope, key from hold") == [("provider", BANK)]
    with house.database.view() as session:
        assert DEBITED not in horizon_of(session, 1).missing
    proof_holds(house)
    again = came(house, lump(house, bank_reference="LUMP2"))
    assert (house.verdicts()[-1], stands(house)) == ("lump", [(line, 0), (again, 1)])
    assert open_lump(house) == before["unallocated"]
    nothing_broken(house)


def test_whom_the_bank_had_called_credited(house: House) -> None:
    """Settled with the sum: one on a word that pays, one on a word that was only noted."""
    first, second = pair(house)
    tells(house, first, "ACSC")
    tells(house, second, "ACCC")
    came(house, more_money(house))
    told = held(house)
    line = came(house, lump(house))
    assert house.batch_state(1) == "done"
    done = held(house)
    unmatch(house, line)
    assert [house.state(first), house.state(second)] == ["accepted", "settled"]
    assert (house.batch_state(1), held(house)["transit"]) == ("answered", told["transit"])
    kept = "select count(*) from outcome where source = 'lump' and undone_by > 0"
    assert house.ask(kept) == 2
    proof_holds(house)
    match(house, line, (first, SENT), (second, SENT))  # the same debit, payment by payment
    assert held(house) == done
    assert (house.batch_state(1), len(waits(house))) == ("done", 1)
    proof_holds(house)
    unmatch(house, line)
    came(house, lump(house, bank_reference="LUMP2"))
    assert [house.state(first), house.state(second), house.batch_state(1)] == [
        "settled", "settled", "done",
    ]  # fmt: skip
    nothing_broken(house)


def test_a_part_of_the_batch_and_then_the_whole_of_it(house: House) -> None:
    """What the first sum left out the second one holds, and gives back."""
    first, second = pair(house)
    tells(house, first, "RJCT")
    line = came(house, more_money(house), lump(house, -SENT, 1))
    unmatch(house, line)
    proof_holds(house)
    states(house, lump(house, bank_reference="LUMP2"))
    assert open_lump(house) == 2 * SENT
    nothing_broken(house)
    states(house, one(first, SENT, "B1", NEXT))
    tells(house, second, "ACSC")
    assert (open_lump(house), house.state(second)) == (0, "settled")
    nothing_broken(house)


@pytest.mark.parametrize("word", ["ACSC", "back", "sum back"])
def test_what_followed_makes_it_stay(
    house: House, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word of its own settled a payment out of the sum, or its money came back; the database
    refuses as well."""
    first, _ = pair(house)
    line = came(house, lump(house))
    if word == "back":
        states(house, one(first, SENT, "B1", NEXT))
    elif word == "sum back":
        tells(house, first, "RJCT")
        states(house, lump(house, SENT, 1, bank_reference="BACK"))
        assert house.verdicts()[-1] == "lump_back_sum"
    else:
        tells(house, first, word)
    refused(house, line, "đã đi tiếp từ khoản ghi nợ cả lô")
    monkeypatch.setattr(moved_on, "require_lump_still", lambda *_: None)
    with pytest.raises((DBAPIError, Refused)):
        unmatch(house, line)
    assert stands(house) == [(line, 1)]
    nothing_broken(house)


def test_settled_with_it_and_being_recalled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = pair(house)
    tells(house, first, "ACSC")
    line = came(house, lump(house))
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm")
    early = proposed(house, draft)
    with house.work() as session:
        request = Request(first, "trả nhầm kỳ", still_due=True)
        ask_recall(session, house.keyring, signer(house, "finance.one"), request,
                   house.clock.now())  # fmt: skip
    with pytest.raises(Refused, match="đã đi tiếp"):
        confirmed(house, early)
    monkeypatch.setattr(moved_on, "require_lump_still", lambda *_: None)
    with pytest.raises(DBAPIError, match="moved on"):
        confirmed(house, early)
    assert stands(house) == [(line, 1)]


def test_details_are_not_taken_back_by_themselves(house: House) -> None:
    first, _ = pair(house)
    states(house, lump(house))
    states(house, one(first, SENT, "B1", NEXT))
    assert house.verdicts()[-1] == "refused_lump"
    refused(house, newest(house), "không phải là dòng đã ghép")


def test_nobody_alone(house: House) -> None:
    """A sum is marked by what two officers wrote, and only once."""
    line = came(house, lump(house))
    for forged in (
        f"update lump set withdrawn_by = 1 where bank_line_id = {line}",
        f"update lump set amount = 1 where bank_line_id = {line}",
        f"delete from lump where bank_line_id = {line}",
    ):
        with pytest.raises(DBAPIError):
            house.tamper(forged)
    unmatch(house, line)
    with pytest.raises(DBAPIError, match="two officers"):
        house.tamper("update lump set withdrawn_by = 0")


def test_a_statement_that_tells_the_sum_again(house: House) -> None:
    """An advice brought it and it was taken back: the statement is the same line, told before."""
    line = came(house, lump(house))
    unmatch(house, line)
    sum_again = lump(house)
    house.receives(BANK, report(ReportKind.STATEMENT, house.account(BANK), sum_again,
                                opening=0, closing=sum_again.amount))  # fmt: skip
    assert (newest(house), stands(house)) == (line, [(line, 0)])
    nothing_broken(house)
