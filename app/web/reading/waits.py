"""How many things wait for an officer, for the badges of the menu: each bounded, by an index.

No count goes beyond `menu.MOST` + 1 rows, so that a page costs the same however much waits.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.orm import Session

from app.access.role_tables import DESK
from app.access.viewer import Viewer
from app.complaints.moving import ROLES as ANSWERS
from app.complaints.states import ANSWERED, CLOSED
from app.complaints.tables import complaint
from app.disbursement.cases import OPEN
from app.disbursement.evidence_tables import bank_case
from app.disbursement.line_tables import line_decision, line_proposal
from app.disbursement.states import BUILT
from app.disbursement.tables import batch, instruction
from app.disbursement.workbench.lines import KINDS
from app.events.deciding import DECIDERS
from app.events.reading import open_ones
from app.hotline.asking import desk_scope
from app.hotline.calling import how_many as how_many_calls
from app.payroll.reminders import due_to
from app.schedule.runs import waiting_for_people
from app.units.tables import contract
from app.web import menu
from ledger.schema import Moment, Whole
from reconciliation.tables import bank_line, suspense_item

# As the partial index writes it, so that SQLite finds that it may use it.
_OPEN = text("payroll.state in ('draft', 'submitted', 'checked')")
_NOT_CLOSED = text("complaint.state <> 'closed'")
FINANCE, MAKER = "releaser", "maker"


def drafts(session: Session, who: Viewer, now: datetime) -> int:
    """Payrolls that a maker may submit."""
    return _due(session, who, now, "submit") if who.is_one_of(MAKER) else 0


def approvals(session: Session, who: Viewer, now: datetime) -> int:
    """Payrolls that wait for his check or approval."""
    steps = (one for one, role in (("check", "checker"), ("approve", "approver"))
             if who.is_one_of(role))  # fmt: skip
    return sum(_due(session, who, now, one) for one in steps)


def releases(session: Session, who: Viewer, now: datetime) -> int:
    """Batches that wait for their release by two of finance."""
    if not who.is_one_of(FINANCE):
        return 0
    query = select(batch.c.id).join(contract, contract.c.id == batch.c.contract_id)
    mine = who.within_units(contract.c.unit_code)
    return _up_to_most(session, query.where(batch.c.state == BUILT, mine))


def lines(session: Session, who: Viewer, now: datetime) -> int:
    """Lines of the bank that no pass could place."""
    if not who.is_one_of(FINANCE):
        return 0
    query = _unresolved(select(bank_line.c.id), who)
    return _up_to_most(session, query.where(suspense_item.c.kind.in_(KINDS)))


def proposals(session: Session, who: Viewer, now: datetime) -> int:
    """What another of finance proposed about such lines."""
    if not who.is_one_of(FINANCE):
        return 0
    p = line_proposal.c
    decided = select(line_decision.c.proposal_id).where(line_decision.c.proposal_id == p.id)
    proposed = select(p.id).join(bank_line, bank_line.c.id == p.bank_line_id)
    query = proposed.where(p.proposed_by != who.officer_id, ~decided.exists())
    return _up_to_most(session, _unresolved(query, who))


def _unresolved(query: Select[Any], who: Viewer) -> Select[Any]:
    """The query over bank lines: those in suspense on an account of his units."""
    line = bank_line.c
    return (
        query.join(suspense_item, suspense_item.c.bank_line_id == line.id)
        .join(contract, (contract.c.provider == line.provider)
              & (contract.c.account == line.account))
        .where(suspense_item.c.resolved_at.is_(None), who.within_units(contract.c.unit_code))
    )  # fmt: skip


def cases(session: Session, who: Viewer, now: datetime) -> int:
    """Open cases with the banks."""
    if not who.is_one_of(FINANCE):
        return 0
    of_batch = func.coalesce(bank_case.c.batch_id, instruction.c.batch_id)
    query = (
        select(bank_case.c.id)
        .outerjoin(instruction, instruction.c.id == bank_case.c.instruction_id)
        .join(batch, batch.c.id == of_batch)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(bank_case.c.state == OPEN, who.within_units(contract.c.unit_code))
    )
    return _up_to_most(session, query)


def complaints(session: Session, who: Viewer, now: datetime) -> int:
    """What people said and nobody has answered, where he answers it himself."""
    if not who.is_one_of(*ANSWERS):
        return 0
    mine = who.within_units(complaint.c.unit_code)
    waits = complaint.c.state.not_in((CLOSED, ANSWERED))
    return _up_to_most(session, select(complaint.c.id).where(waits, _NOT_CLOSED, mine))


def calls(session: Session, who: Viewer, now: datetime) -> int:
    """Calls back that wait for an officer of the hotline."""
    if not who.is_one_of(DESK):
        return 0
    return how_many_calls(session, desk_scope(session, who.username, now), now, menu.MOST)


def events(session: Session, who: Viewer, now: datetime) -> int:
    """Proposed changes in people's lives."""
    if not who.is_one_of(*DECIDERS):
        return 0
    return _up_to_most(session, open_ones(who.areas))


def stuck(session: Session, who: Viewer, now: datetime) -> int:
    """Scheduled work that failed as often as it may."""
    return min(len(waiting_for_people(session)), menu.MOST + 1) if who.is_one_of("admin") else 0


def _due(session: Session, who: Viewer, now: datetime, duty: str) -> int:
    return session.scalar(_due_query(duty, menu.MOST), {"who": who.officer_id, "now": now}) or 0


@cache
def _due_query(duty: str, most: int) -> Select[Any]:
    """Put together once: it is long, and every page of a maker or checker asks it."""
    whose, now = bindparam("who", type_=Whole), bindparam("now", type_=Moment)
    due = due_to(whose, duty, now).where(_OPEN).limit(most + 1)
    return select(func.count()).select_from(due.subquery())


def _up_to_most(session: Session, query: Select[Any]) -> int:
    bounded = query.limit(menu.MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(bounded)) or 0
