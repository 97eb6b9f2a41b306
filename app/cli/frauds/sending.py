"""Frauds on the way out: a swapped account in the file."""

# ruff: noqa: S608  (every statement is this file's own; nothing in it comes from outside)

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.cli.demo.timeline import days
from app.cli.frauds.acting import code_at, officer_of, tick
from app.cli.frauds.bench import FOUND, REFUSED, Attempt, Bench
from app.cli.frauds.files import Exchange, replaced
from app.clock import TIME_ZONE
from app.disbursement import submission
from app.disbursement.batches import release
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from app.reference.calendar import SHIPPED
from bank_adapters.contract import BankAdapter, Courier, OutboundBatch, Receipt

ACCOMPLICE = "190099990001"


def swap_account(bench: Bench) -> Iterator[Attempt]:
    """Lead one payment of the file into an accomplice's account."""
    yield _sent(bench, "sửa tệp giữa lúc niêm phong và lúc gửi", _intruder_in_folder)
    yield _sent(bench, "sửa tệp ngay khi đang gửi", _intruder_on_the_way)
    yield _sent(bench, "sửa tệp trước khi niêm phong", _intruder_in_adapter)
    number = bench.stage.month.funded[0]
    yield bench.sql(
        "SQL đổi tài khoản ở lệnh",
        "update instruction set destination_id = (select max(id) from destination)"
        " where batch_id = :id", id=number,
    )  # fmt: skip
    names = "id, obligation_id, attempt, reference, batch_id, payroll_line_id"
    rest = "method, amount, replaces_id, state"
    yield bench.sql(
        "SQL ghi đè lệnh",
        f"insert or replace into instruction ({names}, destination_id, {rest})"
        f" select {names}, (select max(id) from destination), {rest} from instruction"
        " where batch_id = :id", id=number,
    )  # fmt: skip
    yield bench.sql(
        "SQL đổi dấu tệp đã gửi",
        "update batch set sha256 = 'x' where id = (select min(id) from batch"
        " where sha256 is not null)",
    )


def _sent(bench: Bench, how: str, disturb: Callable[[Bench, Runtime], Runtime]) -> Attempt:
    """Release a batch properly and let the job send it while somebody interferes."""
    exchange = ready_to_send(bench)
    runtime = disturb(bench, connected(bench, exchange))
    attempt = bench.run(how, lambda: send_batches(runtime))
    if attempt.outcome == REFUSED and exchange.arrived():
        return Attempt(how, FOUND, attempt.by)  # it was carried, but the house knows
    return attempt


def ready_to_send(bench: Bench, day: bool = True) -> Exchange:
    """Two finance officers release the first funded batch; its day has come."""
    bench.restore()
    clock: Any = bench.runtime.clock
    # The day before: a release of a week ago would have lapsed, and nothing leave at all.
    clock.move_to(_banking_day_before(due_morning(bench)))
    now = tick(bench.runtime)
    with bench.runtime.database.signed_work() as session:
        release(
            session,
            bench.runtime.keyring,
            finance(session, now),
            [bench.stage.month.funded[0]],
            now,
        )
    if day:
        clock.move_to(due_morning(bench))
    return bench.exchange()


def due_morning(bench: Bench) -> datetime:
    """The hour of sending on the month's due day."""
    return datetime.combine(days(bench.stage.month.period).due, time(8, 30), TIME_ZONE)


def _banking_day_before(moment: datetime) -> datetime:
    day = SHIPPED.roll_back(moment.date() - timedelta(days=1))
    return datetime.combine(day, moment.timetz())


def finance(session: Session, now: datetime) -> list[tuple[int, str]]:
    """The two finance officers with their codes."""
    names = ("finance.one", "finance.two")
    return [(officer_of(session, name), code_at(name, now)) for name in names]


def connected(bench: Bench, exchange: Exchange) -> Runtime:
    """The house with this folder as every provider's."""
    couriers: Any = dict.fromkeys(bench.runtime.adapters, exchange.courier)
    return replace(bench.runtime, couriers=couriers)


def _account(bench: Bench) -> str:
    """An account that the first funded batch pays into."""
    with bench.runtime.database.view() as session:
        row = submission.details(session, bench.stage.month.funded[0])
        batch = submission.outbound(session, bench.runtime.keyring, row)
        return next(one.account for one in batch.instructions if one.account)


def _swap(path: Path, account: str) -> None:
    before = path.read_bytes()
    after = replaced(before, account, ACCOMPLICE)
    if after == before:
        raise RuntimeError(f"{path.name} does not hold the account in clear")
    path.write_bytes(after)


class _Watcher:
    """A clock beside which somebody watches the folder: as soon as a file lies there, he edits
    it. The house looks at the clock when it has sealed the file and claims the batch."""

    def __init__(self, runtime: Runtime, account: str) -> None:
        self._clock, self._folder, self._account = runtime.clock, runtime.outbound, account
        self._done = False

    def now(self) -> datetime:
        """The time."""
        for path in self._folder.glob("*") if not self._done else ():
            _swap(path, self._account)
            self._done = True
        return self._clock.now()


def _intruder_in_folder(bench: Bench, runtime: Runtime) -> Runtime:
    return replace(runtime, clock=_Watcher(runtime, _account(bench)))


class _Carrier:
    """A courier who edits what he is given, and then carries it."""

    def __init__(self, inner: Courier, account: str) -> None:
        self._inner, self._account = inner, account

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Edit, then deliver."""
        _swap(path, self._account)
        return self._inner.put(name, path, not_after)

    def close(self) -> None:
        """Let go."""
        self._inner.close()


def _intruder_on_the_way(bench: Bench, runtime: Runtime) -> Runtime:
    account = _account(bench)
    couriers: Any = {
        name: (lambda one=opened: _Carrier(one(), account))
        for name, opened in runtime.couriers.items()
    }
    return replace(runtime, couriers=couriers)


class _Bent:
    """An adapter whose writing was tampered with; everything else is the real one."""

    def __init__(self, inner: BankAdapter, account: str) -> None:
        self._inner, self._account = inner, account

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """Write the file with another account in it."""
        clean = BytesIO()
        self._inner.write(batch, clean)
        out.write(replaced(clean.getvalue(), self._account, ACCOMPLICE))


def _intruder_in_adapter(bench: Bench, runtime: Runtime) -> Runtime:
    account = _account(bench)
    bent: Any = {name: _Bent(one, account) for name, one in runtime.adapters.items()}
    return replace(runtime, adapters=bent)
