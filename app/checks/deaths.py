"""A death that another register told: it holds later months at once; an officer decides the rest.

The month of death is paid (Decree 20/2021/ND-CP, article 8). Nothing is stopped silently: until an
officer confirms, the enrolments run on and only the payment is held; refuted, the held months
come onto the next list by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, insert, or_, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_one_of
from app.access.together import Signer
from app.audit.trail import record
from app.beneficiaries.by_decision import Decided, end_lines, set_field
from app.beneficiaries.near import refuse_near
from app.beneficiaries.tables import enrolment, person
from app.checks.tables import (
    CONFIRMED,
    REFUTED,
    check_request,
    check_result,
    death_notice,
    death_verdict,
)
from app.errors import Conflict, InputError, NotFound
from app.events.proposals import next_list
from app.privacy import Keyring
from ledger.bulk import chunks

EVIDENCE_MIN = 5
ROLES = ("maker", "checker", "approver")


def told_dead(person_id: Any, period: Any) -> ColumnElement[bool]:
    """Whether a month, a column or 'YYYY-MM', lies after a person's death that was told."""
    refuted = exists().where(
        death_verdict.c.notice_id == death_notice.c.id, death_verdict.c.verdict == REFUTED
    )
    return exists().where(
        death_notice.c.person_id == person_id,
        death_notice.c.last_period < period,
        ~refuted,
    )


def open_notices(area: str = "", areas: Collection[str] | None = None) -> Select[Any]:
    """Deaths that were told and wait for an officer, oldest first; `areas` are the communes that
    may be seen, None for all."""
    decided = exists().where(death_verdict.c.notice_id == death_notice.c.id)
    query = (
        select(
            death_notice.c.id,
            death_notice.c.person_id,
            person.c.name,
            person.c.area_code,
            death_notice.c.died_on,
            death_notice.c.last_period,
            check_result.c.source,
            check_request.c.code,
        )
        .join(person, person.c.id == death_notice.c.person_id)
        .join(check_result, check_result.c.id == death_notice.c.result_id)
        .join(check_request, check_request.c.id == check_result.c.request_id)
        .where(~decided)
        .order_by(death_notice.c.id)
    )
    if areas is not None:
        query = query.where(person.c.area_code.in_(sorted(areas)))
    return query.where(person.c.area_code == area) if area else query


def decide(
    session: Session,
    keyring: Keyring,
    who: Signer,
    notice_id: int,
    verdict: str,
    evidence: str,
    now: datetime,
) -> int:
    """Confirm or refute a death that was told; gives how many enrolments were stopped.

    One officer of the commune signs with a code. Raises NotFound for no such notice, Conflict
    when it was decided already, InputError without evidence in words, Forbidden.
    """
    evidence = evidence.strip()
    if len(evidence) < EVIDENCE_MIN:
        raise InputError("Thiếu căn cứ.", "Ghi số trích lục khai tử hoặc lý do bác tin báo.")
    notice = _open_notice(session, notice_id)
    require_one_of(session, who.officer_id, ROLES, notice.area_code, now)
    refuse_near(session, [who.officer_id], notice.person_id)
    digest = hashlib.sha256(f"{notice_id}|{verdict}|{evidence}".encode()).hexdigest()
    said = Confirmation(f"death:{verdict}", digest, 1, 0)
    act_id = confirm(session, keyring, who.officer_id, who.code, now, said)
    values = {"notice_id": notice_id, "verdict": verdict, "evidence": evidence}
    values |= {"officer_id": who.officer_id, "act_id": act_id, "decided_at": now}
    session.execute(insert(death_verdict).values(**values))
    decided = Decided(evidence, next_list(session, now), str(who.officer_id), now)
    stopped = _stop(session, notice, decided) if verdict == CONFIRMED else 0
    thing = f"person:{notice.person_id}"
    record(session, now, str(who.officer_id), f"checks:death:{verdict}", thing, evidence)
    return stopped


def _open_notice(session: Session, notice_id: int) -> Row[Any]:
    found = session.execute(
        select(death_notice, death_verdict.c.verdict, person.c.area_code)
        .join(person, person.c.id == death_notice.c.person_id)
        .outerjoin(death_verdict, death_verdict.c.notice_id == death_notice.c.id)
        .where(death_notice.c.id == notice_id)
    ).one_or_none()
    if found is None:
        raise NotFound(f"Không có tin báo tử số {notice_id}.", "Xem `ansinh checks deaths`.")
    if found.verdict is not None:
        raise Conflict(f"Tin báo tử số {notice_id} đã được xử lý.", "Xem `ansinh checks deaths`.")
    return found


def _stop(session: Session, notice: Row[Any], decided: Decided) -> int:
    """End with the month of death what runs beyond it, what is still to begin as well."""
    ids = list(session.scalars(_beyond(notice)))
    for some in chunks(ids):
        end_lines(session, enrolment.c.id.in_(some), notice.last_period, "death", decided)
    if notice.died_on is not None:
        set_field(session, notice.person_id, "died_on", notice.died_on, "checks", decided)
    return len(ids)


def _beyond(notice: Any) -> Select[tuple[int]]:
    """The person's lines that run past a death."""
    mine = enrolment.c
    late = or_(mine.stop_period.is_(None), mine.stop_period > notice.last_period)
    return select(mine.id).where(mine.person_id == notice.person_id, late).order_by(mine.id)


def uphold(session: Session, period: str, now: datetime) -> None:
    """Before the list of a month: what a workbook began for people confirmed dead ends again."""
    late = _beyond(death_notice.c).where(enrolment.c.seen_period >= period)
    rows = session.execute(
        late.add_columns(
            death_notice.c.last_period, death_verdict.c.evidence, death_verdict.c.officer_id
        )
        .join(death_notice, death_notice.c.person_id == enrolment.c.person_id)
        .join(death_verdict, death_verdict.c.notice_id == death_notice.c.id)
        .where(death_verdict.c.verdict == CONFIRMED)
    )
    for row in rows.all():
        decided = Decided(row.evidence, period, str(row.officer_id), now)
        end_lines(session, enrolment.c.id == row.id, row.last_period, "death", decided)
