"""Files of bank lines applied by the service's own functions, a unit of work each."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.disbursement.collection import process
from app.disbursement.states import RETURNED, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from benchmarks.ledger.books import opened
from benchmarks.measure import Measured, measured
from benchmarks.recon.filled import NOW, ONE_IN
from reconciliation.tables import inbound_file, line_match


def debits(url: str, server_pid: int | None) -> Measured:
    """Apply the files of debits; every payment is settled and every batch done then."""
    with opened(url, owner=True) as database:
        with database.view() as session:
            files = _waiting(session)[:-1]
        with measured(server_pid) as cost:
            for file_id in files:
                with database.unit_of_work() as session:
                    process(session, file_id, NOW)
        with database.view() as session:
            _require(session, {SETTLED: _count(session)})
    return cost


def returns(url: str, server_pid: int | None) -> Measured:
    """Apply the file of what came back, after the debits."""
    with opened(url, owner=True) as database:
        with database.view() as session:
            (file_id,) = _waiting(session)
        with measured(server_pid) as cost, database.unit_of_work() as session:
            process(session, file_id, NOW + timedelta(hours=1))
        with database.view() as session:
            many = _count(session)
            back = many // ONE_IN
            _require(session, {SETTLED: many - back, RETURNED: back})
    return cost


def _waiting(session: Session) -> list[int]:
    query = select(inbound_file.c.id).where(inbound_file.c.state == "read")
    return list(session.scalars(query.order_by(inbound_file.c.id)))


def _count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(instruction)).one()


def _require(session: Session, wanted: dict[str, int]) -> None:
    """Every line has its verdict and every payment its state, with an outcome for each."""
    state = instruction.c.state
    found = {row[0]: row[1] for row in session.execute(select(state, func.count()).group_by(state))}
    lines = sum(wanted.values()) + wanted.get(RETURNED, 0)
    counted = [session.scalars(select(func.count()).select_from(one)).one()
               for one in (line_match, outcome)]  # fmt: skip
    undone = session.scalars(
        select(func.count()).select_from(batch).where(batch.c.state != "done")
    ).one()
    if found != {state: count for state, count in wanted.items() if count}:
        raise SystemExit(f"payments: {found}, not {wanted}")
    if counted != [lines, lines] or undone:
        raise SystemExit(f"verdicts and outcomes {counted}, not {lines}; {undone} batches undone")
