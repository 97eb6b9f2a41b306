"""OCA/account-payment#519: a file of returns holds lines with code 0000, which means success; read
as returns they open a debt that was paid, and it is paid again.

What a file is called says nothing about its lines. Each line is judged by its own words, and a
list that contradicts itself is not acted upon at all.
"""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from app.jobs.collecting import collect_and_apply
from app.jobs.payrolls import open_follow_ups
from app.jobs.sending import send_batches
from bank_adapters.filelist.adapter import ANSWER
from tests.app.disbursement.test_sending import september_released
from tests.factories import POST, SEPTEMBER
from tests.peers.forgetful import World
from tests.support.standing import balances, nothing_broken

pytestmark = pytest.mark.stage(of=september_released)

TRANSACTION = (
    "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>{}</TxSts><StsRsnInf><Rsn>"
    "<{kind}>{}</{kind}></Rsn></StsRsnInf></TxInfAndSts>"
)


def rejects(world: World) -> bytes:
    """A "file of rejects": person 1 was refused, person 2 succeeded with code 0000."""
    message = world.house.ask("select message_id from batch where id = 1")
    one, two = (world.house.reference(number, SEPTEMBER) for number in (1, 2))
    lines = TRANSACTION.format(one, "RJCT", "AC04", kind="Cd")
    lines += TRANSACTION.format(two, "ACCC", "0000", kind="Prtry")
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>REJECTS-1</MsgId></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><GrpSts>PART</GrpSts>"
        f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>{lines}"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def unpaid_list(world: World, result: str, reason: str) -> bytes:
    """The post office's answer: its one line stands under "Chưa chi" with this result."""
    house = world.house
    message, total = house.rows("select message_id, total from batch where id = 2")[0]
    book = Workbook()
    book.remove(book.active)
    values = (message, house.account(POST), "18/09/2026", 1, total, "UBND", total)
    (paid, _), (unpaid, _) = ANSWER.sheets
    for name in (paid, unpaid):
        sheet = book.create_sheet(name)
        for (label, _), value in zip(ANSWER.head, values, strict=True):
            sheet.append([label, value])
        sheet.append([heading for heading, _ in ANSWER.columns])
    reference = house.reference(3, SEPTEMBER)
    book[unpaid].append(
        [1, reference, "NGUOI", total, "Tiền mặt", result, reason, "18/09/2026", ""]
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def comes_in(world: World, content: bytes) -> str:
    """The post office lays a list out; what became of the file."""
    folder = world.house.home / POST / "out"
    (folder / "KQ.xlsx").write_bytes(content)
    world.house.on("2026-09-18", "11:00")
    collect_and_apply(world.runtime)
    return str(world.house.ask("select state from inbound_file"))


def test_a_success_in_a_file_of_rejects_is_a_success(world: World) -> None:
    house = world.house
    send_batches(world.runtime)
    world.bank.answers("REJECTS.xml", rejects(world))
    house.later()
    collect_and_apply(world.runtime)
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    assert [house.state(one), house.state(two)] == ["rejected", "settled"]
    nothing_broken(house)
    open_follow_ups(world.runtime, SEPTEMBER)
    again = "select obligation_id from payroll_line l join payroll p on p.id = l.payroll_id"
    paid = house.ask(f"select obligation_id from instruction where reference = '{two}'")
    assert (paid,) not in house.rows(f"{again} where p.state = 'draft'")


@pytest.mark.parametrize(("result", "reason"), [("Đã chi", ""), ("ĐÃ CHI", "UPAY")])
def test_a_list_that_says_paid_among_the_unpaid_is_not_acted_upon(
    world: World, result: str, reason: str
) -> None:
    """The line would be carried over and handed over in cash a second time."""
    send_batches(world.runtime)
    cash, before = world.house.reference(3, SEPTEMBER), balances(world.house)
    assert comes_in(world, unpaid_list(world, result, reason)) == "quarantined"
    assert (world.house.state(cash), balances(world.house)) == ("ready", before)
    why = world.house.ask("select why from inbound_file")
    assert "đã chi" in str(why).casefold()


def test_a_list_of_what_was_not_collected_is_carried_over(world: World) -> None:
    send_batches(world.runtime)
    assert comes_in(world, unpaid_list(world, "Chưa chi", "UPAY")) == "applied"
    assert world.house.state(world.house.reference(3, SEPTEMBER)) == "rejected"
    nothing_broken(world.house)
