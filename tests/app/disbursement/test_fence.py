"""Who may still send: the fence, the last moment, and what our own process knows never left."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import errors
from app.db import Database
from app.disbursement import claims, journal, submission
from app.disbursement.holds import set_hold
from app.errors import Held
from app.jobs.sending import send_batches
from bank_adapters.contract import Courier, Receipt
from bank_adapters.errors import InDoubt, Refused, Unavailable
from bank_adapters.transports.folder import FolderTarget, open_folder
from tests.app.disbursement.test_sending import delivered, runtime_of, september_released
from tests.factories import BANK, POST, House

pytestmark = pytest.mark.stage(of=september_released)
LAST = "select evidence from batch_event where batch_id = 1 order by seq desc limit 1"


class Line:
    """A line on which something happens before each hand-over, or instead of it."""

    def __init__(self, courier: Courier, happens: Callable[[], None]) -> None:
        self._courier, self._happens = courier, happens

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver after what happens."""
        self._happens()
        return self._courier.put(name, path, not_after)

    def close(self) -> None:
        """Let go."""
        self._courier.close()


def meeting(happens: Callable[[], None]) -> Callable[[Courier], Courier]:
    """Couriers of that kind."""
    return lambda courier: Line(courier, happens)  # type: ignore[return-value]


def failing(error: Exception) -> Callable[[], None]:
    """What happens is an error."""

    def fail() -> None:
        raise error

    return fail


def test_a_worker_stopped_for_longer_than_its_lease_sends_nothing(house: House) -> None:
    """Stopped by a signal right before the hand-over, given up by another, woken again."""
    child = os.fork()
    if child == 0:
        _worker(house)
    assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]), "it came to the hand-over"
    time.sleep(1.6)  # sixteen of the worker's minutes
    house.clock.advance(timedelta(minutes=16))
    with house.work() as session:
        assert claims.give_up_lost(session, "another", house.clock.now()) == 1
    os.kill(child, signal.SIGCONT)
    assert os.waitpid(child, 0)[1] == 0
    whole = [name for name in delivered(house) if not name.startswith(".")]
    assert (whole, house.batch_state(1)) == ([], "in_doubt")
    assert house.ask(LAST) == "worker lost"
    assert send_batches(runtime_of(house)) == "1 sent", "the other provider's batch"
    assert house.batch_state(1) == "in_doubt", "a doubt that a crash left is not claimed anew"


def _worker(house: House) -> None:
    """Another process with a clock of its own, on which a second is ten minutes; never returns."""
    code = 1
    try:
        run = runtime_of(house)
        url = house.database.url.render_as_string(hide_password=False)
        run = replace(run, database=Database(url), worker="stopped", clock=_Fast(house.clock.now()))
        only = {BANK: _on(run.clock.now, house.home / BANK)}
        assert send_batches(replace(run, couriers=only)) == "0 sent; 1 not handed over"
        code = 0
    finally:
        os._exit(code)


def _on(now: Callable[[], datetime], folder: Path) -> Callable[[], Courier]:
    """A line on which the process stops itself before each hand-over, however busy the machine."""

    def stopped() -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    return lambda: meeting(stopped)(open_folder(FolderTarget(folder, now=now)))


class _Fast:
    """A clock that goes on while the process is stopped, as the machine's does."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began = start, time.monotonic()

    def now(self) -> datetime:
        """Ten minutes a second."""
        return self._start + timedelta(minutes=10 * (time.monotonic() - self._began))


def test_the_fence_is_looked_at_before_the_first_byte(house: House) -> None:
    """Between claim and journal the claim becomes another's: no line is noted, no byte leaves."""
    with house.work() as session:
        sealed = _sealed(1)
        mine = claims.claim(session, sealed, "me", house.later())
    assert mine is not None
    for moved, refused in ((mine, False), (replace(mine, fence=mine.fence + 1), True),
                           (replace(mine, owner="other"), True)):  # fmt: skip
        with house.work() as session:
            assert claims.holds_fence(session, moved) is not refused
    over = mine.not_after + timedelta(seconds=1)
    with house.work() as session:
        claims.require_fence(session, mine, mine.not_after)
        with pytest.raises(errors.Refused, match="đã hết hạn"):
            claims.require_fence(session, mine, over)
        set_hold(session, "provider", BANK, "Vừa đặt", "auditor", house.later())
    with house.work() as session, pytest.raises(Held, match="Vừa đặt"):
        claims.require_fence(session, mine, mine.not_after)


