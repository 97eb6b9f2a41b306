"""Checkers and approvers decide on the pages: as shown, with every doubt seen, or not at all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.access.tables import act
from app.payroll.excluding import exclude
from app.payroll.returning import withdraw
from app.payroll.tables import flag, flag_decision, payroll
from tests.app.web.serving import Browser, of_house, signed_in, words
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

CHECKER, APPROVER, MAKER = f"checker.{COMMUNE}", f"approver.{COMMUNE}", f"maker.{COMMUNE}"
MINE, OTHER = 2, 3


def october_submitted(house: House) -> None:
    """September is approved, and October submitted: payroll 2 with five doubts, and payroll 3 of
    the other commune with one."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.register(OCTOBER, row(1), row(2, account=row(1).account), row(5))
    house.register(OCTOBER, row(4), commune=OTHER_COMMUNE)
    house.on("2026-09-22")
    house.list_month(OCTOBER)
    house.submit([MINE])
    house.submit([OTHER], f"maker.{OTHER_COMMUNE}")


pytestmark = pytest.mark.stage(of=october_submitted)


application = of_house


@pytest.fixture
def checker(application: Flask) -> Browser:
    """The commune's checker."""
    return signed_in(application, CHECKER)


@pytest.fixture
def approver(application: Flask) -> Browser:
    """The commune's approver."""
    return signed_in(application, APPROVER)


def form_of(browser: Browser, address: str = f"/payrolls/{MINE}") -> dict[str, str]:
    """What the form of the decision carries, with every doubt ticked."""
    text = browser.get(address).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]+)"', text)
    assert seen is not None
    ticks = re.findall(r'name="(flag-\d+)"', text)
    return {"act": "confirm", "seen": seen[1], **dict.fromkeys(ticks, "1")}


def state_of(house: House, number: int) -> str:
    return str(house.ask(payroll.select().with_only_columns(payroll.c.state).where(
        payroll.c.id == number)))  # fmt: skip


def test_what_he_needs_stands_on_the_page(checker: Browser) -> None:
    told = words(checker.get(f"/payrolls/{MINE}")).replace("\xa0", " ")
    for part in (
        "Kiểm tra bảng chi trả tháng 10/2026",
        "Danh sách chốt lúc 24/09/2026 18:00 (còn 2 ngày)",
        "0/2 đã xác nhận. Đang chờ kiểm tra: Cán bộ 1 hoặc Cán bộ 9",
        "1.820.000 ₫ Bằng chữ: Một triệu tám trăm hai mươi nghìn đồng.",
        "Các dòng thay đổi (2 dòng, 1.820.000 ₫)",
        "Máy kiểm tra thấy 5 điều",
        "Có tên tháng trước, không còn trong bảng này",
        "Nông Thị Người 003 CCCD ••• 003 Vắng không rõ lý do 500.000 −500.000",
        "Sau bạn còn người khác xác nhận",
        "Xác nhận đã kiểm tra 1.820.000 ₫ cho 2 người",
    ):
        assert part in told


def test_checked_and_approved(house: House, checker: Browser, approver: Browser) -> None:
    house.later()
    address = f"/payrolls/{MINE}"
    answer = checker.send(address, **form_of(checker), code=house.code())
    assert (answer.status_code, answer.location) == (303, address)
    assert "Đã xác nhận kiểm tra (1/2)." in checker.told(answer)
    assert house.count(flag_decision) == 5
    assert "Duyệt chi 1.820.000 ₫ cho 2 người" in words(approver.get(address)).replace("\xa0", " ")
    assert "Bạn là người xác nhận cuối cùng" in words(approver.get(address))
    house.later()
    answer = approver.send(address, **form_of(approver), code=house.code())
    assert "Đã duyệt xong" in approver.told(answer)
    assert house.payrolls(OCTOBER, "approved") == [MINE]


def test_every_doubt_must_be_seen(house: House, checker: Browser) -> None:
    acts, form = house.count(act), form_of(checker)
    ticked = [name for name in form if name.startswith("flag-")]
    del form[ticked[0]]
    house.later()
    answer = checker.send(f"/payrolls/{MINE}", **form, code=house.code())
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#{ticked[0]}">Xem rồi đánh dấu “Đã xem”: Có nghi vấn chưa xử lý.' in text
    assert f'name="{ticked[1]}" value="1" checked' in text, "what was ticked stays ticked"
    assert "<title>Lỗi: " in text
    assert (house.count(act), house.count(flag_decision)) == (acts, 0)


