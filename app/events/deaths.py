"""A death as an officer enters it: nothing ends before a second officer confirms."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.beneficiaries.tables import person
from app.beneficiaries.terms import stop_month
from app.clock import local_date
from app.errors import InputError, NotFound
from app.events.proposals import Proposal, enter, next_list
from app.events.states import DEATH
from app.events.transfers import ENTERING
from app.months import in_words


def enter_death(session: Session, person_id: int, on: date, officer_id: int, now: datetime) -> int:
    """Enter that a person died on a day; gives the proposal's id.

    The month of death is payable (Decree 20/2021, art. 8). Raises NotFound, InputError, Forbidden.
    """
    area = session.scalar(select(person.c.area_code).where(person.c.id == person_id))
    if area is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Xem số trong danh sách.")
    if on > local_date(now):
        raise InputError("Ngày mất còn ở phía trước.", "Kiểm tra lại --on.")
    require_one_of(session, officer_id, ENTERING, area, now)
    last = stop_month(on)
    words = f"Mất ngày {on:%d/%m/%Y}: trả hết tháng {in_words(last)}, thôi từ tháng sau."
    one = Proposal(person_id, DEATH, last, words, on=on)
    return enter(session, one, next_list(session, now), now, "officer", officer_id)
