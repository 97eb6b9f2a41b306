"""What a person says and asks on his own page: that money came or did not, and why."""

from __future__ import annotations

import pytest
from flask import Flask

from app.answers.answering import answer_for
from app.answers.wording import sentences
from app.complaints.moving import answer, close
from app.complaints.opening import open_complaint
from app.complaints.reading import steps_of
from app.complaints.states import STAFF
from app.web.csrf import FIELD, token_of
from tests.app.web.serving import words
from tests.app.web.test_my_page import application as of_people
from tests.app.web.test_my_page import came_in, own_id, paid, text
from tests.factories import SEPTEMBER, House
from tests.support.messages import HELP
from tests.support.province import COMMUNE

application = of_people
pytestmark = pytest.mark.stage(of=paid)


def test_money_that_did_not_come_is_told_and_answered(house: House, application: Flask) -> None:
    """A button opens one complaint with the payment's evidence, of a payment of his alone."""
    browser = came_in(house, application, 1)
    (mine, others) = (house.ask(
        "select i.id from instruction i join obligation o on o.id = i.obligation_id"
        f" where o.person_id = {number}") for number in (1, 2))  # fmt: skip
    address = f"/my/1/not-received/{mine}"
    assert address in browser.get("/my/1").get_data(as_text=True)
    assert "Gửi: tôi chưa nhận được 500.000 ₫" in text(browser, address)
    assert browser.post(address).status_code == 403
    token = {FIELD: token_of(own_id(browser))}
    long = browser.post(address, data={**token, "words": "x" * 5_000})
    assert long.status_code == 422
    for _ in range(2):
        told = browser.post(address, data={**token, "words": "Ra ngân hàng không thấy"})
        assert told.location == "/my/1/told"
    assert house.rows("select person_id, payment_id, channel, kind, state from complaint") == [
        (1, mine, "page", "not_received", "received")
    ]
    shown = text(browser, "/my/1/told")
    assert "chưa nhận được tiền, 15/09/2026" in shown
    assert "trả lời chậm nhất ngày" in shown
    assert "no money came" in text(browser, "/my/1/told?lang=en")
    # What is said besides is kept, the same again is not; how good the answer is, he says himself.
    browser.post(address, data={**token, "words": "Hỏi lại ngân hàng cũng không thấy"})
    number, keyring = house.ask("select id from complaint"), house.keyring
    rating = f"/my/1/told/{number}"
    assert browser.post(rating, data={**token, "rating": "5"}).status_code == 409
    with house.work() as session:
        said = [(one.state, one.words) for one in steps_of(session, keyring, number)]
        answer(session, keyring, house.officer(f"maker.{COMMUNE}"), number, "Đã hỏi ngân hàng.",
               house.clock.now())  # fmt: skip
    assert said == [("received", "Ra ngân hàng không thấy"),
                    ("received", "Hỏi lại ngân hàng cũng không thấy")]  # fmt: skip
    assert browser.post(rating, data={**token, "rating": "9"}).status_code == 422
    assert browser.post(rating, data={**token, "rating": "2"}).status_code == 303
    assert "Ông/bà đã chấm 2 trên 5" in text(browser, "/my/1/told")
    with house.work() as session:
        close(session, keyring, house.officer(f"maker.{COMMUNE}"), number, house.clock.now(), 5)
    assert house.rows("select state, satisfaction from complaint") == [("closed", 2)]
    for strange in (f"/my/1/not-received/{others}", f"/my/2/not-received/{others}"):
        assert browser.get(strange).status_code == 404
        assert browser.post(strange, data=token).status_code == 404
    assert house.ask("select count(*) from complaint") == 1
    # What is said of officers is for the one who said it, not for all who share the phone.
    with house.work() as session:
        for number in (1, 4):
            open_complaint(session, house.keyring, "page", number, "hotline", STAFF,
                           "Cán bộ nói nặng lời", None, house.clock.now())  # fmt: skip
    assert "thái độ của cán bộ" in text(browser, "/my/1/told")
    assert "thái độ của cán bộ" not in text(browser, "/my/4/told")


def test_money_that_came_is_confirmed_once(house: House, application: Flask) -> None:
    """And what is said afterwards counts; nothing is asked of money that has not come."""
    browser = came_in(house, application, 1)
    token = {FIELD: token_of(own_id(browser)), "period": SEPTEMBER}
    assert "Tôi đã nhận đủ 500.000 ₫" in text(browser, "/my/1")
    assert browser.post("/my/1/received", data={"period": SEPTEMBER}).status_code == 403
    assert browser.post("/my/2/received", data=token).status_code == 404
    assert browser.post("/my/1/received", data={**token, "period": "2026-08"}).status_code == 404
    for _ in range(2):
        assert browser.post("/my/1/received", data=token).status_code == 303
    shown = text(browser, "/my/1")
    assert "Ông/bà đã báo: đã nhận được tiền." in shown
    assert "Tôi đã nhận đủ" not in shown
    mine = house.ask("select min(id) from instruction")
    browser.post(f"/my/1/not-received/{mine}", data=token)
    said = house.rows("select is_received, channel, actor from payment_confirmation order by id")
    assert said == [(1, "page", "page"), (0, "page", "page")]
    assert "Tôi đã nhận đủ 500.000 ₫" in text(browser, "/my/1")
    assert "Tôi đã nhận đủ" not in text(came_in(house, application, 2), "/my/2")


def test_the_assistant_answers_on_the_page_as_by_sms(house: House, application: Flask) -> None:
    """By a button or in words without accents; what it does not understand it hands on."""
    browser = came_in(house, application, 2)
    token = {FIELD: token_of(own_id(browser))}

    def ask(lang: str = "", **told: str) -> str:
        answer = browser.post(f"/my/2/ask{lang}", data={**token, **told})
        assert answer.status_code == 200
        return words(answer)

    assert "Hỏi về tiền của tôi" in text(browser, "/my/2")
    with house.database.view() as session:
        told = answer_for(session, 2, "returned", house.clock.now().date())
    for one in sentences(told, HELP):
        assert one in ask(kind="returned")
    assert "500.000" in ask(question="sao tien thang nay bi tra lai <b>")
    assert "&lt;b&gt;" in browser.post("/my/2/ask", data={**token, "question": "<b>"}).get_data(
        as_text=True
    )
    assert "500,000" in ask("?lang=en", question="has it come")
    wrong = browser.post("/my/2/ask", data={**token, "question": " "})
    assert wrong.status_code == 422
    assert browser.post("/my/2/ask", data={"kind": "why"}).status_code == 403
    assert browser.get("/my/1/ask").status_code == 404
