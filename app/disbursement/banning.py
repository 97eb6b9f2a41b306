"""An account that a provider says is closed or does not exist is banned in the same breath.

Nobody is ever paid into it again, whatever list it stands on; which reasons say so is told by the
table of return reasons. What follows for the person is taken in by `app/cashless/follow_up`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.bans import stands
from app.beneficiaries.tables import ban_lifting, banned_account, destination
from app.disbursement.line_tables import line_part
from app.disbursement.reasons import reason_of
from app.disbursement.states import REJECTED, RETURNED
from app.disbursement.tables import instruction, outcome
from ledger.bulk import chunks, insert_rows, looked_up
from reconciliation.tables import bank_line

_AT_ONCE = 2_000


def ban_what_failed(session: Session, file_id: int, now: datetime) -> int:
    """Ban the accounts that a file's refusals and returns speak against; gives how many are new."""
    mine = _failed().join(bank_line, bank_line.c.id == outcome.c.bank_line_id)
    return _ban(session, mine.where(bank_line.c.file_id == file_id), f"file:{file_id}", now)


def ban_what_came_back(session: Session, proposal_id: int, now: datetime) -> int:
    """The same for returns that officers placed by hand under a proposal."""
    mine = _failed().join(line_part, line_part.c.id == outcome.c.part_id)
    about = f"line_proposal:{proposal_id}"
    return _ban(session, mine.where(line_part.c.proposal_id == proposal_id), about, now)


def lift_what_was_undone(session: Session, proposal_id: int, now: datetime) -> int:
    """Lift the bans of accounts that only outcomes spoke against which two officers took back under
    a proposal, each once; gives how many."""
    undone = _bans(session, outcome.c.undone_by == proposal_id)
    still = {key for key, _ in _bans(session, outcome.c.undone_by == 0, undone)}
    rows = [
        {"account_key": key, "banned_at": at, "proposal_id": proposal_id, "lifted_at": now}
        for key, at in undone
        if key not in still
    ]
    if rows:
        session.execute(insert(ban_lifting), rows)
        said = f"{len(rows)} tài khoản dùng lại được, lý do loại đã bị bỏ ghép"
        record(
            session, now, "system", "accounts:account:lift", f"line_proposal:{proposal_id}", said
        )
    return len(rows)


def _bans(
    session: Session, which: ColumnElement[bool], of: Iterable[tuple[str, datetime]] = ()
) -> set[tuple[str, datetime]]:
    """Standing bans (account, moment) for which one of these outcomes is a reason; of the accounts
    of `of` alone where there are any."""
    banned, keys = banned_account.c, [key for key, _ in of]
    query = (
        _failed()
        .add_columns(banned.banned_at, banned.reason.label("why"))
        .join(banned_account, banned.account_key == destination.c.account_key)
        .where(stands(), which)
    )
    if keys:
        query = query.where(banned.account_key.in_(keys))
    return {
        (row.account_key, row.banned_at)
        for row in session.execute(query)
        if (said := reason_of(row.evidence, row.reason)).account_unusable
        and (keys or said.officer == row.why)
    }


def _failed() -> Select[Any]:
    """Accounts with the evidence and the reason for which a payment into them failed."""
    return (
        select(destination.c.account_key, outcome.c.evidence, outcome.c.reason)
        .select_from(outcome)
        .join(instruction, instruction.c.id == outcome.c.instruction_id)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(outcome.c.state.in_((REJECTED, RETURNED)))
        .where(instruction.c.method == "account", outcome.c.reason != "")
    )


def _ban(session: Session, failed: Select[Any], about: str, now: datetime) -> int:
    with looked_up(session):
        rows = session.execute(failed).all()
    why = {}
    for key, evidence, code in rows:
        if (reason := reason_of(evidence, code)).account_unusable:
            why[key] = reason.officer
    count = ban(session, why, now)
    if count:
        said = f"{count} tài khoản không dùng được nữa"
        record(session, now, "system", "accounts:account:ban", about, said)
    return count


def ban(session: Session, why: Mapping[str, str], now: datetime) -> int:
    """Ban accounts (by key, each with its reason) that are not banned yet; gives how many."""
    count = 0
    for keys in chunks(why, _AT_ONCE):
        new = _new(session, keys)
        insert_rows(session, banned_account, ("account_key", "reason", "banned_at"), (
            (key, why[key], now) for key in new
        ))  # fmt: skip
        count += len(new)
    return count


def _new(session: Session, keys: Iterable[str]) -> list[str]:
    asked = list(keys)
    mine = banned_account.c.account_key.in_(asked)
    query = select(banned_account.c.account_key).where(mine, stands())
    known = set(session.scalars(query))
    return [key for key in asked if key not in known]
