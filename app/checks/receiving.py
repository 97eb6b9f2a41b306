"""Taking in an answer: every line is held against what was asked, then kept, in chunks.

An answer with one faulty line is refused whole. What was told before with the same result is
counted and left; told otherwise it is a fault, since a register that answers one question in two
ways must be asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import payee
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import person
from app.checks.consequences import follow
from app.checks.contracts import CONTRACTS, Answered, Contract
from app.checks.judging import Held, Judged, judge
from app.checks.reading import BadAnswer, Fault
from app.checks.tables import (
    ANSWERED,
    SENT,
    check_answer,
    check_asked,
    check_request,
    check_result,
)
from app.privacy import Keyring
from ledger.bulk import chunks, insert_rows, refresh_statistics

CHUNK = 5_000
FAULTS_MAX = 1_000
TOLD = "check_result.told"
_COLUMNS = (
    "request_id",
    "line",
    "person_id",
    "source",
    "result",
    "details",
    "told_cipher",
    "happened_on",
    "amount",
    "checked_at",
    "recorded_at",
)


@dataclass(slots=True)
class Receipt:
    """What became of an answer: lines read, lines that were new, results counted."""

    rows: int = 0
    fresh: int = 0
    results: dict[str, int] = field(default_factory=dict)
    repeated: bool = False


def was_received(session: Session, request_id: int, sha256: str) -> bool:
    """Whether exactly this answer came before."""
    known = select(check_answer.c.id).where(
        check_answer.c.request_id == request_id, check_answer.c.sha256 == sha256
    )
    return session.scalar(known) is not None


def receive(
    session: Session,
    keyring: Keyring,
    request: Row[Any],
    sha256: str,
    lines: Iterable[Answered | list[Fault]],
    actor: str,
    now: datetime,
) -> Receipt:
    """Keep an answer and what follows from it. Raises BadAnswer with every fault."""
    if was_received(session, request.id, sha256):
        return Receipt(repeated=True)
    receipt = _keep(session, keyring, request, lines, now)
    values = {"request_id": request.id, "sha256": sha256, "rows": receipt.rows}
    values |= {"received_at": now, "received_by": actor}
    session.execute(insert(check_answer).values(values))
    refresh_statistics(session, check_result)
    follow(session, CONTRACTS[request.source], request.id, request.code, now)
    _count(session, request, now)
    return receipt


def _keep(
    session: Session,
    keyring: Keyring,
    request: Row[Any],
    lines: Iterable[Answered | list[Fault]],
    now: datetime,
) -> Receipt:
    receipt, faults, told = Receipt(), [], CONTRACTS[request.source]
    seen: set[int] = set()
    for chunk in chunks(lines, CHUNK):
        receipt.rows += len(chunk)
        good = [one for one in chunk if isinstance(one, Answered)]
        faults += [fault for one in chunk if isinstance(one, list) for fault in one]
        faults += _repeated(good, seen)
        found = _Chunk.of(session, request.id, good)
        faults += _faults(keyring, told, found, good)
        if len(faults) > FAULTS_MAX:
            break
        if not faults:
            _write(session, keyring, request, found, good, receipt, now)
    if faults:
        raise BadAnswer(faults)
    return receipt


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What the database knows of the lines of one chunk, by line: three questions in all."""

    asked: Mapping[int, Row[Any]]
    told: Mapping[int, str]
    payees: Mapping[int, Sequence[str]]

    @classmethod
    def of(cls, session: Session, request_id: int, answers: Sequence[Answered]) -> _Chunk:
        lines = [one.ref for one in answers]
        asked = {row.line: row for row in session.execute(_asked(request_id, lines))}
        known = select(check_result.c.line, check_result.c.result).where(
            check_result.c.request_id == request_id, check_result.c.line.in_(lines)
        )
        told = {row.line: row.result for row in session.execute(known)}
        return cls(asked, told, _payees(session, [row.person_id for row in asked.values()]))


