"""Cases: what a provider's word says against what is known, each about one payment or one batch.

A case moves no money. One about a payment has a hold on that payment, or on the one that replaces
it (U5); where a file contradicts a crowd of payments at once, or money moved that nobody ordered,
one hold stops the provider.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.disbursement.evidence_tables import bank_case
from app.disbursement.files_in import is_called
from app.disbursement.holds import set_hold
from app.disbursement.parked import PARKED
from app.disbursement.tables import FAILED_STATES, instruction
from app.errors import Conflict, NotFound, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one, written
from reconciliation import matching
from reconciliation.evidence import AGAIN, word_of
from reconciliation.tables import bank_line, inbound_file, line_match, suspense_item

OPEN, REFUSED, SUCCEEDED, CLOSED = "open", "refused", "succeeded", "closed"
RECALL, LATE, DOUBLE, AGAINST = "recall", "late_settlement", "duplicate", "conflict"
CLOSE = "close_case"
SINGLE_HOLDS_MOST = 20
"""More contradictions of one kind in a file are about the provider, not about single payments."""
_KINDS = {"debit-late": LATE, "debit-again": DOUBLE}
_SYSTEM = "system"


def open_cases(session: Session, file_id: int, now: datetime) -> int:
    """Cases and holds for what a file's lines say against what is known; gives how many lines.

    One hold for each cause: on the payment where it is about a payment, else on the provider.
    Calls hold payments only, however many: who got hold of their secret must not stop a provider.
    """
    rows = session.execute(_stopping(file_id)).all()
    name = session.scalar(select(inbound_file.c.name).where(inbound_file.c.id == file_id))
    most = len(rows) if is_called(str(name)) else SINGLE_HOLDS_MOST
    for _, group in groupby(rows, key=lambda row: (row.provider, row.pass_name, row.why)):
        _open(session, list(group), most, now)
    return len(rows)


def _stopping(file_id: int) -> Any:
    parked = select(suspense_item.c.bank_line_id).where(
        suspense_item.c.bank_line_id == bank_line.c.id
    )
    homeless = and_(line_match.c.verdict.in_(PARKED), ~parked.exists())
    stopping = line_match.c.verdict.in_((matching.DEBIT_UNKNOWN, matching.CONFLICT))
    cause = (bank_line.c.provider, line_match.c.pass_name, line_match.c.why)
    return (
        select(*cause, bank_line.c.id, bank_line.c.file_id, line_match.c.target_id,
               word_of().label("word"))
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .where(bank_line.c.file_id == file_id, or_(stopping, homeless))
        .order_by(*cause, bank_line.c.id)
    )  # fmt: skip


def _open(session: Session, rows: Sequence[Row[Any]], most: int, now: datetime) -> None:
    about = [row for row in rows if row.target_id is not None]
    twice = _KINDS.get(rows[0].pass_name) == DOUBLE
    if len(about) < len(rows) or twice or len(about) > most:
        hold_id = set_hold(session, "provider", rows[0].provider, _reason(rows), _SYSTEM, now)
        holds = dict.fromkeys((row.id for row in about), hold_id)
    else:
        holds = {row.id: _hold_one(session, row, now) for row in about}
    values = [_case(row, holds[row.id], now) for row in about]
    if values:
        session.execute(insert(bank_case), values)


def _reason(rows: Sequence[Row[Any]]) -> str:
    first = rows[0]
    if len(rows) == 1:
        return f"{first.why} (dòng {first.id})"
    return f"{first.why} ({len(rows)} dòng của tệp {first.file_id}, đầu tiên là dòng {first.id})"


def _hold_one(session: Session, row: Row[Any], now: datetime) -> int:
    """A hold on the payment, or on the live one that was made in its place."""
    old, new = instruction.alias("old"), instruction.alias("new")
    replacing = session.scalar(
        select(new.c.id)
        .join(old, old.c.obligation_id == new.c.obligation_id)
        .where(old.c.id == row.target_id, new.c.attempt > old.c.attempt)
        .where(new.c.state.not_in(FAILED_STATES))
    )
    key = str(replacing or row.target_id)
    return set_hold(session, "instruction", key, f"{row.why} (dòng {row.id})", _SYSTEM, now)


def _case(row: Row[Any], hold_id: int, now: datetime) -> dict[str, Any]:
    kind = _KINDS.get(row.pass_name) or (DOUBLE if row.word == AGAIN else AGAINST)
    return {
        "kind": kind,
        "instruction_id": row.target_id,
        "bank_line_id": row.id,
        "hold_id": hold_id,
        "why": row.why,
        "state": OPEN,
        "opened_by": _SYSTEM,
        "opened_at": now,
    }


def open_batch_case(
    session: Session, batch_id: int, why: str, hold_id: int | None, now: datetime
) -> int:
    """A case about a file as a whole that the provider says it has had already."""
    return insert_one(
        session, bank_case, kind=DOUBLE, batch_id=batch_id, hold_id=hold_id, why=why,
        state=OPEN, opened_by=_SYSTEM, opened_at=now, answer="",
    )  # fmt: skip


def cases(session: Session, *, is_open: bool = True) -> list[Row[Any]]:
    """Cases, oldest first, with the payment's reference and state: those open, or all."""
    query = (
        select(bank_case, instruction.c.reference, instruction.c.state.label("payment"))
        .outerjoin(instruction, instruction.c.id == bank_case.c.instruction_id)
        .order_by(bank_case.c.id)
    )
    return list(session.execute(query.where(bank_case.c.state == OPEN) if is_open else query))


