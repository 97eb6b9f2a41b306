"""The workbench on its pages: what waits, what it may be, proposed by one and confirmed by another.

Person 1 and 2 were sent 500.000 đồng each through the bank; the bank's lines name nothing of ours.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.disbursement.bench_tables import line_note
from app.disbursement.line_tables import line_proposal
from app.units.tables import contract
from bank_adapters.contract import ReportKind
from tests.app.web.serving import (
    Browser,
    finance_one,
    finance_two,
    of_house,
    signed_in,
    text_of,
    words,
)
from tests.factories import BANK, COMMUNE, SEPTEMBER, House, booked, report, september_sent
from tests.reconciliation.desk import DAY, SENT, bare, came, match, waits

pytestmark = pytest.mark.stage(of=september_sent)
MONTH = "period=2026-09"


application = of_house
one = finance_one
two = finance_two


def account_of(house: House) -> int:
    """The number of the commune's pension contract at the bank."""
    query = select(contract.c.id).where(contract.c.account == house.account(BANK))
    return int(house.ask(query))


def hidden(page: str, name: str) -> list[str]:
    """The hidden values of a form by their name."""
    return re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', page)


def test_an_account_tells_its_figures_and_its_lines_by_tab(house: House, one: Browser) -> None:
    reference = house.reference(1, SEPTEMBER)
    lines = booked(reference, -SENT, DAY), bare()
    told = report(ReportKind.STATEMENT, house.account(BANK), *lines, opening=1_000_000, closing=0)
    house.receives(BANK, told)
    here = f"/recon/{account_of(house)}?{MONTH}"
    page = text_of(one, here)
    assert "Cần xử lý (1) Đã khớp tự động (1) Đã ghép tay (0) Bỏ qua (0)" in page
    assert "Số dư đầu kỳ theo sổ phụ 1.000.000 ₫" in page
    assert "Chênh lệch (phải = 0) 0 ₫ Khóa ngày 10/09/2026" in page
    assert "chỉ một lệnh có số tiền này" in page, "the best suggestion with its reasons"
    assert "Lệnh chi đã ghi nợ" in text_of(one, f"{here}&tab=auto")
    assert "1 500.000" in text_of(one, "/recon?only=waiting")


def test_a_line_is_proposed_by_one_and_placed_by_another(
    house: House, one: Browser, two: Browser
) -> None:
    line, reference = came(house, bare()), house.reference(1, SEPTEMBER)
    account = account_of(house)
    listed = one.get(f"/recon/{account}?{MONTH}").get_data(as_text=True)
    pick = re.search(r"pick=([0-9a-f]{12})", listed)
    assert pick is not None
    form = f"/recon/lines/{line}/place"
    shown = one.get(f"{form}?pick={pick[1]}").get_data(as_text=True)
    target, amount = hidden(shown, "target"), hidden(shown, "amount")
    assert amount == [str(SENT)]
    assert "Đề nghị ghép 500.000\xa0₫ vào 1 đích" in shown
    house.later()
    fields = {"target": target, "amount": amount, "reason": "ngân hàng bỏ mất mã"}
    told = one.told(answer := one.send(form, **fields, code=house.code()))
    assert answer.location.startswith(f"/recon/{account}")
    assert "Đã lập đề nghị số 1" in told
    assert "Chờ xác nhận Đề nghị số 1" in told
    # Who proposed cannot confirm; nobody sees a button that would be refused.
    page = "/recon/proposals/1"
    mine = text_of(one, page)
    assert "Đây là đề nghị của bạn" in mine
    assert "ghi sổ ngay" not in mine
    digest = hidden(two.get(page).get_data(as_text=True), "digest")[0]
    house.later()
    refused = one.send(f"{page}/confirm", digest=digest, code=house.code())
    assert (refused.status_code, "không được tự xác nhận" in words(refused)) == (409, True)
    house.later()
    done = two.send(f"{page}/confirm", digest=digest, code=house.code())
    assert "Đề nghị số 1 đã có hiệu lực" in two.told(done)
    assert waits(house) == []
    assert [house.state(reference), house.state(house.reference(2, SEPTEMBER))].count(
        "settled"
    ) == 1


def test_a_split_shows_its_parts_and_the_rest_before_it_is_proposed(
    house: House, one: Browser
) -> None:
    """Two payments in one debit; the amount left empty takes what remains."""
    line = came(house, bare(-2 * SENT))
    refs = [house.reference(number, SEPTEMBER) for number in (1, 2)]
    form = f"/recon/lines/{line}/place"
    page = text_of(one, f"{form}?target={refs[0]}&amount=500.000&target={refs[1]}&amount=")
    assert "Cộng, đúng bằng dòng 1.000.000" in page
    half = text_of(one, f"{form}?target={refs[0]}&amount=50%25&target={refs[1]}&amount=50%25")
    assert "Cộng, đúng bằng dòng 1.000.000" in half
    wrong = text_of(one, f"{form}?target={refs[0]}&amount=500.000&target={refs[1]}&amount=1")
    assert "là 500.000 ₫, không phải 1 ₫" in wrong
    assert "Đề nghị ghép" not in wrong


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(
    house: House, one: Browser
) -> None:
    line, reference = came(house, bare()), house.reference(1, SEPTEMBER)
    form = f"/recon/lines/{line}/place"
    answer = one.send(form, target=reference, amount="500000", reason="mất mã lệnh")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert '<a href="#code">Nhập 6 chữ số' in text
    assert "mất mã lệnh</textarea>" in text
    house.later()
    unknown = one.send(form, target="AAAA2222BBBB3333", amount="1", reason="thử", code=house.code())
    assert (unknown.status_code, house.count(line_proposal)) == (422, 0)


