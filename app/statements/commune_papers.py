"""Papers for everybody of a commune: statements in one file, and what the loudspeaker says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from sqlalchemy import Row, exists, select, tuple_
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.tables import person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.errors import NotFound
from app.months import require_month
from app.printing.documents.statement import PersonStatement, render_statements
from app.printing.values import DocumentError, short_month
from app.statements.person_statement import Paper, statements_of

AT_ONCE = 100
"""People whose statements are read together: what is held does not grow with the commune."""
Told = Callable[[int], None]


def write_commune_statements(
    session: Session, area: str, period: str, paper: Paper, out: BinaryIO, told: Told
) -> int:
    """Write the statements of everybody of a commune who is owed something for a month into one
    PDF, in the order of Vietnamese names; gives how many, and tells how many so far.

    Six queries for each hundred people. Raises InputError for what is no month, NotFound when there
    is nobody.
    """
    require_month(period)
    try:
        return render_statements(_statements(session, area, period, paper, told), out)
    except DocumentError as fault:
        raise NotFound(
            f"Xã này không có ai được chi trả {short_month(period)}.", "Chọn xã hoặc tháng khác."
        ) from fault


def record_statements(
    session: Session, actor: str, area: str, period: str, count: int, now: Any
) -> None:
    """Write to the trail that a commune's statements were made, and by whom."""
    record(session, now, actor, "papers:statements:write", f"area:{area}", period,
           after={"statements": count})  # fmt: skip


def _statements(
    session: Session, area: str, period: str, paper: Paper, told: Told
) -> Iterator[PersonStatement]:
    count, after = 0, ("", 0)
    while rows := _people(session, area, period, after):
        after = (rows[-1].sort_key, rows[-1].id)
        yield from statements_of(session, rows, period, paper)
        count += len(rows)
        told(count)


def _people(session: Session, area: str, period: str, after: tuple[str, int]) -> list[Row[Any]]:
    owed = exists().where(
        obligation.c.programme.in_(PROGRAMMES),
        obligation.c.person_id == person.c.id,
        obligation.c.period == period,
    )
    of = person.c
    query = (
        select(of.id, of.name, of.birth, of.area_code, of.hamlet, of.sort_key)
        .where(of.area_code == area, tuple_(of.sort_key, of.id) > after, owed)
        .order_by(of.sort_key, of.id)
        .limit(AT_ONCE)
    )
    return list(session.execute(query))
