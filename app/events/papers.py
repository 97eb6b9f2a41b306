"""Papers an officer brings: a dependant of a payee, and the school's word on somebody's studies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.beneficiaries.tables import person
from app.errors import InputError, NotFound
from app.events.tables import dependant, study
from app.events.transfers import ENTERING
from app.text import nfc

_BIRTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?")


@dataclass(frozen=True, slots=True)
class Dependant:
    """Somebody for whom a person is paid; `birth` is 'YYYY-MM-DD' or 'YYYY'.

    `counts` is False from when the person is not paid for him any more.
    """

    name: str
    birth: str
    relation: str
    disability: str = ""
    counts: bool = True


def add_dependant(
    session: Session,
    person_id: int,
    told: Dependant,
    officer_id: int,
    now: datetime,
    *,
    number: int = 0,
) -> int:
    """Write a dependant, or with `number` a further version of one; gives the number.

    Raises NotFound, InputError, Forbidden.
    """  # fmt: skip
    _require(session, person_id, officer_id, now)
    if _BIRTH.fullmatch(told.birth) is None:
        raise InputError(f"Ngày sinh “{told.birth}” không đúng.", "Ví dụ 2015-03-20 hoặc 2015.")
    c = dependant.c
    mine = c.person_id == person_id
    if not number:
        number = (session.scalar(select(func.max(c.number)).where(mine)) or 0) + 1
        version = 1
    else:
        version = _next_version(session, person_id, number)
    session.execute(
        insert(dependant).values(
            person_id=person_id,
            number=number,
            version=version,
            name=nfc(told.name),
            birth=told.birth,
            relation=nfc(told.relation),
            disability=told.disability,
            counts=int(told.counts),
            recorded_at=now,
            recorded_by=str(officer_id),
        )
    )
    return number


def _next_version(session: Session, person_id: int, number: int) -> int:
    c = dependant.c
    query = select(func.max(c.version)).where(c.person_id == person_id, c.number == number)
    last = session.scalar(query)
    if last is None:
        raise NotFound(f"Không có người phụ thuộc số {number}.", "Bỏ --number để thêm người mới.")
    return int(last) + 1


def add_study(
    session: Session,
    person_id: int,
    until: date,
    paper: str,
    officer_id: int,
    now: datetime,
    *,
    number: int = 0,
) -> None:
    """Write until when a person, or a numbered dependant, is studying; twice is once.

    Raises NotFound, InputError without a paper, Forbidden.
    """
    _require(session, person_id, officer_id, now)
    if not paper.strip():
        raise InputError("Cần số hoặc tên giấy của trường.", "Ví dụ --paper “GXN 12/2026”.")
    if number:
        _next_version(session, person_id, number)
    c = study.c
    same = (c.person_id == person_id, c.number == number, c.studying_until == until)
    if session.scalar(select(c.id).where(*same)) is None:
        values = {"person_id": person_id, "number": number, "studying_until": until}
        told = {"paper": nfc(paper), "recorded_at": now, "recorded_by": str(officer_id)}
        session.execute(insert(study).values(**values, **told))


def _require(session: Session, person_id: int, officer_id: int, now: datetime) -> None:
    area = session.scalar(select(person.c.area_code).where(person.c.id == person_id))
    if area is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Xem số trong danh sách.")
    require_one_of(session, officer_id, ENTERING, area, now)
