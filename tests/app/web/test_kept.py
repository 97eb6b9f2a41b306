"""What was typed when a session was over comes back after signing in, and is not sent by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.access.passwords import TRAINING_PASSWORD, hash_of, set_password
from app.payroll.tables import payroll
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, serve, signed_in, words
from tests.factories import COMMUNE, SEPTEMBER, House, september_listed

pytestmark = pytest.mark.stage(of=september_listed)
MAKER, OTHER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
HASH = hash_of(TRAINING_PASSWORD)
REASON = "thiếu <hai> người & một dòng"


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    """The service of the tiny province, where two officers have passwords."""
    with house.work() as session:
        for one in (MAKER, OTHER):
            set_password(session, house.officer(one), HASH, house.clock.now())
    house.submit(house.payrolls(SEPTEMBER, "draft"))
    house.later()
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    text = answer.get_data(as_text=True)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return {name: unescape(value) for name, value in found}


def overdue(house: House, application: Flask) -> tuple[Browser, TestResponse]:
    """A maker who presses the button after his session was over."""
    browser = signed_in(application, MAKER)
    house.clock.advance(timedelta(minutes=21))
    answer = browser.send("/payrolls/1/withdraw", reason=REASON, code=house.code())
    return browser, answer


def in_again(house: House, browser: Browser, answer: TestResponse, who: str) -> TestResponse:
    """Sign in with what the page carries along."""
    carried = {"kept": hidden(answer)["kept"]}
    given = {"username": who, "password": TRAINING_PASSWORD, **carried}
    asked = browser.post("/sign-in", data=given)
    house.later()
    return browser.post("/sign-in/code", data={"kept": hidden(asked)["kept"], "code": house.code()})


def test_what_was_typed_comes_back_and_waits_for_a_new_code(
    house: House, application: Flask
) -> None:
    browser, answer = overdue(house, application)
    assert answer.status_code == 401
    assert "Phiên làm việc đã hết" in words(answer)
    offered = in_again(house, browser, answer, MAKER)
    assert "Nội dung bạn đã nhập còn nguyên" in words(offered)
    assert "code" not in hidden(offered)
    again = browser.post("/payrolls/1/withdraw", data=hidden(offered))
    assert again.status_code == 200
    assert f"{REASON}</textarea>" in unescape(again.get_data(as_text=True))
    assert "Có lỗi" not in words(again)
    state = payroll.select().with_only_columns(payroll.c.state)
    assert house.ask(state) == "submitted", "nothing was done"
    house.later()
    done = browser.send("/payrolls/1/withdraw", reason=REASON, code=house.code())
    assert done.status_code == 303
    assert house.ask(state) == "draft"


def test_another_officer_is_not_handed_it(house: House, application: Flask) -> None:
    browser, answer = overdue(house, application)
    offered = in_again(house, browser, answer, OTHER)
    assert (offered.status_code, offered.location) == (303, "/work")


@pytest.mark.parametrize("bent", ["", "x.y", "{}A"])
def test_what_is_not_under_our_seal_is_dropped(house: House, application: Flask, bent: str) -> None:
    browser, answer = overdue(house, application)
    text = hidden(answer)["kept"]
    given = {"username": MAKER, "password": TRAINING_PASSWORD}
    browser.post("/sign-in", data=given)
    house.later()
    sent = {"kept": bent.format(text), "code": house.code()}
    assert browser.post("/sign-in/code", data=sent).location == "/work"
