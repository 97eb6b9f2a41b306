"""Sure lines of a page proposed with one code, and confirmed by another with one code."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.access.tables import act
from app.disbursement.line_tables import line_decision, line_placing, line_proposal
from app.disbursement.workbench.deciding import accept_all
from app.disbursement.workbench.proposing import joint_digest
from app.errors import Conflict
from bank_adapters.references import reference
from ledger.bulk import insert_one
from tests.app.disbursement.year_end_office import broken
from tests.app.web.serving import (
    Browser,
    finance_one,
    finance_two,
    of_house,
    text_of,
    words,
)
from tests.app.web.test_bench import account_of, hidden
from tests.factories import SEPTEMBER, House, september_sent
from tests.reconciliation.desk import SENT, bare, came, match, signer, waits

pytestmark = pytest.mark.stage(of=september_sent)
MANY = "/recon/proposals/at-once"
application = of_house
one = finance_one
two = finance_two


def named(house: House, number: int) -> str:
    """A text that names a payment of ours beside another's: no pass of the matcher takes it."""
    return f"CT {house.reference(number, SEPTEMBER)} GD {reference(999_999, number)}"


def sure_lines(house: House) -> tuple[int, int, int]:
    """Two lines that are sure, and a credit that names nothing."""
    third = came(house, bare(2 * SENT, key="FT-3"))
    texts = [named(house, number) for number in (1, 2)]
    first = came(house, bare(remittance=texts[0], key="FT-1"))
    second = came(house, bare(remittance=texts[1], key="FT-2"))
    return first, second, third


def sure(house: House) -> str:
    return f"/recon/{account_of(house)}/sure?period=2026-09"


def fields(page: str, name: str) -> dict[str, object]:
    """What the form that signs carries: what is ticked, and the digest of it."""
    return {"ticked": "1", name: ticked(page, name), "digest": hidden(page, "digest")[0]}


def ticked(page: str, name: str) -> list[str]:
    """The values of the boxes that are ticked."""
    return re.findall(rf'name="{name}" value="(\d+)" checked', page)


def test_sure_lines_are_placed_with_two_codes(house: House, one: Browser, two: Browser) -> None:
    first, second, third = sure_lines(house)
    account = text_of(one, f"/recon/{account_of(house)}?period=2026-09")
    assert "Ghép 2 gợi ý chắc chắn trên trang này một lần" in account
    page = one.get(sure(house)).get_data(as_text=True)
    assert ticked(page, "line") == [str(first), str(second)]
    assert "Đề nghị ghép 2 dòng, cộng 1.000.000\xa0₫" in page
    again = one.send(sure(house), ticked="1", line=[second], open_again="1", code="")
    assert (again.status_code, house.count(line_proposal)) == (200, 0)
    less = again.get_data(as_text=True)
    assert ticked(less, "line") == [str(second)]
    assert "Đề nghị ghép 1 dòng, cộng 500.000\xa0₫" in less
    none = one.send(sure(house), ticked="1", code=house.code(), digest="0" * 64)
    assert (none.status_code, "Chưa chọn dòng nào" in words(none)) == (422, True)
    # Who unticks and signs at once is shown first what he would sign now.
    other = {**fields(page, "line"), "line": [str(second)]}
    shown = one.send(sure(house), **other, code=house.code())
    assert (shown.status_code, ticked(shown.get_data(True), "line")) == (409, [str(second)])
    assert house.count(line_proposal) == 0
    house.later()
    told = one.told(one.send(sure(house), **fields(page, "line"), code=house.code()))
    assert "Đã lập 2 đề nghị" in told
    assert len(set(house.rows(select(line_proposal.c.act_id)))) == 1
    assert len(waits(house)) == 3
    # Who proposed finds nothing to confirm, and is refused where he tries.
    assert "Không có đề nghị ghép nào của người khác" in text_of(one, MANY)
    shown = two.get(MANY).get_data(as_text=True)
    assert "Xác nhận ghép 2 dòng, cộng 1.000.000\xa0₫, ghi sổ ngay" in shown
    house.later()
    alone = one.send(MANY, **fields(shown, "number"), code=house.code())
    assert (alone.status_code, house.count(line_decision)) == (422, 0)
    house.later()
    told = two.told(two.send(MANY, **fields(shown, "number"), code=house.code()))
    assert "2 đề nghị đã có hiệu lực" in told
    assert [each[0] for each in waits(house)] == [third]
    assert {house.state(house.reference(number, SEPTEMBER)) for number in (1, 2)} == {"settled"}
    steps = {row[0]: row[1:] for row in house.rows(select(act.c.step, act.c.things, act.c.total))}
    assert steps["line_propose"] == steps["line_decide"] == (2, 1_000_000)
    assert broken(house) == {}


def test_one_that_cannot_be_is_named_and_nothing_is_done(
    house: House, one: Browser, two: Browser
) -> None:
    """The second payment was placed by another line meanwhile; without it the first is placed."""
    first, _, third = sure_lines(house)
    page = one.get(sure(house)).get_data(as_text=True)
    house.later()
    one.send(sure(house), **fields(page, "line"), code=house.code())
    late = came(house, bare(key="FT-9"))
    match(house, late, (house.reference(2, SEPTEMBER), 0))
    shown = two.get(MANY).get_data(as_text=True)
    house.later()
    refused = two.send(MANY, **fields(shown, "number"), code=house.code())
    assert refused.status_code == 409
    assert "Chưa ghi đề nghị nào. Đề nghị 2, dòng" in words(refused)
    assert house.count(line_placing) == 1
    less = two.get(f"{MANY}?ticked=1&number=1").get_data(as_text=True)
    house.later()
    done = two.send(MANY, **fields(less, "number"), code=house.code())
    assert "1 đề nghị đã có hiệu lực" in two.told(done)
    assert third in [each[0] for each in waits(house)]
    assert first not in [each[0] for each in waits(house)]


def test_two_lines_of_one_payment_are_not_sure_together(house: House, one: Browser) -> None:
    came(house, bare(2 * SENT, key="FT-3"))
    text = named(house, 1)
    for key in ("FT-1", "FT-2"):
        came(house, bare(remittance=text, key=key))
    page = text_of(one, sure(house))
    assert "cùng một đích" in page
    assert "Đề nghị ghép" not in page


def test_an_act_holds_no_more_than_it_counted(house: House, one: Browser) -> None:
    """A row that somebody adds under an act of two is refused by the database."""
    sure_lines(house)
    page = one.get(sure(house)).get_data(as_text=True)
    house.later()
    one.send(sure(house), **fields(page, "line"), code=house.code())
    (row, _) = house.rows(select(line_proposal).order_by(line_proposal.c.id))
    more = {**dict(zip(line_proposal.c.keys(), row, strict=True)), "id": 99}
    with pytest.raises(Exception, match="an officer confirms it himself"), house.work() as session:
        insert_one(session, line_proposal, **more)
    two, wrong = signer(house, "finance.two"), joint_digest(["a", "b"])
    with pytest.raises(Conflict, match="số liệu hiện nay"), house.work() as session:
        accept_all(session, house.keyring, two, [1, 2], wrong, house.clock.now())
