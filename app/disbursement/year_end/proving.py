"""What officers confirmed at the year's end, recomputed from what stands in the tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import joint_act
from app.access.together import joint_acts
from app.disbursement.instalments import plan_digests
from app.disbursement.recovery_notices import notice_acts
from app.disbursement.repaid import recovery_digests
from app.disbursement.written_off import write_off_digests
from app.disbursement.year_end import carrying, handing_back, refunds, settling
from app.disbursement.year_end.tables import PLACE, carry_over, treasury_due, treasury_refund
from ledger.chart import Cell
from reconciliation.years import closed_years, digest_of, written_down

Wanted = dict[tuple[int, int, str], str]
"""(act, officer, step), and the digest that act must carry."""


def year_end_acts(session: Session) -> Wanted:
    """Every act behind decisions, amounts due, refunds, recoveries and closed years.

    A year that two officers did not close is wanted of act 0, which there is not.
    """
    wanted: Wanted = joint_acts(session)
    digests = {
        **_returns(session),
        **_refunds(session),
        **recovery_digests(session),
        **plan_digests(session),
        **write_off_digests(session),
    }
    settled: dict[str, Any] = {}
    for row in session.execute(select(joint_act)):
        if row.step == settling.STEP:
            settled[row.about] = row
        digest = digests.get(row.id)
        if digest is not None:
            wanted.update(_both(row, digest))
    for year in closed_years(session):
        digest = digest_of(year, written_down(session, year).items())
        signed = settled.get(f"year:{year}")
        wanted.update({(0, 0, settling.STEP): digest} if signed is None else _both(signed, digest))
    return {**wanted, **_decisions(session), **notice_acts(session)}


def _both(row: Any, digest: str) -> Wanted:
    return {
        (row.act_one, row.officer_one, row.step): digest,
        (row.act_two, row.officer_two, row.step): digest,
    }


def _decisions(session: Session) -> Wanted:
    return {
        (row.act_id, row.officer_id, carrying.STEP): carrying.decision_digest(
            carrying.decision_of(row)
        )
        for row in session.execute(select(carry_over))
    }


def _returns(session: Session) -> dict[int, str]:
    """The digest of every acceptance, by joint act."""
    years: dict[int, int] = {}
    lines: defaultdict[int, list[handing_back.Due]] = defaultdict(list)
    for row in session.execute(select(treasury_due).order_by(treasury_due.c.id)):
        cell = Cell(*(getattr(row, name) for name in PLACE))
        years[row.joint_id] = row.budget_year
        lines[row.joint_id].append(handing_back.Due(cell, row.recipe, row.amount))
    return {
        number: handing_back.due_digest(years[number], found) for number, found in lines.items()
    }


def _refunds(session: Session) -> dict[int, str]:
    return {
        row.joint_id: refunds.refund_digest(refunds.slip_of(row))
        for row in session.execute(select(treasury_refund))
    }
