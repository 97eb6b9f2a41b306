"""A move from one commune to another, as one thing that both see and each decides upon.

The old commune pays up to the month of the move, the new one from the month after (Decree
20/2021, art. 8; Decree 147/2025). Whichever confirms first, nobody is paid twice: the new
commune's word ends the old lines too. Nobody is missed: what the new commune confirms late is paid
as arrears, and what it refuses runs on at the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from app.access.roles import holds_at, require_one_of
from app.beneficiaries.by_decision import (
    Decided,
    NewLine,
    begin_lines,
    end_lines,
    resume_lines,
    set_field,
)
from app.beneficiaries.tables import enrolment, person
from app.beneficiaries.terms import handover
from app.clock import local_date
from app.errors import Conflict, InputError, NotFound, Refused
from app.events.proposals import Proposal, enter, next_list
from app.events.states import CONFIRMED, FROM, MOVE, PROPOSED, REFUSED, TO
from app.events.tables import life_event, life_event_decision, transfer
from app.months import in_words, shift
from app.reference.areas import commune
from app.units.tables import paying_unit

ANSWER_DAYS = 10
"""So many days after it was entered a move that one commune has not answered is raised."""

_LONGEST = 12
"""Months that lie between an end told by the old commune's list and the move, at most."""

ENTERING = ("maker", "checker", "approver")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A move that a commune has not answered, and since when."""

    event_id: int
    person_id: int
    from_area: str
    to_area: str
    waits_for: str
    since: datetime


def enter_move(
    session: Session, person_id: int, to_area: str, on: date, officer_id: int, now: datetime
) -> int:
    """Enter that a person moved on a day; gives the proposal's id.

    Raises NotFound, InputError, Forbidden for an officer of neither commune, Conflict while
    another move of the person is open.
    """
    owner = session.execute(
        select(person.c.area_code, person.c.died_on).where(person.c.id == person_id)
    ).one_or_none()
    if owner is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Xem số trong danh sách.")
    _require_sound(owner, to_area, on, now)
    last, _ = handover(on)
    from_area = _from_area(session, person_id, owner.area_code, to_area, last)
    area = from_area if holds_at(session, officer_id, from_area, now) else to_area
    require_one_of(session, officer_id, ENTERING, area, now)
    words = f"Chuyển đến xã {to_area} ngày {on:%d/%m/%Y}: nơi cũ trả hết tháng {in_words(last)}."
    one = Proposal(person_id, MOVE, last, words, on=on, same=to_area)
    if (known := _open(session, person_id, one.digest)) is not None:
        return known
    number = enter(session, one, next_list(session, now), now, "officer", officer_id)
    values = {"from_area": from_area, "to_area": to_area, "last_period": last}
    if _transfer(session, number) is None:
        session.execute(insert(transfer).values(event_id=number, **values))
    return number


def _require_sound(owner: Any, to_area: str, on: date, now: datetime) -> None:
    if owner.died_on is not None:
        raise Refused("Người này đã được ghi nhận qua đời.", "Kiểm tra lại số người hưởng.")
    if commune(to_area) is None:
        raise InputError(f"Không có xã nào mã “{to_area}”.", "Xem mã xã 5 chữ số, ví dụ 01273.")
    if on > local_date(now):
        raise InputError("Ngày chuyển đi còn ở phía trước.", "Ghi nhận khi người đó đã chuyển.")


def _from_area(session: Session, person_id: int, area: str, to_area: str, last: str) -> str:
    """Where the person came from; the new commune's workbook may have told of the move first."""
    if area != to_area:
        return area
    mine = enrolment.c
    elsewhere = session.scalars(
        select(mine.area_code)
        .where(mine.person_id == person_id, mine.area_code != to_area, mine.start_period <= last)
        .where(or_(mine.stop_period.is_(None), mine.stop_period >= last))
        .order_by(mine.id.desc())
    ).first()
    if elsewhere is None:
        raise InputError("Nơi đến trùng với nơi đang ở.", "Kiểm tra --to.")
    return str(elsewhere)


def _open(session: Session, person_id: int, digest: str) -> int | None:
    """The same move, entered before. Raises Conflict while another one is open."""
    mine = life_event.c
    rows = session.execute(
        select(mine.id, mine.digest, mine.state).where(
            mine.person_id == person_id, mine.kind == MOVE
        )
    ).all()
    for row in rows:
        if row.digest == digest and row.state != REFUSED:
            return int(row.id)
        if row.state == PROPOSED:
            raise Conflict(
                f"Người này còn một lần chuyển chưa xong (đề xuất {row.id}).",
                "Quyết định đề xuất đó trước.",
            )
    return None


