"""Callbacks: signed as agreed, repeated until heard, twice, late, lost, lying and forged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from bank_adapters.sandbox.payout import Institution
from bank_adapters.sandbox.payout.callbacks import Callback
from tests.bank_adapters.sandbox.payout_samples import SECRET, ToldClock, ask, bank, payment

WINDOW = 300


def signed_right(callback: Callback, at: int, secret: str = SECRET) -> bool:
    """Our own check of a callback, by the words of Standard Webhooks."""
    headers, raw = callback
    if abs(at - int(headers["webhook-timestamp"])) > WINDOW:
        return False
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    mark = base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
    return f"v1,{mark}" in headers["webhook-signature"].split(" ")


def one_paid(clock: ToldClock, **settings: Any) -> Institution:
    one = bank(clock=clock, **settings)
    ask(one, payment(1))
    clock.pass_by(seconds=60)
    return one


def body(callback: Callback) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(callback[1])
    return content


def test_a_callback_comes_when_the_last_word_is_known_and_is_signed() -> None:
    clock = ToldClock()
    one = bank(clock=clock)
    ask(one, payment(1))
    clock.pass_by(seconds=59)
    assert one.callbacks() == []
    clock.pass_by(seconds=1)
    (callback,) = one.callbacks()
    assert signed_right(callback, int(clock.now.timestamp()))
    assert body(callback) == {
        "reference": payment(1)["reference"],
        "status": "ACSC",
        "reason": "",
        "amount": 500_001,
        "account": payment(1)["account"],
        "bank_reference": "PAY000000000001",
        "at": "2026-10-05T09:01:00+07:00",
    }


def test_what_is_not_confirmed_comes_again_later_and_later_until_it_is() -> None:
    clock = ToldClock()
    one = one_paid(clock, callback_retry_seconds=5)
    (first,) = one.callbacks()
    waits = []
    for _ in range(4):
        start = clock.now
        while not (again := one.callbacks()):
            clock.pass_by(seconds=1)
        waits.append((clock.now - start).seconds)
        assert again[0][0]["webhook-id"] == first[0]["webhook-id"]
        assert again[0][1] == first[1]
    assert waits == [5, 10, 20, 40]
    one.confirmed([first[0]["webhook-id"]])
    clock.pass_by(days=2)
    assert one.callbacks() == []


def test_a_callback_that_was_heard_comes_twice_all_the_same() -> None:
    one = one_paid(ToldClock(), per_mille={"callback_twice": 1_000})
    heard = []
    while got := one.callbacks():
        heard += got
        one.confirmed([headers["webhook-id"] for headers, _ in got])
    assert len(heard) == 2
    assert heard[0] == heard[1]


def test_a_duplicate_acknowledgement_has_a_name_of_its_own() -> None:
    first, second = one_paid(ToldClock(), behaviours=["duplicate_acknowledgement"]).callbacks()
    assert first[0]["webhook-id"] != second[0]["webhook-id"]
    assert first[1] == second[1]


def test_late_ones_overtake_each_other_and_all_come_in_the_end() -> None:
    clock = ToldClock()
    late = bank(clock=clock, per_mille={"callback_late": 1_000}, callback_late_seconds=3600)
    for number in range(50):
        ask(late, payment(number))
    clock.pass_by(seconds=60)
    assert late.callbacks() == []
    clock.pass_by(hours=1)
    heard = [body(callback) for callback in late.callbacks()]
    references = [one["reference"] for one in heard]
    assert sorted(references) == [payment(number)["reference"] for number in range(50)]
    assert references != sorted(references)
    assert {one["at"] for one in heard} == {"2026-10-05T09:01:00+07:00"}


def test_a_lost_one_never_comes_and_an_unheard_one_outlives_the_bank(tmp_path: Path) -> None:
    clock = ToldClock()
    lost = one_paid(clock, per_mille={"callback_lost": 1_000})
    first = one_paid(clock, path=tmp_path / "book")
    (unheard,) = first.callbacks()
    first.close()
    clock.pass_by(days=3)
    assert lost.callbacks() == []
    again = bank(tmp_path / "book", clock)
    ((headers, raw),) = again.callbacks()
    assert (headers["webhook-id"], raw) == (unheard[0]["webhook-id"], unheard[1])
    again.close()


def test_a_lie_is_signed_by_the_bank_and_comes_beside_the_truth() -> None:
    clock = ToldClock()
    one = bank(clock=clock, per_mille={"callback_lies": 1_000}, settle_seconds=0)
    lies = set()
    for number in range(20):
        ask(one, payment(number))
        truth, lie = one.callbacks()
        assert signed_right(lie, int(clock.now.timestamp()))
        wrong = {key for key in body(lie) if body(lie)[key] != body(truth)[key]}
        lies |= wrong
        assert len(wrong) == 1
    assert lies == {"amount", "account"}


def test_a_forged_one_never_passes_the_check_says_something_else_and_comes_once() -> None:
    clock = ToldClock()
    one = bank(clock=clock, per_mille={"callback_forged": 1_000}, settle_seconds=0)
    marks = set()
    for number in range(30):
        ask(one, payment(number))
        at = int(clock.now.timestamp())
        got = one.callbacks()
        assert [signed_right(callback, at) for callback in got] == [True, False]
        assert body(got[1])["status"] == "RJCT"
        marks.add((got[1][0]["webhook-signature"] == "v1,", got[1][1][-1:] == b" "))
        one.confirmed([got[0][0]["webhook-id"]])
        clock.pass_by(minutes=1)
        assert one.callbacks() == []
    assert len(marks) > 1


def test_two_signatures_while_the_secret_is_being_changed() -> None:
    clock = ToldClock()
    one = one_paid(clock, callback_secrets=("new", "old"))
    (callback,) = one.callbacks()
    at = int(clock.now.timestamp())
    assert [signed_right(callback, at, secret) for secret in ("new", "old", "x")] == [1, 1, 0]


def test_a_later_rejection_is_called_out() -> None:
    one = one_paid(ToldClock(), per_mille={"reject_later": 1_000})
    (callback,) = one.callbacks()
    assert (body(callback)["status"], body(callback)["reason"] != "") == ("RJCT", True)