def _asked(request_id: int, lines: Sequence[int]) -> Any:
    columns = check_asked.c.line, check_asked.c.person_id, check_asked.c.subject_key
    return (
        select(*columns, person.c.name, person.c.birth, person.c.bound_key)
        .join(person, person.c.id == check_asked.c.person_id)
        .where(check_asked.c.request_id == request_id, check_asked.c.line.in_(lines))
    )


def _payees(session: Session, people: Sequence[int]) -> dict[int, list[str]]:
    """Those who may receive for each person by the last version; expired ones are left out by
    whoever pays, but an account in their name is still theirs."""
    newer = payee.alias("newer")
    last = (
        select(func.max(newer.c.version)).where(newer.c.person_id == payee.c.person_id)
    ).scalar_subquery()
    query = select(payee.c.person_id, payee.c.name).where(
        payee.c.person_id.in_(people), payee.c.kind != "self", payee.c.version == last
    )
    found: dict[int, list[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.person_id, []).append(row.name)
    return found


def _repeated(answers: Iterable[Answered], seen: set[int]) -> Iterator[Fault]:
    for one in answers:
        if one.ref in seen:
            yield Fault(one.place, f"Dòng số {one.ref} được trả lời hai lần. Giữ một dòng.")
        seen.add(one.ref)


def _faults(
    keyring: Keyring, told: Contract, found: _Chunk, answers: Iterable[Answered]
) -> Iterator[Fault]:
    for one in answers:
        row = found.asked.get(one.ref)
        if row is None:
            yield Fault(one.place, f"Yêu cầu này không hỏi dòng số {one.ref}. Bỏ dòng này.")
        elif subject_key(keyring, told, one.subject) != row.subject_key:
            yield Fault(
                one.place, f"Trả lời cho người khác với người ở dòng số {one.ref} của yêu cầu."
            )


def subject_key(keyring: Keyring, told: Contract, subject: Sequence[str]) -> str:
    """The blind index of whom a line is about."""
    if told.code == "bank_name":
        return account_index(keyring, subject[0], subject[1])
    return keyring.index("person.citizen_id", subject[0])


def _write(
    session: Session,
    keyring: Keyring,
    request: Row[Any],
    found: _Chunk,
    answers: Sequence[Answered],
    receipt: Receipt,
    now: datetime,
) -> None:
    rows, faults = [], []
    for one in answers:
        row = found.asked[one.ref]
        held = Held(row.name, row.birth, found.payees.get(row.person_id, ()))
        judged = judge(request.source, held, one)
        before = found.told.get(one.ref)
        if before is not None and before != judged.result:
            faults.append(Fault(one.place, "Dòng này đã được trả lời khác trước đây. Hỏi lại."))
        if before is None:
            rows.append(_row(keyring, request, row, one, judged, now))
            receipt.results[judged.result] = receipt.results.get(judged.result, 0) + 1
    if faults:
        raise BadAnswer(faults)
    receipt.fresh += insert_rows(session, check_result, _COLUMNS, rows)


def _row(
    keyring: Keyring,
    request: Row[Any],
    row: Row[Any],
    answer: Answered,
    judged: Judged,
    now: datetime,
) -> tuple[Any, ...]:
    cipher = keyring.encrypt(TOLD, row.bound_key, judged.told) if judged.told else None
    return (
        request.id,
        answer.ref,
        row.person_id,
        request.source,
        judged.result,
        judged.details,
        cipher,
        answer.happened_on,
        answer.amount,
        answer.checked_at,
        now,
    )


def _count(session: Session, request: Row[Any], now: datetime) -> None:
    told = select(func.count()).where(check_result.c.request_id == request.id).scalar_subquery()
    answered = session.scalar(select(told)) or 0
    state = ANSWERED if answered == request.people else SENT
    values = {"answered": answered, "state": state, "moved_at": now, "fault": ""}
    session.execute(update(check_request).where(check_request.c.id == request.id).values(values))
