"""What the payout bank does with a payment: once or twice, refused, queued, lost, in doubt."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest
import requests

from bank_adapters.sandbox.payout import Api, Reset, ServerError, Timeout
from bank_adapters.sandbox.payout.mount import InProcess
from tests.bank_adapters.sandbox.payout_samples import (
    ToldClock,
    ask,
    bank,
    bulk_file,
    payment,
)


def test_a_payment_is_executed_before_it_is_answered() -> None:
    clock = ToldClock()
    one = bank(clock=clock)
    answer = one.submit(payment(1)["reference"], payment(1))
    assert (answer.status, answer.json["status"], answer.json["amount"]) == (202, "ACSP", 500_001)
    assert one.executions(payment(1)["reference"])["total"] == 500_001
    assert one.enquire(payment(1)["reference"]).json["status"] == "ACSP"
    clock.pass_by(seconds=60)
    found = one.enquire(payment(1)["reference"]).json
    assert (found["status"], found["account"]) == ("ACSC", payment(1)["account"])
    assert found["bank_reference"] == answer.json["bank_reference"]


@pytest.mark.parametrize("settles", ["ACCC", ""])
def test_the_last_word_is_a_setting(settles: str) -> None:
    one = bank(settles=settles, settle_seconds=0)
    assert one.submit(payment(1)["reference"], payment(1)).json["status"] == (settles or "ACSP")


def test_a_repeated_key_is_executed_once_where_repetitions_are_noticed() -> None:
    one = bank()
    first = one.submit(payment(1)["reference"], payment(1)).json
    again = one.submit(payment(1)["reference"], payment(1))
    assert (again.status, again.json) == (200, {**first, "repeated": True})
    other = one.submit(payment(1)["reference"], payment(1, amount=1))
    assert (other.status, other.json) == (409, {"error": "key_reused"})
    assert one.executions(payment(1)["reference"])["executed"] == 1


def test_a_repeated_key_is_executed_twice_where_they_are_not() -> None:
    one = bank(dedupe="")
    assert [ask(one, payment(1)), ask(one, payment(1))] == [202, 202]
    assert one.executions(payment(1)["reference"])["executed"] == 2
    assert one.books()["executed"]["references_max"] == 2
    assert one.books()["proof"] == []


def test_a_repetition_after_the_window_is_executed_again() -> None:
    clock = ToldClock()
    one = bank(clock=clock, dedupe_seconds=3600)
    ask(one, payment(1))
    clock.pass_by(minutes=59)
    assert ask(one, payment(1)) == 200
    clock.pass_by(minutes=1)
    assert ask(one, payment(1)) == 202
    assert one.executions(payment(1)["reference"])["executed"] == 2


def test_a_rejection_stays_a_rejection() -> None:
    one = bank()
    refused = payment(1, account="109004")
    for _ in range(2):
        answer = one.submit(refused["reference"], refused)
        assert (answer.status, answer.json["reason"]) == (422, "AC04")
    assert one.executions(refused["reference"])["executed"] == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"currency": "USD"}, "AM03"), ({"amount": 0}, "AM12"), ({"debtor_account": "9"}, "AC02")],
)
def test_what_is_refused(changes: dict[str, Any], reason: str) -> None:
    one = bank(overdraft=False)
    one.open_account("111", "UBND XA")
    one.fund("111", 10_000_000, "KB1")
    answer = one.submit(payment(1)["reference"], payment(1, **changes))
    assert (answer.status, answer.json["reason"]) == (422, reason)


@pytest.mark.parametrize(
    "changes", [{"amount": "5"}, {"amount": True}, {"account": None}, {"remark": "x" * 201}]
)
def test_a_malformed_request_takes_nothing(changes: dict[str, Any]) -> None:
    one = bank()
    assert ask(one, payment(1, **changes)) == 400
    assert one.submit("another key", payment(1)).status == 400
    assert one.books()["requests"] == 0


@pytest.mark.parametrize("holds_advance", [False, True])
def test_no_account_pays_more_than_it_has(holds_advance: bool) -> None:
    one = bank(overdraft=False, holds_advance=holds_advance)
    one.open_account("111", "UBND XA")
    assert one.fund("111", 1_000_100, "KB1")
    assert not one.fund("111", 1_000_100, "KB1")
    assert [ask(one, payment(number)) for number in (1, 2, 3)] == [202, 202, 422]
    found = one.enquire(payment(3)["reference"]).json
    assert (found["status"], found["reason"]) == ("RJCT", "AM04")
    account = next(row for row in one.books()["accounts"] if row["number"] == "111")
    assert account["balance"] == 1_000_100 - 500_001 - 500_002
    assert account["kind"] == ("advance" if holds_advance else "ours")
    assert one.books()["proof"] == []


@pytest.mark.parametrize(
    ("fault", "met", "executed"),
    [
        ("lost", "Timeout", {0}),
        ("accept_then_timeout", "Timeout", {1}),
        ("reset", "Reset", {0, 1}),
        ("server_error", "ServerError", {0, 1}),
        ("slow", 202, {1}),
        ("executed_twice", 202, {2}),
        ("dropped", 202, {0}),
        ("reject", 422, {0}),
        ("reject_later", 202, {0}),
    ],
)
def test_what_a_fault_does(fault: str, met: int | str, executed: set[int]) -> None:
    one = bank(per_mille={fault: 1_000})
    done = set()
    for number in range(20):
        assert ask(one, payment(number)) == met
        done.add(one.executions(payment(number)["reference"])["executed"])
    assert done == executed
    assert one.books()["faults"][fault] == 20
    assert one.books()["proof"] == []


def test_what_the_bank_did_not_take_it_says_with_the_words_taken_false() -> None:
    one = bank(per_mille={"busy": 1_000})
    statuses = set()
    for number in range(20):
        answer = one.submit(payment(number)["reference"], payment(number))
        assert (answer.json, answer.headers["Retry-After"]) == ({"taken": False}, "5")
        statuses.add(answer.status)
    assert statuses == {429, 503}
    assert one.books()["executed"]["count"] == 0


def test_garbage_is_no_answer_and_yet_the_payment_was_executed() -> None:
    one = bank(per_mille={"garbage_answer": 1_000})
    answers = {one.submit(payment(n)["reference"], payment(n)).body for n in range(40)}
    assert len(answers) > 5
    for number in range(40):
        good = f'"reference":"{payment(number)["reference"]}","status":"ACSP","amount"'.encode()
        assert not any(good in body and body.endswith(b"}") for body in answers)
    assert one.books()["executed"]["count"] == 40


def test_another_amount_is_executed_and_said() -> None:
    one = bank(behaviours=["amount_changed"], settle_seconds=0)
    answer = one.submit(payment(1)["reference"], payment(1)).json
    assert answer["amount"] == one.executions(payment(1)["reference"])["total"] == 499_001


def test_a_payment_after_the_cut_off_waits_for_the_next_banking_day() -> None:
    clock = ToldClock("2026-10-09 16:30")  # a Friday
    queued = bank(clock=clock, cut_off=time(16))
    assert ask(queued, payment(1)) == 202
    assert queued.executions(payment(1)["reference"])["executed"] == 0
    clock.pass_by(days=2)
    queued.live()
    assert queued.books()["executed"]["count"] == 0
    clock.now = clock.now.replace(day=12, hour=8, minute=0)
    assert queued.enquire(payment(1)["reference"]).json["status"] == "ACSP"
    assert queued.books()["executed"]["count"] == 1
    assert queued.book.value("SELECT day FROM transfer") == "2026-10-12"


def test_a_bank_that_closes_at_the_cut_off_takes_nothing_after_it() -> None:
    clock = ToldClock("2026-10-09 15:59")
    shut = bank(clock=clock, cut_off=time(16), behaviours=["closes_at_cut_off"])
    assert ask(shut, payment(1)) == 202
    clock.pass_by(minutes=1)
    assert shut.submit(payment(2)["reference"], payment(2)).json == {"taken": False}
    raw = bulk_file([payment(3)], "MB")
    assert shut.submit_batch("MB", raw).json == {"taken": False}
    assert shut.books()["executed"]["count"] == 1


def test_a_silent_bank_does_everything_and_says_nothing_until_it_speaks_again() -> None:
    clock = ToldClock()
    one = bank(clock=clock)
    one.switches.turn("silence", True)
    assert ask(one, payment(1)) == "Timeout"
    clock.pass_by(days=1)
    with pytest.raises(Timeout):
        one.enquire(payment(1)["reference"])
    with pytest.raises(Timeout):
        one.enquire_batch("M1")
    assert (one.callbacks(), one.reports()) == ([], [])
    one.switches.turn("silence", False)
    assert one.enquire(payment(1)["reference"]).json["status"] == "ACSC"
    assert len(one.callbacks()) == 1
    assert one.reports() != []


def test_contradictory_enquiries_first_say_not_found() -> None:
    one = bank(behaviours=["contradictory_enquiries"], settle_seconds=0)
    ask(one, payment(1))
    assert one.enquire(payment(1)["reference"]).json["status"] == "NOTF"
    assert one.enquire(payment(1)["reference"]).json["status"] == "ACSC"


def test_enquiries_have_faults_of_their_own() -> None:
    one = bank(per_mille={"enquiry_timeout": 500, "enquiry_not_found": 500}, settle_seconds=0)
    ask(one, payment(1))
    heard = set()
    for _ in range(40):
        try:
            heard.add(one.enquire(payment(1)["reference"]).json["status"])
        except Timeout:
            heard.add("")
    assert heard == {"", "NOTF", "ACSC"}


def test_what_is_switched_by_hand_survives_the_process(tmp_path: Any) -> None:
    one = bank(tmp_path / "book", behaviours=["wrong_balance"])
    one.switches.turn("wrong_balance", False)
    one.switches.turn("statement_twice", True)
    one.close()
    again = bank(tmp_path / "book", behaviours=["wrong_balance"])
    assert again.books()["behaviours"] == ["statement_twice"]
    with pytest.raises(ValueError, match="unknown behaviours"):
        again.switches.turn("kindness", True)
    again.close()


def test_the_wire_without_sockets_raises_what_the_socket_would_do() -> None:
    faults = {"lost": 300, "reset": 300, "server_error": 400}
    api = Api(bank(per_mille=faults))
    key = {"authorization": "Bearer t"}
    body = b'{"bank_bin":"970436","account":"1"}'
    assert api.handle("POST", "/v1/names", key, body).status == 404
    api.institution.open_holders([("970436", "1", "NGUYEN VAN A")])
    assert api.handle("POST", "/v1/names", key, body).json == {"holder": "NGUYEN VAN A"}
    assert api.handle("POST", "/v1/payments", key, b"[1]").status == 400
    assert api.handle("POST", "/v2/payments", key, b"{}").status == 404
    assert api.handle("GET", "/v1/reports", {}, b"").status == 401
    assert Api(bank(token="")).handle("GET", "/v1/reports", {}, b"").status == 401
    seen = {met(api, payment(number)) for number in range(60)}
    assert seen == {"Timeout", "Reset", 500, 502, 503, 504}


def met(api: Api, body: dict[str, Any]) -> int | str:
    headers = {"Authorization": "Bearer t", "IDEMPOTENCY-KEY": body["reference"]}
    try:
        return api.handle("POST", "/v1/payments", headers, json.dumps(body).encode()).status
    except (Timeout, Reset, ServerError) as error:
        return type(error).__name__


def test_a_session_of_requests_meets_the_bank_without_sockets() -> None:
    url = "https://bank.invalid/v1"
    one = bank(per_mille={"lost": 200, "reset": 200, "server_error": 200})
    with requests.Session() as session:
        session.mount(url, InProcess(Api(one)))
        session.headers["Authorization"] = "Bearer t"
        seen = {met_by(session, url, payment(number)) for number in range(60)}
        name = session.get(f"{url}/reports").json()["reports"][0]["name"]
        with session.get(f"{url}/reports/{name}", stream=True) as found:
            assert b"".join(found.iter_content(1_000)) == one.report(name)
    assert seen == {"ReadTimeout", "ConnectionError", 202, 500, 502, 503, 504}


def met_by(session: requests.Session, url: str, body: dict[str, Any]) -> int | str:
    key = {"Idempotency-Key": body["reference"]}
    try:
        return session.post(f"{url}/payments", json=body, headers=key, timeout=(1, 1)).status_code
    except requests.RequestException as error:
        return type(error).__name__
