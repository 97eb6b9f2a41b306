"""Funds, release and holds on pages: figures that add up, a dry run, two officers, then money."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.disbursement.figures import figures, total
from app.disbursement.holds import set_hold
from app.disbursement.tables import funding_request, hold
from app.jobs.asked import run_one
from app.web.reading import funds
from tests.app.disbursement.test_release import september_built
from tests.app.web.serving import Browser, ClientAs, of_house, signed_in, words
from tests.factories import BANK, COMMUNE, SEPTEMBER, House, in_cash, row

FINANCE, OTHER = "finance.one", "finance.two"
MONTH = f"period={SEPTEMBER}"


def september_approved(house: House) -> None:
    """September of three people is approved; nothing was asked for and no batch is built."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-09-09")
    house.approve_month(SEPTEMBER)


def september_due(house: House) -> None:
    """Two batches of September are built, and it is the day on which they are paid."""
    september_built(house)
    house.on("2026-09-10")


application = of_house


@pytest.fixture
def finance(application: Flask) -> Browser:
    """The first finance officer."""
    return signed_in(application, FINANCE)


def text_of(browser: Browser, address: str) -> str:
    """The words of a page that answers well."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return words(answer)


@pytest.mark.stage(of=september_due)
def test_each_figure_of_the_month_is_the_sum_of_its_parts(house: House, finance: Browser) -> None:
    with house.database.view() as session:
        rows = figures(session, SEPTEMBER)
        for one in [*rows, total(rows)]:
            place = (one.unit, one.fund, one.programme) if one.fund else ("", "", "")
            for name in funds.FIGURES:
                parts = funds.parts(session, name, SEPTEMBER, place)
                wanted = sum(part.amount for part in parts)
                assert wanted == getattr(one, name), (name, place)
    page = finance.get(f"/funds?{MONTH}").get_data(as_text=True)
    links = re.findall(r'href="(/funds/of/[^"]+)">([\d.]+)<', page)
    assert len(links) > 10
    for address, figure in links:
        assert f"{figure} ₫" in text_of(finance, unescape(address)), address


@pytest.mark.stage(of=september_approved)
def test_money_is_asked_for_once_and_batches_are_built_by_a_worker(
    house: House, finance: Browser
) -> None:
    assert "Đã lập 2 yêu cầu" in finance.told(finance.send(f"/funds/requests?{MONTH}"))
    assert "Không có yêu cầu mới" in finance.told(finance.send(f"/funds/requests?{MONTH}"))
    assert house.count(funding_request) == 2
    assert "Còn chờ Kho bạc 1.500.000 2 yêu cầu" in text_of(finance, f"/funds/requests?{MONTH}")
    assert "Tiền chưa về" in text_of(finance, "/funds/requests/1")
    assert "2 trong số đó đã đến hạn lập" in text_of(finance, "/batches/release")
    answer = finance.send("/batches/release/build")
    assert answer.location == "/tasks/1"
    assert run_one(house.runtime)
    assert "Xong" in text_of(finance, "/tasks/1")
    assert "2 lô chờ giải ngân, 3 lệnh chi" in text_of(finance, "/batches/release")
    told = text_of(finance, "/batches/release/check?pick=all")
    assert "0 lô giải ngân được, 2 lô chưa được" in told
    assert "tiền đã về chỉ còn 0 ₫" in told
    assert "Hai người cùng ký" not in told


@pytest.mark.stage(of=september_due)
def test_two_officers_release_what_they_saw(house: House, finance: Browser) -> None:
    told = text_of(finance, "/batches/release/check?batch=1&batch=2&batch=99")
    assert "2 lô giải ngân được, 1 lô chưa được" in told
    assert "Giải ngân 1.500.000 ₫ cho 3 lệnh chi của 2 lô" in told
    house.later()
    fields = {"batch": ["1", "2"], "code": house.code(), "code_two": house.code()}
    for other, status, says in (
        ("", 422, "Nhập tên đăng nhập của người thứ hai"),
        ("nobody", 422, "Không có cán bộ nào có tên đăng nhập này"),
        (FINANCE, 409, "hai người khác nhau"),
        ("auditor", 403, "không có quyền"),
    ):
        answer = finance.send("/batches/release", user_two=other, **fields)
        assert (answer.status_code, says in words(answer)) == (status, True), other
        assert house.batch_state(1) == "built"
    answer = finance.send("/batches/release", user_two=OTHER, **fields)
    assert (answer.status_code, answer.location) == (303, "/batches/sending")
    assert "Đã giải ngân 2 lô" in finance.told(answer)
    assert [house.batch_state(one) for one in (1, 2)] == ["released", "released"]
    house.later()
    again = {**fields, "code": house.code(), "code_two": house.code(), "user_two": OTHER}
    assert finance.send("/batches/release", **again).status_code == 409


@pytest.mark.stage(of=september_due)
def test_nothing_marked_and_what_is_held_are_said(
    house: House, client_as: ClientAs, finance: Browser
) -> None:
    assert "Chọn ít nhất một lô" in text_of(finance, "/batches/release/check")
    with house.work() as session:
        set_hold(session, "provider", BANK, "Chờ đối chiếu", "test", house.later())
    told = text_of(finance, "/batches/release/check?pick=all")
    assert "1 lô giải ngân được, 1 lô chưa được" in told
    assert "Đang dừng chi: Chờ đối chiếu" in told
    house.on("2026-09-10", "20:00")
    told = text_of(client_as(FINANCE), "/batches/release/check?pick=all")
    assert "Ngoài giờ duyệt chi" in told
    assert "Hai người cùng ký" not in told


@pytest.mark.stage(of=september_due)
def test_one_stops_money_and_two_start_it_again(
    house: House, client_as: ClientAs, finance: Browser
) -> None:
    checker = client_as(f"checker.{COMMUNE}")
    house.later()
    code = house.code()
    empty = checker.send("/holds", scope="provider", key=BANK, code=code)
    assert "Ghi lý do dừng chi" in words(empty)
    unknown = checker.send("/holds", scope="provider", key="none", reason="Nghi trùng", code=code)
    assert unknown.status_code == 422
    done = checker.send("/holds", scope="provider", key=BANK, reason="Nghi trùng", code=code)
    assert "Lệnh dừng số 1; hai người mới bỏ được" in checker.told(done)
    assert checker.send("/holds/1", code=code).status_code == 403
    first = finance.send("/holds/1", code=house.code())
    assert "Cần một người nữa ký" in finance.told(first)
    assert "Bạn đã ký bỏ" in text_of(finance, "/holds/1")
    house.later()
    second = client_as(OTHER).send("/holds/1", code=house.code())
    assert second.status_code == 303
    assert "Đã bỏ" in text_of(finance, "/holds/1")
    assert house.rows(hold.select().where(hold.c.cleared_at.is_(None))) == []


@pytest.mark.stage(of=september_due)
def test_the_progress_stops_asking_when_all_is_known(house: House, finance: Browser) -> None:
    assert "chưa có lô nào được giải ngân" in text_of(finance, f"/batches/sending?{MONTH}")
    house.release([1, 2])
    page = finance.get(f"/batches/sending?{MONTH}").get_data(as_text=True)
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="10">' in page
    assert "0 trong 3 lệnh đã có kết quả" in page
    part = finance.get(f"/batches/sending/progress?{MONTH}&seen=1")
    assert (part.status_code, "seen=2" in part.text, "every 2s" in part.text) == (200, True, True)
    later = finance.get(f"/batches/sending/progress?{MONTH}&seen=30").text
    assert "every 10s" in later, "after a minute a script looks seldom"
    assert finance.send("/batches/sending").location == "/tasks/1"
    shown = text_of(finance, f"/batches/sending?{MONTH}&show=waiting")
    assert "Nông Thị Người 001" in shown
