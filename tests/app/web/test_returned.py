"""Money that came back, on pages: what each waits for, the follow-up, cases, recalls, doubts."""

from __future__ import annotations

import pytest
from flask import Flask

from app.disbursement.evidence_tables import bank_case
from app.disbursement.failed import failures
from app.jobs.asked import run_one
from app.payroll.tables import payroll
from bank_adapters.contract import ReportKind
from tests.app.disbursement.test_recovery import died_in_august
from tests.app.web.serving import Browser, ClientAs, of_house, signed_in, words
from tests.factories import (
    BANK,
    COMMUNE,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    booked,
    report,
    september_sent,
)
from tests.support.province import PENSION
from tests.support.returned import put_right

DAY = "2026-09-11"


def one_returned(house: House) -> None:
    """September was sent and booked; the money of person 1 came back a day later."""
    september_sent(house)
    house.on(DAY)
    one, two = (house.reference(number, SEPTEMBER) for number in (1, 2))
    paid = [booked(reference, -500_000, DAY) for reference in (one, two)]
    back = booked(one, 500_000, DAY, is_return=True)
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *paid, back))


pytestmark = pytest.mark.stage(of=one_returned)


application = of_house


@pytest.fixture
def finance(application: Flask) -> Browser:
    """The first finance officer."""
    return signed_in(application, "finance.one")


def waits(house: House) -> dict[str, int]:
    """How many payments wait for what; what is nothing is left out."""
    with house.database.view() as session:
        found = {name: one.payments for name, one in failures(session).sums.items()}
    return {name: count for name, count in found.items() if count}


def test_mended_listed_and_paid_again(house: House, client_as: ClientAs, finance: Browser) -> None:
    assert waits(house) == {"to_mend": 1}
    page = words(finance.get("/returned"))
    assert "Chờ xử lý (1)" in page
    assert "Nông Thị Người 001" in page
    assert "Nông Thị Người 002" not in page
    assert "Nông Thị" not in words(client_as(f"maker.{OTHER_COMMUNE}").get("/returned"))
    assert client_as(f"maker.{COMMUNE}").send("/returned").status_code == 403
    put_right(house, 1)
    assert waits(house) == {"ready": 1}
    assert "Lập bảng chi lại 1 khoản, 500.000 ₫" in words(finance.get("/returned"))
    assert finance.send(f"/returned?period={SEPTEMBER}").location == "/tasks/1"
    assert run_one(house.runtime)
    assert house.rows(payroll.select().where(payroll.c.kind == "follow_up")) != []
    assert waits(house) == {"listed": 1}


def test_a_payment_is_asked_back_and_the_bank_refuses(house: House, finance: Browser) -> None:
    reference = house.reference(2, SEPTEMBER)
    form = words(finance.get(f"/recalls/new?reference={reference.lower()}"))
    assert "Yêu cầu ngân hàng thu hồi 500.000 ₫" in form
    house.later()
    told = {"reference": reference, "reason": "người hưởng đã chết", "code": house.code()}
    assert "Chọn tiền về rồi còn phải trả" in words(finance.send("/recalls/new", **told))
    unknown = finance.send("/recalls/new", **{**told, "reference": "X", "still_due": "0"})
    assert "Không có lệnh chi nào có mã này" in words(unknown)
    asked = finance.send("/recalls/new", **told, still_due="0")
    assert asked.location == "/cases/1"
    page = finance.told(asked)
    assert "Không phải trả nữa" in page
    assert "Lệnh dừng số 1" in page
    assert "Đang mở (1)" in words(finance.get("/cases"))
    house.later()
    assert "Ghi một câu kết luận" in words(finance.send("/cases/1", code=house.code()))
    ended = finance.send("/cases/1", answer="Tiền đã rút", code=house.code())
    assert "Đã khép hồ sơ số 1" in finance.told(ended)
    assert house.rows(bank_case.select().where(bank_case.c.state == "open")) == []
    assert "Tiền đã rút" in words(finance.get("/cases/1"))


def test_what_waits_with_the_banks_and_why_nothing_is_decided_yet(
    house: House, finance: Browser
) -> None:
    (post,) = [one for (one,) in house.rows("select id from batch where state = 'sent'")][-1:]
    page = words(finance.get(f"/bank-tasks/{post}"))
    assert "Chưa đủ chứng cứ" in page
    assert "chưa cam kết hạn thực hiện" in page
    assert finance.get("/bank-tasks").status_code == 200
    house.later()
    fields = {"enquiry": "Công văn 12", "on": "31/12/2026", "user_two": "finance.two"}
    codes = {"code": house.code(), "code_two": house.code()}
    (seen,) = house.rows(f"select count(*), sum(amount) from instruction where batch_id = {post}")
    fields["seen"] = " ".join(map(str, seen))
    answer = finance.send(f"/bank-tasks/{post}", **fields, **codes)
    assert answer.status_code == 409
    assert "Công văn 12" not in words(answer), "no form is shown while evidence is missing"
    wrong = finance.send(f"/bank-tasks/{post}", **{**fields, "on": "31/31/2026"}, **codes)
    assert wrong.status_code == 422


@pytest.mark.stage(of=died_in_august)
def test_only_the_figures_that_were_read_are_signed_for(house: House, finance: Browser) -> None:
    found = finance.get("/recoveries/of/2").get_data(as_text=True)
    assert 'name="seen" value="500000"' in found
    address = f"/recoveries/of/2/notice?programme={PENSION}&unit={COMMUNE}"
    told = {"number": "TB 12", "sent_on": "01/10/2026", "answer_by": "20/10/2026", "way": "post"}
    house.later()
    stale = finance.send(address, **told, seen="400000", code=house.code())
    assert stale.status_code == 409
    assert "Số liệu đã thay đổi từ khi bạn mở trang" in words(stale)
    assert house.rows("select 1 from recovery_notice") == []
    done = finance.send(address, **told, seen="500000", code=house.code())
    assert done.status_code == 303, words(done)


def test_nothing_is_recovered_of_whom_nothing_was_granted(finance: Browser) -> None:
    assert "Không có khoản nào tính thừa" in words(finance.get("/recoveries"))
    assert "Chưa có quyết định thu hồi nào" in words(finance.get("/recoveries?show=decided"))
    assert finance.get("/recoveries/of/1").status_code == 404
