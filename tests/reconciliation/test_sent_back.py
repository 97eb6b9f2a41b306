"""Money of unknown origin that went back: the debit is placed on the credit, by two (T13x)."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.workbench.suggesting import suggest
from app.errors import NotFound, Refused
from tests.app.disbursement.evidence_office import debit
from tests.factories import SEPTEMBER, House, september_sent
from tests.reconciliation.desk import NEXT, SENT, bare, came, match, matching, unmatch, waits
from tests.reconciliation.test_withdrawing import held
from tests.reconciliation.test_workbench import proof_holds
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


def test_it_waits_no_more_and_waits_again(house: House) -> None:
    """Neither the credit nor the debit is left in the books; taken back, both wait again."""
    before = held(house)
    credit = came(house, bare(70_000, "C1"))
    sent = came(house, bare(-70_000, "D1", NEXT, remittance="HOAN TRA LENH NHAM"))
    with house.work() as session:
        (found,) = (one for one in suggest(session, sent) if one.parts[0][0].startswith("credit"))
    assert found.parts == ((f"credit:{credit}", 70_000),)
    for _ in range(2):
        match(house, sent, *found.parts)
        assert (waits(house), held(house)) == ([], before)
        proof_holds(house)
        unmatch(house, sent)
        assert [one[:3] for one in waits(house)] == [
            (credit, "credit_unknown", 70_000), (sent, "debit_unknown", -70_000),
        ]  # fmt: skip
        proof_holds(house)
    nothing_broken(house)


def test_the_banks_own_mistake_put_right(house: House) -> None:
    """A debit that was never ordered came first, its correction after it: the same two lines."""
    sent = came(house, bare(-SENT, "D1"))
    credit = came(house, bare(SENT, "C1", NEXT))
    match(house, sent, (f"credit:{credit}", SENT))
    assert waits(house) == []
    assert not {"suspense", "unexplained"} & held(house).keys()
    proof_holds(house)


def test_only_a_debit_on_a_credit_that_waits_whole(house: House) -> None:
    credit, other = came(house, bare(70_000, "C1")), came(house, bare(70_000, "C2"))
    less, sent = came(house, bare(-69_999, "D1")), came(house, bare(-70_000, "D2"))
    paid = came(house, debit(house.reference(1, SEPTEMBER)))
    for line, target, error in (
        (less, credit, Refused), (other, credit, Refused), (sent, less, NotFound),
        (sent, paid, NotFound), (sent, 999, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            matching(house, line, (f"credit:{target}", 0))
    match(house, sent, (f"credit:{credit}", 0))
    with pytest.raises(NotFound):
        matching(house, less, (f"credit:{credit}", 0))
    with pytest.raises(DBAPIError):
        house.tamper(
            "insert into line_part (proposal_id, ordinal, verdict, target_id, amount, was) select"
            f" proposal_id, 9, verdict, {other}, amount + 1, was from line_part"
        )
