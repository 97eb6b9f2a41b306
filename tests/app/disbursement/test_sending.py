"""The sending job against a real folder and the real adapters: sealed bytes, doubts, holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.disbursement.doubts import next_steps
from app.disbursement.holds import set_hold
from app.disbursement.journal import Handed, note
from app.errors import Held, Refused
from app.jobs.resending import resend_in_doubt
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from bank_adapters.contract import Courier, Receipt
from bank_adapters.errors import InDoubt, Unavailable
from tests.factories import BANK, SEPTEMBER, House, in_cash, row
from tests.support.channels import PROVEN, set_up_channel, settings_of
from tests.support.providers import Providers, as_it_is


def september_released(house: House) -> None:
    """Two batches stand released for today."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))


pytestmark = pytest.mark.stage(of=september_released)


class Unsure:
    """A line that carries the file and loses the answer, as a broken connection does."""

    def __init__(self, courier: Courier, meets: Callable[[Path], None]) -> None:
        self._courier, self._meets = courier, meets

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver, then fail."""
        self._meets(path)
        self._courier.put(name, path, not_after)
        raise InDoubt(f"{name}: mất trả lời")

    def close(self) -> None:
        """Let go."""
        self._courier.close()


def runtime_of(house: House, wrap: Callable[[Courier], Courier] = as_it_is) -> Runtime:
    """A runtime whose couriers carry into folders under the test's own."""
    return Providers(house.home).connected(house.runtime, wrap)


def delivered(house: House) -> list[str]:
    """Names of the files that lie at the providers."""
    return Providers(house.home).delivered()


def test_each_batch_is_carried_once(house: House) -> None:
    run = runtime_of(house)
    assert send_batches(run) == "2 sent"
    files = delivered(house)
    assert len(files) == 2
    assert send_batches(run) == "0 sent"
    assert delivered(house) == files
    assert [house.batch_state(one) for one in (1, 2)] == ["sent", "sent"]
    journal = (house.home / "send-journal.jsonl").read_text("utf-8").splitlines()
    assert len(journal) == 2


def test_a_lost_answer_is_a_doubt_and_the_same_bytes_go_again(house: House) -> None:
    run = runtime_of(house, lambda one: Unsure(one, lambda _: None))  # type: ignore[arg-type, return-value]
    send_batches(run)
    assert [house.batch_state(one) for one in (1, 2)] == ["in_doubt", "in_doubt"]
    files = delivered(house)
    house.later()
    assert send_batches(run) == "0 sent"
    assert resend_in_doubt(runtime_of(house)) == "2 of 2 in doubt"
    assert delivered(house) == files
    assert [house.batch_state(one) for one in (1, 2)] == ["sent", "sent"]


def test_after_the_window_only_evidence_moves_a_doubt(house: House) -> None:
    send_batches(runtime_of(house, lambda one: Unsure(one, lambda _: None)))  # type: ignore[arg-type, return-value]
    house.on("2026-09-17", "08:30")
    assert resend_in_doubt(runtime_of(house)) == "0 of 2 in doubt"
    assert house.batch_state(1) == "in_doubt"


def test_on_another_channel_a_doubt_is_not_sent_again(house: House) -> None:
    """There the provider may never have seen the message, so it would take it once more."""
    settings = settings_of(house)
    set_up_channel(house, settings, BANK, "sandbox", PROVEN)
    send_batches(runtime_of(house, lambda one: Unsure(one, lambda _: None)))  # type: ignore[arg-type, return-value]
    set_up_channel(house, settings, BANK, "sandbox", PROVEN)
    house.later()
    capabilities = {
        one: adapter.capabilities for one, adapter in runtime_of(house).adapters.items()
    }
    with house.database.view() as session:
        step, _ = next_steps(session, capabilities, house.clock.now())
    assert "Không gửi lại" in step.what
    assert resend_in_doubt(runtime_of(house)) == "1 of 2 in doubt"
    assert [house.batch_state(one) for one in (1, 2)] == ["in_doubt", "sent"]


