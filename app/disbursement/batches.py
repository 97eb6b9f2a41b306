"""Building and releasing batches: of an approved payroll and contract one, or as many as it takes.

Building writes the instructions and posts the commitment (T3); release needs two different
finance officers, the money already received, and no hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Insert, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.clock import local_date
from app.disbursement.day_limits import refuse_full_days
from app.disbursement.digests import digest_of
from app.disbursement.funding import cell_of
from app.disbursement.lapsing import last_round
from app.disbursement.releasable import built, refuse_unfit
from app.disbursement.states import BUILT, READY, RELEASED
from app.disbursement.tables import batch, batch_event, batch_release, instruction
from app.errors import Refused
from app.payroll.barred import refuse_releasing
from app.payroll.hours import require_open
from app.payroll.tables import payroll, payroll_line
from app.privacy import Keyring
from app.units.tables import contract
from bank_adapters.references import message_id, reference
from ledger.bulk import insert_one, insert_rows
from ledger.journal import EntryDraft, post_many

LINES_MAX = 50_000
"""What one batch holds at most; fewer where its provider takes fewer in one file."""
NO_LIMITS: Mapping[str, int] = {}
INSTRUCTION_COLUMNS = (
    "obligation_id",
    "attempt",
    "reference",
    "batch_id",
    "payroll_line_id",
    "destination_id",
    "method",
    "amount",
    "replaces_id",
    "state",
)


def approved_periods(session: Session) -> list[str]:
    """Months that have approved payrolls which are not closed yet, oldest first."""
    query = select(payroll.c.period).where(payroll.c.state == "approved").distinct()
    return sorted(session.scalars(query))


def unbuilt(session: Session, period: str) -> list[tuple[int, int]]:
    """(payroll, contract) pairs of approved payrolls that have no batch yet."""
    built = select(batch.c.id).where(
        batch.c.payroll_id == payroll_line.c.payroll_id,
        batch.c.contract_id == payroll_line.c.contract_id,
    )
    rows = session.execute(
        select(payroll_line.c.payroll_id, payroll_line.c.contract_id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(payroll.c.period == period, payroll.c.state == "approved", ~built.exists())
        .distinct()
        .order_by(payroll_line.c.payroll_id, payroll_line.c.contract_id)
    )
    return [(row[0], row[1]) for row in rows]


def build(
    session: Session,
    payroll_id: int,
    contract_id: int,
    requested_on: date,
    now: datetime,
    most: Mapping[str, int] = NO_LIMITS,
) -> list[int]:
    """Build what pays a payroll's lines of one contract, all of it or nothing; gives the ids.

    Each batch has its instructions and its commitment. `most` says by provider how many payments
    a file of it may hold; 0 or nothing: any number.
    """
    place = session.execute(select(contract).where(contract.c.id == contract_id)).one()
    size = min(LINES_MAX, most.get(place.provider) or LINES_MAX)
    parts = enumerate(_by_batch(session, payroll_id, contract_id, size), start=1)
    return [
        _build_one(session, payroll_id, place, number, lines, requested_on, now)
        for number, lines in parts
    ]


def _by_batch(
    session: Session, payroll_id: int, contract_id: int, size: int
) -> Iterator[Sequence[Row[Any]]]:
    """The lines of each batch, in the order of the payroll."""
    of = {"p_payroll": payroll_id, "p_contract": contract_id, "p_size": size}
    after = 0
    while lines := session.execute(_lines(), {**of, "p_after": after}).all():
        yield lines
        if len(lines) < size:
            return
        after = lines[-1].line


def _build_one(
    session: Session,
    payroll_id: int,
    place: Row[Any],
    number: int,
    lines: Sequence[Row[Any]],
    requested_on: date,
    now: datetime,
) -> int:
    total = sum(row.amount for row in lines)
    drafts = [_draft(row) for row in lines]
    message = message_id((payroll_id, place.id, *(one.reference for one in drafts)))
    batch_id = insert_one(
        session,
        batch,
        payroll_id=payroll_id,
        contract_id=place.id,
        number=number,
        message_id=message,
        lines=len(lines),
        total=total,
        requested_on=requested_on,
        built_at=now,
        lines_digest=digest_of(message, requested_on, drafts),
        state=BUILT,
    )
    insert_rows(session, instruction, INSTRUCTION_COLUMNS, [one.row(batch_id) for one in drafts])
    add_event(session, batch_id, BUILT, now, "system", f"payroll:{payroll_id}")
    _commit_money(session, batch_id, place, len(lines), total, now)
    return batch_id


@cache
def _lines() -> Select[Any]:
    """p_size lines of p_payroll for p_contract after p_after, each with its last attempt if there
    was one."""
    line, last, tried = payroll_line.c, instruction.alias("last"), instruction.alias("tried")
    # By index for each line: an aggregate over all instructions would be made for each batch.
    latest = (
        select(func.max(tried.c.attempt))
        .where(tried.c.obligation_id == line.obligation_id)
        .scalar_subquery()
    )
    return (
        select(
            line.id,
            line.line,
            line.obligation_id,
            line.destination_id,
            line.method,
            line.amount,
            last.c.id.label("last_id"),
            last.c.attempt.label("last_attempt"),
        )
        .select_from(payroll_line)
        .outerjoin(last, (last.c.obligation_id == line.obligation_id) & (last.c.attempt == latest))
        .where(
            line.payroll_id == bindparam("p_payroll"),
            line.contract_id == bindparam("p_contract"),
            line.line > bindparam("p_after"),
        )
        .order_by(line.line)
        .limit(bindparam("p_size"))
    )


class _Draft(NamedTuple):
    """One instruction of a batch that is being built."""

    obligation_id: int
    attempt: int
    reference: str
    line_id: int
    destination_id: int
    method: str
    amount: int
    last_id: int | None

    def row(self, batch_id: int) -> tuple[Any, ...]:
        """As `INSTRUCTION_COLUMNS` names it."""
        return (*self[:3], batch_id, *self[3:], READY)


def _draft(row: Row[Any]) -> _Draft:
    attempt = (row.last_attempt or 0) + 1
    named = reference(row.obligation_id, attempt)
    where = (row.id, row.destination_id, row.method, row.amount, row.last_id)
    return _Draft(row.obligation_id, attempt, named, *where)


def _commit_money(
    session: Session, batch_id: int, place: Row[Any], count: int, total: int, now: datetime
) -> None:
    items = select(
        instruction.c.obligation_id.label("item"), instruction.c.amount.label("amount")
    ).where(instruction.c.batch_id == batch_id)
    draft = EntryDraft(
        key=commitment_key(batch_id),
        recipe="commit",
        cell=cell_of(place),
        effective_on=local_date(now),
        recorded_at=now,
        source=f"batch:{batch_id}",
    )
    post_many(session, draft, items, count=count, total=total)


def commitment_key(batch_id: int) -> str:
    """The key of the entry that commits a batch's money."""
    return f"batch:{batch_id}:commit"


