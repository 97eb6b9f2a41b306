"""A person's own page: the way in is alike for everybody, what is read there his alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.access.role_tables import HELPER
from app.complaints.moving import answer
from app.config import Settings
from app.disbursement.evidence import CREDITED
from app.disbursement.states import SETTLED
from app.self_service.tables import own_session
from app.statements.person_statement import person_months
from app.web.access import who_may
from app.web.application import STATIC
from app.web.csrf import FIELD, token_of
from app.web.reading.my import _day
from app.web.site import EXTENSION, Site
from bank_adapters.contract import ReportKind
from ledger.money import format_vnd
from tests.app.disbursement.evidence_office import said
from tests.app.printing.reading import read_pdf
from tests.app.web.serving import Browser, application_of, signed_in, visitor, words
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    report,
    row,
)
from tests.support.messages import phone, set_phone, with_plan
from tests.support.own_page import last_code, outcomes
from tests.support.province import COMMUNE

PAGE_MAX = 10_000
NOBODY = row(77).citizen_id


def paid(house: House) -> None:
    """September is paid: to 1 and 4, who share a phone; 2's came back; 3 fetches cash."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3), row(4))
    for one, number in ((1, phone(1)), (2, phone(2)), (3, phone(3)), (4, phone(1))):
        set_phone(house, one, number)
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    account, refs = house.account(BANK), [house.reference(one, SEPTEMBER) for one in (1, 2, 4)]
    debits = [booked(one, -500_000, "2026-09-10") for one in refs]
    back = booked(refs[1], 500_000, "2026-09-11", reason="AC04")
    stated = report(
        ReportKind.STATEMENT, account, *debits, back, opening=1_500_000, closing=500_000
    )
    house.receives(BANK, stated)
    house.on("2026-09-15", "09:00")


pytestmark = pytest.mark.stage(of=paid)


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    """The service of a house that sends messages."""
    plan = with_plan(house).settings.messages
    url = house.database.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, home=house.home, messages=plan)
    served = application_of(settings, house.keyring, house.clock)
    yield served
    served.extensions[EXTENSION].database.close()


def own_id(browser: Browser) -> str:
    """The id in the cookie of people."""
    found = browser.get_cookie("ansinh-own")
    return found.value if found else ""


def came_in(house: House, application: Flask, number: int) -> Browser:
    """A browser in which a person has typed the code that came."""
    browser = visitor(application)
    house.later()
    asked = browser.post("/my/code", data={"citizen_id": row(number).citizen_id})
    assert asked.location == "/my/code"
    outcomes(with_plan(house))
    entered = browser.post("/my/enter", data={"code": last_code(house)})
    assert entered.location == "/my", words(entered)
    return browser


