"""First payments: what arrived confirms an account; what came back is paid in cash next time.

Set-wise; run as often as one likes. Which reasons speak against the account is told by the
table of return reasons: a bank's own trouble changes nothing for the person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.order_of_use import fall_back
from app.beneficiaries.tables import destination, person
from app.cashless.tables import account_follow_up
from app.disbursement.banning import ban
from app.disbursement.evidence import CREDITED as ON_ITS_WORD
from app.disbursement.reasons import reason_of
from app.disbursement.states import REJECTED, RETURNED, SETTLED
from app.disbursement.tables import instruction, outcome
from bank_adapters.reasons import Effect, Reason
from ledger.bulk import chunks, insert_rows, written
from ledger.schema import Moment

PEOPLE = 2_000
CREDITED = "credited"
# As the partial index writes it.
RETURNED_TO_CASH: ColumnElement[bool] = literal_column("person.still_cash = 'returned'")
_FOLLOW_UP = ("destination_id", "result", "instruction_id", "reason", "happened_on", "recorded_at")
_FAILED = (RETURNED, REJECTED)


def follow_up(session: Session, actor: str, now: datetime) -> Mapping[str, int]:
    """Take in what became of payments: confirmed accounts, people who get cash from now on."""
    confirmed = _credited(session, now)
    returned = _returned(session, now)
    told = {
        "confirmed": confirmed,
        "returned": len(returned),
        "moved": _move(session, returned, now),
    }
    if any(told.values()):
        said = ", ".join(f"{name}: {count}" for name, count in told.items())
        record(session, now, actor, "accounts:follow_up:run", "accounts", said)
    return told


def _credited(session: Session, now: datetime) -> int:
    """The first payment into an account that was credited; the account is confirmed by it."""
    known = exists().where(
        account_follow_up.c.destination_id == instruction.c.destination_id,
        account_follow_up.c.result == CREDITED,
    )
    at = literal(now, Moment)
    first = (
        select(
            instruction.c.destination_id,
            literal(CREDITED),
            func.min(instruction.c.id),
            literal(""),
            func.min(outcome.c.happened_on),
            at,
        )
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .where(instruction.c.state == SETTLED, outcome.c.state.in_((SETTLED, ON_ITS_WORD)))
        .where(outcome.c.undone_by == 0)
        .where(instruction.c.method == "account", ~known)
        .group_by(instruction.c.destination_id)
    )
    found = written(session, insert(account_follow_up).from_select(list(_FOLLOW_UP), first, False))
    if found:
        _confirm(session, now)
    return found


def _confirm(session: Session, now: datetime) -> None:
    known = exists().where(
        destination_check.c.destination_id == account_follow_up.c.destination_id,
        destination_check.c.result == "confirmed",
    )
    columns = ["destination_id", "result", "evidence", "source", "checked_at", "checked_by"]
    rows = select(
        account_follow_up.c.destination_id,
        literal("confirmed"),
        literal("Khoản tiền đầu tiên đã vào tài khoản"),
        literal("first_payment"),
        literal(now, Moment),
        literal("system"),
    ).where(account_follow_up.c.result == CREDITED, ~known)
    session.execute(insert(destination_check).from_select(columns, rows, False))


def _returned(session: Session, now: datetime) -> list[Row[Any]]:
    """Payments that came back for a reason that lies in the account, each account once."""
    found: dict[int, Row[Any]] = {}
    for row in session.execute(_came_back()):
        if _why(row).effect is not Effect.NONE:
            found.setdefault(row.destination_id, row)
    insert_rows(session, account_follow_up, _FOLLOW_UP, (
        (row.destination_id, "returned", row.id, _why(row).officer, row.happened_on, now)
        for row in found.values()
    ))  # fmt: skip
    _ban(session, list(found.values()), now)
    return list(found.values())


def _came_back() -> Select[Any]:
    known = exists().where(
        account_follow_up.c.destination_id == instruction.c.destination_id,
        account_follow_up.c.result == "returned",
    )
    return (
        select(
            instruction.c.id,
            instruction.c.destination_id,
            outcome.c.reason,
            outcome.c.evidence,
            outcome.c.happened_on,
            destination.c.person_id,
            destination.c.account_key,
            person.c.destination_id.label("current"),
        )
        .join(outcome, and_(outcome.c.instruction_id == instruction.c.id,
                            outcome.c.state == instruction.c.state,
                            outcome.c.undone_by == 0))
        .join(destination, destination.c.id == instruction.c.destination_id)
        .join(person, person.c.id == destination.c.person_id)
        .where(instruction.c.state.in_(_FAILED), instruction.c.method == "account", ~known)
        .order_by(instruction.c.id)
    )  # fmt: skip


def _why(row: Row[Any]) -> Reason:
    return reason_of(row.evidence, row.reason)


def _ban(session: Session, rows: Sequence[Row[Any]], now: datetime) -> None:
    """An account that is closed or does not exist is never paid into again. Most are banned
    already, by the file that said so."""
    dead = {row.account_key: _why(row).officer for row in rows if _why(row).account_unusable}
    ban(session, dead, now)


def _move(session: Session, rows: Sequence[Row[Any]], now: datetime) -> int:
    """People whose present account failed use their next destination; gives how many."""
    moving = {
        row.person_id: row.destination_id for row in rows if row.current == row.destination_id
    }
    if not moving:
        return 0
    moved = fall_back(session, moving, set(moving.values()), "follow-up", now)
    in_cash = exists().where(
        destination.c.id == person.c.destination_id, destination.c.method == "cash"
    )
    for people in chunks(moving, PEOPLE):
        session.execute(
            update(person).where(person.c.id.in_(people), in_cash).values(still_cash="returned")
        )
    return moved


def to_do(
    session: Session,
    area: str,
    *,
    areas: Collection[str] | None = None,
    limit: int = 0,
    skip: int = 0,
) -> list[Row[Any]]:
    """People whose money came back and who still take cash: what happened, what to do. `areas`
    are the communes that may be seen, None for all."""
    query = _to_do(area, areas).offset(skip)
    query = query.order_by(person.c.area_code, person.c.sort_key, person.c.id, destination.c.id)
    return list(session.execute(query.limit(limit) if limit else query))


def how_many_to_do(session: Session, area: str, areas: Collection[str] | None = None) -> int:
    """How many rows `to_do` would give without a limit."""
    query = select(func.count()).select_from(_to_do(area, areas).subquery())
    return session.scalar(query) or 0


def _to_do(area: str, areas: Collection[str] | None) -> Select[Any]:
    query = (
        select(
            person.c.id,
            person.c.name,
            person.c.area_code,
            person.c.hamlet,
            destination.c.bank_bin,
            destination.c.account_tail,
            account_follow_up.c.reason,
            account_follow_up.c.happened_on,
        )
        .join(destination, destination.c.person_id == person.c.id)
        .join(account_follow_up, account_follow_up.c.destination_id == destination.c.id)
        .where(account_follow_up.c.result == "returned", RETURNED_TO_CASH)
    )
    if areas is not None:
        query = query.where(person.c.area_code.in_(sorted(areas)))
    return query.where(person.c.area_code == area) if area else query
