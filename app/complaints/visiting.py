"""Visiting those whom a sample drew: what they say, by officers who neither published nor drew it.

Whom nobody met may be visited again; the last word stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.beneficiaries.near import refuse_near
from app.beneficiaries.tables import destination, person
from app.benefits.tables import obligation
from app.complaints.moving import ROLES, username_of
from app.complaints.opening import open_complaint, unit_of
from app.complaints.sample_tables import verification_row, verification_sample, verification_visit
from app.complaints.sampling import draw_of, sample_of, told
from app.complaints.states import NOT_RECEIVED, WRONG_AMOUNT
from app.disbursement.tables import instruction
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from ledger.money import format_vnd

RECEIVED, NOT_MET = "received", "not_met"
RESULTS = (RECEIVED, WRONG_AMOUNT, NOT_RECEIVED, NOT_MET)


def record_visit(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    number: int,
    ordinal: int,
    result: str,
    amount: int | None,
    now: datetime,
) -> int | None:
    """Keep what the person of a row says; gives the complaint that a mismatch opens, else None.

    `result` is one of `RESULTS`; `amount` in đồng goes with `wrong_amount` and nothing else.
    Raises InputError, NotFound, Forbidden; Conflict where a result was recorded; Refused for an
    officer who published or drew the sample, or is near the person.
    """
    if result not in RESULTS or (result == WRONG_AMOUNT) != (amount is not None):
        raise InputError(
            "Kết quả không ghi được.",
            "Chọn một kết quả; số tiền thực nhận chỉ ghi khi nhận sai số tiền.",
        )
    row = _open_row(session, number, ordinal)
    if amount == row.amount:
        raise InputError("Số tiền thực nhận bằng số đã chi.", "Chọn “đã nhận đủ”.")
    require_one_of(session, officer_id, ROLES, unit_of(session, row.area_code, now), now)
    refuse_drawer(session, officer_id, number)
    refuse_near(session, [officer_id], row.person_id)
    complaint_id = _complaint(session, keyring, officer_id, row, result, amount, now)
    kept = {"sample_id": number, "ordinal": ordinal, "turn": (row.turn or 0) + 1}
    visit = insert(verification_visit).values(
        **kept, result=result, amount=amount, complaint_id=complaint_id, officer_id=officer_id,
        visited_at=now)  # fmt: skip
    try:
        session.execute(visit)
    except IntegrityError as error:  # by another at this moment
        raise _was_asked(ordinal) from error
    told(session, officer_id, "visit", number, f"{ordinal}: {result}", now)
    return complaint_id


def refuse_drawer(session: Session, officer_id: int, number: int) -> None:
    """Raise Refused for who published or drew a sample: who chose whom to ask, asks nobody."""
    if has_chosen(officer_id, sample_of(session, number), draw_of(session, number)):
        raise Refused(
            "Người công bố hoặc rút mẫu không đi hỏi người dân của mẫu đó.",
            "Nhờ cán bộ khác của xã.",
        )


def has_chosen(officer_id: int, sample: Any, drawn: Any) -> bool:
    """Whether an officer published a sample, or drew it if it was drawn."""
    return officer_id in (sample.officer_id, drawn and drawn.officer_id)


def _complaint(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    row: Any,
    result: str,
    amount: int | None,
    now: datetime,
) -> int | None:
    if result not in (WRONG_AMOUNT, NOT_RECEIVED):
        return None
    paid = format_vnd(row.amount)
    words = "" if amount is None else f"Thực nhận {format_vnd(amount)}, theo sổ {paid}."
    who = username_of(session, officer_id)
    about = (row.person_id, "visit", result, words, row.payment_id)
    return open_complaint(session, keyring, who, *about, now)


def row_of(session: Session, number: int, ordinal: int) -> Any:
    """A row with its person, payment and last result. Raises NotFound."""
    found = [one for one in rows_of(session, number) if one.ordinal == ordinal]
    if not found:
        raise NotFound(f"Mẫu số {number} không có dòng {ordinal}.", "Xem danh sách đã rút.")
    return found[0]


def _open_row(session: Session, number: int, ordinal: int) -> Any:
    row = row_of(session, number, ordinal)
    if row.result not in (None, NOT_MET):
        raise _was_asked(ordinal)
    return row


def _was_asked(ordinal: int) -> Conflict:
    return Conflict(f"Dòng {ordinal} đã ghi kết quả.", "Xem danh sách đã rút.")


def rows_of(session: Session, number: int) -> Sequence[Any]:
    """The rows of a sample as they were drawn, in that order: person, payment, where it went, what
    was said at the last visit and which one that was."""
    sample, line, visit = verification_sample, verification_row, verification_visit
    other = verification_visit.alias("other")
    last = select(func.max(other.c.turn)).where(
        other.c.sample_id == line.c.sample_id, other.c.ordinal == line.c.ordinal
    )
    seen = (
        (visit.c.sample_id == line.c.sample_id)
        & (visit.c.ordinal == line.c.ordinal)
        & (visit.c.turn == last.scalar_subquery())
    )
    query = (
        select(line.c.ordinal, line.c.payment_id, sample.c.area_code, instruction.c.reference,
               instruction.c.amount, obligation.c.person_id, person.c.name, person.c.birth,
               person.c.hamlet, destination.c.method, destination.c.bank_bin,
               destination.c.account_tail, visit.c.result, visit.c.turn,
               visit.c.amount.label("told"), visit.c.complaint_id)
        .join(sample, sample.c.id == line.c.sample_id)
        .join(instruction, instruction.c.id == line.c.payment_id)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .join(person, person.c.id == obligation.c.person_id)
        .outerjoin(visit, seen)
        .where(line.c.sample_id == number)
        .order_by(line.c.ordinal)
    )  # fmt: skip
    return session.execute(query).all()
