"""The lists of a pack, row by row: payroll lines, instructions, outcomes. Numbers, no names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.disbursement.tables import batch, instruction, outcome
from app.dossier.folder import Draft
from app.dossier.scope import Scope
from app.payroll.digest import lines_of, payee_of
from app.units.tables import contract
from ledger.export.cells import inert
from ledger.schema import moment_text, whole_sum
from reconciliation.matching import RETURNED_BORNE, RETURNED_CLAIMED
from reconciliation.tables import bank_line, line_match

FETCH_ROWS = 5_000
_LESS = (RETURNED_CLAIMED, RETURNED_BORNE)
LINES = (
    *("payroll", "line", "obligation", "person", "destination", "contract", "method", "amount"),
    *("payee", "cause"),
)
INSTRUCTIONS = (
    *("batch", "payroll_line", "instruction", "obligation", "attempt", "reference"),
    *("destination", "method", "amount", "replaces", "state"),
)
OUTCOMES = (
    *("outcome", "instruction", "obligation", "reference", "state", "method", "amount"),
    *("fund", "programme", "provider", "evidence", "reason", "happened_on", "posted_on"),
    *("recorded_at", "entry", "bank_line", "file", "kept"),
)


def outcome_sums(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """How many outcomes of `outcomes.csv` have each state, and their đồng."""
    found = _outcomes(scope).subquery()
    rows = session.execute(
        select(found.c.state, func.count().label("outcomes"), whole_sum(found.c.amount))
        .group_by(found.c.state)
        .order_by(found.c.state)
    )
    return [{"state": row[0], "outcomes": row[1], "amount": row[2]} for row in rows]


def write_lists(session: Session, scope: Scope, draft: Draft) -> None:
    """`lines.csv`, `instructions.csv` and `outcomes.csv`, all streamed."""
    draft.table("lines.csv", "từng dòng của bảng chi / lines of the payrolls", LINES,
                _lines(session, scope))  # fmt: skip
    draft.table("instructions.csv", "từng lệnh chi / payment instructions", INSTRUCTIONS,
                _streamed(session, _instructions(scope)))  # fmt: skip
    draft.table("outcomes.csv", "kết quả từng lệnh / outcomes, with their evidence", OUTCOMES,
                _streamed(session, _outcomes(scope)))  # fmt: skip


def _streamed(session: Session, query: Select[Any]) -> Iterator[list[Any]]:
    for row in session.execute(query.execution_options(yield_per=FETCH_ROWS)):
        yield [_cell(value) for value in row]


def _cell(value: Any) -> Any:
    """A value as a cell takes it: a moment in UTC; text from outside never begins a formula."""
    if isinstance(value, datetime):
        return moment_text(value)
    return inert(value) if isinstance(value, str) else value


def _lines(session: Session, scope: Scope) -> Iterator[list[Any]]:
    for row in session.execute(lines_of(scope.payrolls)):
        facts = [row.payroll_id, row.line, row.obligation_id, row.person_id, row.destination_id]
        told = [*facts, row.contract_id, row.method, row.amount, payee_of(row), row.cause]
        yield [_cell(value) for value in told]


def _instructions(scope: Scope) -> Select[Any]:
    it = instruction.c
    return (
        select(
            it.batch_id,
            it.payroll_line_id,
            it.id,
            it.obligation_id,
            it.attempt,
            it.reference,
            it.destination_id,
            it.method,
            it.amount,
            it.replaces_id,
            it.state,
        )
        .where(it.batch_id.in_(scope.batches))
        .order_by(it.batch_id, it.payroll_line_id)
    )


def _outcomes(scope: Scope) -> Select[Any]:
    """Those posted in the month, and those of every entry that holds one of the month's lists."""
    it, what = instruction.c, outcome.c
    in_month = what.posted_on.between(scope.first, scope.last)
    return (
        select(
            what.id.label("outcome"),
            it.id,
            it.obligation_id,
            it.reference,
            what.state,
            it.method,
            it.amount,
            contract.c.fund,
            contract.c.programme,
            contract.c.provider,
            what.evidence,
            what.reason,
            what.happened_on,
            what.posted_on,
            what.recorded_at,
            what.entry_id,
            what.bank_line_id,
            bank_line.c.file_id,
            case((line_match.c.verdict.in_(_LESS), it.amount - bank_line.c.amount), else_=0),
        )
        .join(instruction, it.id == what.instruction_id)
        .join(batch, batch.c.id == it.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .outerjoin(bank_line, bank_line.c.id == what.bank_line_id)
        .outerjoin(line_match, line_match.c.bank_line_id == what.bank_line_id)
        # What is paid on the provider's word alone has no entry yet.
        .where(what.entry_id.is_not(None))
        .where(contract.c.unit_code == scope.unit.code)
        .where(or_(in_month, what.entry_id.in_(scope.list_entries)))
        .order_by(what.id)
    )
