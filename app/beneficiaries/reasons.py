"""Setting why people still take cash, for one or for a whole list, and counting the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.history_tables import person_change
from app.beneficiaries.still_cash import REASONS
from app.beneficiaries.tables import destination, person
from app.errors import InputError
from ledger.bulk import chunks, insert_rows

CHUNK = 2_000
_CHANGE = ("person_id", "field", "old", "new", "source", "recorded_at", "recorded_by")


def faults_of(session: Session, reasons: Mapping[int, str]) -> dict[int, str]:
    """What is wrong with each person's reason, as a sentence: unknown, or not on cash."""
    faults = {}
    for people in chunks(reasons, CHUNK):
        known = {row.id: row for row in session.execute(_people(people))}
        for one in people:
            if said := _fault(known.get(one), one, reasons[one]):
                faults[one] = said
    return faults


def _people(people: Sequence[int]) -> Any:
    return (
        select(person.c.id, person.c.still_cash, destination.c.method)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(person.c.id.in_(people), person.c.merged_into_id.is_(None))
    )


def _fault(row: Row[Any] | None, person_id: int, reason: str) -> str:
    if row is None:
        return f"không có người hưởng AS-{person_id:06}. Kiểm tra lại mã."
    if reason not in REASONS:
        listed = "; ".join(REASONS.values())
        return f"lý do “{reason[:20]}” không có trong danh mục. Chọn: {listed}."
    if row.method == "account":
        return f"AS-{person_id:06} đang nhận qua tài khoản. Xóa dòng này."
    return ""


def set_reasons(
    session: Session, reasons: Mapping[int, str], source: str, actor: str, now: datetime
) -> int:
    """Set why each person (id) still takes cash; gives how many reasons changed.

    Raises InputError with the first fault when one person's cannot be set; nothing is then.
    """
    faults = faults_of(session, reasons)
    if faults:
        first = next(iter(faults.values()))
        raise InputError(f"{first[:1].upper()}{first[1:]}", f"Có {len(faults)} lỗi; chưa ghi gì.")
    changed = 0
    for people in chunks(reasons, CHUNK):
        rows = session.execute(_people(people)).all()
        new = [row for row in rows if row.still_cash != reasons[row.id]]
        changed += len(new)
        if new:
            _write(session, new, reasons, source, actor, now)
    record(session, now, actor, "register:still_cash:set", source, f"{changed} người")
    return changed


def _write(
    session: Session,
    rows: Sequence[Row[Any]],
    reasons: Mapping[int, str],
    source: str,
    actor: str,
    now: datetime,
) -> None:
    insert_rows(session, person_change, _CHANGE, (
        (row.id, "still_cash", row.still_cash, reasons[row.id], source, now, actor)
        for row in rows
    ))  # fmt: skip
    by_reason: dict[str, list[int]] = {}
    for row in rows:
        by_reason.setdefault(reasons[row.id], []).append(row.id)
    for reason, people in by_reason.items():
        session.execute(
            update(person)
            .where(person.c.id.in_(bindparam("people", expanding=True)))
            .values(still_cash=reason),
            {"people": people},
        )


def counts(session: Session, area: str, which: Any) -> Sequence[Row[Any]]:
    """(area_code, hamlet, still_cash, people) of people on cash among `which`, a condition."""
    query = (
        select(
            person.c.area_code, person.c.hamlet, person.c.still_cash, func.count().label("people")
        )
        .join(destination, destination.c.id == person.c.destination_id)
        .where(destination.c.method == "cash", which)
        .group_by(person.c.area_code, person.c.hamlet, person.c.still_cash)
    )
    if area:
        query = query.where(person.c.area_code == area)
    return session.execute(query).all()