def _sealed(number: int) -> claims.Sealed:
    return claims.Sealed(number, Path("x"), "x", "0" * 64)


def test_what_was_not_handed_over_is_claimed_anew(house: House) -> None:
    """The same bytes, no second posting, at the next run; then it is sent like any other."""
    run = runtime_of(house, meeting(failing(Unavailable("chưa giao được"))))
    assert send_batches(run) == "0 sent; 2 not handed over"
    assert (house.batch_state(1), delivered(house)) == ("in_doubt", [])
    assert house.ask(LAST) == "not_handed_over: chưa giao được"
    sha = house.ask("select sha256 from batch where id = 1")
    house.later()
    assert send_batches(runtime_of(house)) == "0 sent; 2 handed over anew"
    assert [house.batch_state(one) for one in (1, 2)] == ["sent", "sent"]
    assert house.ask("select sha256 from batch where id = 1") == sha
    assert house.ask("select fence from batch where id = 1") == 2
    assert house.ask("select count(*) from entry where kind = 'send'") == 2
    assert house.ask("select count(*) from trouble where ended_at is null") == 0
    assert len(delivered(house)) == 2


@pytest.mark.parametrize("error", [InDoubt("mất trả lời"), Refused("tên đã có"), KeyError("x")])
def test_what_may_have_left_is_not(house: House, error: Exception) -> None:
    send_batches(runtime_of(house, meeting(failing(error))))
    house.later()
    assert send_batches(runtime_of(house)) == "0 sent"
    assert (house.batch_state(1), delivered(house)) == ("in_doubt", [])
    # Not even when a later try is known not to have left.
    statement = (
        "insert into batch_event (batch_id, seq, state, at, actor, evidence) select batch_id,"
        " max(seq) + 1, '{}', max(at), 'x', '{}' from batch_event where batch_id = 1"
        " group by batch_id"
    )
    for evidence in ("not_handed_over", "again"):
        with pytest.raises(DBAPIError, match="sent again only"):
            house.tamper(statement.format("sending", evidence))
    house.tamper(statement.format("sending", "dedupe:MsgId"))
    house.tamper(statement.format("in_doubt", "not_handed_over: x"))
    with house.work() as session:
        assert 1 not in claims.never_left(session)


def test_after_the_release_lapsed_it_is_not_sent(house: House) -> None:
    send_batches(runtime_of(house, meeting(failing(Unavailable("chưa giao được")))))
    house.on("2026-09-16", "09:00")
    assert send_batches(runtime_of(house)) == "0 sent"
    assert (house.batch_state(1), delivered(house)) == ("in_doubt", [])


def test_a_claim_without_a_fence_is_refused(house: House) -> None:
    """By SQL past every room, on both databases."""
    lease = "owner = 'x', lease_until = '2026-09-10 09:00:00+00'"
    moment = "not_after = '2026-09-10 08:00:00+00'"
    for values in (lease, f"{lease}, fence = 1", f"{lease}, {moment}, fence = 2",
                   f"{lease}, {moment}, fence = 0"):  # fmt: skip
        with pytest.raises(DBAPIError, match="a claim has a fence"):
            house.tamper(f"update batch set state = 'sending', {values} where id = 1")
    house.tamper(f"update batch set state = 'sending', {lease}, {moment}, fence = 1 where id = 1")
    for change, why in (("fence = 0", "a claim has a fence"),
                        ("execute_on = '2026-09-11'", "the day asked for")):  # fmt: skip
        with pytest.raises(DBAPIError, match=why):
            house.tamper(f"update batch set {change} where id = 1")
    with pytest.raises(DBAPIError, match="the day asked for"):
        house.tamper("update batch set execute_on = '2026-09-09' where id = 2")


def test_one_odd_batch_stops_nobody(house: House) -> None:
    """A courier that breaks in a way nobody foresaw: a doubt there, and the other one leaves."""
    run = runtime_of(house)
    odd = meeting(failing(ZeroDivisionError("123456789012")))
    inner = run.couriers[BANK]
    run = replace(run, couriers={**run.couriers, BANK: lambda: odd(inner())})
    assert send_batches(run) == "1 sent; 1 in doubt"
    assert [house.batch_state(one) for one in (1, 2)] == ["in_doubt", "sent"]
    (told,) = house.rows("select provider, subject, error from trouble where ended_at is null")
    assert told[:2] == (BANK, "batch:1")
    assert "ZeroDivisionError" in told[2]
    assert "123456789012" not in told[2]
    assert house.ask("select count(*) from batch_event where evidence like '%123456789012%'") == 0
    with house.work() as session:
        assert claims.never_left(session) == set()
    assert POST in run.couriers


