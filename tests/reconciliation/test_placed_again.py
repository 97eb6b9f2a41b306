"""Placed, taken back, placed again, in any order: at the end the books are the same to the đồng.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from random import Random

import pytest

from app.errors import AnSinhError
from tests.app.disbursement.evidence_office import back, debit
from tests.app.disbursement.test_charges import agreed
from tests.factories import SEPTEMBER, House, september_sent
from tests.reconciliation.desk import bare, came, match, unmatch, waits
from tests.reconciliation.test_withdrawing import held
from tests.reconciliation.test_workbench import proof_holds
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
ROUNDS = 14


@pytest.mark.parametrize("seed", [7, 2026])
def test_the_books_are_the_same(house: House, seed: int) -> None:
    """By the matcher first, then as the dice fall; what an order does not allow changes nothing."""
    dice = Random(seed)
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    agreed(house, "month", 8_800, is_borne=True)
    last = came(house, debit(one), debit(two))
    targets = {last - 1: one, last: two}
    last = came(house, back(one))
    targets |= {last: one, came(house, bare(-8_800, "F1", remittance="PHI DICH VU")): "fee:month"}
    assert house.verdicts() == ["settled", "settled", "returned", "fee_month"]
    wanted = held(house)
    done = sum(turned(house, line, targets[line]) for line in dice.choices([*targets], k=ROUNDS))
    assert done > ROUNDS // 3
    nothing_broken(house)
    for line in sorted(row[0] for row in waits(house)):
        match(house, line, (targets[line], 0))
    assert (held(house), house.state(one), house.state(two)) == (wanted, "returned", "settled")
    proof_holds(house)


def turned(house: House, line: int, target: str) -> bool:
    """Place a line that waits, take one back that stands; False where it is not its turn."""
    before = held(house), waits(house)
    try:
        if line in {row[0] for row in before[1]}:
            match(house, line, (target, 0))
        else:
            unmatch(house, line)
    except AnSinhError:
        assert (held(house), waits(house)) == before
        return False
    return True
