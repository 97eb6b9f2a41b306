"""Every route tried as every role, on what is his, what is another commune's and what is not there.

`matrix.csv` says who may: `public`, `signed in`, or roles. A new route needs a row; a new name in
an address needs examples in `OWN`, `OTHER` and `MISSING`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.access.role_tables import ROLES
from app.web.access import STATIC, who_may
from app.web.csrf import SAFE
from tests.app.web.serving import Browser, of_house, signed_in, visitor
from tests.factories import (
    BANK,
    COMMUNE,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    in_cash,
    row,
)
from tests.support.province import PENSION

HERE = Path(__file__).parent
OFFICERS = {
    "maker": f"maker.{COMMUNE}",
    "checker": f"checker.{COMMUNE}",
    "approver": f"approver.{COMMUNE}",
    "releaser": "finance.one",
    "auditor": "auditor",
    "admin": "admin.one",
    "desk": "desk",
    "helper": "helper",
}
SEES_ALL = ("releaser", "auditor")
TRIED = ("maker", "checker", "approver"), (*SEES_ALL, "admin", "desk", "helper")
"""The roles in two tests, since all of them take long."""
# What stands in an address. Of what has no commune of its own there is no other commune's.
OWN = {"guide_name": "maker",
       "payroll_id": 1, "batch_id": 1, "person_id": 1, "unit": COMMUNE, "programme": PENSION,
       "provider": BANK, "code": "AAAA", "digest": "0" * 64, "task_id": 1, "secret": "x",
       "kind": "missing", "event_id": 1, "doubt_id": 1, "notice_id": 1, "request_id": 1,
       "field": "hamlet", "which": "id", "version": 1, "contract_id": 1, "line_id": 1,
       "proposal_id": 1, "rule_id": 1, "loss_id": 1, "figure": "listed", "hold_id": 1,
       "case_id": 1, "complaint_id": 1, "decision_id": 1, "entry_id": 1, "officer_id": 1,
       "grant_id": 1, "sample_id": 1, "ordinal": 1,
       "job": "proofs", "slot": "2026-09-10", "trail_id": 1, "run_id": 1,
       "someone_id": 1, "payment_id": 1, "lookup_id": 1, "call_id": 1}  # fmt: skip
OTHER = {"payroll_id": 2, "batch_id": 3, "person_id": 4, "unit": OTHER_COMMUNE,
         "request_id": 3}  # fmt: skip
MISSING = {"payroll_id": 99, "batch_id": 99, "person_id": 99, "unit": "99999",
           "figure": "nothing", "request_id": 99, "entry_id": 99, "officer_id": 99,
           "grant_id": 99, "job": "nothing", "trail_id": 9_999}  # fmt: skip
# Pages that answer 404 on the month of this test though the officer may: nothing is there yet.
EMPTY_HERE = {
    "my.kiosk",
    "verify.show",
    "closings.show",
    "sessions.end",
    "waiting.show",
    "waiting.progress",
    "waiting.file",
    "enrol.form",
    "issuer.leave",
    "issuer.back",
    "enrol.use",
    "flags.answer",
    "events.show",
    "events.confirm",
    "events.refuse",
    "doubles.show",
    "doubles.decide_it",
    "deaths.show",
    "deaths.decide_it",
    "requests.show",
    "requests.answer",
    "importing.show",
    "importing.apply_it",
    "list_files.errors",
    "settlements.show",
    "losses.paid_form",
    "losses.paid_it",
    "bench.show",
    "bench_rules.end_form",
    "bench_rules.end_it",
    "bench_rules.make_form",
    "bench_rules.make_it",
    "bench_proposals.show",
    "bench_proposals.confirm_it",
    "bench_proposals.reject_it",
    "bench_line.show",
    "bench_line.note_it",
    "bench_line.place_form",
    "bench_line.place_it",
    "bench_line.take_back_form",
    "bench_line.take_back_it",
    "proving.show",
    "holding.show",
    "holding.clear_it",
    "answering.show",
    "answering.evidence",
    "answering.take_it",
    "answering.answer_it",
    "answering.close_it",
    "samples.show",
    "samples.draw_it",
    "samples.sheet",
    "samples.row",
    "samples.visit_it",
    "cases.show",
    "cases.end",
    "recoveries.person",
    "recoveries.notice",
    "recoveries.decision",
    "recoveries.show",
    "recoveries.repaid",
    "recoveries.plan",
    "recoveries.give_up",
    "lending.return_form",
    "lending.give_back",
    "hotline.hits",
    "hotline.choose",
    "hotline_check.form",
    "hotline_check.answer_it",
    "hotline_person.show",
    "hotline_help.complaint_form",
    "hotline_help.complain",
    "hotline_help.send_again",
    "hotline_help.call_back",
    "hotline_calls.show",
    "hotline_calls.number",
    "hotline_calls.end",
}
NOT_FOR_HIM = "Trang này không dành cho vai trò của bạn"


def two_communes(house: House) -> None:
    """A month of two communes on its way: payrolls 1 and 2, batches 1 to 3, people 1 to 4."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.register(SEPTEMBER, row(4), commune=OTHER_COMMUNE)
    house.on("2026-09-10")
    ids = house.list_month(SEPTEMBER)
    for number, commune in zip(ids, (COMMUNE, OTHER_COMMUNE), strict=True):
        house.submit([number], f"maker.{commune}")
        house.approve("check", [number], f"checker.{commune}")
        house.approve("approve", [number], f"approver.{commune}")
    house.fund(SEPTEMBER)
    house.build(SEPTEMBER)


