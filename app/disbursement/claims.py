"""Claim and record: who may send a batch, until when, and what became of it.

A claim has a fence, a number that every claim of a batch raises, and a latest moment of sending
before the end of its lease: a worker that was stopped for longer finds both gone and sends
nothing. What was certainly not handed over may be claimed anew; where that cannot be known, only
evidence moves the batch on. Nothing leads back to `released`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, or_, select, update
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.batches import add_event
from app.disbursement.cutoff import refuse_late
from app.disbursement.funding import cell_of
from app.disbursement.held import refuse_held_batch
from app.disbursement.holds import GLOBAL, set_once
from app.disbursement.lapsing import people_of_release, refuse_lapsed
from app.disbursement.money import purse_of
from app.disbursement.states import ANSWERED, IN_DOUBT, RELEASED, SENDING, SENT
from app.disbursement.submission import Sealed, details
from app.disbursement.tables import batch, batch_event
from app.errors import Refused
from ledger.bulk import written
from ledger.journal import EntryDraft, post

LEASE = timedelta(minutes=10)
BEFORE_LEASE_ENDS = timedelta(minutes=1)
"""What is kept back of the lease, for clocks of two machines that differ."""
NOT_HANDED_OVER = "not_handed_over"
"""Begins the evidence of our own process that no byte was handed over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one batch once: by whom, its fence, and the latest moment of sending."""

    batch_id: int
    owner: str
    fence: int
    not_after: datetime


def sendable(session: Session, now: datetime) -> list[int]:
    """Released batches whose day has come."""
    day = func.coalesce(batch.c.execute_on, batch.c.requested_on)
    query = select(batch.c.id).where(batch.c.state == RELEASED, day <= local_date(now))
    return list(session.scalars(query.order_by(batch.c.id)))


def claim(
    session: Session, sealed: Sealed, owner: str, now: datetime, began: datetime | None = None
) -> Claim | None:
    """Take a released batch for sending and post T4; None when another worker has it.

    `began` is given for a file that left before (a restored database): the provider's window
    runs from there, and no cut-off counts. Raises Refused when two persons have not released it,
    the money is not there or it is too late for the day, Held when a hold stands.
    """
    row = details(session, sealed.batch_id)
    if row.state != RELEASED:
        return None
    refuse_held_batch(session, row)
    # Whoever has the row is alone; every refusal below undoes the taking, and a hold that was set
    # meanwhile is refused by the database.
    taken = _take(session, sealed, owner, now)
    if taken is None:
        return None
    _released_by_two(session, row.id)
    refuse_lapsed(session, row.id, now)
    if began is None:
        refuse_late(session, row, now)
    if row.total > purse_of(session, cell_of(row)).free:
        raise Refused(f"Lô {row.id} vượt số tiền đã nhận.", "Chờ Kho bạc chuyển tiền.")
    post_sent(session, row, local_date(now), now)
    add_event(session, row.id, SENDING, began or now, owner, f"sha256:{sealed.sha256}")
    return taken


def claim_again(
    session: Session, batch_id: int, owner: str, now: datetime, why: str
) -> Claim | None:
    """Take a batch in doubt to hand the same sealed bytes over again; None when it has moved on.

    `why` says what allows it: our own process did not hand it over, or the provider refuses a
    repetition. No money moves, it is in transit already. Raises Held when a hold stands.
    """
    refuse_held_batch(session, details(session, batch_id))
    taken = _leased(session, batch_id, IN_DOUBT, owner, now, {})
    if taken is not None:
        add_event(session, batch_id, SENDING, now, owner, why)
    return taken


def _take(session: Session, sealed: Sealed, owner: str, now: datetime) -> Claim | None:
    """Move a released batch to `sending` with its file; None when it is not released."""
    file = {"file_name": sealed.name, "sha256": sealed.sha256}
    return _leased(session, sealed.batch_id, RELEASED, owner, now, file)


def _leased(
    session: Session, batch_id: int, state: str, owner: str, now: datetime, more: dict[str, Any]
) -> Claim | None:
    lease_until = now + LEASE
    not_after = lease_until - BEFORE_LEASE_ENDS
    lease = {"owner": owner, "lease_until": lease_until, "not_after": not_after}
    mine = update(batch).where(batch.c.id == batch_id, batch.c.state == state)
    changed = mine.values(state=SENDING, fence=batch.c.fence + 1, **lease, **more)
    fence = session.scalar(changed.returning(batch.c.fence))
    return None if fence is None else Claim(batch_id, owner, fence, not_after)


def require_fence(session: Session, claimed: Claim, now: datetime) -> None:
    """What is looked at right before the first byte. Raises Refused when the claim is another's
    or over, Held when a hold was set meanwhile."""
    if not holds_fence(session, claimed) or now > claimed.not_after:
        raise Refused(
            f"Lượt gửi của lô {claimed.batch_id} đã hết hạn; không gửi gì.",
            "Không phải làm gì: lượt sau xử lý tiếp.",
        )
    refuse_held_batch(session, details(session, claimed.batch_id))


def holds_fence(session: Session, claimed: Claim) -> bool:
    """Whether a batch is still being sent under this very claim."""
    query = select(batch.c.id).where(
        batch.c.id == claimed.batch_id,
        batch.c.state == SENDING,
        batch.c.owner == claimed.owner,
        batch.c.fence == claimed.fence,
    )
    return session.scalar(query) is not None


def post_sent(session: Session, row: Row[Any], on: date, now: datetime) -> None:
    """T4: what was committed is on its way from a day on."""
    draft = EntryDraft(
        key=f"batch:{row.id}:send",
        recipe="send",
        cell=cell_of(row),
        effective_on=on,
        recorded_at=now,
        source=f"batch:{row.id}",
    )
    post(session, draft, row.total)


def _released_by_two(session: Session, batch_id: int) -> None:
    if session.scalar(select(people_of_release(batch_id))) != 2:
        raise Refused(f"Lô {batch_id} không có đủ hai người giải ngân.", "Dừng lô, báo kiểm toán.")


def stop_everything(session: Session, reason: str, now: datetime, name: str = "") -> None:
    """Set the global hold, once: something is wrong that people must look at."""
    set_once(session, GLOBAL, name, reason, "system", now)


def record(session: Session, batch_id: int, state: str, evidence: str, now: datetime) -> bool:
    """What became of a sending batch: SENT, or IN_DOUBT when it cannot be known."""
    moved = written(
        session,
        update(batch)
        .where(batch.c.id == batch_id, batch.c.state.in_((SENDING, IN_DOUBT)))
        .where(batch.c.state != state)
        .values(state=state, owner=None, lease_until=None),
    )
    if moved == 1:
        add_event(session, batch_id, state, now, "system", evidence)
    return moved == 1


def record_not_handed_over(session: Session, claimed: Claim, why: str, now: datetime) -> bool:
    """Our own evidence that nothing left under a claim; False when the claim is another's by now.

    The batch is in doubt by name only: `not_handed_over` says that it may be claimed anew.
    """
    if not holds_fence(session, claimed):
        return False
    return record(session, claimed.batch_id, IN_DOUBT, f"{NOT_HANDED_OVER}: {why}", now)


def give_up_lost(session: Session, owner: str, now: datetime) -> int:
    """Batches left `sending` by a worker that is gone are in doubt; gives how many.

    A worker's own leftovers are lost at once: it is here, so it is not sending them.
    """
    lost = select(batch.c.id).where(
        batch.c.state == SENDING, or_(batch.c.lease_until < now, batch.c.owner == owner)
    )
    numbers = list(session.scalars(lost))
    for number in numbers:
        record(session, number, IN_DOUBT, "worker lost", now)
    return len(numbers)


def never_left(session: Session) -> set[int]:
    """Batches in doubt of which every single sending ended with our own evidence that nothing was
    handed over. A crash leaves no such evidence, so it leaves a doubt; and what was taken for sent
    once, doubted for any other reason or answered has left, whatever was written of it later."""
    event = batch_event.c
    sent = func.sum(_one_if(event.state == SENDING))
    kept = func.sum(_one_if(_is_kept()))
    other = (event.state == IN_DOUBT) & ~_is_kept() | event.state.in_((SENT, ANSWERED))
    query = (
        select(batch.c.id)
        .join(batch_event, event.batch_id == batch.c.id)
        .where(batch.c.state == IN_DOUBT)
        .group_by(batch.c.id)
        .having(sent == kept, func.sum(_one_if(other)) == 0)
    )
    return set(session.scalars(query))


def handings(session: Session, batch_id: int) -> int:
    """How often a batch may have been handed over: its sendings without those of which our own
    process says that nothing left."""
    event = batch_event.c
    left = func.sum(_one_if(event.state == SENDING)) - func.sum(_one_if(_is_kept()))
    return int(session.scalar(select(left).where(event.batch_id == batch_id)) or 0)


_BEGINS = f"{NOT_HANDED_OVER}:"


def _is_kept() -> ColumnElement[bool]:
    event = batch_event.c
    return (event.state == IN_DOUBT) & event.evidence.startswith(_BEGINS)


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
