"""What officers confirmed of single lines, recomputed from the tables."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.disbursement.line_tables import line_decision, line_proposal
from app.disbursement.workbench.proposing import DECIDE, PROPOSE, digest_of


def workbench_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every proposal and decision, and the digest that act must carry."""
    wanted, digests = {}, {}
    for row in session.execute(select(line_proposal)):
        digests[row.id] = digest_of(row.kind, row.bank_line_id, row.content, row.reason)
        wanted[row.act_id, row.proposed_by, PROPOSE] = digests[row.id]
    for row in session.execute(select(line_decision)):
        wanted[row.act_id, row.officer_id, DECIDE] = digests[row.proposal_id]
    return wanted