def text(browser: Browser, address: str) -> str:
    """The words of a page that answers well; it is small, has no script and is kept nowhere."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.get_data(as_text=True)
    assert "<script" not in html
    sheet = (STATIC / "my.css").stat().st_size + (STATIC / "icon.svg").stat().st_size
    assert len(html.encode()) + sheet < PAGE_MAX, address
    return words(answer).replace("\xa0", " ")


def test_a_person_reads_what_was_paid_in_both_languages(house: House, application: Flask) -> None:
    browser = came_in(house, application, 1)
    assert browser.get("/my").location == "/my/1"
    shown = text(browser, "/my/1")
    for part in ("Nông Thị Người 001", "Tiền tháng 09/2026", "500.000 ₫", "Năm trăm nghìn đồng.",
                 "Tiền đã vào tài khoản ngày 10/09/2026.", "•••• 1000",
                 "Gọi hỏi 02000000111"):  # fmt: skip
        assert part in shown, part
    assert row(1).account not in shown
    assert row(1).citizen_id not in shown
    english = text(browser, "/my/1?lang=en")
    assert "The money reached the account on 10/09/2026." in english
    assert "Five hundred thousand dong." in english
    assert "Tháng 09/2026 : 500.000 ₫" in text(browser, "/my/1/months").replace("  ", " ")
    assert "Theo Quyết định" in text(browser, "/my/1/why")
    assert "Nông Thị Người 004" in text(browser, "/my/people")
    assert "500.000 ₫" in text(browser, "/my/4")
    paper = browser.get("/my/1/statement")
    assert paper.headers["Cache-Control"] == "no-store"
    assert "Nông Thị Người 001" in read_pdf(paper.data).text
    back = came_in(house, application, 2)
    assert "Mời mang căn cước và số tài khoản đến" in text(back, "/my/2")
    assert "The money came back on 11/09/2026." in text(back, "/my/2?lang=en")
    cash = came_in(house, application, 3)
    assert "Mời đến nhận, mang theo căn cước" in text(cash, "/my/3")
    left = browser.post("/my/leave", data={FIELD: token_of(own_id(browser))})
    assert (left.location, left.headers["Clear-Site-Data"]) == ("/my", '"cache"')
    assert browser.get("/my/1").location == "/my"


def test_what_an_earlier_month_left_is_no_part_of_a_month(house: House, application: Flask) -> None:
    """Cash of September, taken up by October's list: told there, counted in September alone, as in
    the statement and in answers by SMS."""
    said(house, house.reference(3, SEPTEMBER), "unpaid_list", provider=POST)
    house.register(OCTOBER, row(1), row(2), in_cash(3), row(4))
    house.on("2026-10-09", "09:00")
    house.list_month(OCTOBER)
    browser = came_in(house, application, 3)
    with house.database.view() as session:
        (october, _) = person_months(session, 3)
    shown, amount = text(browser, "/my/3"), format_vnd(october.amount).replace("\xa0", " ")
    assert f"Tiền tháng 10/2026 {amount}" in " ".join(shown.split())
    assert "500.000 ₫ của tháng 09/2026:" in shown
    assert amount in text(browser, "/my/3/why")
    assert "Tiền mặt chưa có người nhận." in text(browser, "/my/3/months")
    assert "Cash not collected." in text(browser, "/my/3/months?lang=en")


def test_nobody_reads_another_ones(house: House, application: Flask) -> None:
    """Numbers of others in the address are as those of nobody; no way in leads to a session."""
    browser = came_in(house, application, 2)
    for number in (1, 3, 4, 99):
        for page in ("", "/months", "/why", "/statement", "/statement?period=2026-09"):
            assert browser.get(f"/my/{number}{page}").status_code == 404, (number, page)
    for period in ("2026-08", "1999-01", "x"):
        assert browser.get(f"/my/2/statement?period={period}").status_code == 404
    assert "Nông Thị Người 001" not in text(browser, "/my/people")
    stranger = visitor(application)
    for page in ("/my/2", "/my/2/months", "/my/2/why", "/my/2/statement", "/my/people", "/my/code"):
        assert stranger.get(page).location == "/my", page
    assert stranger.post("/my/enter", data={"code": "123456"}).location == "/my"


def test_the_session_changes_nothing_and_is_no_officers(house: House, application: Flask) -> None:
    """P14: with a code alone no number, account or guardian can be changed."""
    browser, here = came_in(house, application, 1), application.extensions[EXTENSION]
    assert isinstance(here, Site)
    before = house.rows("select * from person where id = 1"), house.rows("select * from payee")
    mine = own_id(browser)
    browser.set_cookie(here.cookie, mine)  # as if it were an officer's
    acts = [rule.rule for rule in application.url_map.iter_rules()
            if "POST" in (rule.methods or ()) and "person_id" in rule.arguments]  # fmt: skip
    assert len(acts) > 5
    for rule in acts:
        address = re.sub(r"<[^>]*person_id>", "1", rule)
        address = re.sub(r"<[^>]+>", "1", address)
        answer = browser.post(address, data={FIELD: token_of(mine), "phone": "0900000000"})
        assert answer.status_code in (401, 404), address
    after = house.rows("select * from person where id = 1"), house.rows("select * from payee")
    assert before == after
    officer = signed_in(application, f"maker.{COMMUNE}")
    officer.set_cookie("ansinh-own", officer.session_id)
    assert officer.get("/my/1").location == "/my", "nor is an officer's a person's"
    for token in ({}, {FIELD: "wrong"}):
        assert browser.post("/my/leave", data=token).status_code == 403
    forged = browser.post("/my/leave", data={FIELD: token_of(mine)}, headers={"Origin": "http://x"})
    assert forged.status_code == 403
    assert house.count(own_session) == 1
    assert house.rows("select ended_by from own_session") == [("",)]


def test_known_and_unknown_are_answered_alike(house: House, application: Flask) -> None:
    """Status, address, length and words, at every step of the way in, in both languages."""
    told: dict[str, list[object]] = {}
    for who in (row(1).citizen_id, NOBODY):
        browser = visitor(application)
        steps = [
            browser.post("/my/code?lang=en", data={"citizen_id": who}),
            browser.get("/my/code"),
        ]
        outcomes(with_plan(house))
        steps += [browser.post("/my/enter?lang=en", data={"code": "000000"}) for _ in range(6)]
        again = visitor(application)
        steps.append(again.post("/my/code", data={"citizen_id": f"{who[:6]} {who[6:]}"}))
        told[who] = [(one.status_code, one.location, one.get_data(as_text=True).replace(who, "ID"))
                     for one in steps]  # fmt: skip
    known, unknown = told.values()
    # What was typed comes back, and so does how long to wait.
    assert [_plain(one) for one in known] == [_plain(one) for one in unknown]
    assert [one[0] for one in known if isinstance(one, tuple)] == [303, 200, *[403] * 6, 403]
    assert "The code is wrong or too old." in str(known[2])
    assert "Wrong 5 times." in str(known[7])
    assert visitor(application).post("/my/code", data={"citizen_id": "12"}).status_code == 422


def _plain(step: object) -> str:
    return re.sub(r"\d+ giây|\d{6} \d{6}", "", str(step))


def test_an_officer_beside_the_person_sees_as_much(house: House, application: Flask) -> None:
    """After the person's own code, as long as he is signed in; it stands in the trail as his."""
    maker = f"maker.{COMMUNE}"
    for name in ("finance.one", "auditor"):
        assert signed_in(application, name).get("/my/beside").status_code == 403
    browser = signed_in(application, maker)
    assert "Bắt đầu giúp" in words(browser.get("/my/beside"))
    assert browser.send("/my/beside").location == "/my"
    assert "Đang giúp người hưởng xem" in text(browser, "/my")
    browser.post("/my/code", data={"citizen_id": row(2).citizen_id})
    outcomes(with_plan(house))
    browser.post("/my/enter", data={"code": last_code(house)})
    assert "Nông Thị Người 002" in words(browser.get("/my/2"))
    assert browser.get("/my/1").status_code == 404
    paid = house.ask("select i.id from instruction i join obligation o on o.id = i.obligation_id"
                     " where o.person_id = 2")  # fmt: skip
    browser.post(f"/my/2/not-received/{paid}", data={FIELD: token_of(own_id(browser))})
    assert house.rows("select actor from complaint_step") == [(maker,)], "he wrote it down"
    who = house.officer(maker)
    assert house.rows("select place, helper_id from own_session") == [("helped", who)]
    trail = "select actor, object, detail from audit_event where action = 'self:session:open'"
    assert house.rows(trail) == [(str(who), "person:2", "helped")]
    stolen = visitor(application)
    stolen.set_cookie("ansinh-own", own_id(browser))
    assert stolen.get("/my/2").location == "/my", "without its officer it opens nothing"
    assert "Xong" in words(browser.get("/my/beside"))
    assert browser.send("/my/beside/done").location == "/my/beside"
    assert house.rows("select ended_by from own_session") == [("left",)]
    assert "Đang giúp người hưởng xem" not in text(browser, "/my")


