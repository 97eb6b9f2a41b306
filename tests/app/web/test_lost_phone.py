"""A phone is lost: an officer ends what it opened, and the person is told; codes in training."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cli.demo.people import own_code
from app.errors import NotFound, Refused
from app.self_service.entering import CODE_LASTS
from tests.app.web.serving import signed_in, visitor, words
from tests.app.web.test_my_page import application, came_in, paid, text
from tests.factories import House, row
from tests.support.commands import ansinh
from tests.support.messages import phone, told, with_plan
from tests.support.own_page import last_code, outcomes
from tests.support.province import COMMUNE

__all__ = ["application"]
pytestmark = pytest.mark.stage(of=paid)


def test_everything_that_reads_of_the_person_ends(house: House, application: Flask) -> None:
    """Of the person and of who shares the number, and a code that is under way; others stay."""
    mine, shared, other = (came_in(house, application, one) for one in (1, 4, 2))
    house.later()
    waits = visitor(application)
    house.clock.advance(CODE_LASTS)
    waits.post("/my/code", data={"citizen_id": row(1).citizen_id})
    outcomes(with_plan(house))
    code = last_code(house)
    counters = "select request_id, outcome, phone_key from own_code order by request_id"
    counted = house.rows(counters)
    maker = signed_in(application, f"maker.{COMMUNE}")
    page = "/people/1/own-page"
    assert "Đang mở: 2 phiên" in words(maker.get(page))
    assert "own-page" in maker.get("/people/1/file").get_data(as_text=True)
    assert "Ghi người dân báo gì" in words(maker.send(page))
    elsewhere = signed_in(application, "maker.01279")
    assert elsewhere.get(page).status_code == 404
    assert elsewhere.send(page, ground="x").status_code == 404
    done = maker.send(page, ground="mất điện thoại, báo tại quầy")
    assert "Đã đóng mọi phiên" in maker.told(done)
    assert mine.get("/my/1").location == shared.get("/my/4").location == "/my"
    assert "Nông Thị Người 002" in text(other, "/my/2")
    assert waits.post("/my/enter", data={"code": code}).status_code != 200
    assert waits.get("/my/1").location == "/my"
    assert house.rows(counters) == counted  # who has the phone may not ask for more than before
    kept = house.rows("select actor, detail, after from audit_event"
                      " where action = 'self:session:end'")  # fmt: skip
    assert [one[:2] for one in kept] == [(f"maker.{COMMUNE}", "mất điện thoại, báo tại quầy")]
    notices = [one for one in told(house) if one[0] == "signed_out"]
    assert [one[1] for one in notices] == [phone(1)]
    assert notices[0][2].startswith("Trang xem tien cua Ong/Ba da duoc dong tren moi may ngay")
    assert "Đang mở: 0 phiên" in words(maker.get(page))
    maker.send(page, ground="bấm lại lần nữa")
    assert sum(one[0] == "signed_out" for one in told(house)) == 1  # nothing was open any more


def test_a_code_in_training_and_nowhere_else(house: House, application: Flask) -> None:
    """By the number of the person who asked; the page says how; elsewhere it is refused."""
    browser = visitor(application)
    none = ansinh(house, "demo", "code", "AS-000001")
    assert isinstance(none.exception, NotFound)
    browser.post("/my/code", data={"citizen_id": row(1).citizen_id})
    assert "ansinh demo code" in words(browser.get("/my/code"))
    with house.work() as session:
        code = own_code(session, house.keyring, None, 1, house.clock.now())
    assert browser.post("/my/enter", data={"code": code}).location == "/my"
    browser.post("/my/code", data={"citizen_id": row(2).citizen_id})
    browser.get("/my/code")
    house.tamper("update installation set value = '0' where key = 'training'")
    assert isinstance(ansinh(house, "demo", "code", "AS-000001").exception, Refused)
    assert "ansinh demo code" not in words(browser.get("/my/code"))
