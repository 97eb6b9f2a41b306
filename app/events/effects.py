"""What a confirmed proposal writes to the register, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.beneficiaries.by_decision import (
    PAUSED,
    Decided,
    NewLine,
    begin_lines,
    end_lines,
    resume_lines,
    set_field,
)
from app.beneficiaries.tables import enrolment
from app.errors import Conflict
from app.events import states
from app.events.find import funerals
from app.events.proposals import Proposal, enter

Effect = Callable[[Session, Any, Decided], None]


def confirmed(session: Session, event: Any, decided: Decided) -> None:
    """Do what the proposal says; a reminder (a paper to ask for) changes nothing."""
    effect = _EFFECTS.get(event.kind)
    if effect is not None:
        effect(session, event, decided)


def _death(session: Session, event: Any, decided: Decided) -> None:
    """The month of death is payable; every line ends with it, those still to begin as well."""
    mine = enrolment.c.person_id == event.person_id
    end_lines(session, mine, event.happened_period, "death", decided)
    set_field(session, event.person_id, "died_on", event.happened_on, event.source, decided)
    funeral = Proposal(
        event.person_id,
        states.FUNERAL,
        event.happened_period,
        funerals.WORDS,
        on=event.happened_on,
    )
    enter(session, funeral, decided.period, decided.at, "death", event.entered_by)


def _change(session: Session, event: Any, decided: Decided) -> None:
    """One line ends, another begins; either may be missing."""
    area = event.area_code
    if event.enrolment_id is not None and event.stop_period is not None:
        _require_standing(session, event)
        end_lines(session, _line(event), event.stop_period, event.kind, decided)
        area = session.scalar(select(enrolment.c.area_code).where(_line(event)))
    if event.group_code:
        line = NewLine(
            event.person_id,
            event.programme,
            event.group_code,
            event.table_key,
            area,
            event.from_period,
        )
        begin_lines(session, [line], decided)


def _require_standing(session: Session, event: Any) -> None:
    """What begins was reckoned from the line as it was. Raises Conflict when that ended before."""
    ended = session.scalar(select(enrolment.c.stop_period).where(_line(event)))
    if event.group_code and ended is not None and ended < event.stop_period:
        raise Conflict(
            "Mức hưởng đã đổi từ khi có đề xuất này.",
            f"Từ chối rồi tìm lại: ansinh events find --period {event.happened_period}",
        )


def _pause(session: Session, event: Any, decided: Decided) -> None:
    """Nothing is paid from the next list on; what was listed before stays owed."""
    end_lines(session, _line(event), event.stop_period, PAUSED, decided)


def _resume(session: Session, event: Any, decided: Decided) -> None:
    """Only a pause is lifted: an end for good that came meanwhile stays."""
    still = enrolment.c.stop_cause == PAUSED
    resume_lines(session, _line(event) & still, decided)


def _line(event: Any) -> ColumnElement[bool]:
    named: ColumnElement[bool] = enrolment.c.id == event.enrolment_id
    return named


_EFFECTS: Mapping[str, Effect] = {
    states.DEATH: _death,
    states.CATEGORY: _change,
    states.AGE: _change,
    states.DEPENDANT_AGE: _change,
    states.STUDY_ENDS: _change,
    states.UNCOLLECTED: _pause,
    states.RESUME: _resume,
    states.PAUSE_ENDS: _change,
}
