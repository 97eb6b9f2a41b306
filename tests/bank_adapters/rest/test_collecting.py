"""The REST courier in bulk, and what it collects: words, answers to questions, reports, names."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bank_adapters.errors import BankError, InDoubt, Refused, TurnedAway, Unavailable
from bank_adapters.rest.adapter import ADAPTER
from tests.support.rest_bank import Act, Asked, Handler, RestBank
from tests.support.rest_courier import (
    Ticking,
    batch_of,
    first,
    on,
    references,
    rest_adapter,
    rest_courier,
    sealed,
    words,
)

MESSAGE = batch_of(1).message_id

BULK = {"by": "bulk"}


def test_a_batch_goes_in_bulk_byte_for_byte(bank: RestBank, tmp_path: Path, clock: Ticking) -> None:
    path = sealed(batch_of(5), tmp_path)
    courier = rest_courier(bank, tmp_path, clock, rest_adapter(**BULK))
    courier.put(path.name, path)
    (asked,) = bank.asked
    assert asked.body == path.read_bytes()
    assert asked.headers["Idempotency-Key"] == MESSAGE
    assert words(courier, tmp_path) == {"": "ACTC"}
    name, body = courier.ask(MESSAGE)
    (report,) = ADAPTER.read(name, io.BytesIO(body))
    assert (report.message_id, report.group_status) == (MESSAGE, "ACTC")
    assert [(line.reference, line.status, line.amount) for line in report.lines] == [
        (item.reference, "ACSP", item.amount) for item in batch_of(5).instructions
    ]


BULK_ANSWERS: dict[str, tuple[Act, type[BankError], dict[str, str]]] = {
    "refused": (lambda h, a: h.answer(422, {"message_id": MESSAGE, "status": "RJCT",
                                            "reason": "AM04"}), Refused, {"": "RJCT AM04"}),
    "refused, another": (lambda h, a: h.answer(422, {"message_id": "X", "status": "RJCT"}),
                         InDoubt, {}),
    "the key is taken": (lambda h, a: h.answer(409, {"error": "key_reused"}), Refused, {}),
    "the login is gone": (lambda h, a: h.answer(401, {}), TurnedAway, {}),
    "untaken": (lambda h, a: h.answer(503, {"taken": False}), Unavailable, {}),
    "503": (lambda h, a: h.answer(503, {}), InDoubt, {}),
    "silence": (lambda h, a: time.sleep(1.2), InDoubt, {}),
    "garbage": (lambda h, a: h.answer(202, b"ok"), InDoubt, {}),
    "a redirect": (lambda h, a: h.answer(302, {}, Location="/batches"), InDoubt, {}),
}  # fmt: skip


@pytest.mark.parametrize("case", BULK_ANSWERS)
def test_what_a_bulk_answer_is_worth(
    bank: RestBank, tmp_path: Path, clock: Ticking, case: str
) -> None:
    act, error, said = BULK_ANSWERS[case]
    bank.act = lambda asked: act if asked.method == "POST" else None
    path = sealed(batch_of(2), tmp_path)
    courier = rest_courier(bank, tmp_path, clock, rest_adapter(**BULK))
    with pytest.raises(error):
        courier.put(path.name, path)
    assert sum(asked.method == "POST" for asked in bank.asked) == 1
    bank.act = lambda asked: None
    assert words(courier, tmp_path) == said


def test_single_payments_are_asked_about(bank: RestBank, tmp_path: Path, clock: Ticking) -> None:
    ours = references(3)
    path = sealed(batch_of(3), tmp_path)
    bank.act = on(ours[1], lambda handler, asked: handler.answer(400, {}))
    courier = rest_courier(bank, tmp_path, clock)
    with pytest.raises(InDoubt):
        courier.put(path.name, path)
    bank.word = "ACCC"
    name, body = courier.ask(MESSAGE, ours)
    (report,) = ADAPTER.read(name, io.BytesIO(body))
    told = [(line.reference, line.status) for line in report.lines]
    assert told == list(zip(ours, ["ACCC", "NOTF", "ACCC"], strict=True))
    assert report.group_status == ""
    # He falls silent half-way, or at once, or speaks of another payment.
    bank.act = lambda asked: (
        (lambda handler, asked: handler.raw(b"")) if asked.path.endswith(ours[1]) else None
    )
    (report,) = ADAPTER.read("x", io.BytesIO(courier.ask(MESSAGE, ours)[1]))
    assert [line.reference for line in report.lines] == ours[:1]
    for odd in ({}, {"reference": ours[0], "status": "ACCC", "amount": 1}):
        bank.act = lambda asked, odd=odd: lambda handler, asked: handler.answer(200, odd)
        with pytest.raises(Unavailable):
            courier.ask(MESSAGE, ours[1:])
    with pytest.raises(Unavailable):
        courier.ask(MESSAGE)


def test_a_round_of_questions_ends(bank: RestBank, tmp_path: Path, clock: Ticking) -> None:
    bank.act = lambda asked: lambda handler, asked: (
        clock.pause(50), bank.honest(handler, asked))[1]  # fmt: skip
    courier = rest_courier(bank, tmp_path, clock)
    (report,) = ADAPTER.read("x", io.BytesIO(courier.ask(MESSAGE, references(9))[1]))
    assert len(list(report.lines)) == 3  # the rest is asked next time


def test_reports_are_fetched_whole_and_ticked_off(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    bank.reports = {"one.xml": b"<a/>" * 1_000, "two.xml": b"<b/>"}
    courier = rest_courier(bank, tmp_path, clock)
    assert [(one.name, one.size_bytes) for one in courier.waiting()] == [
        ("one.xml", 4_000), ("two.xml", 4),
    ]  # fmt: skip
    target = tmp_path / "one"
    bank.act = lambda asked: lambda handler, asked: handler.answer(200, b"<a/>" * 999 + b"<b/>")
    with pytest.raises(Unavailable, match="khác"):
        courier.fetch("one.xml", target)
    assert not target.exists()
    bank.act = lambda asked: None
    receipt = courier.fetch("one.xml", target)
    assert (receipt.size_bytes, target.read_bytes()) == (4_000, bank.reports["one.xml"])
    courier.done("one.xml")
    courier.done("one.xml")
    assert [one.name for one in courier.waiting()] == ["two.xml"]
    assert courier.look() == courier.waiting()
    with pytest.raises(Refused):
        courier.fetch("three.xml", target)


@pytest.mark.parametrize(
    "row",
    [
        {"name": "../x", "size": 1, "sha256": "0" * 64},
        {"name": f"{MESSAGE}.answer-1.jsonl", "size": 1, "sha256": "0" * 64},
        {"name": "a.xml", "size": 10**12, "sha256": "0" * 64},
        {"name": "a.xml", "size": 1, "sha256": "0"},
        {},
        7,
    ],
)
def test_an_odd_list_of_reports_is_not_believed(
    bank: RestBank, tmp_path: Path, clock: Ticking, row: object
) -> None:
    bank.act = lambda asked: lambda handler, asked: handler.answer(200, {"reports": [row]})
    with pytest.raises(Unavailable):
        rest_courier(bank, tmp_path, clock).waiting()


def test_words_are_collected_while_the_bank_is_away(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(1), tmp_path)
    rest_courier(bank, tmp_path, clock).put(path.name, path)
    away = rest_courier(bank, tmp_path, clock, base="https://127.0.0.1:9")
    with pytest.raises(Unavailable):
        away.look()  # words of ours that wait do not say that he is there
    assert len(words(away, tmp_path)) == 1
    with pytest.raises(Unavailable):
        away.waiting()


def test_whose_account_it_is(bank: RestBank, tmp_path: Path, clock: Ticking) -> None:
    bank.names["00112233"] = "NGUYEN THI DAO"
    courier = rest_courier(bank, tmp_path, clock)
    assert courier.holder("970405", "00112233") == "NGUYEN THI DAO"
    assert courier.holder("970405", "99") == ""
    for status, error in ((401, Refused), (500, Unavailable), (200, Unavailable)):
        bank.act = lambda asked, status=status: lambda h, asked: h.answer(status, {"holder": 1})
        with pytest.raises(error):
            courier.holder("970405", "00112233")
    without = rest_courier(bank, tmp_path, clock, rest_adapter(paths={"names": ""}))
    with pytest.raises(Refused):
        without.holder("970405", "00112233")


def test_a_wallet_is_a_profile_and_no_code(bank: RestBank, tmp_path: Path, clock: Ticking) -> None:
    adapter = rest_adapter(base="mobile_money")
    batch = batch_of(3)
    path = sealed(batch, tmp_path, adapter)
    ours = references(3)
    said = {ours[0]: (202, "SUCCESSFUL", ""), ours[1]: (400, "FAILED", "WALLET_CLOSED"),
            ours[2]: (202, "PENDING", "")}  # fmt: skip

    def act(handler: Handler, asked: Asked) -> None:
        told = asked.told
        assert asked.path == "/disbursements"
        assert asked.headers["X-Api-Key"]
        assert set(told) >= {"external_id", "wallet", "operator", "float_account", "beneficiary"}
        status, word, reason = said[told["external_id"]]
        body = {"external_id": told["external_id"], "status": word, "reason": reason,
                "amount": told["amount"]}  # fmt: skip
        handler.answer(status, body)

    bank.act = lambda asked: act if asked.method == "POST" else None
    courier = rest_courier(bank, tmp_path, clock, adapter)
    courier.put(path.name, path)
    found = words(courier, tmp_path)
    assert found == {ours[0]: "ACCC", ours[1]: "RJCT AC04", ours[2]: "PDNG"}


def test_no_word_of_a_payment_names_a_person(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    item = replace(first(batch_of(1)), account="9704222333444")
    path = sealed(replace(batch_of(1), instructions=[item]), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    courier.put(path.name, path)
    (file,) = (tmp_path / "spool").glob("*.jsonl")
    assert item.account.encode() not in file.read_bytes()
    assert item.payee_name.encode() not in file.read_bytes()
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
