"""Proposals about lines of the bank and rules, with the line and the officers they are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.access.viewer import Viewer
from app.disbursement.line_tables import line_decision, line_proposal
from app.disbursement.workbench.telling import told
from app.units.tables import contract
from reconciliation.tables import bank_line


def _query() -> Select[Any]:
    p, d, line = line_proposal.c, line_decision.c, bank_line.c
    two = officer.alias("two")
    return (
        select(line_proposal, d.verdict, d.decided_at, d.reason.label("decided_why"),
               officer.c.name.label("first"), two.c.name.label("second"), line.booked_on,
               line.amount.label("signed_amount"), line.remittance, line.account,
               contract.c.provider, contract.c.unit_code, contract.c.id.label("contract_id"))
        .join(officer, officer.c.id == p.proposed_by)
        .outerjoin(line_decision, d.proposal_id == p.id)
        .outerjoin(two, two.c.id == d.officer_id)
        .outerjoin(bank_line, line.id == p.bank_line_id)
        .outerjoin(contract, (contract.c.provider == line.provider)
                   & (contract.c.account == line.account))
    )  # fmt: skip


def waiting(session: Session, viewer: Viewer) -> list[Row[Any]]:
    """What nobody decided yet of the officer's units: what he may decide, then his own."""
    mine = viewer.within_units(contract.c.unit_code)
    if viewer.units is None:
        mine = or_(mine, contract.c.unit_code.is_(None))
    query = _query().where(line_decision.c.verdict.is_(None), mine)
    own = line_proposal.c.proposed_by == viewer.officer_id
    return list(session.execute(query.order_by(own, line_proposal.c.id)))


def one(session: Session, number: int) -> Row[Any] | None:
    """One proposal, decided or not."""
    return session.execute(_query().where(line_proposal.c.id == number)).one_or_none()


def unit_of(session: Session, number: int) -> str:
    """The unit whose line a proposal is about, '' for a rule, which is about no unit alone."""
    found = one(session, number)
    return (found.unit_code or "") if found is not None else ""


def content(session: Session, row: Row[Any]) -> list[str]:
    """What is asked, in words: a part a line."""
    return [line.strip() for line in told(row)[1:]]
