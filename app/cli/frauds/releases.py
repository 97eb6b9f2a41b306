"""An early release: before the money came, by one person, on a wrong day, or by nobody."""

# ruff: noqa: S608  (every statement is this file's own; nothing in it comes from outside)

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from app.cli.frauds.acting import tick
from app.cli.frauds.bench import MISSED, REFUSED, Attempt, Bench
from app.cli.frauds.sending import connected, due_morning, finance, ready_to_send
from app.disbursement.batches import release
from app.jobs.sending import send_batches


def release_early(bench: Bench) -> Iterator[Attempt]:
    """Let money go before it may."""
    stage = bench.stage.month
    yield bench.do("trước khi tiền Kho bạc về", lambda s: _release(s, bench, stage.unfunded))
    yield bench.do("một người nhập mã hai lần", lambda s: _alone(s, bench, stage.funded[0]))
    yield bench.sql(
        "SQL ghi một người hai lần",
        "insert into batch_release (batch_id, officer_id, act_id) values"
        " (:id, 1, (select max(id) from act)), (:id, 1, (select min(id) from act))",
        id=stage.funded[0],
    )
    yield bench.sql(
        "SQL đặt lô là đã giải ngân rồi chờ gửi",
        "update batch set state = 'released' where id = :id",
        id=stage.funded[0],
    )
    yield bench.sql(
        "SQL coi lô là đã gửi, không ai giải ngân",
        *(f"update batch set state = '{one}' where id = :id" for one in ("released", "sending")),
        id=stage.funded[0],
    )
    yield bench.do("sau ngày chi", lambda s: _release(s, bench, stage.funded[0], late=True))
    yield _before_the_day(bench)


def _release(session: Session, bench: Bench, number: int, late: bool = False) -> None:
    now = due_morning(bench) + timedelta(days=1) if late else tick(bench.runtime)
    release(session, bench.runtime.keyring, finance(session, now), [number], now)


def _alone(session: Session, bench: Bench, number: int) -> None:
    now = tick(bench.runtime)
    one = finance(session, now)[0]
    release(session, bench.runtime.keyring, [one, one], [number], now)


def _before_the_day(bench: Bench) -> Attempt:
    """A released batch is sent on its day, not when somebody starts the job."""
    how = "gửi trước ngày chi"
    exchange = ready_to_send(bench, day=False)
    sent = send_batches(connected(bench, exchange))
    arrived = exchange.arrived()
    bench.restore()
    if arrived:
        return Attempt(how, MISSED, f"đã gửi ({sent})")
    return Attempt(how, REFUSED, "quy tắc “lô chỉ gửi từ ngày chi”")
