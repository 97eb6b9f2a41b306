"""Confirming and refusing: an officer's decision, and what it writes to the register.

Confirming twice changes nothing the second time. Whoever entered a proposal does not decide upon
it, and the two communes of a move decide each by an officer of their own (the database refuses
the rest). Nothing here pays or takes back: the next list finds arrears, or what was too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.audit.trail import record
from app.beneficiaries.by_decision import Decided
from app.beneficiaries.near import refuse_near
from app.beneficiaries.tables import person
from app.errors import Conflict, InputError, NotFound, Refused
from app.events import effects, transfers
from app.events.proposals import next_list
from app.events.states import CONFIRMED, MOVE, PROPOSED, REFUSED, WHOLE
from app.events.tables import life_event, life_event_decision

DECIDERS = ("checker", "approver")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an officer decides: `number` of the decision when confirmed, `reason` when refused.

    `side` is 'from' or 'to' for an officer of the whole province who decides upon a move.
    """

    officer_id: int
    verdict: str
    number: str = ""
    reason: str = ""
    side: str = WHOLE


def decide(session: Session, event_id: int, given: Verdict, now: datetime) -> str:
    """Record the decision and do what it says; gives the state of the proposal after it.

    Raises NotFound, Forbidden for an officer of elsewhere, Refused for whoever entered it,
    Conflict for what was decided otherwise, InputError without number or reason.
    """
    event = _event(session, event_id)
    _require_words(given)
    side = _side(session, event, given, now)
    if (done := _decided(session, event_id, side)) is not None:
        return _again(event, done, given)
    if event.state != PROPOSED:
        raise Conflict(f"Đề xuất {event_id} đã được quyết định.", "Xem `ansinh events show`.")
    _require_another(session, event, given)
    refuse_near(session, [given.officer_id], event.person_id)
    period = next_list(session, now)
    _write(session, event, given, side, period, now)
    decided = Decided(given.number, period, str(given.officer_id), now)
    state = _carry_out(session, event, given, side, decided)
    if state != PROPOSED:
        session.execute(update(life_event).where(life_event.c.id == event_id).values(state=state))
    record(session, now, str(given.officer_id), f"register:event:{given.verdict}",
           f"event:{event_id}", given.reason or given.number)  # fmt: skip
    return state


def _event(session: Session, event_id: int) -> Any:
    query = (
        select(life_event, person.c.area_code)
        .join(person, person.c.id == life_event.c.person_id)
        .where(life_event.c.id == event_id)
        .with_for_update(of=life_event)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"Không có đề xuất số {event_id}.", "Xem `ansinh events list`.")
    return found


def _require_words(given: Verdict) -> None:
    if given.verdict == CONFIRMED and not given.number.strip():
        raise InputError("Xác nhận cần số quyết định.", "Ví dụ --decision 15/QĐ-UBND.")
    if given.verdict == REFUSED and not given.reason.strip():
        raise InputError("Từ chối cần lý do.", "Ghi lý do cho người đọc sau, ví dụ --reason.")


def _side(session: Session, event: Any, given: Verdict, now: datetime) -> str:
    """Whose word the officer gives. Raises Forbidden for an officer of another commune."""
    if event.kind == MOVE:
        return transfers.side_of(session, event.id, given.officer_id, given.side, DECIDERS, now)
    require_one_of(session, given.officer_id, DECIDERS, event.area_code, now)
    return WHOLE


def _decided(session: Session, event_id: int, side: str) -> Any:
    c = life_event_decision.c
    query = select(life_event_decision).where(c.event_id == event_id, c.side == side)
    return session.execute(query).one_or_none()


def _again(event: Any, done: Any, given: Verdict) -> str:
    if done.verdict != given.verdict:
        told = "xác nhận" if done.verdict == CONFIRMED else "từ chối"
        raise Conflict(
            f"Đề xuất {event.id} đã được {told} rồi.", "Không đổi được; ghi nhận việc mới nếu cần."
        )
    return str(event.state)


def _require_another(session: Session, event: Any, given: Verdict) -> None:
    """The database refuses it as well; this says it in words."""
    c = life_event_decision.c
    mine = select(c.event_id).where(c.event_id == event.id, c.officer_id == given.officer_id)
    if event.entered_by == given.officer_id or session.scalar(mine) is not None:
        raise Refused(
            "Người ghi nhận không tự quyết định, và hai xã của một lần chuyển là hai người.",
            "Mời cán bộ khác xác nhận.",
        )


def _write(
    session: Session, event: Any, given: Verdict, side: str, period: str, now: datetime
) -> None:
    session.execute(
        insert(life_event_decision).values(
            event_id=event.id,
            side=side,
            entered_by=event.entered_by,
            officer_id=given.officer_id,
            verdict=given.verdict,
            decision_number=given.number,
            reason=given.reason,
            known_period=period,
            decided_at=now,
        )
    )


def _carry_out(session: Session, event: Any, given: Verdict, side: str, decided: Decided) -> str:
    if event.kind == MOVE:
        return transfers.decided(session, event, side, given.verdict, decided)
    if given.verdict == CONFIRMED:
        effects.confirmed(session, event, decided)
    return given.verdict
