"""One line of the bank for its page: its account, what was proposed and decided, what follows."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.disbursement.line_tables import line_decision, line_placing, line_proposal
from app.disbursement.workbench.proposing import MATCH
from app.web.reading.bench import account
from reconciliation.tables import bank_line, suspense_item


def account_of(session: Session, line: Row[Any]) -> Row[Any]:
    """The account of a line, with the names of its place."""
    found = account(session, line.contract_id)
    if found is None:
        raise LookupError(f"line {line.id} stands on no bank account")
    return found


def is_placed(session: Session, number: int) -> bool:
    """Whether two officers placed the line, and it stands."""
    query = select(line_placing.c.proposal_id)
    mine = query.where(line_placing.c.bank_line_id == number, line_placing.c.undone_by == 0)
    return session.scalar(mine) is not None


def history(session: Session, number: int) -> list[Row[Any]]:
    """What was proposed about a line and decided, by whom, when and why; the oldest first."""
    p, d = line_proposal.c, line_decision.c
    two = officer.alias("two")
    query = (
        select(line_proposal, officer.c.name.label("first"), d.verdict, d.decided_at,
               d.reason.label("decided_why"), two.c.name.label("second"))
        .join(officer, officer.c.id == p.proposed_by)
        .outerjoin(line_decision, d.proposal_id == p.id)
        .outerjoin(two, two.c.id == d.officer_id)
        .where(p.bank_line_id == number)
        .order_by(p.id)
    )  # fmt: skip
    return list(session.execute(query))


def parts_of(session: Session, number: int) -> list[dict[str, Any]]:
    """The parts on which a line stands by hand: word, amount, verdict; none where it does not."""
    p = line_proposal.c
    query = (
        select(p.content)
        .join(line_placing, line_placing.c.proposal_id == p.id)
        .where(p.kind == MATCH, line_placing.c.bank_line_id == number,
               line_placing.c.undone_by == 0)
    )  # fmt: skip
    content = session.scalar(query)
    return list(json.loads(content)["parts"]) if content else []


def after(session: Session, line: Row[Any]) -> int | None:
    """The next line of the account that waits and about which nothing is proposed."""
    b, p = bank_line.c, line_proposal.c
    decided = select(line_decision.c.proposal_id)
    proposed = select(p.bank_line_id).where(p.bank_line_id.is_not(None), p.id.not_in(decided))
    query = (
        select(b.id)
        .join(suspense_item, suspense_item.c.bank_line_id == b.id)
        .where(b.provider == line.provider, b.account == line.account, b.id != line.id)
        .where(suspense_item.c.resolved_at.is_(None), b.id.not_in(proposed))
        .where(
            (b.booked_on > line.booked_on) | ((b.booked_on == line.booked_on) & (b.id > line.id))
        )
        .order_by(b.booked_on, b.id)
    )
    return session.scalars(query.limit(1)).first()
