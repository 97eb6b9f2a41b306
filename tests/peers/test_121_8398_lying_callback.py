"""global-121/121-platform#8398: callbacks lie or are lost (there MTN's were given up for polling).

A word about a payment moves it only when it is about that payment: its reference, its amount, and
from the provider that has it; and money moves by the statement alone. The words come in a file
here; `test_121_8398_over_the_hook.py` has them come as calls.
"""

from __future__ import annotations

import pytest

from app.jobs.collecting import collect_and_apply
from app.jobs.sending import send_batches
from tests.app.disbursement.test_sending import september_released
from tests.bank_adapters.camt_maker import money
from tests.factories import SEPTEMBER
from tests.peers.forgetful import World
from tests.peers.test_121_timeout_is_no_failure import statement
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_released)

FRAME = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
    "<GrpHdr><MsgId>{name}</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>"
    "</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>"
    "<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}"
    "{amount}</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
)


def sent(world: World) -> str:
    """Person 1's payment has left the house; its reference."""
    send_batches(world.runtime)
    world.house.later()
    return world.house.reference(1, SEPTEMBER)


def told(world: World, name: str, reference: str, status: str, **more: str) -> str:
    """The bank's word comes in and is judged; gives its verdict."""
    amount = more.get("amount", "")
    if amount:
        value = money(amount).partition("<CdtDbtInd>")[0].replace("Amt", "InstdAmt")
        amount = f"<OrgnlTxRef><Amt>{value}</Amt></OrgnlTxRef>"
    reason = (
        f"<StsRsnInf><Rsn><Cd>{more['reason']}</Cd></Rsn></StsRsnInf>" if "reason" in more else ""
    )
    message = world.house.ask("select message_id from batch where id = 1")
    text = FRAME.format(
        name=name, message=message, reference=reference, status=status, reason=reason, amount=amount
    )
    world.bank.answers(f"{name}.xml", text.encode())
    collect_and_apply(world.runtime)
    return world.house.verdicts()[-1]


@pytest.mark.parametrize("status", ["ACCC", "ACSC", "ACSP", "RJCT"])
def test_another_amount_moves_nothing(world: World, status: str) -> None:
    one = sent(world)
    before = balances(world.house)
    assert told(world, "L1", one, status, amount="499999", reason="AC04") == "conflict"
    assert (world.house.state(one), balances(world.house)) == ("ready", before)
    nothing_broken(world.house)


def test_a_payment_that_another_provider_has_is_not_moved(world: World) -> None:
    """The bank speaks of what the post office pays, and of what nobody ever sent."""
    house = world.house
    sent(world)
    cash = house.reference(3, SEPTEMBER)
    assert cash != ""
    assert told(world, "L2", cash, "ACCC", amount="500000") == "noted"
    assert house.state(cash) == "ready"
    assert told(world, "L3", "NEVERSENTBYUS012", "RJCT", reason="AC04") == "noted"
    nothing_broken(house)


def test_failed_then_the_money_is_gone(world: World) -> None:
    """A refusal that was a lie: the statement shows the debit; the next attempt is held at once."""
    house = world.house
    one = sent(world)
    assert told(world, "L4", one, "RJCT", reason="AC04") == "rejected"
    world.bank.answers("STM.xml", statement(world, 1, 2))
    collect_and_apply(world.runtime)
    assert house.rows("select kind, state from bank_case") == [("late_settlement", "open")]
    assert house.ask("select count(*) from hold where scope = 'instruction'") == 1
    assert balances(house)["unexplained"] == 500_000
    nothing_broken(house)


def test_paid_and_then_failed_moves_no_money_back(world: World) -> None:
    """After the debit a refusal is a contradiction: the money stays where the statement has it."""
    house = world.house
    one = sent(world)
    world.bank.answers("STM.xml", statement(world, 1, 2))
    collect_and_apply(world.runtime)
    before = balances(house)
    house.later()
    assert told(world, "L5", one, "RJCT", reason="AC04") == "conflict"
    assert (house.state(one), balances(house)) == ("settled", before)
    nothing_broken(house)


def test_the_same_word_again_and_in_another_order(world: World) -> None:
    """ACSP after ACCC, ACCC twice: what is known stays known."""
    house = world.house
    one = sent(world)
    told(world, "L6", one, "ACCC")
    told(world, "L7", one, "ACSP")
    told(world, "L8", one, "ACCC")
    assert house.state(one) == "settled"
    assert house.ask("select count(*) from outcome") == 1
    nothing_broken(house)
