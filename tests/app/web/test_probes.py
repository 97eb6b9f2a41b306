"""Attacks on sign-in and forms, tried against the served pages: refused, and nothing is written.

Who may open what is `test_matrix.py`; forged requests and cookies one by one, `test_sign_in.py`.
That a maker cannot approve and that a changed list voids an approval is the rooms'
(`tests/app/payroll`, `tests/app/access`), whatever page calls them.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access.passwords import TRAINING_PASSWORD, hash_of, set_password
from app.access.sign_in_tables import sign_in_failure
from app.access.switching import switch
from app.access.tables import DISABLE, act
from app.config import Settings
from app.payroll.tables import payroll, payroll_line
from app.signing.visits import bucket_of
from app.web.access import STATIC, who_may
from app.web.application import create_app
from app.web.csrf import FIELD, SAFE, token_of
from app.web.site import EXTENSION
from tests.app.web.serving import of_house, signed_in, visitor, words
from tests.app.web.test_matrix import OWN, names
from tests.app.web.test_submitting import seen_on
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, row, september_listed

pytestmark = pytest.mark.stage(of=september_listed)
MAKER = f"maker.{COMMUNE}"
HASH = hash_of(TRAINING_PASSWORD)


application = of_house


def test_an_account_that_goes_off_is_out_with_its_next_request(
    house: House, application: Flask
) -> None:
    browser = signed_in(application, MAKER)
    assert browser.get("/payrolls").status_code == 200
    now = house.later()
    with house.work() as session:
        switch(session, house.keyring, house.officer(MAKER), DISABLE, "nghỉ việc", house.admins(),
               now)  # fmt: skip
    assert browser.get("/payrolls").status_code == 303
    assert browser.send("/payrolls/1/submit").status_code == 401


def test_a_role_that_ends_closes_its_pages_with_the_next_request(
    house: House, application: Flask
) -> None:
    browser = signed_in(application, MAKER)
    assert browser.get("/payrolls/1/submit").status_code == 200
    house.becomes(MAKER, "auditor", "")
    assert browser.get("/payrolls/1/submit").status_code == 403


def written(house: House) -> tuple[int, ...]:
    """How much was written: acts, sessions that ended, tasks."""
    ended = "select count(*) from web_session where ended_at is not null"
    tables = ("act", "web_task", "officer_password", "recovery_code")
    queries = (ended, *(f"select count(*) from {one}" for one in tables))
    return tuple(int(house.ask(one)) for one in queries)


def test_no_form_is_taken_from_elsewhere(house: House, application: Flask) -> None:
    mine, other = signed_in(application, MAKER), signed_in(application, "finance.one")
    before = written(house)
    for rule in application.url_map.iter_rules():
        posts = set(rule.methods or ()) - set(SAFE)
        if not posts or rule.endpoint == STATIC or who_may(application, rule.endpoint) is None:
            continue
        given = {name: OWN[name] for name in names(application, rule.endpoint)}
        address = application.url_map.bind("localhost").build(rule.endpoint, given)
        own, others = token_of(mine.session_id), token_of(other.session_id)
        for token, headers in (
            ("", {}),
            (others, {}),
            (own, {"Origin": "https://elsewhere.example"}),
            (own, {"Sec-Fetch-Site": "cross-site"}),
        ):
            data = {FIELD: token, "code": house.code()}
            answer = mine.post(address, data=data, headers=headers)
            assert answer.status_code == 403, (address, headers)
            assert "Yêu cầu không đến từ trang đang mở" in words(answer)
    assert written(house) == before


def test_fields_that_no_form_has_change_nothing(house: House, application: Flask) -> None:
    browser, page = signed_in(application, MAKER), "/payrolls/1/submit"
    total = select(func.sum(payroll_line.c.amount))
    before = house.ask(total)
    house.later()
    more = {"role": "approver", "status": "approved", "state": "approved", "approved_by": "1",
            "amount": "1", "officer_id": "1", "payroll_id": "2", "commune_id": "99"}  # fmt: skip
    answer = browser.send(page, seen=seen_on(browser, page), code=house.code(), **more)
    assert answer.status_code == 303
    assert house.rows(select(payroll.c.state, payroll.c.maker_id)) == [
        ("submitted", house.officer(MAKER))
    ]
    assert house.ask(total) == before


def test_walking_through_the_numbers_finds_only_ones_own(house: House, application: Flask) -> None:
    house.register(SEPTEMBER, row(4), commune=OTHER_COMMUNE)
    browser = signed_in(application, MAKER)
    found = [one for one in range(1, 60) if browser.get(f"/people/{one}").status_code == 200]
    mine = house.rows(f"select id from person where area_code = '{COMMUNE}'")
    assert found == sorted(one for (one,) in mine)


@pytest.mark.parametrize("behind_tls", [False, True])
def test_a_made_up_way_here_evades_no_wait(house: House, behind_tls: bool) -> None:
    """Whoever forges `X-Forwarded-For` is counted by where he really came from."""
    with house.work() as session:
        set_password(session, house.officer(MAKER), HASH, house.clock.now())
    url = house.database.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, behind_tls=behind_tls)
    served = create_app(settings, keyring=house.keyring, clock=house.clock)
    browser, real = visitor(served), "198.51.100.7"
    now = house.clock.now()
    _failed(house, 20, real, now)
    for number in range(3):
        # Behind a proxy the last of the list is the proxy's own word.
        made_up = f"192.0.2.{number}"
        told = f"{made_up}, {real}" if behind_tls else made_up
        answer = browser.post("/sign-in", data={"username": MAKER, "password": TRAINING_PASSWORD},
                              headers={"X-Forwarded-For": told},
                              environ_base={"REMOTE_ADDR": real})  # fmt: skip
        assert answer.status_code == 403
        assert "Chờ" in words(answer)
    served.extensions[EXTENSION].database.close()


def _failed(house: House, times: int, address: str, now: datetime) -> None:
    rows = [{"who": f"w{one}", "bucket": bucket_of(address), "failed_at": now}
            for one in range(times)]  # fmt: skip
    with house.work() as session:
        session.execute(sign_in_failure.insert(), rows)


def test_one_code_is_one_act(house: House, application: Flask) -> None:
    """The code at the door does not submit, and the one that submitted opens no door."""
    with house.work() as session:
        set_password(session, house.officer(MAKER), HASH, house.clock.now())
    house.later()
    browser, page = visitor(application), "/payrolls/1/submit"
    browser.post("/sign-in", data={"username": MAKER, "password": TRAINING_PASSWORD})
    browser.post("/sign-in/code", data={"code": house.code()})
    answer = browser.send(page, seen=seen_on(browser, page), code=house.code())
    assert answer.status_code == 409
    assert "đã dùng rồi" in words(answer)
    house.later()
    assert browser.send(page, seen=seen_on(browser, page), code=house.code()).status_code == 303
    again = visitor(application)
    again.post("/sign-in", data={"username": MAKER, "password": TRAINING_PASSWORD})
    assert again.post("/sign-in/code", data={"code": house.code()}).status_code == 409
    assert house.ask(select(func.count()).where(act.c.step == "sign_in")) == 1
