"""What comes after a line was placed by hand: lists, recalls, sums of a batch, a fee agreed anew.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from app.disbursement.funding import receive
from app.disbursement.recall import Request, ask_recall, recall_answered
from app.disbursement.tables import funding_request
from app.errors import Conflict, InputError, NotFound, Refused
from app.jobs.accounts import list_again
from tests.app.disbursement.test_charges import agreed
from tests.factories import BANK, SEPTEMBER, House, booked, september_sent
from tests.reconciliation.desk import (
    DAY,
    NEXT,
    SENT,
    bare,
    came,
    match,
    matching,
    newest,
    signer,
    unmatch,
)
from tests.reconciliation.test_lumps import lump, more_money, states
from tests.reconciliation.test_workbench import proof_holds
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


def test_a_sum_that_holds_a_payment_placed_by_hand_is_not_its_batch(house: House) -> None:
    """As where the matcher had booked it: the bank takes that payment a second time."""
    one = house.reference(1, SEPTEMBER)
    line = came(house, more_money(house), bare())
    match(house, line, (one, 0))
    states(house, lump(house))
    verdict = f"select verdict from line_match where bank_line_id = {newest(house)}"
    assert (house.ask(verdict), house.state(one)) == ("debit_unknown", "settled")
    proof_holds(house)
    unmatch(house, line)
    states(house, lump(house, bank_reference="LUMP2"))
    verdict = f"select verdict from line_match where bank_line_id = {newest(house)}"
    assert house.ask(verdict) == "lump"
    nothing_broken(house)


def test_a_return_on_a_list_again_is_not_taken_back(house: House) -> None:
    """Else the whole list could not be sent: what it is to pay would be settled."""
    one = house.reference(1, SEPTEMBER)
    came(house, booked(one, -SENT, DAY))
    line = came(house, bare(SENT, day=NEXT, reason="AC04"))
    match(house, line, (one, 0))
    house.on(NEXT, "09:00")
    list_again(house.runtime, SEPTEMBER)
    (again,) = house.rows("select id from payroll where kind = 'follow_up'")
    with pytest.raises(Refused, match=f"danh sách số {again[0]}"):
        unmatch(house, line)
    house.submit(again)
    for step in ("check", "approve"):
        house.approve(step, again)
    with pytest.raises(Refused, match=f"danh sách số {again[0]}"):
        unmatch(house, line)
    assert house.build(SEPTEMBER) != []
    nothing_broken(house)


def test_a_payment_that_is_being_recalled_is_not_taken_back(house: House) -> None:
    one = house.reference(1, SEPTEMBER)
    line = came(house, bare())
    match(house, line, (one, 0))
    with house.work() as session:
        asked = Request(one, "trả nhầm kỳ", still_due=True)
        who = signer(house, "finance.one")
        number = ask_recall(session, house.keyring, who, asked, house.clock.now())
    with pytest.raises(Refused, match="thu hồi"):
        unmatch(house, line)
    with house.work() as session:
        who, now = signer(house, "finance.one"), house.clock.now()
        recall_answered(session, house.keyring, who, number, "không thu hồi được", now)
    unmatch(house, line)
    assert house.state(one) == "ready"
    nothing_broken(house)


def test_a_fee_agreed_anew_is_no_second_fee_of_the_month(house: House) -> None:
    agreed(house, "month", 11_000, is_borne=True)
    agreed(house, "month", 12_000, is_borne=True, valid_from=date(2026, 9, 15))
    line = came(house, bare(-11_000, "F1"))
    match(house, line, ("fee:month", 0))
    by_hand = came(house, bare(-12_000, "F2", "2026-09-20"))
    with pytest.raises(NotFound, match="không cho trừ phí"):
        matching(house, by_hand, ("fee:month", 0))
    came(house, bare(-12_000, "F3", "2026-09-21", remittance="PHI DICH VU"),
         bare(-12_000, "F4", "2026-10-01", remittance="PHI DICH VU"))  # fmt: skip
    assert house.verdicts()[-2:] == ["fee", "fee_month"]
    proof_holds(house)


def test_the_treasurys_money_comes_once(house: House) -> None:
    """Two at once: by the matcher and by hand, each with a key of its own."""
    with house.work() as session:
        row = session.execute(funding_request.select()).first()
        place = {"unit_code": "01273", "programme": "pension", "fund": "local"}
        told = SimpleNamespace(**row._mapping, **place, provider=BANK, holds_advance=0)
        with pytest.raises(Conflict, match="vừa được ghi nhận"):
            receive(session, told, date(2026, 9, 10), "bank-line:1", house.clock.now(), "k")


@pytest.mark.parametrize("word", ["", " ", ":", "fee:", "slip:", "claim:" + "9" * 30, "claim:-1"])
def test_a_word_that_names_nothing(house: House, word: str) -> None:
    line = came(house, bare())
    with pytest.raises((InputError, NotFound)):
        matching(house, line, (word, 0))