def test_a_doubt_that_came_meanwhile_must_be_seen_too(house: House, checker: Browser) -> None:
    """It is looked for with the act itself, and stands on the page that comes back."""
    one = int(house.ask(select(func.min(flag.c.id)).where(flag.c.payroll_id == MINE)))
    with house.work() as session:
        session.execute(update(flag).where(flag.c.id == one).values(gone_at=house.clock.now()))
    form = form_of(checker)
    house.later()
    answer = checker.send(f"/payrolls/{MINE}", **form, code=house.code())
    assert (answer.status_code, state_of(house, MINE)) == (422, "submitted")
    assert f'name="flag-{one}"' in answer.get_data(as_text=True)
    assert form_of(checker).keys() - form.keys() == {f"flag-{one}"}
    house.later()
    answer = checker.send(f"/payrolls/{MINE}", **form_of(checker), code=house.code())
    assert answer.status_code == 303


def test_a_wrong_code_confirms_nothing(house: House, checker: Browser) -> None:
    answer = checker.send(f"/payrolls/{MINE}", **form_of(checker), code="000000")
    assert (answer.status_code, state_of(house, MINE)) == (403, "submitted")
    assert house.count(flag_decision) == 0
    assert 'href="#code">Mã xác thực không đúng' in answer.get_data(as_text=True)


def test_sent_back_with_a_reason(house: House, checker: Browser, application: Flask) -> None:
    house.later()
    form = {"act": "return", "seen": "x", "code": house.code()}
    assert checker.send(f"/payrolls/{MINE}", **form).status_code in (409, 422)
    form = {**form_of(checker), "act": "return", "code": house.code()}
    none = checker.send(f"/payrolls/{MINE}", **form)
    assert none.status_code == 422
    assert 'href="#reason"' in none.get_data(as_text=True)
    answer = checker.send(f"/payrolls/{MINE}", **form, reason="thiếu ông Nông Văn A")
    assert "Đã trả lại người lập" in checker.told(answer)
    assert state_of(house, MINE) == "draft"
    told = words(signed_in(application, MAKER).get(f"/payrolls/{MINE}"))
    assert "Cán bộ 1 trả lại lúc" in told
    assert "Lý do: thiếu ông Nông Văn A." in told
    assert "Xem các vòng trước (1)" in told


def test_a_reason_and_the_button_to_confirm_contradict(house: House, checker: Browser) -> None:
    house.later()
    form = {**form_of(checker), "reason": "sai mức", "code": house.code()}
    answer = checker.send(f"/payrolls/{MINE}", **form)
    assert (answer.status_code, state_of(house, MINE)) == (422, "submitted")
    assert "Bạn đã ghi lý do trả lại" in words(answer)


def _changes_the_list(house: House) -> None:
    """The maker takes his list back, takes a line off and submits anew."""
    who = house.officer(MAKER)

    def signed(do: Any, *given: Any) -> None:
        now = house.later()
        with house.work() as session:
            do(session, house.keyring, who, house.code(), *given, now)

    signed(withdraw, [MINE], "thừa một dòng")
    signed(exclude, MINE, [2], "chưa đủ tuổi")
    house.submit([MINE])


def test_a_list_that_changed_is_told_and_not_confirmed(house: House, checker: Browser) -> None:
    form = form_of(checker)
    _changes_the_list(house)
    house.later()
    answer = checker.send(f"/payrolls/{MINE}", **form, code=house.code())
    told = words(answer).replace("\xa0", " ")
    assert answer.status_code == 409
    assert state_of(house, MINE) == "submitted"
    for part in (
        "Bảng đã thay đổi từ khi bạn mở trang. Xem lại rồi quyết định.",
        "Chưa có gì được xác nhận.",
        "Số người 2 1 −1",
        "Tổng số tiền (₫) 1.820.000 660.000 −1.160.000",
        "Nông Thị Người 005 2 −1.160.000 chưa đủ tuổi",
        "Cán bộ 0 rút lại lúc",
    ):
        assert part in told


def test_what_was_decided_meanwhile_is_told(house: House, checker: Browser) -> None:
    form = form_of(checker)
    house.approve("check", [MINE], "checker.all")
    house.later()
    answer = checker.send(f"/payrolls/{MINE}", **form, code=house.code())
    assert answer.status_code in (403, 409)
    assert state_of(house, MINE) == "checked"


def test_the_people_of_a_doubt_and_the_list_anew(house: House, checker: Browser) -> None:
    told = words(checker.get(f"/payrolls/{MINE}/flags/missing"))
    assert "Vắng mà không có lý do" in told
    assert "Nông Thị Người 003" in told
    answer = checker.send(f"/payrolls/{MINE}/flags")
    assert "Đã kiểm tra lại: 0 lỗi chặn, 5 cảnh báo." in checker.told(answer)