def test_a_helper_sees_what_the_person_opens_and_nothing_else(
    house: House, application: Flask
) -> None:
    """After the person's own code; told for the person in his name; no file, no rating, wiped."""
    browser = signed_in(application, "helper")
    assert browser.send("/my/beside").location == "/my"
    assert browser.get("/my/2").location == "/my", "nobody proved who he is"
    browser.post("/my/code", data={"citizen_id": row(1).citizen_id})
    outcomes(with_plan(house))
    assert 'http-equiv="refresh"' not in browser.get("/my/code").get_data(as_text=True)
    browser.post("/my/enter", data={"code": last_code(house)})
    month = browser.get("/my/1").get_data(as_text=True)
    assert "Nông Thị Người 001" in month
    assert 'http-equiv="refresh" content="91;url=/my"' in month
    assert "/statement" not in month
    assert browser.get("/my/1/statement").status_code == 404
    assert browser.get("/my/2").status_code == 404
    paid = house.ask("select i.id from instruction i join obligation o on o.id = i.obligation_id"
                     " where o.person_id = 1")  # fmt: skip
    token = {FIELD: token_of(own_id(browser))}
    browser.post("/my/1/received", data={**token, "period": SEPTEMBER})
    browser.post(f"/my/1/not-received/{paid}", data=token)
    assert house.rows("select is_received, actor from payment_confirmation order by id") == [
        (1, "helper"), (0, "helper"),
    ]  # fmt: skip
    number = house.ask("select id from complaint")
    with house.work() as session:
        answer(session, house.keyring, house.officer(f"maker.{COMMUNE}"), number, "Đã hỏi.",
               house.clock.now())  # fmt: skip
    assert "stars" not in browser.get("/my/1/told").get_data(as_text=True)
    rated = browser.post(f"/my/1/told/{number}", data={**token, "rating": "5"})
    assert rated.status_code == 404
    shown = words(signed_in(application, f"maker.{COMMUNE}").get(f"/complaints/{number}"))
    assert "gửi giúp: helper" in shown
    trail = "select actor, object, detail from audit_event where action = 'self:session:open'"
    assert house.rows(trail) == [(str(house.officer("helper")), "person:1", "helped")]
    house.clock.advance(timedelta(seconds=91))
    assert browser.get("/my/1").location == "/my", "nobody touched it"


