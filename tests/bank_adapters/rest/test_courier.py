"""The REST courier against a bank that misbehaves: which error, which word for which payment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.contract import Enquirer
from bank_adapters.errors import BankError, InDoubt, Stranger, TurnedAway, Unavailable
from bank_adapters.rest.spool import Spool
from tests.support.rest_bank import Act, Asked, Handler, RestBank
from tests.support.rest_courier import (
    START,
    Ticking,
    batch_of,
    first,
    on,
    posts,
    references,
    rest_adapter,
    rest_courier,
    sealed,
    words,
)

MESSAGE = batch_of(1).message_id


def test_a_batch_goes_as_one_request_a_payment(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(7), tmp_path)
    courier = rest_courier(bank, tmp_path, clock, rest_adapter(at_once=3))
    receipt = courier.put(path.name, path, START + timedelta(hours=1))
    assert receipt.size_bytes == path.stat().st_size
    assert sorted(bank.taken) == sorted(references(7))
    item, told = first(batch_of(7)), next(one for one in bank.asked if one.reference)
    assert told.headers["Idempotency-Key"] == told.reference
    one = next(asked.told for asked in bank.asked if asked.reference == item.reference)
    assert one == {
        "reference": item.reference, "message_id": MESSAGE, "amount": item.amount,
        "currency": "VND", "payee_name": item.payee_name, "account": item.account,
        "bank_bin": item.bank_bin, "remark": item.remark, "requested_on": "2026-10-06",
        "debtor_account": "0011001234567",
    }  # fmt: skip
    assert words(courier, tmp_path) == dict.fromkeys(references(7), "ACSP")
    assert courier.waiting() == []
    assert isinstance(courier, Enquirer)


def _later(handler: Handler, asked: Asked) -> None:
    """Take the payment and say nothing."""
    handler.bank.take(asked)
    time.sleep(1.2)


def _said(code: int, /, **told: Any) -> Act:
    """An answer about the very payment, as changed by `told`; a value of None is left out."""

    def act(handler: Handler, asked: Asked) -> None:
        body = {"reference": asked.reference, "amount": asked.told["amount"], **told}
        handler.answer(code, {name: one for name, one in body.items() if one is not None})

    return act


UNCLEAR: dict[str, tuple[Act, str]] = {
    "accepted and silent": (_later, "UNKN"),
    "hung up": (lambda handler, asked: handler.raw(b""), "UNKN"),
    "garbage": (lambda handler, asked: handler.answer(202, b"<html>ok</html>"), "UNKN"),
    "another reference": (_said(202, reference="A" * 16, status="ACSP"), "UNKN"),
    "another amount": (_said(202, amount=1, status="ACSP"), "UNKN"),
    "no amount": (_said(202, amount=None, status="ACSP"), "UNKN"),
    "an amount as text": (_said(202, amount="500000", status="ACSP"), "UNKN"),
    "an amount that is true": (_said(202, amount=True, status="ACSP"), "UNKN"),
    "a word that nobody knows": (_said(202, status="FINE"), "UNKN"),
    "no word": (_said(202), "UNKN"),
    "a no behind a yes": (_said(202, status="RJCT", reason="AC04"), "UNKN"),
    "a yes behind a no": (_said(422, status="ACSP"), "UNKN"),
    "a no of another payment": (_said(422, reference="A" * 16, status="RJCT"), "UNKN"),
    "a no of another amount": (_said(422, amount=7, status="RJCT"), "UNKN"),
    "a redirect": (lambda handler, asked: handler.answer(307, {}, Location="/payments"), "UNKN"),
    "early hints": (lambda handler, asked: handler.raw(b"HTTP/1.1 103 X\r\n\r\n"), "UNKN"),
    "500": (_said(500, status="RJCT", reason="AC04"), "UNKN"),
    "502 from something between": (lambda handler, asked: handler.answer(502, b"bad"), "UNKN"),
    "500 that says untaken": (lambda handler, asked: handler.answer(500, {"taken": False}), "UNKN"),
    "503 that says nothing": (lambda handler, asked: handler.answer(503, {}), "UNKN"),
    "503 that says it took it": (lambda handler, asked: handler.answer(503, {"taken": True}),
                                 "UNKN"),
    "429 that says nothing": (lambda handler, asked: handler.answer(429, {}, Retry_After="1"),
                              "UNKN"),
    "404": (lambda handler, asked: handler.answer(404, {"status": "NOTF"}), "UNKN"),
    "another body under this key": (lambda handler, asked: handler.answer(409, {}), "UNKN DUPL"),
    "400": (lambda handler, asked: handler.answer(400, {"error": "x"}), "NSNT"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNCLEAR)
def test_an_unclear_answer_dooms_one_payment(
    bank: RestBank, tmp_path: Path, clock: Ticking, case: str
) -> None:
    act, word = UNCLEAR[case]
    ours = references(4)
    bank.act = on(ours[1], act)
    path = sealed(batch_of(4), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    with pytest.raises(InDoubt):
        courier.put(path.name, path)
    assert words(courier, tmp_path) == {
        ours[0]: "ACSP", ours[1]: word, ours[2]: "ACSP", ours[3]: "ACSP",
    }  # fmt: skip
    assert bank.posted(ours[1]) == 1  # a doubt is never tried again


CLEAR: dict[str, tuple[Act, str]] = {
    "credited": (_said(202, status="ACCC"), "ACCC"),
    "had it before": (_said(200, status="ACSC", repeated=True), "ACSC"),
    "refused": (_said(422, status="RJCT", reason="AC04"), "RJCT AC04"),
    "refused for a reason of its own": (_said(422, status="RJCT", reason="tài khoản lạ"),
                                        "RJCT NARR"),
}  # fmt: skip


@pytest.mark.parametrize("case", CLEAR)
def test_a_clear_answer_is_a_word(
    bank: RestBank, tmp_path: Path, clock: Ticking, case: str
) -> None:
    act, word = CLEAR[case]
    ours = references(2)
    bank.act = on(ours[1], act)
    path = sealed(batch_of(2), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    assert courier.put(path.name, path).name == path.name
    assert words(courier, tmp_path)[ours[1]] == word


def untaken_times(times: int, status: int = 503) -> Any:
    """Say at first that nothing was taken, then behave."""
    left = [times]

    def act(asked: Asked) -> Act | None:
        left[0] -= 1
        if left[0] < 0:
            return None
        return lambda handler, asked: handler.answer(status, {"taken": False}, Retry_After="20")

    return act


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_not_taken_is_asked_again(
    bank: RestBank, tmp_path: Path, clock: Ticking, status: int
) -> None:
    bank.act = untaken_times(2, status)
    path = sealed(batch_of(2), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    courier.put(path.name, path)
    assert set(words(courier, tmp_path).values()) == {"ACSP"}
    assert clock.paused == 40  # as long as we were asked to wait, twice


def test_nothing_handed_over_is_unavailable_and_leaves_no_word(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(3), tmp_path)
    bank.act = untaken_times(100)
    with pytest.raises(Unavailable):
        rest_courier(bank, tmp_path, clock).put(path.name, path)
    assert posts(bank) == 3  # tries of the first payment; no other was asked for
    gone = rest_courier(bank, tmp_path, clock, base="https://127.0.0.1:9")
    with pytest.raises(Unavailable):
        gone.put(path.name, path)
    with pytest.raises(Stranger):
        rest_courier(bank, tmp_path, clock, fingerprint="0" * 64).put(path.name, path)
    bank.act = lambda asked: None
    with pytest.raises(TurnedAway):
        rest_courier(bank, tmp_path, clock, token="old").put(path.name, path)
    assert not bank.taken
    courier = rest_courier(bank, tmp_path, clock)
    assert words(courier, tmp_path) == {}
    courier.put(path.name, path)  # so the same bytes may go
    assert words(courier, tmp_path) == dict.fromkeys(references(3), "ACSP")


@pytest.mark.parametrize("by", ["single", "bulk"])
def test_a_document_in_another_form_is_handed_to_nobody(
    bank: RestBank, tmp_path: Path, clock: Ticking, by: str
) -> None:
    """It was sealed for another channel of the provider: surely nothing left, so no doubt."""
    path = sealed(batch_of(1), tmp_path)
    path.write_bytes(path.read_bytes().replace(b"foot", b"Foot"))
    with pytest.raises(TurnedAway, match="chưa gửi gì"):
        rest_courier(bank, tmp_path, clock, rest_adapter(by=by)).put(path.name, path)
    assert not bank.asked


def test_a_bank_that_goes_away_leaves_the_rest_unsent(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    ours = references(4)
    path = sealed(batch_of(4), tmp_path)
    bank.act = lambda asked: (
        (lambda handler, asked: handler.answer(503, {"taken": False}))
        if asked.reference == ours[2] else None
    )  # fmt: skip
    courier = rest_courier(bank, tmp_path, clock)
    with pytest.raises(InDoubt, match="2 NSNT"):
        courier.put(path.name, path)
    assert words(courier, tmp_path) == {
        ours[0]: "ACSP", ours[1]: "ACSP", ours[2]: "NSNT", ours[3]: "NSNT",
    }  # fmt: skip
    # Handed over again: of the two nobody may say any more that they were never sent.
    bank.act = untaken_times(100)
    with pytest.raises(Unavailable):
        courier.put(path.name, path)
    bank.act = on(ours[3], lambda handler, asked: handler.answer(400, {}))
    with pytest.raises(InDoubt):
        courier.put(path.name, path)
    assert words(courier, tmp_path) == dict.fromkeys(ours[:3], "ACSP")
    assert len(bank.taken) == 3


def test_the_clock_is_asked_before_each_request(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(5), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    with pytest.raises(Unavailable):
        courier.put(path.name, path, START)
    assert not bank.asked
    limit = clock.at + timedelta(seconds=5)
    with pytest.raises(InDoubt, match="quá giờ"):
        courier.put(path.name, path, limit)
    found = words(courier, tmp_path)
    assert set(found.values()) == {"ACSP", "NSNT"}
    assert {name for name, word in found.items() if word == "ACSP"} == set(bank.taken)


def test_a_bank_that_answers_nothing_any_more_gets_no_further_payment(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    bank.act = lambda asked: lambda handler, asked: handler.raw(b"")
    path = sealed(batch_of(9), tmp_path)
    courier = rest_courier(bank, tmp_path, clock, rest_adapter(stop_after_doubts=3))
    with pytest.raises(InDoubt):
        courier.put(path.name, path)
    assert list(words(courier, tmp_path).values()) == ["UNKN"] * 3 + ["NSNT"] * 6
    assert posts(bank) == 3


def test_a_lost_login_in_the_middle_stops(bank: RestBank, tmp_path: Path, clock: Ticking) -> None:
    ours = references(4)
    bank.act = on(ours[1], lambda handler, asked: handler.answer(403, {}))
    path = sealed(batch_of(4), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    with pytest.raises(InDoubt):
        courier.put(path.name, path)
    assert list(words(courier, tmp_path).values()) == ["ACSP", "NSNT", "NSNT", "NSNT"]
    assert posts(bank) == 2


def test_a_document_that_is_not_ours_to_the_last_byte_never_leaves(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(3), tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"total":', b'"total":1', 1))
    with pytest.raises(BankError):
        rest_courier(bank, tmp_path, clock).put(path.name, path)
    assert not bank.asked


def test_a_full_disk_stops_before_the_next_request(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(5), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    script = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (450, 450))\n"
        "from pathlib import Path\n"
        "from tests.support.rest_bank import RestBank\n"
        "from tests.support.rest_courier import Ticking, rest_courier\n"
        "from bank_adapters.errors import InDoubt\n"
        "bank = RestBank(sys.argv[1], Path(sys.argv[2]))\n"
        "path = Path(sys.argv[3])\n"
        "try:\n"
        "    rest_courier(bank, path.parent, Ticking()).put(path.name, path)\n"
        "except InDoubt:\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, bank.base, str(bank.ca), str(path)], check=False
    )
    assert done.returncode == 7
    assert posts(bank) == 2  # the second answer could not be written down
    assert words(courier, tmp_path) == {references(1)[0]: "ACSP"}


def test_where_no_answer_could_be_written_down_nothing_is_sent(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(2), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    shutil.rmtree(tmp_path / "spool")
    with pytest.raises(Unavailable, match="chưa gửi gì"):
        courier.put(path.name, path)
    assert not bank.asked


SENDER = """
import sys
from pathlib import Path
from tests.support.rest_bank import RestBank
from tests.support.rest_courier import Ticking, rest_adapter, rest_courier
bank = RestBank(sys.argv[1], Path(sys.argv[2]))
path = Path(sys.argv[3])
adapter = rest_adapter(at_once=2, read_seconds=20, total_seconds=20)
rest_courier(bank, path.parent, Ticking(), adapter).put(path.name, path)
"""


def test_nothing_is_lost_when_the_sender_is_killed(
    bank: RestBank, tmp_path: Path, clock: Ticking
) -> None:
    path = sealed(batch_of(20), tmp_path)
    stuck = threading.Event()

    def act(asked: Asked) -> Act | None:
        if len(bank.taken) < 6 or not asked.reference:
            return None
        stuck.set()
        return lambda handler, asked: time.sleep(20)

    bank.act = act
    with subprocess.Popen(
        [sys.executable, "-c", SENDER, bank.base, str(bank.ca), str(path)]
    ) as sender:
        try:
            assert stuck.wait(20)
            courier = rest_courier(bank, tmp_path, clock)
            assert courier.waiting() == []  # its writer lives
        finally:
            os.kill(sender.pid, signal.SIGKILL)
    (part,) = (tmp_path / "spool").glob("*.part")
    with part.open("ab") as file:
        file.write(b'{"reference":"HALF')  # what a power cut leaves
    found = words(courier, tmp_path)
    assert set(found) <= set(bank.taken)
    assert len(found) >= 5  # the other thread may have been writing its answer down
    assert set(found.values()) == {"ACSP"}  # of all others nothing is known, and nothing said
    assert courier.waiting() == []


def test_a_sender_killed_before_the_first_answer_is_remembered(
    tmp_path: Path, bank: RestBank, clock: Ticking
) -> None:
    spool = Spool(tmp_path / "spool", "rest1")
    assert not spool.knows(MESSAGE)
    with pytest.raises(KeyboardInterrupt), spool.writing(MESSAGE):
        raise KeyboardInterrupt
    assert spool.waiting() == []
    assert spool.knows(MESSAGE)
    bank.act = on(references(2)[1], lambda handler, asked: handler.answer(403, {}))
    path = sealed(batch_of(2), tmp_path)
    courier = rest_courier(bank, tmp_path, clock)
    with pytest.raises(InDoubt):
        courier.put(path.name, path)
    assert words(courier, tmp_path) == {references(1)[0]: "ACSP"}
