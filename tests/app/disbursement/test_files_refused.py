"""A file that a provider refuses as a whole: what that says of its payments, whenever it comes.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

import pytest

from tests.app.disbursement.evidence_office import office_promises, refused_file, said
from tests.app.disbursement.test_evidence import SENT, held
from tests.factories import BANK, SEPTEMBER, House, september_sent
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


@pytest.mark.parametrize("promised", [False, True])
def test_a_file_refused_as_a_whole(house: House, promised: bool) -> None:
    """U6: of its payments that says nothing, unless the bank takes a file whole or not at all."""
    if promised:
        office_promises(house, BANK, "all_or_nothing")
    one = house.reference(1, SEPTEMBER)
    refused_file(house, 1, "RJCT", "")
    wanted = ("rejected", "done") if promised else ("ready", "in_doubt")
    assert (house.state(one), house.batch_state(1)) == wanted
    assert (balances(house)["payable"] == 2 * SENT) == promised
    assert held(house) == ([] if promised else [("provider", BANK)])
    nothing_broken(house)


@pytest.mark.parametrize("reason", ["DUPL", "AM05"])
@pytest.mark.parametrize("doubted", [False, True])
def test_a_file_that_was_had_before(house: House, reason: str, doubted: bool) -> None:
    """It proves that the first one came: nothing is rejected, promise or not; a case is opened."""
    office_promises(house, BANK, "all_or_nothing")
    if doubted:
        house.tamper("update batch set state = 'in_doubt' where id = 1")
        house.tamper(
            "insert into batch_event (batch_id, seq, state, at, actor, evidence)"
            " select 1, 90, 'in_doubt', built_at, 'test', 'timeout' from batch where id = 1"
        )
    refused_file(house, 1, "RJCT", reason)
    assert (house.state(house.reference(1, SEPTEMBER)), house.batch_state(1)) == (
        "ready", "answered",
    )  # fmt: skip
    assert house.rows("select kind, batch_id from bank_case") == [("duplicate", 1)]
    assert held(house) == ([] if doubted else [("provider", BANK)])
    nothing_broken(house)


@pytest.mark.parametrize("promised", [False, True])
def test_a_file_refused_after_it_was_acknowledged(house: House, promised: bool) -> None:
    """The receipt comes first and the refusal a day later: it counts as it would have before."""
    if promised:
        office_promises(house, BANK, "all_or_nothing")
    refused_file(house, 1, "ACTC", "")
    assert house.batch_state(1) == "answered"
    refused_file(house, 1, "RJCT", "")
    wanted = ("rejected", "done") if promised else ("ready", "in_doubt")
    assert (house.state(house.reference(1, SEPTEMBER)), house.batch_state(1)) == wanted
    assert held(house) == ([] if promised else [("provider", BANK)])
    nothing_broken(house)


def test_a_repetition_nobody_of_us_made_is_told_after_the_receipt_too(house: House) -> None:
    """Whichever of the two words comes first: a case, and the provider stops."""
    refused_file(house, 1, "ACTC", "")
    refused_file(house, 1, "RJCT", "DUPL")
    assert (house.state(house.reference(1, SEPTEMBER)), house.batch_state(1)) == (
        "ready", "answered",
    )  # fmt: skip
    assert house.rows("select kind, batch_id from bank_case") == [("duplicate", 1)]
    assert held(house) == [("provider", BANK)]
    nothing_broken(house)


def test_a_refusal_after_a_second_handing_over_proves_nothing(house: House) -> None:
    """It may be the repetition that is refused, whatever reason is given: the first may be paid."""
    office_promises(house, BANK, "all_or_nothing")
    event = (
        "insert into batch_event (batch_id, seq, state, at, actor, evidence)"
        " select 1, {}, '{}', built_at, 'test', '{}' from batch where id = 1"
    )
    house.tamper("update batch set state = 'in_doubt' where id = 1")
    house.tamper(event.format(90, "in_doubt", "timeout"))
    house.tamper(event.format(91, "sending", "dedupe:MsgId"))
    house.tamper(event.format(92, "in_doubt", "timeout"))
    refused_file(house, 1, "RJCT", "MS03")
    assert (house.state(house.reference(1, SEPTEMBER)), house.batch_state(1)) == (
        "ready", "in_doubt",
    )  # fmt: skip
    assert held(house) == [("provider", BANK)]
    nothing_broken(house)


@pytest.mark.parametrize("word", ["ACCP", "booked_debit"])
def test_a_refusal_of_a_file_of_which_a_payment_was_taken(house: House, word: str) -> None:
    """A bank that promised to take all or nothing, and took one: no other one is given up."""
    office_promises(house, BANK, "all_or_nothing")
    said(house, house.reference(1, SEPTEMBER), word)
    refused_file(house, 1, "RJCT", "MS03")
    assert house.state(house.reference(2, SEPTEMBER)) == "ready"
    assert held(house) == [("provider", BANK)]
    nothing_broken(house)