def test_who_was_open_before_a_helper_came_is_over(house: House, application: Flask) -> None:
    """Whoever looked alone at this machine is not shown to who sits beside the next one."""
    browser = signed_in(application, "helper")
    browser.post("/my/code", data={"citizen_id": row(2).citizen_id})
    outcomes(with_plan(house))
    browser.post("/my/enter", data={"code": last_code(house)})
    assert house.rows("select place, helper_id from own_session") == [("page", None)]
    alone = own_id(browser)
    assert browser.send("/my/beside").location == "/my"
    assert "Nông Thị Người 002" not in words(browser.get("/my", follow_redirects=True))
    assert browser.get("/my/2").location == "/my"
    assert house.rows("select ended_by from own_session") == [("left",)]
    browser.set_cookie("ansinh-own", alone)
    assert browser.get("/my/2").location == "/my"


def test_a_helper_opens_nothing_else(application: Flask) -> None:
    """Of what is for certain roles; what is for everybody signed in the matrix tries."""
    his = {
        rule.endpoint
        for rule in application.url_map.iter_rules()
        if rule.endpoint != "static" and HELPER in (who_may(application, rule.endpoint) or ())
    }
    assert his == {"beside.index", "beside.begin", "beside.done"}


def test_a_kiosk_leaves_nothing_behind(house: House, application: Flask) -> None:
    """Only where it is set; a keypad without a script; shorter times; no file; then wiped."""
    browser = visitor(application)
    assert browser.get("/my/kiosk").status_code == 404
    here = application.extensions[EXTENSION]
    application.extensions[EXTENSION] = replace(here, settings=replace(here.settings, kiosk=True))
    assert browser.get("/my/kiosk").location == "/my/kiosk"
    shown = browser.get("/my/kiosk").get_data(as_text=True)
    assert 'http-equiv="refresh" content="91;url=/my/kiosk"' in shown
    assert shown.count('name="key"') == 12
    assert "tel:" not in shown
    typed = ""
    for key in f"9{row(1).citizen_id[:2]}":
        answer = browser.post("/my/code", data={"citizen_id": typed, "key": key})
        shown = answer.get_data(as_text=True)
        (typed,) = re.findall(r'name="citizen_id"[^>]* value="(\d*)"', shown)
    assert typed == f"9{row(1).citizen_id[:2]}"
    for key, left in (("back", typed[:-1]), ("clear", ""), ("x", ""), ("12", "")):
        page = browser.post("/my/code", data={"citizen_id": typed, "key": key})
        assert f'value="{left}"' in page.get_data(as_text=True) or key in ("x", "12")
    house.later()
    browser.post("/my/code", data={"citizen_id": row(1).citizen_id})
    outcomes(with_plan(house))
    assert browser.post("/my/enter", data={"code": last_code(house)}).location == "/my"
    assert house.rows("select place from own_session") == [("kiosk",)]
    month = browser.get("/my/1")
    assert "/statement" not in month.get_data(as_text=True)
    paid = house.ask("select i.id from instruction i join obligation o on o.id = i.obligation_id"
                     " where o.person_id = 1")  # fmt: skip
    browser.post(f"/my/1/not-received/{paid}", data={FIELD: token_of(own_id(browser))})
    assert house.rows("select channel, payment_id from complaint") == [("kiosk", paid)]
    assert browser.get("/my/1/statement").status_code == 404
    assert "Về trang đầu" in words(browser.get("/my/1/statement"))
    wiped = browser.get("/my/kiosk")
    assert (wiped.status_code, wiped.headers["Clear-Site-Data"]) == (200, '"cache"')
    assert "Nông Thị" not in wiped.get_data(as_text=True)
    assert browser.get("/my/1").location == "/my/kiosk"
    assert house.rows("select ended_by from own_session") == [("wiped",)]
    own = came_in(house, application, 2)
    house.clock.advance(timedelta(seconds=100))
    assert own.get("/my/2").status_code == 200, "a minute and a half is for kiosks alone"


def test_money_came_on_the_day_that_notices_tell() -> None:
    """Credited on the provider's word, booked later or not yet: the first word's day."""
    last: Any = SimpleNamespace(state=SETTLED, requested_on=date(2026, 9, 9))
    told: list[Any] = [SimpleNamespace(state=CREDITED, happened_on=date(2026, 9, 10)),
                       SimpleNamespace(state=SETTLED, happened_on=date(2026, 9, 12))]  # fmt: skip
    assert _day(last, told) == _day(last, told[:1]) == date(2026, 9, 10)
