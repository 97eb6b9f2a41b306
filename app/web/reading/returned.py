"""What the pages of returned money read beside the rooms: destinations that stand, cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, person
from app.disbursement.cases import OPEN
from app.disbursement.evidence_tables import bank_case
from app.disbursement.tables import batch, instruction
from app.payroll.tables import payroll_line
from app.units.tables import contract, paying_unit, provider


def destinations(
    session: Session, ids: Iterable[int], is_cooling: ColumnElement[bool]
) -> dict[int, Row[Any]]:
    """By id, destinations, each with whether it still cools off."""
    query = select(destination, is_cooling.label("cools")).where(destination.c.id.in_(list(ids)))
    return {row.id: row for row in session.execute(query)}


def case_count(session: Session, is_open: bool, within: ColumnElement[bool]) -> int:
    """How many cases there are, open ones or all."""
    query = _around(select(func.count(bank_case.c.id))).where(within)
    return int(session.scalar(query.where(bank_case.c.state == OPEN) if is_open else query) or 0)


def case_list(
    session: Session, is_open: bool, size: int, offset: int, within: ColumnElement[bool]
) -> list[Row[Any]]:
    """One page of the cases, the newest first, with the payment and the place of each."""
    query = _named().where(within).order_by(bank_case.c.id.desc())
    query = query.where(bank_case.c.state == OPEN) if is_open else query
    return list(session.execute(query.limit(size).offset(offset)))


def case_of(session: Session, number: int) -> Row[Any] | None:
    """A case with the payment and the place around it; None where there is none."""
    return session.execute(_named().where(bank_case.c.id == number)).one_or_none()


def payment_of(session: Session, reference: str, within: ColumnElement[bool]) -> Row[Any] | None:
    """A payment by its reference, with the person, the unit and the provider; None for one that
    lies outside."""
    query = (
        select(instruction, payroll_line.c.person_id, person.c.name, contract.c.unit_code,
               provider.c.name.label("provider_name"), paying_unit.c.name.label("unit_name"))
        .join(payroll_line, payroll_line.c.id == instruction.c.payroll_line_id)
        .join(person, person.c.id == payroll_line.c.person_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .join(paying_unit, paying_unit.c.code == contract.c.unit_code)
        .where(instruction.c.reference == reference, within)
    )  # fmt: skip
    return session.execute(query).one_or_none()


def _named() -> Select[Any]:
    return _around(
        select(
            bank_case, instruction.c.reference, instruction.c.amount,
            instruction.c.method, instruction.c.state.label("payment"),
            payroll_line.c.person_id, person.c.name, contract.c.unit_code,
            paying_unit.c.name.label("unit_name"), provider.c.name.label("provider_name"),
            batch.c.id.label("of_batch"),
        )
    )  # fmt: skip


def _around(query: Select[Any]) -> Select[Any]:
    """Cases with their payment, if they are about one, and the batch either way."""
    return (
        query.select_from(bank_case)
        .outerjoin(instruction, instruction.c.id == bank_case.c.instruction_id)
        .outerjoin(payroll_line, payroll_line.c.id == instruction.c.payroll_line_id)
        .outerjoin(person, person.c.id == payroll_line.c.person_id)
        .join(batch, batch.c.id == func.coalesce(bank_case.c.batch_id, instruction.c.batch_id))
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .join(paying_unit, paying_unit.c.code == contract.c.unit_code)
    )


def people_named(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names of people, by number."""
    query = select(person.c.id, person.c.name).where(person.c.id.in_(set(ids)))
    return {row.id: row.name for row in session.execute(query)}
