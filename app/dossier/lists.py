"""Lists and batches of a pack's snapshot: figures, digests, who acted, what became of them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.disbursement.tables import batch, instruction
from app.dossier.acts import acts_of
from app.dossier.documents import list_path
from app.dossier.raw import sent_path
from app.dossier.scope import Scope
from app.payroll.digest import short_code
from app.payroll.tables import REPEATED_CAUSES, payroll, payroll_line
from app.statements.evidence import batches_of, moment
from app.statements.signing import SignedStep, steps_of
from ledger.schema import whole_sum

Values = dict[str, Any]


def list_values(session: Session, scope: Scope) -> Values:
    """`obligations`, `payrolls`, `batches` and `acts` of the snapshot."""
    rows = session.execute(
        select(payroll).where(payroll.c.id.in_(scope.payrolls)).order_by(payroll.c.id)
    ).all()
    steps = {row.id: steps_of(session, row.id) for row in rows}
    numbers = list(session.scalars(scope.batches.order_by(batch.c.id)))
    submitted = {row.id: (row, steps[row.id][0]) for row in rows if steps[row.id]}
    new = _newly_owed(session, scope)
    return {
        "obligations": _obligations(session, scope),
        "payrolls": [_payroll(row, steps[row.id], new.get(row.id, 0)) for row in rows],
        "batches": _batches(session, numbers),
        "acts": acts_of(session, submitted, numbers),
    }


def _obligations(session: Session, scope: Scope) -> list[Values]:
    """What was owed for the month, by programme, in đồng."""
    owed = obligation.c
    rows = session.execute(
        select(owed.programme, func.count().label("obligations"), *(
            whole_sum(owed[name]).label(name) for name in ("regular", "arrears", "amount")
        ))
        .where(owed.period == scope.period, owed.unit_code == scope.unit.code)
        .group_by(owed.programme)
        .order_by(owed.programme)
    )  # fmt: skip
    return [dict(row._mapping) for row in rows]


def _newly_owed(session: Session, scope: Scope) -> dict[int, int]:
    """What each list lists for the first time, in đồng: that much its approval accrues."""
    line = payroll_line.c
    first = case((line.cause.in_(REPEATED_CAUSES), 0), else_=line.amount)
    rows = session.execute(
        select(line.payroll_id, whole_sum(first))
        .where(line.payroll_id.in_(scope.payrolls))
        .group_by(line.payroll_id)
    )
    return {row[0]: row[1] for row in rows}


def _payroll(row: Row[Any], steps: list[SignedStep], newly_owed: int) -> Values:
    return {
        "id": row.id,
        "programme": row.programme,
        "fund": row.fund,
        "kind": row.kind,
        "number": row.number,
        "state": row.state,
        "lines": row.lines,
        "total": row.total,
        "newly_owed": newly_owed,
        "digest": row.digest,
        "code": short_code(row.digest) if row.digest else None,
        "opened_at": moment(row.opened_at),
        "document": list_path(row) if row.digest else None,
        "steps": [_step(one) for one in steps],
    }


def _step(one: SignedStep) -> Values:
    at = moment(one.acted_at) if one.acted_at else None
    return {"step": one.step, "officer": one.officer, "act": one.act_id, "at": at}


def _batches(session: Session, numbers: list[int]) -> list[Values]:
    known, states = batches_of(session, numbers), _states(session, numbers)
    rows = session.execute(
        select(batch.c.id, batch.c.payroll_id, batch.c.file_name, batch.c.sha256)
        .where(batch.c.id.in_(numbers))
        .order_by(batch.c.id)
    )
    return [
        {
            **known[row.id],
            "payroll": row.payroll_id,
            "raw": sent_path(row) if row.sha256 else None,
            "instructions": states[row.id],
        }
        for row in rows
    ]


def _states(session: Session, numbers: list[int]) -> dict[int, list[Values]]:
    """The batches' instructions by state: how many, and their đồng."""
    it = instruction.c
    rows = session.execute(
        select(
            it.batch_id, it.state, func.count().label("count"), whole_sum(it.amount).label("sum")
        )
        .where(it.batch_id.in_(numbers))
        .group_by(it.batch_id, it.state)
        .order_by(it.batch_id, it.state)
    )
    found: defaultdict[int, list[Values]] = defaultdict(list)
    for number, state, count, amount in rows:
        found[number].append({"state": state, "instructions": count, "amount": amount})
    return found
