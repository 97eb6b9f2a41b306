"""What officers confirmed of single lines, recomputed from the tables."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.disbursement.line_tables import line_decision, line_proposal
from app.disbursement.workbench.proposing import DECIDE, PROPOSE, digest_of, joint_digest


def workbench_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every proposal and decision, and the digest that act must carry: of
    several under one act their joint one."""
    digests: dict[int, str] = {}
    under: dict[tuple[int, int, str], list[str]] = {}
    for row in session.execute(select(line_proposal)):
        digests[row.id] = digest_of(row.kind, row.bank_line_id, row.content, row.reason)
        under.setdefault((row.act_id, row.proposed_by, PROPOSE), []).append(digests[row.id])
    for row in session.execute(select(line_decision)):
        key = (row.act_id, row.officer_id, DECIDE)
        under.setdefault(key, []).append(digests[row.proposal_id])
    return {key: joint_digest(told) for key, told in under.items()}
