"""Payments that never came (U2, T10): "not found" is no evidence before the finality horizon.

What two finance officers confirm rests on three pieces of evidence. The provider has declared how
long after the value date it may still execute a file; its statements that cover that last day
and the next banking day are here, one or two with the same balance between them; and after the
days that they cover it was asked and said that it does not know the payments. Only then are they
owed again, and can be paid anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.batches import add_event
from app.disbursement.draining import End, drain, open_of
from app.disbursement.evidence_tables import horizon_decision
from app.disbursement.lump_tables import lump_of
from app.disbursement.promises import expires_after
from app.disbursement.states import ANSWERED, IN_DOUBT, NOT_RECEIVED, SENDING, SENT
from app.disbursement.tables import batch, batch_event
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.schedule.calendar import calendar_of
from app.units.tables import contract
from ledger.bulk import insert_one
from ledger.money import format_vnd
from reconciliation.chain_of_statements import closed_days
from reconciliation.evidence import ABSENT, HORIZON
from reconciliation.intake import unapplied
from reconciliation.statements import statement_over

STEP = "not_received"
NOTHING_WAITS = "lô không có lệnh nào đang chờ"
DEBITED = "ngân hàng đã ghi nợ cả lô một lần: hỏi ngân hàng từng lệnh còn chờ"
AWAY = (SENDING, SENT, IN_DOUBT, ANSWERED)


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a batch is from its finality horizon.

    `last_day` is the last day on which the provider could still execute it (None: it has declared
    no term), `next_day` the banking day after that; `statement` and `next_statement` are the
    reports that cover them, 0 where there is none yet, the same where one covers both. The
    enquiry comes after `ends`, on which the second one ends. `missing` says in words what is.
    """

    batch_id: int
    lines: int
    total: int
    last_day: date | None
    next_day: date | None
    statement: int
    next_statement: int
    missing: tuple[str, ...]
    ends: date | None = None


def horizon_of(session: Session, batch_id: int) -> Horizon:
    """What evidence there is that a batch's open payments never came. Raises NotFound."""
    row = _batch(session, batch_id)
    lines, total = open_of(session, batch_id)
    if row.state not in AWAY or not lines:
        return Horizon(batch_id, lines, total, None, None, 0, 0, (NOTHING_WAITS,))
    if session.scalar(lump_of(batch_id)) is not None:
        return Horizon(batch_id, lines, total, None, None, 0, 0, (DEBITED,))
    days = _days(session, row)
    if days is None:
        told = f"{row.provider} chưa cam kết hạn thực hiện lệnh (`ansinh bank promise`)"
        return Horizon(batch_id, lines, total, None, None, 0, 0, (told,))
    last_day, next_day = days
    whole = closed_days(session, row.provider, row.account)
    one, other = _one_for_both(days, *(
        statement_over(session, row.provider, row.account, day) if day in whole else None
        for day in days
    ))  # fmt: skip
    missing = (*_missing((last_day, one), (next_day, other)), *_unjudged(session, row.provider))
    first, second = (int(found.id) if found else 0 for found in (one, other))
    ends = other.ends if other else None
    return Horizon(batch_id, lines, total, last_day, next_day, first, second, missing, ends)


def _one_for_both(
    days: tuple[date, date], one: Row[Any] | None, other: Row[Any] | None
) -> tuple[Row[Any] | None, Row[Any] | None]:
    """A statement that covers both days needs no other: nothing lies between its days."""
    for found in (one, other):
        if found is not None and found.begins <= days[0] and days[1] <= found.ends:
            return found, found
    return one, other