def test_what_was_placed_is_taken_back(house: House, one: Browser) -> None:
    line, reference = came(house, bare()), house.reference(1, SEPTEMBER)
    match(house, line, (reference, 0))
    here = f"/recon/{account_of(house)}?{MONTH}"
    assert "Đã ghép tay (1)" in text_of(one, here)
    form = f"/recon/lines/{line}/take-back"
    assert "Đề nghị bỏ ghép 500.000 ₫" in text_of(one, form)
    house.later()
    told = one.told(one.send(form, reason="ghép nhầm", code=house.code()))
    assert "Đã lập đề nghị số 2" in told


def test_a_proposal_is_turned_down_or_withdrawn(house: House, one: Browser, two: Browser) -> None:
    line, reference = came(house, bare()), house.reference(1, SEPTEMBER)
    house.later()
    fields = {"target": reference, "amount": "500000", "reason": "mất mã lệnh"}
    one.send(f"/recon/lines/{line}/place", **fields, code=house.code())
    assert text_of(two, "/recon/proposals").count("mất mã lệnh") == 1
    house.later()
    answer = two.send("/recon/proposals/1/reject", reason="không phải lệnh này", code=house.code())
    assert "Sổ không đổi" in two.told(answer)
    assert "Không có đề nghị nào chờ" in text_of(one, "/recon/proposals")
    assert "không phải lệnh này" in text_of(one, f"/recon/lines/{line}")


def test_a_rule_shows_what_it_would_take_before_it_is_proposed(
    house: House, one: Browser, two: Browser
) -> None:
    line = came(house, bare(-11_000, key="FEE-1", remittance="PHI DUY TRI TAI KHOAN 09"))
    form = f"/recon/lines/{line}/rule"
    shown = one.send(form, preview="1", means="fee")
    text = words(shown).replace("\xa0", " ")
    assert (shown.status_code, "sẽ áp cho 1 dòng" in text) == (200, True)
    assert "csrf" not in one.get(form).request.url
    wrong = words(one.send(form, preview="1", means="fee", least="20.000"))
    assert "Khoảng số tiền phải có số tiền của dòng" in wrong
    house.later()
    done = one.send(form, means="fee", reason="phí hằng tháng", code=house.code())
    assert "Đã lập đề nghị số 1" in one.told(done)
    assert "quy tắc" in text_of(two, "/recon/proposals/1")


def test_the_search_finds_by_reference_or_amount_and_by_no_name(house: House, one: Browser) -> None:
    line, reference = came(house, bare()), house.reference(1, SEPTEMBER)
    page = f"/recon/lines/{line}"
    assert text_of(one, f"{page}?q={reference[:6]}").count(reference) >= 1
    assert reference in text_of(one, f"{page}?q=500.000")
    assert "Cần ít nhất 4 ký tự" in text_of(one, f"{page}?q=ab")


def test_another_role_or_unit_finds_no_door(house: House, application: Flask) -> None:
    line = came(house, bare())
    maker = signed_in(application, f"maker.{COMMUNE}")
    assert maker.get(f"/recon/lines/{line}").status_code == 403
    auditor = signed_in(application, "auditor")
    assert "Ghép</a>" not in auditor.get(f"/recon/lines/{line}").get_data(as_text=True)
    assert auditor.get(f"/recon/lines/{line}/place").status_code == 403


def test_a_note_stands_under_the_line_and_tells_when_the_bank_answers(
    house: House, one: Browser
) -> None:
    line = came(house, bare())
    empty = one.send(f"/recon/lines/{line}/note")
    assert (empty.status_code, 'href="#said"' in empty.get_data(as_text=True)) == (422, True)
    fields = {"said": "đã gọi ngân hàng", "answer_by": "15/09/2026"}
    assert "đã gọi ngân hàng" in one.told(one.send(f"/recon/lines/{line}/note", **fields))
    assert "Chờ ngân hàng trả lời đến 15/09/2026" in text_of(
        one, f"/recon/{account_of(house)}?{MONTH}"
    )


def test_a_second_officer_is_seen_and_the_first_goes_on_where_he_was(
    house: House, one: Browser, two: Browser
) -> None:
    line = came(house, bare())
    here = f"/recon/{account_of(house)}?{MONTH}"
    assert "đang xử lý" not in text_of(one, here)
    text_of(two, f"/recon/lines/{line}")
    assert "đang xử lý" in text_of(one, here)
    assert "đang làm việc trên tài khoản này" in text_of(one, here)
    assert f"#line-{line}" in two.get("/recon").get_data(as_text=True)
    house.clock.advance(timedelta(minutes=11))
    assert "đang xử lý" not in text_of(one, here)


def test_files_tell_what_was_known_and_what_is_new(house: House, one: Browser) -> None:
    known, more = bare(), bare(key="FT-2")
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), known))
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), known, more))
    page = text_of(one, "/recon/statements")
    assert "Đã có 1 dòng, thêm mới 1" in page
    assert "Không cần nộp tay" in page
    refused = one.send("/recon/statements", provider=BANK, code="123456")
    assert (refused.status_code, house.count(line_note)) == (422, 0)
