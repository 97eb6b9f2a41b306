"""Batches: the list of a month, and one with its events, counters and instructions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.beneficiaries.tables import destination, person
from app.disbursement.tables import (
    FAILED_STATES,
    batch,
    batch_event,
    batch_release,
    instruction,
    outcome,
)
from app.payroll.tables import payroll, payroll_line
from app.units.tables import contract, paying_unit, programme, provider
from app.web.paging import Order, Paging
from bank_adapters.reasons import CodeSet, Reason, reason

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "unit": paying_unit.c.sort_key,
    "programme": payroll.c.programme,
    "provider": contract.c.provider,
    "state": batch.c.state,
    "instructions": batch.c.lines,
    "total": batch.c.total,
}
_LISTS = ("filelist", "postoffice")
# What did not settle comes first: it is what somebody must act on.
_RANK = case(
    (instruction.c.state.in_(FAILED_STATES), 0),
    (instruction.c.state == "settled", 2),
    else_=1,
)
_SET = ("id", "payroll_id", "contract_id", "message_id", "total", "requested_on", "built_at",
        "state", "file_name", "sha256")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counter:
    """Instructions of a batch in a class of states, and their VND."""

    instructions: int
    amount: int


CLASSES = ("settled", "waiting", "rejected", "returned")
_CLASS_OF = {
    "settled": "settled",
    "ready": "waiting",
    "accepted": "waiting",
    "returned": "returned",
    "recalled": "returned",
}


def class_of(state: str) -> str:
    """The counter an instruction's state falls under; what never went is 'rejected'."""
    return _CLASS_OF.get(state, "rejected")


def conditions(period: str, arguments: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What the list is narrowed to by the filters of its form."""
    found: list[ColumnElement[bool]] = [payroll.c.period == period]
    for name, column in (
        ("programme", payroll.c.programme),
        ("provider", contract.c.provider),
        ("state", batch.c.state),
        ("unit", contract.c.unit_code),
    ):
        if name in arguments:
            found.append(column == arguments[name])
    return found


def totals(session: Session, where: list[ColumnElement[bool]]) -> Row[Any]:
    """(batches, instructions, total) of the list."""
    query = select(
        func.count().label("batches"),
        func.coalesce(func.sum(batch.c.lines), 0).label("instructions"),
        func.coalesce(func.sum(batch.c.total), 0).label("total"),
    )
    return session.execute(joined(query).where(*where)).one()


def listed(
    session: Session, where: list[ColumnElement[bool]], order: Order, paging: Paging
) -> list[Row[Any]]:
    """One page of the list with the names around each batch."""
    query = joined(named()).where(*where).order_by(*order.by(batch.c.id))
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def named() -> Select[Any]:
    """A batch with the names around it; to be joined by `joined`."""
    return select(
        *(batch.c[name] for name in _SET),
        batch.c.lines.label("instructions"),
        payroll.c.period,
        payroll.c.kind,
        contract.c.unit_code,
        contract.c.account,
        contract.c.number.label("contract_number"),
        paying_unit.c.name.label("unit_name"),
        programme.c.name.label("programme_name"),
        provider.c.name.label("provider_name"),
        provider.c.adapter,
    )


def joined(query: Select[Any]) -> Select[Any]:
    """The query over batches with their payroll, contract, unit, programme and provider."""
    return (
        query.select_from(batch)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(paying_unit, paying_unit.c.code == contract.c.unit_code)
        .join(programme, programme.c.code == contract.c.programme)
        .join(provider, provider.c.code == contract.c.provider)
    )


def one(session: Session, batch_id: int) -> Row[Any] | None:
    """A batch with the names around it, or None."""
    return session.execute(joined(named()).where(batch.c.id == batch_id)).first()


def counters(session: Session, batch_ids: Iterable[int]) -> dict[int, dict[str, Counter]]:
    """Per batch the instructions in each class of states; one query for all of them."""
    ids = list(batch_ids)
    found = {number: dict.fromkeys(CLASSES, Counter(0, 0)) for number in ids}
    rows = session.execute(
        select(
            instruction.c.batch_id,
            instruction.c.state,
            func.count(),
            func.sum(instruction.c.amount),
        )
        .where(instruction.c.batch_id.in_(ids))
        .group_by(instruction.c.batch_id, instruction.c.state)
    )
    for number, state, instructions, amount in rows:
        kind = class_of(state)
        had = found[number][kind]
        found[number][kind] = Counter(had.instructions + instructions, had.amount + int(amount))
    return found


def providers(session: Session) -> list[Row[Any]]:
    """(code, name) of every provider."""
    return list(session.execute(select(provider.c.code, provider.c.name).order_by("code")))


def events(session: Session, batch_id: int) -> list[Row[Any]]:
    """What happened to a batch, oldest first."""
    return list(
        session.execute(
            select(batch_event).where(batch_event.c.batch_id == batch_id).order_by("seq")
        )
    )


def releases(session: Session, batch_id: int) -> list[Row[Any]]:
    """(name, acted_at) of the officers who released a batch."""
    return list(
        session.execute(
            select(officer.c.name, act.c.acted_at)
            .select_from(batch_release)
            .join(officer, officer.c.id == batch_release.c.officer_id)
            .join(act, act.c.id == batch_release.c.act_id)
            .where(batch_release.c.batch_id == batch_id)
            .order_by(act.c.acted_at, officer.c.id)
        )
    )


def instructions(session: Session, batch_id: int, kind: str, paging: Paging) -> list[Row[Any]]:
    """One page of a batch's instructions, those that did not settle first."""
    query = (
        select(
            instruction.c.id,
            instruction.c.attempt,
            instruction.c.reference,
            instruction.c.method,
            instruction.c.amount,
            instruction.c.state,
            payroll_line.c.person_id,
            person.c.name,
            person.c.citizen_tail,
            destination.c.bank_bin,
            destination.c.account_tail,
        )
        .join(payroll_line, payroll_line.c.id == instruction.c.payroll_line_id)
        .join(person, person.c.id == payroll_line.c.person_id)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(instruction.c.batch_id == batch_id, *_of_class(kind))
        .order_by(_RANK, person.c.sort_key, instruction.c.id)
    )
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def _of_class(kind: str) -> list[ColumnElement[bool]]:
    state = instruction.c.state
    if kind == "rejected":
        return [state.not_in(tuple(_CLASS_OF))]
    states = [one for one, its in _CLASS_OF.items() if its == kind]
    return [state.in_(states)] if states else []


def outcomes(session: Session, instruction_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """What providers said about each instruction, oldest first; one query."""
    ids = list(instruction_ids)
    found: dict[int, list[Row[Any]]] = {number: [] for number in ids}
    rows = session.execute(
        select(outcome)
        .where(outcome.c.instruction_id.in_(ids), outcome.c.undone_by == 0)
        .order_by(outcome.c.happened_on, outcome.c.id)
    )
    for row in rows:
        found[row.instruction_id].append(row)
    return found


def why(state: str, code: str, adapter: str) -> Reason:
    """What a provider's reason means: the set of codes follows from what happened and who said."""
    if adapter in _LISTS:
        return reason(CodeSet.LIST, code)
    return reason(CodeSet.RETURN if state in ("returned", "recalled") else CodeSet.STATUS, code)


def names(session: Session, batch_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """By number, these batches with the names around each."""
    rows = session.execute(joined(named()).where(batch.c.id.in_(list(batch_ids))))
    return {row.id: row for row in rows}