def side_of(
    session: Session,
    event_id: int,
    officer_id: int,
    side: str,
    roles: Sequence[str],
    now: datetime,
) -> str:
    """The commune for which an officer decides. Raises Forbidden, InputError."""
    moved = _required(session, event_id)
    areas = {FROM: moved.from_area, TO: moved.to_area}
    if side:
        require_one_of(session, officer_id, roles, areas[side], now)
        return side
    own = [name for name, area in areas.items() if holds_at(session, officer_id, area, now)]
    if len(own) != 1:
        require_one_of(session, officer_id, roles, None, now)
        raise InputError(
            "Không rõ cán bộ quyết định cho nơi đi hay nơi đến.", "Thêm --side from hoặc --side to."
        )
    require_one_of(session, officer_id, roles, areas[own[0]], now)
    return own[0]


def decided(session: Session, event: Any, side: str, verdict: str, by: Decided) -> str:
    """Do what one commune decided; gives the state of the move after it."""
    moved = _required(session, event.id)
    other = _said(session, event.id, TO if side == FROM else FROM)
    if verdict == REFUSED:
        return _refused(session, event, moved, other, by)
    if side == FROM:
        if other is None:
            _leave(session, event.person_id, moved, by)
        alone = not _is_here(session, moved.to_area)
        return CONFIRMED if other == CONFIRMED or alone else PROPOSED
    _arrive(session, event.person_id, moved, by)
    return CONFIRMED if other == CONFIRMED else PROPOSED


def _refused(session: Session, event: Any, moved: Any, other: str | None, by: Decided) -> str:
    """The person stays where he was: what the old commune ended runs again."""
    if other == CONFIRMED:
        if _said(session, event.id, TO) == CONFIRMED:
            raise Conflict("Nơi đến đã nhận người này.", "Ghi nhận một lần chuyển về, nếu cần.")
        mine = enrolment.c
        ended = and_(
            mine.person_id == event.person_id,
            mine.area_code == moved.from_area,
            mine.stop_period == moved.last_period,
            mine.stop_cause == "move_out",
            mine.stop_decision != "",
        )
        resume_lines(session, ended, by)
    return REFUSED


def _leave(session: Session, person_id: int, moved: Any, by: Decided) -> None:
    mine = enrolment.c
    here = and_(mine.person_id == person_id, mine.area_code == moved.from_area)
    end_lines(session, here, moved.last_period, "move_out", by)


def _arrive(session: Session, person_id: int, moved: Any, by: Decided) -> None:
    """The same lines begin anew in the month after they ended at the old place."""
    _leave(session, person_id, moved, by)
    mine = enrolment.c
    left = and_(
        mine.person_id == person_id,
        mine.area_code == moved.from_area,
        mine.stop_cause == "move_out",
        mine.stop_period.between(shift(moved.last_period, -_LONGEST), moved.last_period),
    )
    rows = session.execute(select(enrolment).where(left).order_by(mine.id)).all()
    # What a list had ended is from now on ended by this decision, and no list takes it back.
    session.execute(update(enrolment).where(left).values(stop_decision=by.number))
    lines = [
        NewLine(
            person_id,
            row.programme,
            row.group_code,
            row.table_key,
            moved.to_area,
            max(shift(row.stop_period, 1), row.start_period),
        )
        for row in rows
    ]
    begin_lines(session, lines, by)
    set_field(session, person_id, "area_code", moved.to_area, "transfer", by)


def _is_here(session: Session, area: str) -> bool:
    """Whether these books pay there; a commune of another province answers elsewhere."""
    known = select(paying_unit.c.code).where(paying_unit.c.area_code == area)
    return session.scalars(known).first() is not None


def _said(session: Session, event_id: int, side: str) -> str | None:
    c = life_event_decision.c
    return session.scalar(select(c.verdict).where(c.event_id == event_id, c.side == side))


def _transfer(session: Session, event_id: int) -> Any:
    return session.execute(select(transfer).where(transfer.c.event_id == event_id)).one_or_none()


def _required(session: Session, event_id: int) -> Any:
    found = _transfer(session, event_id)
    if found is None:
        raise NotFound(f"Không có lần chuyển nào số {event_id}.", "Xem `ansinh events list`.")
    return found


def unanswered(session: Session, now: datetime, days: int = ANSWER_DAYS) -> list[Waiting]:
    """Moves that a commune has not answered for so many days, the oldest first."""
    said = life_event_decision.alias("said")
    rows = session.execute(
        select(life_event, transfer.c.from_area, transfer.c.to_area, said.c.side)
        .join(transfer, transfer.c.event_id == life_event.c.id)
        .outerjoin(said, said.c.event_id == life_event.c.id)
        .where(life_event.c.state == PROPOSED)
        .where(life_event.c.recorded_at <= now - timedelta(days=days))
        .order_by(life_event.c.recorded_at, life_event.c.id)
    )
    return [_waiting(row) for row in rows]


def _waiting(row: Any) -> Waiting:
    """Where neither has answered, the old commune is asked first."""
    waits_for = row.to_area if row.side == FROM else row.from_area
    return Waiting(row.id, row.person_id, row.from_area, row.to_area, waits_for, row.recorded_at)