def _batch(session: Session, batch_id: int) -> Any:
    row: Any = session.execute(
        select(batch.c.id, batch.c.state, batch.c.requested_on, contract.c.provider,
               contract.c.account, contract.c.programme)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.id == batch_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(f"Không có lô số {batch_id}.", "Kiểm tra lại số lô.")
    return row


def _taken(session: Session, batch_id: int) -> Any:
    """The same, for this unit of work alone: what is open is decided on once."""
    session.execute(select(batch.c.id).where(batch.c.id == batch_id).with_for_update())
    return _batch(session, batch_id)


def days_of(session: Session, batch_id: int) -> tuple[date, date] | None:
    """The last day on which the provider could still execute a batch and the banking day after it,
    whose statements are the evidence; None where it has declared no term. Raises NotFound."""
    return _days(session, _batch(session, batch_id))


def _days(session: Session, row: Row[Any]) -> tuple[date, date] | None:
    term = expires_after(session, row.provider)
    if term is None:
        return None
    calendar = calendar_of(session)
    last_day = calendar.add_banking_days(_from(session, row), term)
    return last_day, calendar.next_banking_day(last_day)


def _from(session: Session, row: Row[Any]) -> date:
    """The day from which the term counts: the value date, or the last handing over if later."""
    handed: datetime | None = session.scalar(
        select(func.max(batch_event.c.at)).where(
            batch_event.c.batch_id == row.id, batch_event.c.state.in_((SENDING, SENT, IN_DOUBT))
        )
    )
    wanted: date = row.requested_on
    return max(wanted, local_date(handed)) if handed else wanted


def _missing(*statements: tuple[date, Row[Any] | None]) -> list[str]:
    said = []
    for day, found in statements:
        if found is None:
            said.append(f"chưa có sao kê ngày {day:%d/%m/%Y} của tài khoản chi")
    one, other = (found for _, found in statements)
    if one is None or other is None or one.id == other.id:
        return said
    if one.closing != other.opening:
        said.append("hai sao kê không nối số dư với nhau")
    return said


def _unjudged(session: Session, provider: str) -> list[str]:
    """A file that is here and not acted upon may hold the very debit whose absence is to prove."""
    waiting = unapplied(session, provider)
    return [f"còn {waiting} tệp của {provider} chưa ghi sổ"] if waiting else []


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What the provider answered when it was asked: the paper and its words, and the day."""

    said: str
    on: date


def not_received_digest(found: Horizon, enquiry: Enquiry) -> str:
    """What the two officers confirm."""
    days = (found.last_day, enquiry.on)
    said = (STEP, found.batch_id, found.lines, found.total, *days, enquiry.said)
    return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()


def confirm_not_received(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    batch_id: int,
    enquiry: Enquiry,
    now: datetime,
) -> Horizon:
    """Two finance officers decide that a batch's open payments never came; they are owed again.

    A payment of it whose proof is taken back later is open again, and decided on by itself. Raises
    NotFound, InputError, Refused while evidence is missing or unless they are two persons,
    Forbidden without the role.
    """
    row = _taken(session, batch_id)
    found = horizon_of(session, batch_id)
    _refuse_early(found, enquiry, now)
    digest = not_received_digest(found, enquiry)
    what = Confirmation(STEP, digest, found.lines, found.total)
    about = f"batch:{batch_id}"
    joint_id = confirm_together(session, keyring, signers, about, now, what,
                                programme=row.programme)  # fmt: skip
    number = insert_one(
        session, horizon_decision, batch_id=batch_id, last_day=found.last_day,
        statement_id=found.statement, next_statement_id=found.next_statement,
        enquiry=enquiry.said, enquired_on=enquiry.on, lines=found.lines, total=found.total,
        digest=digest, joint_id=joint_id, recorded_at=now,
    )  # fmt: skip
    end = End(NOT_RECEIVED, "not_received", HORIZON, ABSENT, "", enquiry.on,
              {"decision_id": number})  # fmt: skip
    drain(session, batch_id, end, now)
    _close_batch(session, row, number, now)
    record(session, now, names_of(signers), "bank:not_received:confirm", about, digest)
    return found


def _close_batch(session: Session, row: Row[Any], number: int, now: datetime) -> None:
    """A batch with no open payment is done."""
    session.execute(batch.update().where(batch.c.id == row.id).values(state="done"))
    add_event(session, row.id, "done", now, "joint", f"horizon_decision:{number}")


def _refuse_early(found: Horizon, enquiry: Enquiry, now: datetime) -> None:
    if found.missing:
        raise Refused(
            f"Chưa đủ chứng cứ là lô {found.batch_id} không tới: {'; '.join(found.missing)}.",
            "Chờ đủ chứng cứ; tới lúc đó không chi lại.",
        )
    if len(enquiry.said.strip()) < 3:
        raise InputError("Thiếu câu trả lời của ngân hàng.", "Ghi số văn bản và ngân hàng nói gì.")
    if enquiry.on > local_date(now):
        raise InputError("Ngày ngân hàng trả lời ở tương lai.", "Kiểm tra lại ngày.")
    if found.ends is None or enquiry.on <= found.ends:
        raise Refused(
            "Ngân hàng phải được hỏi sau ngày của sao kê thứ hai.",
            f"Hỏi lại sau ngày {found.ends:%d/%m/%Y}." if found.ends else "Hỏi lại.",
        )


def in_words(found: Horizon) -> str:
    """The horizon of a batch in words."""
    head = f"Lô {found.batch_id}: {found.lines} lệnh đang chờ, {format_vnd(found.total)}."
    if found.missing:
        return f"{head} Còn thiếu: {'; '.join(found.missing)}."
    return f"{head} Đủ sao kê; hỏi ngân hàng sau {found.ends:%d/%m/%Y} rồi hai người xác nhận."
