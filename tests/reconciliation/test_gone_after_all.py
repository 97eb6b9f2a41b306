"""A payment that was closed as not gone and went: its debit is placed on it by two (T14m)."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from app.disbursement.workbench import targets
from app.disbursement.workbench.suggesting import suggest
from app.errors import Refused
from app.jobs.payrolls import open_follow_ups
from tests.app.disbursement.evidence_office import back, debit, said
from tests.app.disbursement.test_horizon import confirm, proven
from tests.factories import SEPTEMBER, House, september_sent
from tests.reconciliation.desk import SENT, came, match, matching, unmatch, waits
from tests.reconciliation.test_withdrawing import held
from tests.reconciliation.test_workbench import proof_holds
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


def late(house: House) -> tuple[str, int]:
    """A payment that the bank refused and debited all the same; its reference and the line."""
    one = house.reference(1, SEPTEMBER)
    said(house, one, "RJCT")
    line = came(house, debit(one))
    assert (house.state(one), house.verdicts()[-1]) == ("rejected", "debit_unknown")
    return one, line


def test_it_is_settled_and_owed_no_more(house: House) -> None:
    """Taken back it is owed again; placed again the books are the same; what comes back returns."""
    one, line = late(house)
    before = held(house)
    with house.work() as session:
        assert suggest(session, line)[0].parts == ((one, SENT),)
    match(house, line, (one, 0))
    placed = held(house)
    assert (house.state(one), waits(house), placed.get("payable", 0)) == ("settled", [], 0)
    proof_holds(house)
    house.later()
    open_follow_ups(house.runtime, SEPTEMBER)
    assert house.payrolls(SEPTEMBER, "draft") == []
    unmatch(house, line)
    assert (house.state(one), held(house)) == ("rejected", before)
    proof_holds(house)
    match(house, line, (one, 0))
    assert (house.state(one), held(house)) == ("settled", placed)
    came(house, back(one))
    assert (house.state(one), held(house)["payable"]) == ("returned", SENT)
    nothing_broken(house)


def test_what_two_had_found_never_to_have_come(house: House) -> None:
    proven(house)
    confirm(house)
    one = house.reference(1, SEPTEMBER)
    line = came(house, debit(one))
    match(house, line, (one, 0))
    assert house.state(one) == "settled"
    unmatch(house, line)
    assert house.state(one) == "not_received"
    nothing_broken(house)


@pytest.mark.parametrize("built", [False, True])
def test_not_while_it_is_paid_anew(
    house: House, built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a list, and in another order: refused with what to do; the latter by the database too."""
    proven(house)
    confirm(house)
    house.later()
    open_follow_ups(house.runtime, SEPTEMBER)
    ids = house.payrolls(SEPTEMBER, "draft")
    one = house.reference(1, SEPTEMBER)
    if built:
        house.submit(ids)
        house.approve("check", ids)
        house.approve("approve", ids)
        house.build(SEPTEMBER)
    line = came(house, debit(one))
    with pytest.raises(Refused, match="lệnh thay thế" if built else "để chi lại"):
        matching(house, line, (one, 0))
    if built:
        monkeypatch.setattr(targets, "require_not_paid_anew", lambda *_: None)
        with pytest.raises(DBAPIError, match="a target of this line"):
            match(house, line, (one, 0))


def test_nobody_moves_it_alone(house: House) -> None:
    one, line = late(house)
    for state in ("settled", "ready", "accepted"):
        with pytest.raises(DBAPIError):
            house.tamper(f"update instruction set state = '{state}' where reference = '{one}'")
    match(house, line, (one, 0))
    with pytest.raises(DBAPIError, match="two officers"):
        house.tamper(f"update instruction set state = 'rejected' where reference = '{one}'")