def test_a_batch_of_which_a_payment_was_cancelled_is_not_sent(house: House) -> None:
    """By SQL, so that its obligation could stand on another list: the file would pay it too."""
    with house.work() as session:
        session.execute(text("update instruction set state = 'cancelled' where id = 1"))
    with pytest.raises(Refused, match="không còn khớp"):
        send_batches(runtime_of(house))
    assert [house.batch_state(one) for one in (1, 2)] == ["released", "sent"]


def test_under_a_hold_a_doubt_is_not_sent_again(house: House) -> None:
    send_batches(runtime_of(house, lambda one: Unsure(one, lambda _: None)))  # type: ignore[arg-type, return-value]
    with house.runtime.database.unit_of_work() as session:
        set_hold(session, "provider", BANK, "Chờ hỏi lại ngân hàng", "auditor", house.later())
    said = "1 of 1 in doubt; 1 held: Chờ hỏi lại ngân hàng"
    assert resend_in_doubt(runtime_of(house)) == said
    assert sorted(house.batch_state(one) for one in (1, 2)) == ["in_doubt", "sent"]


@pytest.mark.parametrize("is_of_old", [False, True])
def test_a_database_older_than_its_journal_sends_nothing(house: House, is_of_old: bool) -> None:
    """Somebody puts yesterday's copy in place of the database; lines of the first version count."""
    message = str(house.ask("select message_id from batch where id = 2"))
    line = Handed(house.clock.now(), 2, f"{message}.xlsx", "2" * 64, "" if is_of_old else message)
    note(house.home, line)
    with pytest.raises(Held, match=r"cũ hơn nhật ký gửi: 1 lô đã gửi rồi \(lô 2\)"):
        send_batches(runtime_of(house))
    assert delivered(house) == []
    assert send_batches(runtime_of(house)).startswith("0 sent; 2 held: Cơ sở dữ liệu cũ hơn")
    assert house.ask("select count(*) from hold where scope = 'global'") == 1


def test_a_sealed_file_that_changed_is_never_sent(house: House) -> None:
    """Between doubt and second sending somebody swaps an account: hold everything."""
    send_batches(runtime_of(house, lambda one: Unsure(one, lambda _: None)))  # type: ignore[arg-type, return-value]
    for path in (house.home / "outbound").iterdir():
        path.write_bytes(path.read_bytes().replace(b"100000011000", b"100000099999"))
    files = {one: path.read_bytes() for one, path in _at_bank(house)}
    with pytest.raises(Held, match="đã bị thay đổi sau khi niêm phong"):
        resend_in_doubt(runtime_of(house))
    assert {one: path.read_bytes() for one, path in _at_bank(house)} == files
    assert house.ask("select count(*) from hold where scope = 'global'") == 1
    assert house.batch_state(1) == "in_doubt"


def _at_bank(house: House) -> list[tuple[str, Path]]:
    return [(one.name, one) for one in (house.home / BANK / "in").iterdir()]


def test_instructions_changed_after_building_are_not_sealed(house: House) -> None:
    """Somebody drops the trigger and redirects a payment: the batch's digest does not agree."""
    tail = "" if house.database.is_sqlite else " on instruction"
    house.tamper(f"drop trigger instruction_frozen{tail}")
    house.tamper("update instruction set amount = amount + 1 where id = 1")
    with pytest.raises(Refused, match="Lô 1 đã bị sửa sau khi lập"):
        send_batches(runtime_of(house))
    assert [house.batch_state(one) for one in (1, 2)] == ["released", "sent"]
    assert len(delivered(house)) == 1


def test_a_provider_that_does_not_answer_stops_nobody_else(house: House) -> None:
    """Nothing was claimed of it: its batch waits as it is, the other provider's leaves, and what
    is wrong stands until the provider answers again."""

    def closed() -> Courier:
        raise Unavailable("không nối được")

    run = runtime_of(house)
    run = replace(run, couriers={**run.couriers, BANK: closed})
    assert send_batches(run) == "1 sent"
    assert send_batches(run) == "0 sent"
    assert [house.batch_state(one) for one in (1, 2)] == ["released", "sent"]
    told = "select provider, subject, error, times from trouble where ended_at is null"
    assert house.rows(told) == [(BANK, "send", "không nối được", 2)]
    assert send_batches(runtime_of(house)) == "1 sent"
    assert house.rows(told) == []
