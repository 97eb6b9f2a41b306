"""The pages of the hotline: find, ask, tell, help, call back; for one officer, for a while."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.hotline.finding import LOOK_UPS
from tests.app.web.serving import Browser, signed_in, text_of, words
from tests.app.web.test_my_page import application as of_people
from tests.factories import House, row
from tests.support.messages import phone
from tests.support.on_the_phone import HERE, THERE, id_tail, on_the_line, right, wrong
from tests.support.on_the_phone import looked_up as counted

pytestmark = pytest.mark.stage(of=on_the_line)
application = of_people
KEYS = {"name": "nong thi", "born": "", "reason": "has_come"}


def looked_up(browser: Browser, number: int) -> str:
    """The address of a look-up that has found one person."""
    return str(browser.send("/hotline", digits=id_tail(number), **KEYS).location)


def known(house: House, browser: Browser, number: int, by: str = "desk") -> str:
    """The address of the look-up of a caller who answered right."""
    hits = looked_up(browser, number)
    check = browser.send(hits, one="1").location
    answers = right(house, int(hits.rpartition("/")[2]), by)
    assert browser.send(check, **answers).location == f"{hits}/person"
    return hits


def test_from_the_keys_to_the_call_back(house: House, application: Flask) -> None:
    """Nothing of the person before the check, in plain words after it."""
    desk = signed_in(application, "desk")
    assert f"Còn {LOOK_UPS} trên {LOOK_UPS}" in text_of(desk, "/hotline")
    empty = desk.send("/hotline")
    assert (empty.status_code, "4 số cuối" in words(empty)) == (422, True)
    nobody = desk.send("/hotline", digits="999999", **KEYS)
    assert (nobody.status_code, "Không có ai khớp" in words(nobody)) == (422, True)
    hits = looked_up(desk, 2)
    shown = text_of(desk, hits)
    assert "Nông T. N. 0." in shown
    for secret in (row(2).name, "1945", "Tổ 1", "Thục Phán", "500.000", row(2).account[-4:]):
        assert secret not in shown
    check = desk.send(hits, one="1").location
    asked = desk.get(check).get_data(as_text=True)
    assert row(2).name not in asked
    lookup = int(hits.rpartition("/")[2])
    few = desk.send(check, born="1945")
    assert (few.status_code, "hai câu" in words(few)) == (422, True)
    assert desk.get(f"{hits}/person").status_code == 404
    person = desk.send(check, **right(house, lookup)).location
    page = text_of(desk, person)
    assert row(2).name in page
    assert "500.000 đồng chưa vào được tài khoản" in page
    assert "Mời mang căn cước đến" in page
    assert "has not reached" in text_of(desk, f"{person}?lang=en") or "could not" in text_of(
        desk, f"{person}?lang=en"
    )
    told = desk.told(desk.send(f"{hits}/resend"))
    assert "Đã gửi lại tin đến số có đuôi 002" in told
    assert words(desk.send(f"{hits}/resend")).count("Đã gửi lại tin trong cuộc gọi này") >= 1
    assert house.ask("select count(*) from message where kind = 'again'") == 1
    paid = house.ask("select min(i.id) from instruction i join obligation o"
                     " on o.id = i.obligation_id where o.person_id = 2")  # fmt: skip
    others = house.ask("select min(i.id) from instruction i join obligation o"
                       " on o.id = i.obligation_id where o.person_id = 1")  # fmt: skip
    form = f"{hits}/complaint"
    assert "Chọn người dân nói về việc gì" in words(desk.send(form))
    assert desk.send(form, kind="not_received", payment=others).status_code == 404
    opened = desk.send(form, kind="not_received", payment=paid, words="Chưa thấy tiền")
    assert "Đã ghi nhận phản ánh số 1" in desk.told(opened)
    assert house.rows("select person_id, channel, payment_id from complaint") == [
        (2, "hotline", paid)
    ]
    assert "Đã hẹn gọi lại" in desk.told(desk.send(f"{hits}/call", term="soon"))
    assert "Gọi lại cho 1 người dân" in text_of(desk, "/work")
    assert phone(2) not in text_of(desk, "/hotline/calls")
    assert phone(2) in words(desk.send("/hotline/calls/1/number"))
    assert "Chọn trong danh sách" in words(desk.send("/hotline/calls/1/end"))
    done = desk.send("/hotline/calls/1/end", result="talked", ordinal=1)
    assert "Đã ghi kết quả gọi" in desk.told(done)
    assert desk.get("/hotline/calls/1").status_code == 409


def test_nobody_else_gets_in_by_the_address(house: House, application: Flask) -> None:
    """Another officer's, an expired one, another person's payment or call; by number or by turn."""
    desk, here = signed_in(application, "desk"), signed_in(application, HERE)
    hits = known(house, desk, 1)
    desk.send(f"{hits}/call", term="next_day")
    for page in (hits, f"{hits}/check", f"{hits}/person", f"{hits}/complaint", "/hotline/calls/1"):
        assert here.get(page).status_code == 404, page
    for act in (hits, f"{hits}/check", f"{hits}/complaint", f"{hits}/resend", f"{hits}/call",
                "/hotline/calls/1/number", "/hotline/calls/1/end"):  # fmt: skip
        said = here.send(act, one="1", born="1945", hamlet="1", kind="thanks", words="Cảm ơn",
                         term="soon", result="talked", amount="1", account="1")  # fmt: skip
        assert said.status_code == 404, act
    assert desk.send(hits, one="2").status_code == 404
    again = desk.send(f"{hits}/check", born="1945", hamlet="1", amount="2")
    assert again.status_code == 409
    house.clock.advance(timedelta(minutes=16))
    desk = signed_in(application, "desk")
    assert desk.get(f"{hits}/person").status_code == 409
    assert desk.send(f"{hits}/complaint", kind="thanks", words="Cảm ơn").status_code == 409
    assert desk.send(f"{hits}/resend").status_code == 409
    for name in (HERE, THERE, "desk"):
        browser = signed_in(application, name)
        for page in ("/people/1", "/people", "/complaints", "/people/1/complaint", "/audit"):
            assert browser.get(page).status_code == 403, (name, page)


def test_a_failed_check_tells_nothing_and_the_twenty_first_is_told(
    house: House, application: Flask
) -> None:
    """What was typed stands nowhere again; the auditor finds both refusals among his tasks."""
    desk = signed_in(application, "desk")
    for _ in range(3):
        hits = looked_up(desk, 1)
        desk.send(hits, one="1")
        failed = desk.told(desk.send(f"{hits}/check", **wrong()))
        assert "Chưa đủ hai câu đúng" in failed
        assert row(1).name not in failed
        assert not re.search(r"value=\"99\"", failed)
    hits = looked_up(desk, 1)
    assert "hỏi sai người này" in words(desk.send(hits, one="1"))
    counted(house, LOOK_UPS - 4)
    last = desk.send("/hotline", digits=id_tail(2), **KEYS)
    assert last.status_code == 403
    assert "Đã tra cứu 20 lượt trong một giờ" in words(last)
    english = words(desk.send("/hotline?lang=en", digits=id_tail(2), **KEYS))
    assert "20 look-ups within an hour" in english
    work = text_of(signed_in(application, "auditor"), "/work")
    assert "Xem 2 lần tra cứu quá mức" in work
    assert "Xem 1 lần hỏi sai quá mức" in work
