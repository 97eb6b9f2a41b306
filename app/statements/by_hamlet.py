"""The lines of a payroll hamlet by hamlet, people in the order of a Vietnamese list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.tables import obligation
from app.payroll.tables import payroll_line
from app.printing.documents.paper_head import NO_HAMLET
from app.reference.areas import commune
from app.statements.papers import FETCH_ROWS
from app.text import hamlet_key


def lines_by_hamlet(
    session: Session, query: Select[Any], which: ColumnElement[bool]
) -> Iterator[Row[Any]]:
    """What `query` selects of the lines that `which` names, streamed; see `from_lines`.

    Communes by their code, hamlets by name and number, people by name; two queries a commune.
    """
    areas = session.scalars(
        from_lines(select(person.c.area_code)).where(which).distinct().order_by(person.c.area_code)
    ).all()
    for area in areas:
        here = (which, person.c.area_code == area)
        names = session.scalars(from_lines(select(person.c.hamlet)).where(*here).distinct()).all()
        order = sorted(names, key=lambda name: (hamlet_key(name), name))
        places = {name: at for at, name in enumerate(order)}
        yield from session.execute(
            query.where(*here)
            .order_by(
                case(places, value=person.c.hamlet),
                person.c.sort_key,
                person.c.birth,
                person.c.id,
                payroll_line.c.line,
            )
            .execution_options(yield_per=FETCH_ROWS)
        )


def from_lines(query: Select[Any]) -> Select[Any]:
    """A query over lines with their person, obligation and enrolment."""
    return (
        query.select_from(payroll_line)
        .join(person, person.c.id == payroll_line.c.person_id)
        .join(obligation, obligation.c.id == payroll_line.c.obligation_id)
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
    )


def place_name(hamlet: str, area_code: str) -> str:
    """'Tổ 9, phường Thục Phán'; a hamlet that nobody wrote down is said to be that."""
    found = commune(area_code)
    parts = [hamlet or NO_HAMLET]
    if found:
        parts.append(found.name[:1].lower() + found.name[1:])
    return ", ".join(parts)