# ------------------------------------------------------------------ many at once
def test_what_waits_is_listed_with_its_change(application: Flask, checker: Browser) -> None:
    told = words(checker.get("/approvals")).replace("\xa0", " ")
    assert "1 bảng, 2 dòng, tổng số tiền 1.820.000 ₫" in told
    assert "+21,3 %" in told
    both = words(signed_in(application, "checker.all").get("/approvals"))
    assert "2 bảng, 3 dòng" in both
    assert "tháng trước chưa có" in both
    few = words(signed_in(application, "checker.all").get("/approvals?change=20&programme=pension"))
    assert "2 bảng, 3 dòng" in few
    none = signed_in(application, f"approver.{COMMUNE}").get("/approvals")
    assert "Không có bảng nào chờ bạn duyệt." in words(none)


def tried(browser: Browser, address: str) -> tuple[str, dict[str, str], str]:
    """The page that tries what was chosen: its words, the fields of its form, its address."""
    going = browser.get(address)
    assert going.status_code == 303
    text = browser.get(going.location).get_data(as_text=True)
    fields = dict(
        re.findall(r'<input type="hidden" name="(payrolls|duty|seen)" value="([^"]+)"', text)
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)), fields, going.location


def test_what_cannot_be_done_is_told_beforehand(house: House, application: Flask) -> None:
    browser = signed_in(application, "checker.all")
    house.see_flags([OTHER])
    told, fields, _ = tried(browser, "/approvals/try?duty=check&payroll=2&payroll=3")
    assert "1 bảng làm được, 1 bảng không làm được" in told
    assert "Bảng 2 còn cảnh báo chưa xem" in told
    assert fields["payrolls"] == str(OTHER)
    assert house.payrolls(OCTOBER, "submitted") == [MINE, OTHER]


def test_many_with_one_code(house: House, application: Flask) -> None:
    browser = signed_in(application, "checker.all")
    house.see_flags([MINE, OTHER])
    told, fields, _ = tried(browser, "/approvals/try?duty=check&all=1")
    assert "Xác nhận đã kiểm tra 2 bảng, 2.980.000 ₫ cho 3 người" in told.replace("\xa0", " ")
    without = browser.send("/approvals/try", **fields)
    assert without.status_code == 422
    house.later()
    answer = browser.send("/approvals/try", **fields, code=house.code())
    assert "Đã xác nhận kiểm tra 2 bảng." in browser.told(answer)
    assert house.payrolls(OCTOBER, "checked") == [MINE, OTHER]


def test_one_that_changed_keeps_all_from_being_confirmed(house: House, application: Flask) -> None:
    browser = signed_in(application, "checker.all")
    house.see_flags([MINE, OTHER])
    _, fields, _ = tried(browser, "/approvals/try?duty=check&all=1")
    _changes_the_list(house)
    house.later()
    answer = browser.send("/approvals/try", **fields, code=house.code())
    assert answer.status_code == 409
    assert "Bảng đã thay đổi" in words(answer)
    assert house.payrolls(OCTOBER, "submitted") == [MINE, OTHER]


def test_out_of_hours_nothing_can_be_done(house: House, application: Flask) -> None:
    house.on("2026-09-22", "21:00")
    told, fields, _ = tried(signed_in(application, CHECKER), "/approvals/try?payroll=2")
    assert "0 bảng làm được, 1 bảng không làm được" in told
    assert "Ngoài giờ duyệt chi" in told
    assert fields == {}


# ------------------------------------------------------------------ undone
def test_two_undo_what_was_approved(house: House, approver: Browser) -> None:
    address = "/payrolls/1/undo"
    assert "Huỷ duyệt bảng 1.500.000 ₫" in words(approver.get(address)).replace("\xa0", " ")
    house.later()
    given = {"reason": "sai mức của hai người", "code": house.code()}
    assert approver.send(address, **given).status_code == 422
    two = {"username_two": "finance.one", "code_two": house.code()}
    unknown = approver.send(address, **given, **{**two, "username_two": "ai.do"})
    assert (unknown.status_code, state_of(house, 1)) == (422, "approved")
    answer = approver.send(address, **given, **two)
    assert answer.status_code == 303
    assert "Đây là bản nháp thay thế" in approver.told(answer)
    assert "Bảng này thay bảng bị huỷ duyệt" in words(approver.get(answer.location))
    assert state_of(house, 1) == "void"