pytestmark = pytest.mark.stage(of=two_communes)


@cache
def matrix() -> dict[tuple[str, str], str]:
    """(route, method) to who may."""
    with (HERE / "matrix.csv").open(encoding="utf-8") as file:
        return {(one["route"], one["method"]): one["who"] for one in csv.DictReader(file)}


application = of_house


def routes(application: Flask) -> Iterator[tuple[str, str, str]]:
    """(route, method, endpoint) of every page."""
    for rule in application.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint != STATIC:
                yield rule.rule, method, rule.endpoint


def told(who: frozenset[str] | None) -> str:
    """A guard as the matrix writes it."""
    if who is None:
        return "public"
    return " ".join(one for one in ROLES if one in who) or "signed in"


def test_the_matrix_names_every_route(application: Flask) -> None:
    found = {(rule, method): told(who_may(application, endpoint))
             for rule, method, endpoint in routes(application)}  # fmt: skip
    assert {one for roles in TRIED for one in roles} == set(ROLES) == set(OFFICERS)
    assert {key: who for key, who in found.items() if matrix().get(key) != who} == {}
    assert sorted(set(matrix()) - set(found)) == []


def ask(browser: Browser, application: Flask, endpoint: str, method: str, values: object) -> int:
    """The status of an answer; 0 for the refusal of the guard."""
    answer = _asked(browser, application, endpoint, method, values)
    text = answer.get_data(as_text=True)
    return 0 if NOT_FOR_HIM in text else answer.status_code


def _asked(
    browser: Browser, application: Flask, endpoint: str, method: str, values: object
) -> TestResponse:
    assert isinstance(values, dict)
    address = application.url_map.bind("localhost").build(endpoint, values)
    return browser.get(address) if method in SAFE else browser.send(address)


def names(application: Flask, endpoint: str) -> set[str]:
    """What stands in the address of a route."""
    (rule, *_) = application.url_map.iter_rules(endpoint)
    return set(rule.arguments)


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("roles", TRIED)
def test_every_role_on_every_route(
    house: House, application: Flask, roles: tuple[str, ...]
) -> None:
    wrong = []
    browsers = {role: signed_in(application, OFFICERS[role]) for role in roles}
    for rule, method, endpoint in routes(application):
        who, wants = who_may(application, endpoint), names(application, endpoint)
        if endpoint == "sessions.sign_out":
            continue
        assert wants <= set(OWN), f"{rule}: give examples of {wants - set(OWN)}"
        for role, browser in browsers.items():
            may = who is None or not who or role in who
            places = {"own": OWN, "other": {**OWN, **OTHER}, "missing": {**OWN, **MISSING}}
            for place, values in places.items():
                if place != "own" and not wants & set(OTHER):
                    continue
                given = {name: values[name] for name in wants}
                status = ask(browser, application, endpoint, method, given)
                if not _is_right(endpoint, role, place, may, status):
                    wrong.append((rule, method, role, place, status))
    assert wrong == []


def _is_right(endpoint: str, role: str, place: str, may: bool, status: int) -> bool:
    if not may:
        return status == 0
    if place == "missing" or (place == "other" and role not in SEES_ALL):
        return status == HTTPStatus.NOT_FOUND
    if endpoint in EMPTY_HERE:
        return status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND)
    return status not in (0, HTTPStatus.NOT_FOUND) and status < 500


def test_nobody_gets_in_without_signing_in(application: Flask) -> None:
    browser, wrong = visitor(application), []
    for rule, method, endpoint in routes(application):
        if who_may(application, endpoint) is None:
            continue
        given = {name: OWN[name] for name in names(application, endpoint)}
        answer = _asked(browser, application, endpoint, method, given)
        is_led = answer.status_code == 303 and answer.location.startswith("/sign-in")
        if not (is_led if method in SAFE else answer.status_code == HTTPStatus.UNAUTHORIZED):
            wrong.append((rule, method, answer.status_code))
    assert wrong == []
