"""Attacks on approval and release, tried against the served pages: refused, and nothing is written.

One code for two acts, and those on sign-in and forms: `test_probes.py`.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.access.tables import act
from app.disbursement import claims
from app.disbursement.claims import Sealed
from app.disbursement.tables import batch, batch_event, batch_release
from app.payroll.approval_tables import approval
from app.payroll.tables import payroll, payroll_line
from tests.app.disbursement.test_release import september_built
from tests.app.payroll.test_barred import NEAR
from tests.app.web.serving import Browser, ClientAs, of_house, visitor
from tests.app.web.test_approving import form_of
from tests.app.web.test_submitting import seen_on
from tests.factories import COMMUNE, House, september_listed
from tests.support.forging import forged_approval

MAKER, CHECKER, APPROVER = (f"{role}.{COMMUNE}" for role in ("maker", "checker", "approver"))
ATTACKERS = 50


application = of_house


def submitted(house: House, maker: Browser, number: int = 1) -> str:
    """The maker submits on the page; gives the payroll's address."""
    page = f"/payrolls/{number}/submit"
    house.later()
    assert maker.send(page, seen=seen_on(maker, page), code=house.code()).status_code == 303
    return f"/payrolls/{number}"


def decided(house: House, browser: Browser, page: str) -> tuple[dict[str, Any], int]:
    """What an officer's form carried, and the status of his decision."""
    house.later()
    form = {**form_of(browser, page), "code": house.code()}
    return form, browser.send(page, **form).status_code


@pytest.mark.stage(of=september_listed)
def test_a_maker_approves_nothing_of_his_own(house: House, client_as: ClientAs) -> None:
    """By his own session, by the request of another, by a role of a later day, by SQL."""
    maker, checker = client_as(MAKER), client_as(CHECKER)
    page = submitted(house, maker)
    form, status = decided(house, checker, page)
    assert status == 303
    house.later()
    # The checker's request and form, replayed in the maker's session and in his own.
    assert maker.send(page, **{**form, "code": house.code()}).status_code == 403
    assert checker.send(page, **form).status_code == 403, "it waits for another role"
    assert house.count(approval) == 1
    # Whoever was the maker when it was submitted approves nothing of it in another role.
    house.becomes(MAKER, "approver")
    turned = client_as(MAKER)
    house.later()
    told = {**form, "code": house.code()}
    answer = turned.send(page, **told)
    assert (answer.status_code, house.count(approval)) == (409, 1)
    with pytest.raises(DBAPIError):
        house.tamper(forged_approval(house, 1, 2, "approve", MAKER))
    assert decided(house, client_as(APPROVER), page)[1] == 303
    assert house.ask(select(payroll.c.state)) == "approved"


@pytest.mark.stage(of=september_listed)
def test_a_line_that_changes_after_a_step_voids_it(house: House, client_as: ClientAs) -> None:
    maker, checker, approver = (client_as(one) for one in (MAKER, CHECKER, APPROVER))
    page = submitted(house, maker)
    old, _ = decided(house, checker, page)
    shown_to_approver = form_of(approver, page)
    exclude = {"lines": "1", "reason": "sai tài khoản"}
    house.later()
    # While it waits no line can be changed, on a page or by hand.
    assert maker.send(f"{page}/exclude", **exclude, code=house.code()).status_code == 409
    with pytest.raises(DBAPIError):
        house.tamper("update payroll_line set amount = amount + 1 where payroll_id = 1")
    with pytest.raises(DBAPIError):
        house.tamper("delete from payroll_line where payroll_id = 1 and line = 1")
    house.later()
    back = {"act": "return", "reason": "thiếu người", "code": house.code()}
    assert approver.send(page, **back).status_code == 303
    house.later()
    assert maker.send(f"{page}/exclude", **exclude, code=house.code()).status_code == 303
    submitted(house, maker)
    assert house.ask(select(payroll.c.round)) == 2
    # It is checked anew: the approver's form of before and the checker's old one fail.
    house.later()
    assert approver.send(page, **shown_to_approver, code=house.code()).status_code == 409
    assert approver.send(page, **form_of_any(approver, page), code=house.code()).status_code == 409
    house.later()
    assert checker.send(page, **{**old, "code": house.code()}).status_code == 409
    assert house.ask(select(payroll.c.state)) == "submitted"
    assert decided(house, checker, page)[1] == 303
    assert decided(house, approver, page)[1] == 303
    assert house.ask(select(func.count()).select_from(payroll_line)) == 2


def form_of_any(browser: Browser, page: str) -> dict[str, str]:
    """The form of whoever it does not wait for: the list as it stands, and an act made up."""
    checker = {"act": "confirm", "flag-1": "1"}
    found = browser.get(page).get_data(as_text=True)
    mark = 'name="seen" value="'
    seen = found.split(mark)[1].split('"')[0] if mark in found else ""
    return {**checker, "seen": seen}


@pytest.mark.stage(of=september_listed)
@pytest.mark.parametrize("near", ["account", "household"])
def test_who_shares_account_or_home_with_a_payee_decides_nothing(
    house: House, client_as: ClientAs, near: str
) -> None:
    """The list is not his any more, and another officer's to decide: nobody approves his own
    household's money."""
    NEAR[near](house, CHECKER)
    page = submitted(house, client_as(MAKER))
    house.later()
    checker = client_as(CHECKER)
    form = form_of_any(checker, page)
    answer = checker.send(page, **form, code=house.code())
    assert answer.status_code == 409
    assert house.count(approval) == 0
    with pytest.raises(DBAPIError):
        house.tamper(forged_approval(house, 1, 1, "check", CHECKER))
    other = client_as("checker.all")
    assert decided(house, other, page)[1] == 303


@pytest.mark.stage(of=september_built)
def test_fifty_releases_at_once_are_one(
    house: House, application: Flask, client_as: ClientAs
) -> None:
    house.on("2026-09-10")
    finance = client_as("finance.one")
    cookie = finance.session_id
    fields = {"batch": ["1"], "code": house.code(), "user_two": "finance.two",
              "code_two": house.code()}  # fmt: skip
    acts = house.count(act)

    def once(_: int) -> int:
        browser = visitor(application)
        browser.set_cookie("ansinh", cookie)
        return browser.send("/batches/release", **fields).status_code

    with ThreadPoolExecutor(ATTACKERS) as threads:
        answers = Counter(threads.map(once, range(ATTACKERS)))
    assert answers == {303: 1, 409: ATTACKERS - 1}
    assert house.count(act) == acts + 2
    assert house.count(batch_release) == 2
    released = select(func.count()).where(batch_event.c.batch_id == 1,
                                          batch_event.c.state == "released")  # fmt: skip
    assert house.ask(released) == 1
    sealed = Sealed(1, Path("1.xml"), "1.xml", "1" * 64)
    now = house.later()

    def claimed(number: int) -> bool:
        try:
            with house.database.unit_of_work() as session:
                return bool(claims.claim(session, sealed, f"worker-{number}", now))
        except DBAPIError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claimed, range(8))) == 1, "one file leaves"
    assert house.ask(select(func.count(batch.c.message_id.distinct()))) == 2, "one name a batch"
