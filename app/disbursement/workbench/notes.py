"""Notes that officers leave under a line, and the day by which a bank was asked to answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.access.roles import require_role
from app.access.tables import officer
from app.audit.trail import record
from app.disbursement.bench_tables import line_note
from app.disbursement.workbench.lines import line_of
from app.disbursement.workbench.proposing import sentence
from ledger.bulk import insert_one


def write_note(
    session: Session, officer_id: int, number: int, said: str, answer_by: date | None, now: datetime
) -> int:
    """A finance officer writes under a line that waits or waited; gives the note's number.

    `answer_by` is the day by which the bank is to answer. Raises NotFound, Forbidden without the
    role, InputError for a note that says nothing.
    """
    line = line_of(session, number)
    require_role(session, officer_id, "releaser", line.unit_code, now, line.programme)
    note = insert_one(
        session,
        line_note,
        bank_line_id=number,
        officer_id=officer_id,
        said=sentence(said),
        answer_by=answer_by,
        written_at=now,
    )
    record(session, now, str(officer_id), "recon:line:note", f"bank_line:{number}", "")
    return note


def notes_of(session: Session, number: int) -> list[Row[Any]]:
    """The notes under a line with their writers' names, the oldest first."""
    query = select(line_note, officer.c.name).join(officer, officer.c.id == line_note.c.officer_id)
    return list(
        session.execute(query.where(line_note.c.bank_line_id == number).order_by(line_note.c.id))
    )


def answers_due(session: Session, lines: list[int]) -> dict[int, date]:
    """Of these lines, by when the bank is to answer: what the last note with a day says."""
    n, later = line_note.c, line_note.alias("later")
    newest = (
        select(func.max(later.c.id))
        .where(later.c.bank_line_id == n.bank_line_id, later.c.answer_by.is_not(None))
        .scalar_subquery()
    )
    query = select(n.bank_line_id, n.answer_by).where(n.bank_line_id.in_(lines), n.id == newest)
    return {row[0]: row[1] for row in session.execute(query)}
