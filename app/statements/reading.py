"""What is known of obligations and of every attempt to pay them; one query a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.disbursement.line_tables import line_part, line_placing
from app.disbursement.tables import batch, instruction, outcome
from app.errors import NotFound
from app.payroll.tables import payroll, payroll_line
from app.units.tables import contract, paying_unit, programme, provider


@dataclass(frozen=True, slots=True)
class Attempt:
    """One instruction with its batch and provider, and its outcomes in time's order."""

    row: Row[Any]
    outcomes: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """One obligation: what is owed and why, the lines it stood on, the attempts to pay it."""

    owed: Row[Any]
    lines: Sequence[Row[Any]]
    attempts: Sequence[Attempt]


def person_of(session: Session, person_id: int) -> Any:
    """A person; nothing that is encrypted. Raises NotFound."""
    row = session.execute(
        select(
            person.c.id,
            person.c.name,
            person.c.birth,
            person.c.citizen_tail,
            person.c.area_code,
            person.c.hamlet,
        ).where(person.c.id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có người hưởng số {person_id}.",
            "Tìm theo họ tên trong sổ người hưởng để lấy đúng số.",
        )
    return row


def of_person(person_id: int) -> tuple[ColumnElement[bool], ...]:
    """The obligations of a person; the programmes are named so that the unique index serves."""
    return obligation.c.programme.in_(PROGRAMMES), obligation.c.person_id == person_id


def of_people(person_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """The obligations of some people, by the same index."""
    return obligation.c.programme.in_(PROGRAMMES), obligation.c.person_id.in_(person_ids)


def stories(session: Session, *where: ColumnElement[bool]) -> list[Story]:
    """The stories of the obligations that fit, the newest month first; four queries."""
    owed = session.execute(
        select(
            obligation,
            enrolment.c.group_code,
            enrolment.c.decision_number,
            enrolment.c.decision_on,
            enrolment.c.start_period,
            enrolment.c.stop_period,
            programme.c.name.label("programme_name"),
            programme.c.fund,
            paying_unit.c.name.label("unit_name"),
            paying_unit.c.area_code,
        )
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
        .join(programme, programme.c.code == obligation.c.programme)
        .join(paying_unit, paying_unit.c.code == obligation.c.unit_code)
        .where(*where)
        .order_by(obligation.c.period.desc(), obligation.c.programme, obligation.c.id)
    ).all()
    ids = [row.id for row in owed]
    lines, attempts = _lines(session, ids), _attempts(session, ids)
    return [Story(row, lines[row.id], attempts[row.id]) for row in owed]


def _lines(session: Session, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    rows = session.execute(
        select(
            payroll_line,
            payroll.c.kind,
            payroll.c.period,
            payroll.c.number,
            payroll.c.state,
            payroll.c.digest,
            payroll.c.opened_at,
            destination.c.bank_bin,
            destination.c.account_tail,
            destination.c.holder,
        )
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .join(destination, destination.c.id == payroll_line.c.destination_id)
        .where(payroll_line.c.obligation_id.in_(list(ids)))
        .order_by(payroll_line.c.id)
    )
    return _grouped(rows, "obligation_id")


def _attempts(session: Session, ids: Iterable[int]) -> dict[int, list[Attempt]]:
    rows = session.execute(
        select(
            instruction,
            batch.c.state.label("batch_state"),
            batch.c.requested_on,
            batch.c.built_at,
            payroll.c.period,
            destination.c.bank_bin,
            destination.c.account_tail,
            provider.c.name.label("provider_name"),
            provider.c.adapter,
        )
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(instruction.c.obligation_id.in_(list(ids)))
        .order_by(instruction.c.obligation_id, instruction.c.attempt)
    ).all()
    known = _outcomes(session, [row.id for row in rows])
    found: defaultdict[int, list[Attempt]] = defaultdict(list)
    for row in rows:
        found[row.obligation_id].append(Attempt(row, known[row.id]))
    return found


def _outcomes(session: Session, instruction_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Those that stand; what was placed by hand is proven by its line as well."""
    line = func.coalesce(outcome.c.bank_line_id, line_placing.c.bank_line_id)
    columns = [one for one in outcome.c if one.name != "bank_line_id"]
    rows: Any = session.execute(
        select(*columns, line.label("bank_line_id"))
        .outerjoin(line_part, line_part.c.id == outcome.c.part_id)
        .outerjoin(line_placing, line_placing.c.proposal_id == line_part.c.proposal_id)
        .where(outcome.c.instruction_id.in_(list(instruction_ids)), outcome.c.undone_by == 0)
        .order_by(outcome.c.id)
    )
    return _grouped(rows, "instruction_id")


def _grouped(rows: Iterable[Row[Any]], key: str) -> dict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
