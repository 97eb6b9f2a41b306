"""A bank that takes each payment as a request of its own: one lost answer dooms one payment."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.channels.promises import Dedupe, promising
from app.db import Database
from app.disbursement.tables import instruction
from app.disbursement.wordless import to_ask_about
from app.jobs.collecting import apply_files, collect_and_apply
from app.jobs.enquiring import enquire
from app.jobs.resending import resend_in_doubt
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from app.units.tables import contract
from bank_adapters.contract import ReportKind
from bank_adapters.rest.adapter import RestAdapter
from bank_adapters.rest.courier import RestTarget, open_rest
from bank_adapters.transports.https import HttpsTarget
from reconciliation import intake, lines
from tests.factories import BANK, SEPTEMBER, House, row
from tests.support.providers import Providers
from tests.support.reports import booked, report, status
from tests.support.rest_bank import TOKEN, Act, Asked, Handler, RestBank, rest_bank
from tests.support.rest_courier import rest_adapter


def three_released(house: House) -> None:
    """One batch of three payments stands released for today."""
    house.register(SEPTEMBER, row(1), row(2), row(4))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))


pytestmark = pytest.mark.stage(of=three_released)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RestBank]:
    with rest_bank(tmp_path) as found:
        yield found


def runtime_of(house: House, bank: RestBank, adapter: RestAdapter | None = None) -> Runtime:
    """A runtime in which the bank of the tiny province is reached by requests."""
    run = Providers(house.home).connected(house.runtime)
    told = adapter or rest_adapter()
    target = RestTarget(
        BANK, HttpsTarget(bank.base, TOKEN, ca=bank.ca), told.profile, house.home / "spool",
        house.clock.now, lambda seconds: None,
    )  # fmt: skip
    return replace(
        run,
        adapters={**run.adapters, BANK: told},
        couriers={**run.couriers, BANK: lambda: open_rest(target)},
    )


def silent_at(house: House, bank: RestBank, person: int, act: Act) -> str:
    """The bank does this at the payment of a person; gives its reference."""
    reference = house.reference(person, SEPTEMBER)
    bank.act = lambda asked: act if asked.reference == reference else None
    return reference


def hang_up(taken: bool) -> Act:
    """Take a payment, or do not, and hang up."""

    def act(handler: object, asked: object) -> None:
        if taken:
            handler.bank.take(asked)  # type: ignore[attr-defined]
        handler.raw(b"")  # type: ignore[attr-defined]

    return act


def states(house: House) -> dict[str, str]:
    query = select(instruction.c.reference, instruction.c.state)
    return dict(house.rows(query))


def refuse(handler: Handler, asked: Asked) -> None:
    """A definite no to this payment."""
    told = {"reference": asked.reference, "status": "RJCT", "reason": "AC04"}
    handler.answer(422, {**told, "amount": asked.told["amount"]})


def test_all_answered_and_one_of_them_refused(house: House, bank: RestBank) -> None:
    refused = silent_at(house, bank, 4, refuse)
    run = runtime_of(house, bank)
    assert send_batches(run) == "1 sent"
    collect_and_apply(run)
    assert states(house)[refused] == "rejected"
    assert sorted(states(house).values()) == ["accepted", "accepted", "rejected"]
    assert house.batch_state(1) == "answered"
    (file,) = house.rows("select name, state from inbound_file")
    assert file[0].endswith(".answer-1.jsonl")
    assert file[1] == "applied"


@pytest.mark.parametrize("was_taken", [True, False])
def test_one_lost_answer_dooms_one_payment(house: House, bank: RestBank, was_taken: bool) -> None:
    lost = silent_at(house, bank, 2, hang_up(was_taken))
    run = runtime_of(house, bank)
    assert send_batches(run) == "0 sent; 1 in doubt"
    collect_and_apply(run)
    assert sorted(states(house).values()) == ["accepted", "accepted", "ready"]
    assert (states(house)[lost], house.batch_state(1)) == ("ready", "in_doubt")
    assert resend_in_doubt(run) == "0 of 1 in doubt"  # no bank is believed to refuse repetitions
    assert bank.posted(lost) == 1
    with house.database.view() as session:
        assert to_ask_about(session, 1)[0] == lost
    house.clock.advance(timedelta(minutes=1))
    assert enquire(run) == "1 of 1 answered"
    collect_and_apply(run)
    if was_taken:
        assert set(states(house).values()) == {"accepted"}
        assert house.batch_state(1) == "answered"
    else:  # that it was not found is no evidence
        assert (states(house)[lost], house.batch_state(1)) == ("ready", "in_doubt")


def asked_about(house: House, asked: int, limit: int = 2) -> list[int]:
    """Which payments are asked about the next time, by their numbers."""
    numbers = {house.reference(one, SEPTEMBER): one for one in (1, 2, 4)}
    with house.database.view() as session:
        return [numbers[one] for one in to_ask_about(session, 1, asked, limit)]


def test_lost_payments_keep_no_other_from_being_asked_about(house: House, bank: RestBank) -> None:
    """More payments than questions at once: "not found" comes after nothing, a word after both."""
    bank.act = lambda asked: hang_up(taken=False)
    send_batches(runtime_of(house, bank))
    assert asked_about(house, 0) == [1, 2]
    for person, after in ((1, [2, 4]), (2, [4, 1]), (4, [1, 2])):
        not_found = status(house.reference(person, SEPTEMBER), "NOTF")
        house.receives(BANK, report(ReportKind.STATUS, "", not_found))
        assert asked_about(house, 0) == after
    asked = [asked_about(house, times) for times in range(3)]
    assert asked == [[1, 2], [2, 4], [1, 2]]
    firsts = {asked_about(house, times, 1)[0] for times in range(5)}
    assert firsts == {1, 2, 4}  # nobody stands at the head for ever
    house.receives(
        BANK, report(ReportKind.STATUS, "", status(house.reference(1, SEPTEMBER), "ACSP"))
    )
    assert asked_about(house, 0, 3) == [2, 4, 1]


def test_a_repetition_at_a_bank_that_was_tried_answers_the_doubt(
    house: House, bank: RestBank
) -> None:
    lost = silent_at(house, bank, 2, hang_up(taken=True))
    run = runtime_of(house, bank)
    send_batches(run)
    collect_and_apply(run)
    bank.act = lambda asked: None
    adapter = promising(run.adapters[BANK], Dedupe("EndToEndId", 7))
    run = replace(run, adapters={**run.adapters, BANK: adapter})
    house.later()
    assert resend_in_doubt(run) == "1 of 1 in doubt"
    assert house.batch_state(1) == "sent"
    collect_and_apply(run)
    assert (states(house)[lost], house.batch_state(1)) == ("accepted", "answered")
    assert len(bank.taken) == 3


def test_a_booked_payment_proves_nothing_of_the_others(house: House, bank: RestBank) -> None:
    """Another payment went under the key of one: a case for people, and no refusal."""
    lost = silent_at(house, bank, 2, lambda handler, asked: handler.answer(409, {}))
    run = runtime_of(house, bank)
    assert send_batches(run) == "0 sent; 1 in doubt"
    collect_and_apply(run)
    assert (states(house)[lost], house.batch_state(1)) == ("ready", "in_doubt")
    assert house.rows("select kind, state from bank_case") == [("duplicate", "open")]
    done = next(one for one in states(house) if one != lost)
    amount = house.ask(select(instruction.c.amount).where(instruction.c.reference == done))
    account = house.ask(select(contract.c.account).where(contract.c.provider == BANK))
    line = booked(done, -amount, "2026-09-10")
    with house.work() as session:
        now = house.later()
        intake.receive(session, BANK, "advice.xml", "a" * 64, 1, now)
        (file_id, *_) = intake.waiting(session, "received")[-1]
        told = iter([report(ReportKind.ADVICE, account, line)])
        assert not lines.read_reports(session, file_id, BANK, told, now.date())
    apply_files(run)
    assert states(house)[done] == "settled"
    assert house.batch_state(1) == "in_doubt"


def test_nothing_handed_over_goes_again(house: House, bank: RestBank) -> None:
    bank.act = lambda asked: lambda handler, asked: handler.answer(503, {"taken": False})
    run = runtime_of(house, bank)
    assert "1 not handed over" in send_batches(run)
    bank.act = lambda asked: None
    house.later()
    assert "1 handed over anew" in send_batches(run)
    collect_and_apply(run)
    assert house.batch_state(1) == "answered"


def test_a_batch_in_bulk_has_one_fate(house: House, bank: RestBank) -> None:
    """That it was not found moves nothing; that it was taken says nothing of single payments."""
    bank.act = lambda asked: hang_up(taken=False) if asked.path == "/batches" else None
    run = runtime_of(house, bank, rest_adapter(by="bulk"))
    assert send_batches(run) == "0 sent; 1 in doubt"
    house.clock.advance(timedelta(minutes=1))
    assert enquire(run) == "1 of 1 answered"
    collect_and_apply(run)
    assert house.batch_state(1) == "in_doubt"
    bank.act = lambda asked: None
    adapter = promising(run.adapters[BANK], Dedupe("MsgId", 7))
    assert resend_in_doubt(replace(run, adapters={**run.adapters, BANK: adapter}))
    collect_and_apply(run)
    assert house.batch_state(1) == "answered"
    assert set(states(house).values()) == {"ready"}


def test_a_sender_killed_in_the_middle_loses_no_word(house: House, bank: RestBank) -> None:
    stuck = threading.Event()

    def act(asked: Asked) -> Act | None:
        if not asked.reference or len(bank.taken) < 2:
            return None
        stuck.set()
        return lambda handler, asked: time.sleep(10)

    bank.act = act
    child = os.fork()
    if child == 0:
        _send_in(house, bank)
    assert stuck.wait(20)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    bank.act = lambda asked: None
    run = runtime_of(house, bank)
    house.clock.advance(timedelta(minutes=16))  # the claim of whoever is gone has ended
    assert send_batches(run) == "0 sent"
    collect_and_apply(run)
    assert sorted(states(house).values()) == ["accepted", "accepted", "ready"]
    assert house.batch_state(1) == "in_doubt"
    assert {bank.posted(one) for one in states(house)} == {1}


def _send_in(house: House, bank: RestBank) -> None:
    """Another process with a connection of its own, which sends; never returns."""
    try:
        url = house.database.url.render_as_string(hide_password=False)
        run = runtime_of(house, bank, rest_adapter(read_seconds=20, total_seconds=20))
        send_batches(replace(run, database=Database(url), worker="killed"))
    finally:
        os._exit(1)