def add_event(
    session: Session, batch_id: int, state: str, now: datetime, actor: str, evidence: str
) -> None:
    """Add the next event of a batch."""
    what = {"state": state, "at": now, "actor": actor, "evidence": evidence}
    session.execute(_next_event(), {"batch_id": batch_id, "of_batch": batch_id, **what})


@cache
def _next_event() -> Insert:
    """The row of an event with the next number of its batch, put together once."""
    before = batch_event.alias("before")
    last = select(func.coalesce(func.max(before.c.seq), 0) + 1).where(
        before.c.batch_id == bindparam("of_batch")
    )
    return insert(batch_event).values(seq=last.scalar_subquery()).inline()


def release(
    session: Session,
    keyring: Keyring,
    officers: Sequence[tuple[int, str]],
    batch_ids: Sequence[int],
    now: datetime,
) -> int:
    """Two finance officers release batches in one act; `officers` are (id, code) pairs.

    Refused out of hours, and above the money received for the unit, fund and programme at that
    provider, with the figures; gives how many were released.
    """
    if len({officer for officer, _ in officers}) != 2:
        raise Refused("Giải ngân cần hai người khác nhau.", "Mời người thứ hai nhập mã.")
    require_open(session, now)
    rows = session.execute(built(batch_ids).with_for_update(of=batch)).all()
    if len(rows) != len(batch_ids):
        raise Refused("Có lô không ở trạng thái chờ giải ngân.", "Tải lại danh sách lô.")
    refuse_unfit(session, rows, now)
    refuse_full_days(session, rows)
    what = _confirmation(rows)
    acts = []
    for officer_id, code in officers:
        _require_releaser(session, officer_id, rows, now)
        refuse_releasing(session, officer_id, {row.payroll_id for row in rows}, now)
        acts.append((officer_id, confirm(session, keyring, officer_id, code, now, what)))
    for row in rows:
        _release_one(session, row.id, acts, now)
    return len(rows)


def _require_releaser(
    session: Session, officer_id: int, rows: Sequence[Row[Any]], now: datetime
) -> None:
    """Raise Forbidden unless the officer releases for every programme among these batches, Refused
    where he borrowed the role for smaller payrolls."""
    grants = {
        code: require_role(session, officer_id, "releaser", "", now, code)
        for code in sorted({row.programme for row in rows})
    }
    for row in rows:
        grants[row.programme].require_within(row.total)


def release_digest(released: Iterable[tuple[int, str]]) -> str:
    """What one act of release is bound to: SHA-256 over `batch id|lines digest`, by id."""
    listed = "\n".join(f"{number}|{digest}" for number, digest in released)
    return hashlib.sha256(listed.encode()).hexdigest()


def _confirmation(rows: Sequence[Row[Any]]) -> Confirmation:
    return Confirmation(
        step="release",
        digest=release_digest((row.id, row.lines_digest) for row in rows),
        things=sum(row.lines for row in rows),
        total=sum(row.total for row in rows),
    )


def _release_one(
    session: Session, batch_id: int, acts: Sequence[tuple[int, int]], now: datetime
) -> None:
    number = last_round(session, batch_id) + 1
    session.execute(
        insert(batch_release),
        [
            {"batch_id": batch_id, "officer_id": one, "act_id": act, "round": number}
            for one, act in acts
        ],
    )
    session.execute(update(batch).where(batch.c.id == batch_id).values(state=RELEASED))
    names = ",".join(str(one) for one, _ in acts)
    add_event(session, batch_id, RELEASED, now, names, "act:" + ",".join(str(a) for _, a in acts))
