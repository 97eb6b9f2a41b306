"""Nothing in doubt without a next step: what, when, by whom; and providers that can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.disbursement.doubts import Step, enquiry_at, next_steps
from app.disbursement.tasks import tasks
from app.jobs.collecting import read_files
from app.jobs.enquiring import enquire
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from bank_adapters.contract import BankLine, Capabilities, Courier, LineKind, Method, ReportKind
from bank_adapters.errors import InDoubt, Unavailable
from tests.app.disbursement.evidence_office import debit, office_promises
from tests.app.disbursement.test_fence import failing, meeting
from tests.app.disbursement.test_sending import runtime_of, september_released
from tests.factories import BANK, POST, SEPTEMBER, START, House, report, september_sent

ASKED = Capabilities(frozenset({Method.ACCOUNT}), "booked", False, enquiry=True)
DEDUPED = Capabilities(frozenset({Method.ACCOUNT}), "booked", False, "MsgId", 7)


def test_when_a_provider_is_asked() -> None:
    after = [int((enquiry_at(START, n) - START) / timedelta(minutes=1)) for n in range(7)]
    assert after == [1, 5, 15, 60, 120, 180, 240]


@pytest.mark.stage(of=september_released)
def test_every_doubt_has_a_next_step(house: House) -> None:
    send_batches(runtime_of(house, meeting(failing(InDoubt("mất trả lời")))))
    with house.database.view() as session:
        first, second = next_steps(session, {BANK: ASKED, POST: DEDUPED}, house.clock.now())
        unknown, _ = next_steps(session, {}, house.clock.now())
        listed = tasks(session, {}, house.clock.now())
    assert (first.owner, first.at) == ("Hệ thống", house.clock.now() + timedelta(minutes=1))
    assert (second.owner, f"{second.at:%H:%M}") == ("Hệ thống", "14:00")
    assert (unknown.owner, f"{unknown.at:%d %H:%M}") == ("Cán bộ tài chính", "11 08:00")
    assert "Không gửi lại" in unknown.what
    assert {one.about for one in listed} == {"lô 1", "lô 2"}
    assert all(one.owner and one.what for one in listed)


@pytest.mark.stage(of=september_released)
@pytest.mark.parametrize("known", [ASKED, replace(ASKED, enquiry=False)])
def test_no_doubt_is_asked_about_for_ever(house: House, known: Capabilities) -> None:
    """What our own process never sent no bank ever finds: the step names the horizon, and when."""
    send_batches(runtime_of(house, meeting(failing(InDoubt("mất trả lời")))))

    def step() -> Step:
        with house.database.view() as session:
            return next_steps(session, {BANK: known}, house.clock.now())[0]

    assert "`ansinh bank promise`" in step().what
    office_promises(house, BANK, "expires", days=1)
    assert "Sau 14/09/2026 chưa rõ thì `ansinh bank horizon 1`" in step().what
    house.on("2026-09-14")
    assert "Đã qua hạn" not in step().what
    house.on("2026-09-15")
    assert "Đã qua hạn thực hiện 11/09/2026" in step().what
    assert "`ansinh bank horizon 1`" in step().what
    assert (step().owner, f"{step().at:%d %H:%M}") == ("Cán bộ tài chính", "15 08:00")


@pytest.mark.stage(of=september_sent)
def test_a_provider_that_says_nothing_is_asked_after_a_week(house: House) -> None:
    """Sent on Thursday the 10th: five banking days on, people ask; not a day before."""

    def told() -> list[str]:
        """But the statements, which have not come either."""
        with house.database.view() as session:
            found = [one.found for one in tasks(session, {}, house.clock.now())]
        return [one for one in found if "sổ phụ" not in one]

    house.on("2026-09-17")
    assert told() == []
    house.on("2026-09-18")
    silent = told()
    assert len(silent) == 2
    assert all("chưa có kết quả từ ngày 10/09/2026" in one for one in silent)
    with house.database.view() as session:
        assert all(one.owner == "Cán bộ tài chính" for one in tasks(session, {}, house.clock.now()))
    word = BankLine(LineKind.STATUS, 500_000, house.reference(1, SEPTEMBER), status="ACCC")
    house.receives(BANK, report(ReportKind.STATUS, "", word))
    assert "1 khoản báo đã trả mà tài khoản chưa bị ghi nợ từ ngày 10/09/2026" in told()
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), debit(
        house.reference(1, SEPTEMBER))))  # fmt: skip
    assert not [one for one in told() if "ghi nợ" in one]


@pytest.mark.stage(of=september_released)
def test_what_never_left_says_so(house: House) -> None:
    send_batches(runtime_of(house, meeting(failing(Unavailable("chưa giao")))))
    with house.database.view() as session:
        step, _ = next_steps(session, {BANK: ASKED}, house.clock.now())
    assert (step.owner, step.at) == ("Hệ thống", house.clock.now())
    house.on("2026-09-16", "09:00")
    with house.database.view() as session:
        step, _ = next_steps(session, {BANK: ASKED}, house.clock.now())
    assert step.owner == "Cán bộ tài chính"
    assert "hết hạn" in step.what


class Answering:
    """A line that tells what became of a message, or does not answer."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self.silent = False

    def ask(self, message_id: str, references: Sequence[str] = ()) -> tuple[str, bytes]:
        """A file that no reader knows: what it says is for the reader to judge."""
        if self.silent:
            raise Unavailable("không trả lời")
        return f"{message_id}.txt", b"?"

    def close(self) -> None:
        """Let go."""


def _asking(house: House) -> tuple[Runtime, Answering]:
    run = runtime_of(house)
    line = Answering(run.couriers[BANK]())
    adapter = run.adapters[BANK]

    class Asked:
        """The bank's adapter, which declares that it can be asked."""

        name, capabilities = adapter.name, ASKED
        file_name, write = adapter.file_name, adapter.write
        read_back, read = adapter.read_back, adapter.read

    couriers = {**run.couriers, BANK: lambda: line}
    adapters = {**run.adapters, BANK: Asked()}
    return replace(run, couriers=couriers, adapters=adapters), line  # type: ignore[arg-type]


@pytest.mark.stage(of=september_released)
def test_a_provider_is_asked_at_its_times(house: House) -> None:
    """A silent one counts as asked; an answer is a file like any other and moves nothing itself."""
    send_batches(runtime_of(house, meeting(failing(InDoubt("mất trả lời")))))
    run, line = _asking(house)
    assert enquire(run) == "0 of 0 answered"
    house.later()
    line.silent = True
    assert enquire(run) == "0 of 1 answered"
    line.silent = False
    for _ in range(4):
        house.later()
    assert enquire(run) == "1 of 1 answered"
    assert enquire(run) == "0 of 0 answered"
    assert house.rows("select number, error from enquiry order by number") == [
        (1, "không trả lời"), (2, "")]  # fmt: skip
    standing = "select subject from trouble where ended_at is null order by subject"
    assert house.rows(standing) == [("batch:1",), ("batch:2",)]
    house.tamper("update batch set state = 'answered' where id = 2")
    send_batches(run)
    assert house.rows(standing) == [("batch:1",)]
    assert house.ask("select count(*) from inbound_file") == 1
    read_files(run)
    assert house.ask("select state from inbound_file") == "quarantined"
    assert house.batch_state(1) == "in_doubt"
    assert Path(house.home / "inbound").is_dir()