def case_of(session: Session, number: int) -> Row[Any]:
    """An open case. Raises NotFound."""
    query = select(bank_case).where(bank_case.c.id == number, bank_case.c.state == OPEN)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Không có hồ sơ số {number} đang mở.", "Xem số bằng `ansinh bank cases`.")
    return row


def close_case(
    session: Session, keyring: Keyring, signer: Signer, number: int, answer: str, now: datetime
) -> None:
    """A finance officer closes a case and says what was found. The hold is cleared by two.

    Raises NotFound, Refused for a recall, whose end the bank gives, Forbidden without the role.
    """
    row = case_of(session, number)
    if row.kind == RECALL:
        raise Refused(
            "Yêu cầu thu hồi khép khi ngân hàng trả lời.",
            "Bị từ chối: ghi bằng `ansinh bank recall-refused`. Tiền về thì hồ sơ tự khép.",
        )
    end(session, keyring, signer, row, CLOSED, answer, now)


def end(
    session: Session,
    keyring: Keyring,
    signer: Signer,
    row: Row[Any],
    state: str,
    answer: str,
    now: datetime,
) -> None:
    """End a case by an officer's act, with the sentence that says why."""
    said = " ".join(answer.split())
    if len(said) < 3:
        raise Refused("Phải ghi một câu kết luận.", "Viết một câu cho người đọc sau.")
    require_role(session, signer.officer_id, "releaser", "", now)
    digest = hashlib.sha256(f"{CLOSE}|{row.id}|{state}|{said}".encode()).hexdigest()
    act_id = confirm(
        session, keyring, signer.officer_id, signer.code, now, Confirmation(CLOSE, digest, 1, 0)
    )
    ended = written(
        session,
        update(bank_case)
        .where(bank_case.c.id == row.id, bank_case.c.state == OPEN)
        .values(state=state, answer=said, ended_at=now, end_act_id=act_id),
    )
    if ended != 1:
        raise Conflict(f"Hồ sơ {row.id} vừa được khép.", "Xem lại `ansinh bank cases`.")
    thing = f"bank_case:{row.id}"
    record(session, now, str(signer.officer_id), "bank:case:end", thing, said, after={"to": state})
