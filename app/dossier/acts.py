"""What officers confirmed: each act with everything its digest was made from.

One act may cover lists of many units; of those the pack holds number and digest only, which is
what the act was bound to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.disbursement.tables import batch, batch_release
from app.payroll.approval_tables import approval, payroll_round
from app.payroll.digest import combined
from app.statements.evidence import moment
from app.statements.signing import SignedStep, possibly_submitted

Values = dict[str, Any]
Covered = dict[int, str]


def acts_of(
    session: Session, submitted: Mapping[int, tuple[Any, SignedStep]], batches: Iterable[int]
) -> list[Values]:
    """The acts on lists and batches, by id. `submitted` has each list's row and its first step.

    `covers` is [number, digest] of every list (or batch) that the act confirmed, None where that
    cannot be told.
    """
    covers = {
        **_submissions(session, submitted),
        **_approvals(session, submitted),
        **_releases(session, batches),
    }
    rows = session.execute(
        select(act, officer.c.name)
        .join(officer, officer.c.id == act.c.officer_id)
        .where(act.c.id.in_(covers))
        .order_by(act.c.id)
    )
    return [
        {
            "id": row.id,
            "step": row.step,
            "officer": row.name,
            "at": moment(row.acted_at),
            "digest": row.digest,
            "things": row.things,
            "total": row.total,
            "covers": sorted(map(list, covered.items())) if (covered := covers[row.id]) else None,
        }
        for row in rows
    ]


def _submissions(
    session: Session, submitted: Mapping[int, tuple[Any, SignedStep]]
) -> dict[int, Covered | None]:
    found: dict[int, Covered | None] = {}
    for row, step in submitted.values():
        if step.act_id is None or found.get(step.act_id):
            continue
        known = _submitted_by(session, step.act_id)
        possible = iter([known]) if known else possibly_submitted(session, row)
        found[step.act_id] = next(
            (one for one in possible if combined(one) == step.act_digest), None
        )
    return found


def _submitted_by(session: Session, act_id: int) -> Covered:
    """The rounds that an act began; none where an earlier version did not write that down."""
    made = payroll_round.c
    query = select(made.payroll_id, made.digest).where(made.act_id == act_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _approvals(session: Session, payrolls: Iterable[int]) -> dict[int, Covered]:
    ours = select(approval.c.act_id).where(approval.c.payroll_id.in_(list(payrolls)))
    rows = session.execute(
        select(approval.c.act_id, approval.c.payroll_id, approval.c.digest).where(
            approval.c.act_id.in_(ours)
        )
    )
    return _grouped(rows)


def _releases(session: Session, batches: Iterable[int]) -> dict[int, Covered]:
    ours = select(batch_release.c.act_id).where(batch_release.c.batch_id.in_(list(batches)))
    rows = session.execute(
        select(batch_release.c.act_id, batch.c.id, batch.c.lines_digest)
        .join(batch, batch.c.id == batch_release.c.batch_id)
        .where(batch_release.c.act_id.in_(ours))
    )
    return _grouped(rows)


def _grouped(rows: Any) -> dict[int, Covered]:
    found: defaultdict[int, Covered] = defaultdict(dict)
    for act_id, number, digest in rows:
        found[act_id][number] = digest
    return dict(found)
