"""Complaints as officers and people read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, or_, select, true
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.beneficiaries.tables import person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.complaints.moving import WORDS, bound_to
from app.complaints.opening import EVIDENCE, evidence_bound_to
from app.complaints.states import ANSWERED, CLOSED
from app.complaints.tables import complaint, complaint_step
from app.disbursement.tables import instruction
from app.errors import NotFound, Refused
from app.privacy import Keyring

PAGE = 25
PAYMENTS = 12
"""Payments to choose among: a year of one programme."""
_ALL = true()


class Step(NamedTuple):
    """One step: what state it led to, who took it, when, and what was said in clear."""

    state: str
    actor: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint's row, with the person's name and the officer's ('' where nobody has it)."""

    row: Row[Any]

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and nobody has answered."""
        return self.row.state not in (ANSWERED, CLOSED) and bool(self.row.due_on < today)


class Place(NamedTuple):
    """Where a page of the list begins: behind this one."""

    due_on: date
    id: int


def complaint_of(session: Session, number: int) -> Complaint:
    """One complaint. Raises NotFound."""
    row = session.execute(_complaints().where(complaint.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có phản ánh số {number}.", "Xem số trong danh sách.")
    return Complaint(row)


def waiting(
    session: Session,
    within: ColumnElement[bool],
    after: Place | None = None,
    kind: str = "",
    closed: bool = False,
) -> Sequence[Complaint]:
    """Complaints within a condition on `complaint`, by their day: those open, or those closed;
    one more than a page holds where there are more."""
    mine = complaint.c
    query = _complaints().where(within, (mine.state == CLOSED) if closed else mine.state != CLOSED)
    if kind:
        query = query.where(mine.kind == kind)
    if after is not None:
        behind = or_(mine.due_on > after.due_on, mine.id > after.id)
        query = query.where(and_(mine.due_on >= after.due_on, behind))
    rows = session.execute(query.order_by(mine.due_on, mine.id).limit(PAGE + 1))
    return [Complaint(row) for row in rows]


def of_person(
    session: Session, person_id: int, within: ColumnElement[bool] = _ALL
) -> Sequence[Complaint]:
    """The last complaints of a person within a condition on `complaint`, the newest first; at most
    a page."""
    query = _complaints().where(complaint.c.person_id == person_id, within)
    rows = session.execute(query.order_by(complaint.c.id.desc()).limit(PAGE))
    return [Complaint(row) for row in rows]


def open_payments(session: Session, person_id: int, kind: str) -> set[int]:
    """The payments of a person about which a complaint of this kind is not closed."""
    mine = complaint.c
    query = select(mine.payment_id).where(
        mine.person_id == person_id, mine.kind == kind, mine.state != CLOSED
    )
    return {int(one) for one in session.scalars(query) if one is not None}


def payments_of(session: Session, person_id: int) -> Sequence[Any]:
    """(id, amount, state, period) of a person's last payments, the newest first; VND."""
    query = (
        select(instruction.c.id, instruction.c.amount, instruction.c.state, obligation.c.period)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .where(obligation.c.programme.in_(PROGRAMMES), obligation.c.person_id == person_id)
        .order_by(instruction.c.id.desc())
        .limit(PAYMENTS)
    )
    return session.execute(query).all()


def _complaints() -> Any:
    named = (person.c.name.label("person"), officer.c.name.label("officer"))
    return (
        select(*(one for one in complaint.c if one.name != "evidence_cipher"), *named)
        .join(person, person.c.id == complaint.c.person_id)
        .outerjoin(officer, officer.c.id == complaint.c.officer_id)
    )


def steps_of(session: Session, keyring: Keyring, number: int) -> list[Step]:
    """The steps of a complaint in their order; words of a person who was erased are ''."""
    mine = complaint_step.c
    rows = session.execute(
        select(complaint_step).where(mine.complaint_id == number).order_by(mine.seq)
    )
    return [Step(row.state, row.actor, row.at, _words(keyring, row)) for row in rows]


def _words(keyring: Keyring, row: Row[Any]) -> str:
    bound = bound_to(row.complaint_id, row.seq)
    return keyring.decrypt(WORDS, bound, row.words_cipher) if row.words_cipher else ""


def last_answer(session: Session, keyring: Keyring, number: int) -> str:
    """What was answered last; '' where nothing was."""
    told = (one.words for one in steps_of(session, keyring, number) if one.state == ANSWERED)
    return next((words for words in reversed(list(told)) if words), "")


def evidence_of(session: Session, keyring: Keyring, number: int) -> dict[str, Any] | None:
    """What was known of the payment when it was opened, as `app.statements.trace` told it; None
    where it is about none or the person was erased. Raises NotFound; Refused where it was altered.
    """
    row = session.execute(select(complaint).where(complaint.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có phản ánh số {number}.", "Xem số trong danh sách.")
    if not row.evidence_cipher:
        return None
    bound = evidence_bound_to(row.person_id, row.kind, row.payment_id)
    text = keyring.decrypt(EVIDENCE, bound, row.evidence_cipher)
    if hashlib.sha256(text.encode()).hexdigest() != row.evidence_digest:
        raise Refused("Chứng cứ kèm phản ánh đã bị sửa.", "Báo kiểm toán.")
    told: dict[str, Any] = json.loads(text)
    return told
