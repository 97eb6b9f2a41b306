"""Coming in: password, then code; what is wrong is counted; a session ends when it should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.passwords import TRAINING_PASSWORD, hash_of, require_sound, set_password
from app.access.sessions import digest_of
from app.access.sign_in_tables import sign_in_failure
from app.access.tables import act
from app.config import Settings
from app.disbursement.acts import prove_acts
from app.errors import InputError, Refused
from app.web.application import create_app
from app.web.csrf import FIELD, token_of
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, serve, signed_in, visitor, words
from tests.factories import COMMUNE, House
from tests.support.commands import ansinh

WHO = f"maker.{COMMUNE}"
KEPT = hash_of(TRAINING_PASSWORD)


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    """The service of the tiny province, where one officer has a password."""
    with house.work() as session:
        set_password(session, house.officer(WHO), KEPT, house.clock.now())
    house.later()
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def browser(application: Flask) -> Browser:
    """One in which nobody is signed in."""
    return visitor(application)


def enter(browser: Browser, username: str = WHO, password: str = TRAINING_PASSWORD) -> int:
    """Name and password; the status of the answer."""
    given = {"username": username, "password": password}
    return browser.post("/sign-in?next=/payrolls", data=given).status_code


def test_password_then_code_then_the_page_that_was_asked_for(
    house: House, browser: Browser
) -> None:
    asked = browser.get("/payrolls?state=draft")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/payrolls?state%3Ddraft")
    answer = browser.post(asked.location, data={"username": WHO, "password": TRAINING_PASSWORD})
    first = browser.session_id
    assert answer.location == "/sign-in/code?next=/payrolls?state%3Ddraft"
    assert browser.get("/payrolls").status_code == 303, "a password alone opens nothing"
    answer = browser.post(answer.location, data={"code": house.code()})
    assert (answer.status_code, answer.location) == (303, "/payrolls?state=draft")
    assert browser.session_id != first, "a new id at every step"
    assert "Người lập" in words(browser.get("/payrolls")) or browser.get("/").status_code == 200
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
        assert session.scalar(select(act.c.step).order_by(act.c.id.desc())) == "sign_in"


def test_the_code_at_the_door_confirms_nothing_else(house: House, browser: Browser) -> None:
    enter(browser)
    code = house.code()
    assert browser.post("/sign-in/code", data={"code": code}).status_code == 303
    again = visitor(browser.application)
    enter(again)
    answer = again.post("/sign-in/code", data={"code": code})
    assert answer.status_code == 409
    assert "đã dùng rồi" in words(answer)


def test_who_is_unknown_is_answered_as_who_is_known(house: House, browser: Browser) -> None:
    given = {"password": "một câu sai hoàn toàn"}
    answers = [browser.post("/sign-in", data={"username": one, **given})
               for one in (WHO, "nobody", "auditor")]  # fmt: skip
    assert {one.status_code for one in answers} == {403}
    texts = {words(one).replace(name, "") for one, name in
             zip(answers, (WHO, "nobody", "auditor"), strict=True)}  # fmt: skip
    assert len({text.split("Có lỗi cần sửa")[1][:80] for text in texts}) == 1


def test_wrong_passwords_wait_longer_and_longer(house: House, browser: Browser) -> None:
    for _ in range(5):
        assert enter(browser, password="sai rồi sai nữa") == 403
    assert house.count(sign_in_failure) == 5
    assert enter(browser) == 403, "the right one waits too"
    house.clock.advance(timedelta(seconds=33))
    assert enter(browser, password="sai rồi sai nữa") == 403
    house.clock.advance(timedelta(seconds=33))
    assert enter(browser) == 403, "64 seconds now"
    house.clock.advance(timedelta(seconds=40))
    assert enter(browser) == 303
    assert house.count(sign_in_failure) == 0


def test_an_address_that_tries_many_names_waits(house: House, browser: Browser) -> None:
    for one in range(20):
        enter(browser, f"name{one}", "sai rồi sai nữa")
    assert "Chờ" in words(browser.post("/sign-in", data={"username": WHO, "password": "x"}))


def test_a_wrong_code_is_counted_and_shown_at_its_field(house: House, browser: Browser) -> None:
    enter(browser)
    answer = browser.post("/sign-in/code", data={"code": "000000"})
    assert answer.status_code == 403
    assert '<a href="#code">Mã xác thực không đúng.' in answer.get_data(as_text=True)


def test_a_session_ends_idle_old_signed_out_or_taken(house: House, application: Flask) -> None:
    here, clock = signed_in(application, WHO), house.clock
    clock.advance(timedelta(minutes=19))
    assert here.get("/").status_code == 200
    clock.advance(timedelta(minutes=21))
    assert here.get("/").status_code == 303, "idle"
    here = signed_in(application, WHO)
    for _ in range(40):
        clock.advance(timedelta(minutes=15))
        here.get("/sessions")
    assert here.get("/").status_code == 303, "ten hours"
    here, there = signed_in(application, WHO), signed_in(application, WHO)
    cookie = here.session_id
    assert here.send("/sign-out").location == "/sign-in"
    here.set_cookie("ansinh", cookie)
    assert here.get("/").status_code == 303, "the old cookie opens nothing"
    assert there.get("/").status_code == 200
    other = signed_in(application, WHO)
    answer = other.send(f"/sessions/{digest_of(there.session_id)}/end")
    assert "Đã thu một phiên" in other.told(answer)
    assert there.get("/").status_code == 303


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "/\\x"])
def test_the_way_on_stays_here(house: House, browser: Browser, address: str) -> None:
    browser.post("/sign-in", data={"username": WHO, "password": TRAINING_PASSWORD})
    answer = browser.post("/sign-in/code", query_string={"next": address},
                          data={"code": house.code()})  # fmt: skip
    assert answer.location == "/work"


def test_behind_tls_the_cookie_is_bound_to_the_host(house: House, application: Flask) -> None:
    url = house.database.url.render_as_string(hide_password=False)
    served = create_app(Settings(database_url=url, behind_tls=True), keyring=house.keyring,
                        clock=house.clock)  # fmt: skip
    browser = visitor(served)
    told = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
    answer = browser.post("/sign-in", data={"username": WHO, "password": TRAINING_PASSWORD},
                          headers=told)  # fmt: skip
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ansinh=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")[1:])
    served.extensions[EXTENSION].database.close()


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "others"),
        ({"Origin": "https://elsewhere.example"}, "own"),
        ({"Origin": "null"}, "own"),
        ({"Sec-Fetch-Site": "cross-site"}, "own"),
        ({"Sec-Fetch-Site": "same-site"}, "own"),
    ],
)
def test_a_request_of_another_page_changes_nothing(
    house: House, application: Flask, headers: dict[str, str], token: str
) -> None:
    here, other = signed_in(application, WHO), signed_in(application, "finance.one")
    tokens = {"": "", "own": token_of(here.session_id), "others": token_of(other.session_id)}
    answer = here.post("/sign-out", data={FIELD: tokens[token]}, headers=headers)
    assert answer.status_code == 403
    assert "Yêu cầu không đến từ trang đang mở" in words(answer)
    assert here.get("/").status_code == 200


@pytest.mark.parametrize("password", ["ngắn", "aaaaaaaaaaaaaaaaaaaa", f"{WHO} 2026 abc", "x" * 129])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InputError):
        require_sound(password, WHO, "Nông Thị A")


def test_the_demo_tells_its_officers_and_their_codes(house: House, browser: Browser) -> None:
    text = words(browser.get(f"/sign-in?user={WHO}"))
    assert TRAINING_PASSWORD in text
    assert f"ansinh demo code {WHO}" in text
    told = ansinh(house, "demo", "code", WHO)
    assert told.exit_code == 0
    assert len(told.output.strip()) == 6


def test_real_officers_codes_are_not_told(house: House) -> None:
    house.tamper("update installation set value = '0' where key = 'training'")
    told = ansinh(house, "demo", "code", WHO)
    assert isinstance(told.exception, Refused)
