"""The register and one person's statement: what was owed, what was tried, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.reached import lives
from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import arrears_grant, obligation
from app.disbursement.tables import batch, instruction
from app.indicators.declared import LEVEL_TWO
from app.payroll.tables import payroll, payroll_line
from app.units.tables import contract, paying_unit, programme, provider
from app.web.paging import Paging
from ledger.chart import Cell
from ledger.errors import UnknownAccount
from ledger.items import HistoryLine, history

FOUND_MAX = 1_000
"""Counting stops here: a name this common needs another word."""
MONTHS_SHOWN = 24


def conditions(area_code: str, *, without_id: bool = False) -> list[ColumnElement[bool]]:
    """Everybody of one commune, or those of whom no e-ID of level 2 was told."""
    found = [person.c.area_code == area_code]
    if without_id:
        found += [person.c.vneid_level != LEVEL_TWO, lives()]
    return found


def count(session: Session, where: Sequence[ColumnElement[bool]]) -> int:
    """How many fit, at most FOUND_MAX + 1."""
    some = select(person.c.id).where(*where).limit(FOUND_MAX + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def listed(
    session: Session, where: Sequence[ColumnElement[bool]], paging: Paging
) -> list[Row[Any]]:
    """One page of the people who fit, in the order of Vietnamese names."""
    return list(
        session.execute(
            select(
                person.c.id,
                person.c.name,
                person.c.citizen_tail,
                person.c.birth,
                person.c.area_code,
                person.c.hamlet,
                destination.c.method,
                destination.c.bank_bin,
                destination.c.account_tail,
            )
            .outerjoin(destination, destination.c.id == person.c.destination_id)
            .where(*where)
            .order_by(person.c.sort_key, person.c.id)
            .limit(paging.size)
            .offset(paging.offset)
        )
    )


def one(session: Session, person_id: int) -> Row[Any] | None:
    """A person with the place that the money goes to now, or None; nothing that is encrypted."""
    query: Select[Any] = (
        select(
            person.c.id,
            person.c.name,
            person.c.citizen_tail,
            person.c.birth,
            person.c.sex,
            person.c.area_code,
            person.c.hamlet,
            destination.c.method,
            destination.c.bank_bin,
            destination.c.account_tail,
            destination.c.version,
            destination.c.recorded_at,
        )
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(person.c.id == person_id)
    )
    return session.execute(query).first()


def enrolments(session: Session, person_id: int) -> list[Row[Any]]:
    """The decisions a person is paid on."""
    return list(
        session.execute(
            select(enrolment, programme.c.name.label("programme_name"))
            .join(programme, programme.c.code == enrolment.c.programme)
            .where(enrolment.c.person_id == person_id)
            .order_by(enrolment.c.start_period, enrolment.c.id)
        )
    )


def obligations(session: Session, person_id: int, period: str) -> list[Row[Any]]:
    """What a month's list holds for a person: owed for the month, or carried into it unpaid."""
    line, its = payroll_line.alias(), payroll.alias()
    carried = (
        exists()
        .where(line.c.obligation_id == obligation.c.id, its.c.id == line.c.payroll_id)
        .where(its.c.period == period)
        .correlate(obligation)
    )
    return list(
        session.execute(
            select(
                obligation,
                enrolment.c.group_code,
                enrolment.c.decision_number,
                enrolment.c.decision_on,
                programme.c.name.label("programme_name"),
                programme.c.fund,
                paying_unit.c.name.label("unit_name"),
            )
            .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
            .join(programme, programme.c.code == obligation.c.programme)
            .join(paying_unit, paying_unit.c.code == obligation.c.unit_code)
            .where(obligation.c.programme.in_(PROGRAMMES), obligation.c.person_id == person_id)
            .where(or_(obligation.c.period == period, and_(obligation.c.period < period, carried)))
            .order_by(obligation.c.period, obligation.c.programme, obligation.c.id)
        )
    )


def grants(session: Session, person_id: int, period: str) -> list[Row[Any]]:
    """The arrears that a month's obligations carry: basis, first and last month, VND."""
    return list(
        session.execute(
            select(arrears_grant)
            .where(arrears_grant.c.programme.in_(PROGRAMMES))
            .where(arrears_grant.c.person_id == person_id, arrears_grant.c.period == period)
            .order_by(arrears_grant.c.programme, arrears_grant.c.id)
        )
    )


def attempts(session: Session, obligation_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Every attempt to pay each obligation, the first one first; one query."""
    ids = list(obligation_ids)
    found: dict[int, list[Row[Any]]] = {number: [] for number in ids}
    rows = session.execute(
        select(
            instruction,
            batch.c.state.label("batch_state"),
            batch.c.requested_on,
            destination.c.bank_bin,
            destination.c.account_tail,
            provider.c.name.label("provider_name"),
            provider.c.adapter,
        )
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(instruction.c.obligation_id.in_(ids))
        .order_by(instruction.c.obligation_id, instruction.c.attempt)
    )
    for row in rows:
        found[row.obligation_id].append(row)
    return found


def status_of(tries: Sequence[Row[Any]]) -> str:
    """Where the money of an obligation is, by its last attempt, as a key of the catalogue."""
    if not tries:
        return "not_started"
    last = tries[-1]
    if last.state == "settled":
        return "in_cash" if last.method == "cash" else "credited"
    if last.state == "ready":
        if last.batch_state in ("built", "released"):
            return "prepared"
        return "in_doubt" if last.batch_state == "in_doubt" else "waiting"
    return "waiting" if last.state == "accepted" else str(last.state)


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A month of a person: VND owed for it, and the states that its parts stand at."""

    period: str
    regular: int
    arrears: int
    statuses: tuple[str, ...]

    @property
    def amount(self) -> int:
        return self.regular + self.arrears


def told_status(tries: Sequence[Row[Any]]) -> str:
    """As `status_of`, in the words of cash where it is cash: ready, or not collected."""
    found = status_of(tries)
    if tries and tries[-1].method == "cash":
        return {"waiting": "cash_ready", "rejected": "not_collected"}.get(found, found)
    return found


def months(session: Session, person_id: int) -> list[PersonMonth]:
    """The last months of a person, the newest first; two queries."""
    rows = session.execute(
        select(obligation.c.id, obligation.c.period, obligation.c.regular, obligation.c.arrears)
        .where(obligation.c.programme.in_(PROGRAMMES), obligation.c.person_id == person_id)
        .order_by(obligation.c.period.desc(), obligation.c.id)
        .limit(MONTHS_SHOWN * len(PROGRAMMES))
    ).all()
    tried = attempts(session, [row.id for row in rows])
    found: dict[str, PersonMonth] = {}
    for row in rows:
        had = found.get(row.period, PersonMonth(row.period, 0, 0, ()))
        statuses = dict.fromkeys((*had.statuses, told_status(tried[row.id])))
        found[row.period] = PersonMonth(
            row.period, had.regular + row.regular, had.arrears + row.arrears, tuple(statuses)
        )
    return list(found.values())[:MONTHS_SHOWN]


def entries(session: Session, owed: Sequence[Row[Any]]) -> dict[int, list[HistoryLine]]:
    """The postings behind each obligation, on the account of what is payable."""
    return {row.id: _history(session, row) for row in owed}


def _history(session: Session, owed: Row[Any]) -> list[HistoryLine]:
    try:
        return history(session, "payable", Cell(owed.fund, owed.programme), owed.id)
    except UnknownAccount:
        # Nothing of this programme was ever posted: the month is not approved yet.
        return []