def test_a_full_journal_sends_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes no line before the first byte: not handed over, and no half line is left."""
    journal.note(house.home, journal.Handed(house.clock.now(), 9, "a", "9" * 64, "AS9"))
    before = (house.home / journal.NAME).read_bytes()
    room, note = len(before) + 20, journal.note

    def noted(folder: Path, line: journal.Handed) -> None:
        """As `note` does it, in a file that may not grow by more than twenty bytes."""
        was = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, was[1]))
        try:
            note(folder, line)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, was)

    monkeypatch.setattr(journal, "note", noted)
    assert send_batches(runtime_of(house)) == "0 sent; 2 not handed over"
    assert (house.home / journal.NAME).read_bytes() == before
    assert delivered(house) == []
    monkeypatch.undo()
    assert send_batches(runtime_of(house)) == "0 sent; 2 handed over anew"
    assert journal.read(house.home / journal.NAME).unreadable == ()


def test_what_a_provider_answered_has_left(house: House) -> None:
    """Whatever our own process believes of it: it is not handed over anew."""
    send_batches(runtime_of(house, meeting(failing(Unavailable("chưa giao được")))))
    with house.work() as session:
        assert claims.never_left(session) == {1, 2}
    house.tamper(
        "insert into batch_event (batch_id, seq, state, at, actor, evidence)"
        " select 1, 90, 'answered', built_at, 'system', 'file:1:ACTC' from batch where id = 1"
    )
    with house.work() as session:
        assert claims.never_left(session) == {2}


@pytest.mark.parametrize("error", [None, InDoubt("mất trả lời")])
def test_no_row_slipped_in_makes_what_left_leave_again(
    house: House, error: Exception | None
) -> None:
    """Two statements with the application's login: an event that nothing was handed over."""
    send_batches(runtime_of(house, meeting(failing(error) if error else lambda: None)))
    files = delivered(house)
    with house.work() as session:
        session.execute(text("update batch set state = 'in_doubt' where id = 1"))
        session.execute(
            text(
                "insert into batch_event (batch_id, seq, state, at, actor, evidence)"
                " select 1, 90, 'in_doubt', built_at, 'x', 'not_handed_over: x' from batch"
                " where id = 1"
            )
        )
        assert claims.never_left(session) == set()
    with pytest.raises(DBAPIError, match="sent again only"):
        house.tamper(
            "insert into batch_event (batch_id, seq, state, at, actor, evidence)"
            " select 1, 91, 'sending', built_at, 'x', 'not_handed_over' from batch where id = 1"
        )
    for folder in (house.home / BANK / "in").iterdir():
        folder.rename(house.home / folder.name)  # the bank has taken it
    house.later()
    assert send_batches(runtime_of(house)) == "0 sent"
    assert delivered(house) == [name for name in files if name.endswith(".xlsx")]


def test_the_last_moment_is_asked_for_each_batch_that_never_left(house: House) -> None:
    """The first one takes the rest of the day; the second waits for tomorrow."""
    send_batches(runtime_of(house, meeting(failing(Unavailable("chưa giao được")))))
    house.later()

    def evening_comes() -> None:
        house.on("2026-09-10", "17:55")

    assert send_batches(runtime_of(house, meeting(evening_comes))) == "0 sent"
    assert [house.batch_state(one) for one in (1, 2)] == ["in_doubt", "in_doubt"]


def test_a_file_with_a_payment_that_was_cancelled_is_not_claimed(house: House) -> None:
    """Between the seal and the claim: the sealed bytes would pay it all the same."""
    run = runtime_of(house)
    with house.database.view() as session:
        sealed = submission.seal(session, run.keyring, run.adapters[BANK], 1, run.outbound)
    house.tamper("update instruction set state = 'cancelled' where batch_id = 1 and id = 1")
    with pytest.raises(DBAPIError, match="a payment of it was cancelled"), house.work() as session:
        claims.claim(session, sealed, "test", house.clock.now())
    assert house.batch_state(1) == "released"
