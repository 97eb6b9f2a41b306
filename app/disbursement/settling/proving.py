"""What officers confirmed when they settled and closed, recomputed from the tables."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import joint_act
from app.disbursement.settling.accepting import settled_digests
from app.disbursement.settling.bank_days import day_acts
from app.disbursement.settling.losses import loss_digests
from app.disbursement.settling.months import month_digests


def settling_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) behind every settlement, loss, returned money and close, and the digest
    that act must carry."""
    digests = {**settled_digests(session), **loss_digests(session), **month_digests(session)}
    wanted = day_acts(session)
    for row in session.execute(select(joint_act).where(joint_act.c.id.in_(digests))):
        digest = digests[row.id]
        wanted[row.act_one, row.officer_one, row.step] = digest
        wanted[row.act_two, row.officer_two, row.step] = digest
    return wanted
