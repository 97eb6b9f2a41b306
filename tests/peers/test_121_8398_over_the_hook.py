"""global-121/121-platform#8398 over the web hook: a callback that lies, signed or not.

A call moves a payment no further than the bank's word in a file would: about that payment alone, in
its amount, to its account; unsigned it is not even kept. A lie that money contradicts is a case.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bank_adapters.contract import ReportKind
from tests.app.disbursement.evidence_office import debit
from tests.factories import BANK, SEPTEMBER, House, report, september_sent
from tests.support.calling import Line, judged, line, may_call, receiving, ring, said
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


@pytest.fixture
def bank(house: House) -> Iterator[Line]:
    may_call(house)
    with receiving(house) as port, line(port) as one:
        yield one


def tell(house: House, bank: Line, reference: str, status: str, **more: object) -> str:
    """The bank calls, and what it said is judged; gives the verdict."""
    now = house.later()
    call = ring(f"evt_{now:%d%H%M%S}", said(reference, status, **more), now)
    assert bank.send(call) == 200
    judged(house)
    return house.verdicts()[-1]


def test_a_stranger_who_calls_is_not_kept(house: House, bank: Line) -> None:
    one, now = house.reference(1, SEPTEMBER), house.later()
    assert bank.send(ring("evt_1", said(one, "ACCC"), now, b"x" * 32)) == 401
    judged(house)
    assert house.ask("select count(*) from inbound_event") == 0
    assert house.state(one) == "ready"


@pytest.mark.parametrize("status", ["ACCC", "RJCT"])
@pytest.mark.parametrize("lie", [{"amount": 499_999}, {"account": "9990001112223"}])
def test_another_amount_or_account_moves_nothing(
    house: House, bank: Line, status: str, lie: dict[str, object]
) -> None:
    one, before = house.reference(1, SEPTEMBER), balances(house)
    assert tell(house, bank, one, status, **lie) == "conflict"
    assert (house.state(one), balances(house)) == ("ready", before)
    assert house.rows("select scope from hold where cleared_at is null") == [("instruction",)]
    nothing_broken(house)


def test_failed_and_then_the_money_is_gone(house: House, bank: Line) -> None:
    """The call said no; the account shows the debit: the next attempt is held at once."""
    one = house.reference(1, SEPTEMBER)
    assert tell(house, bank, one, "RJCT", reason="AC04") == "rejected"
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), debit(one)))
    assert house.rows("select kind, state from bank_case") == [("late_settlement", "open")]
    assert house.ask("select count(*) from hold where scope = 'instruction'") == 1
    nothing_broken(house)


def test_paid_by_the_call_and_never_debited_stays_on_its_way(house: House, bank: Line) -> None:
    """Settled by a word alone: nothing is posted, the money counts as on its way."""
    one, before = house.reference(1, SEPTEMBER), balances(house)
    assert tell(house, bank, one, "ACCC") == "credited"
    assert (house.state(one), balances(house)) == ("settled", before)
    nothing_broken(house)
