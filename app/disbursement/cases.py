"""Cases: what a provider's word says against what is known, each about one payment or one batch.

A case moves no money. One about a payment has a hold on that payment, or on the one that replaces
it (U5), and grows while it is open: whatever else is said of the payment joins it. Where a file
contradicts a crowd of payments at once, or money moved that nobody ordered, one hold stops the
provider.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.disbursement.evidence_tables import bank_case, bank_case_line
from app.disbursement.files_in import is_called
from app.disbursement.holds import set_hold
from app.disbursement.parked import PARKED
from app.disbursement.tables import FAILED_STATES, hold, instruction
from app.errors import Conflict, NotFound, Refused
from app.privacy import Keyring
from ledger.bulk import chunks, insert_one, written
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
_AT_ONCE = 2_000


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
    """The cases of one cause: a new one for each payment without, a further line for the others."""
    about = [row for row in rows if row.target_id is not None]
    known = _open_about(session, about)
    holds = _holds(session, rows, known, most, now)
    first: dict[int, Row[Any]] = {}
    for row in about:
        if row.target_id not in known:
            first.setdefault(row.target_id, row)
    if first:
        new = [_case(row, holds[row.target_id], now) for row in first.values()]
        session.execute(insert(bank_case), new)
        known = _open_about(session, about)
    more = [row for row in about if first.get(row.target_id) is not row]
    if more:
        grown = [_line(row, known[row.target_id], holds[row.target_id], now) for row in more]
        session.execute(insert(bank_case_line), grown)


def _holds(
    session: Session,
    rows: Sequence[Row[Any]],
    known: Mapping[int, int],
    most: int,
    now: datetime,
) -> dict[int, int]:
    """By payment, its hold: one on the provider for all, or the one that its case has, or anew."""
    about = [row for row in rows if row.target_id is not None]
    twice = _KINDS.get(rows[0].pass_name) == DOUBLE
    if len(about) < len(rows) or twice or len(about) > most:
        hold_id = set_hold(session, "provider", rows[0].provider, _reason(rows), _SYSTEM, now)
        return dict.fromkeys((row.target_id for row in about), hold_id)
    holds: dict[int, int] = {}
    for row in about:
        if row.target_id not in holds:
            standing = _held_by(session, known.get(row.target_id))
            holds[row.target_id] = standing or _hold_one(session, row, now)
    return holds


def _line(row: Row[Any], case_id: int, hold_id: int, now: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "bank_line_id": row.id,
        "kind": _kind(row),
        "why": row.why,
        "hold_id": hold_id,
        "added_at": now,
    }


def _open_about(session: Session, rows: Sequence[Row[Any]]) -> dict[int, int]:
    """By payment, the open case about it; a recall is asked for by people and stays apart."""
    found: dict[int, int] = {}
    for some in chunks(sorted({row.target_id for row in rows}), _AT_ONCE):
        query = (
            select(bank_case.c.instruction_id, bank_case.c.id)
            .where(bank_case.c.instruction_id.in_(some))
            .where(bank_case.c.state == OPEN, bank_case.c.kind != RECALL)
            .order_by(bank_case.c.id.desc())
        )
        found.update({row.instruction_id: row.id for row in session.execute(query)})
    return found


def _held_by(session: Session, case_id: int | None) -> int | None:
    """The hold of an open case while it stands: people may have cleared it since."""
    if case_id is None:
        return None
    grown = select(bank_case_line.c.hold_id).where(bank_case_line.c.case_id == case_id)
    first = select(bank_case.c.hold_id).where(bank_case.c.id == case_id)
    query = select(hold.c.id).where(or_(hold.c.id.in_(first), hold.c.id.in_(grown)))
    return session.scalar(query.where(hold.c.cleared_at.is_(None)).order_by(hold.c.id).limit(1))


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
    return {
        "kind": _kind(row),
        "instruction_id": row.target_id,
        "bank_line_id": row.id,
        "hold_id": hold_id,
        "why": row.why,
        "state": OPEN,
        "opened_by": _SYSTEM,
        "opened_at": now,
    }


def _kind(row: Row[Any]) -> str:
    return _KINDS.get(row.pass_name) or (DOUBLE if row.word == AGAIN else AGAINST)


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


def joined(session: Session, numbers: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """What joined each of these cases after it was opened (kind, why, added_at), oldest first."""
    found: dict[int, list[Row[Any]]] = {}
    for some in chunks(numbers, _AT_ONCE):
        mine = bank_case_line.c.case_id.in_(some)
        for row in session.execute(
            select(bank_case_line).where(mine).order_by(bank_case_line.c.bank_line_id)
        ):
            found.setdefault(row.case_id, []).append(row)
    return found


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
