"""The queue as officers read it: by commune, oldest first, numbers masked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.beneficiaries.about_tables import payee
from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.groups import public_name
from app.doubles.cases import standing
from app.doubles.rules import RULES, VERDICTS
from app.doubles.tables import doubt, doubt_decision, doubt_person
from app.errors import InputError, NotFound


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list; `held` people of it are left off the month's list."""

    case: int
    rule: str
    area_code: str
    period: str
    people: int
    held: int
    blocks: bool
    found_at: datetime
    says: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a case; of numbers only the last digits."""

    person: int
    name: str
    birth: str
    sex: str
    citizen_tail: str
    area_code: str
    hamlet: str
    phone_tail: str
    account_tail: str
    payee: str
    is_held: bool
    merged_into: int | None
    benefits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with everybody in it; `state` is open, gone, or the decision in words."""

    line: CaseLine
    state: str
    reason: str
    decided_by: tuple[str, ...]
    people: tuple[PersonLine, ...]


def open_cases(
    session: Session,
    rule: str = "",
    area: str = "",
    *,
    areas: Collection[str] | None = None,
    limit: int = 0,
    skip: int = 0,
) -> list[CaseLine]:
    """Cases that wait for a decision; `areas` are the communes that may be seen, None for all.
    Raises InputError for an unknown rule."""
    query = _lines().where(*_open(rule, area, areas))
    query = query.order_by(doubt.c.area_code, doubt.c.found_at, doubt.c.id).offset(skip)
    return [_line(row) for row in session.execute(query.limit(limit) if limit else query)]


def how_many_open(
    session: Session, rule: str = "", area: str = "", areas: Collection[str] | None = None
) -> int:
    """How many cases `open_cases` would give without a limit."""
    query = select(func.count()).select_from(doubt).where(*_open(rule, area, areas))
    return session.scalar(query) or 0


def _open(rule: str, area: str, areas: Collection[str] | None) -> list[ColumnElement[bool]]:
    if rule and rule not in RULES:
        raise InputError(f"Không có quy tắc “{rule[:30]}”.", f"Dùng một trong: {', '.join(RULES)}.")
    found = [doubt.c.gone_at.is_(None), ~_is_decided()]
    if rule:
        found.append(doubt.c.rule == rule)
    if area:
        found.append(doubt.c.area_code == area)
    if areas is not None:
        found.append(_in(areas))
    return found


def _in(areas: Collection[str]) -> ColumnElement[bool]:
    """Whether a case, or somebody in it, is of one of these communes."""
    mine = sorted(areas)
    theirs = select(doubt_person.c.person_id).join(person, person.c.id == doubt_person.c.person_id)
    here = theirs.where(doubt_person.c.doubt_id == doubt.c.id, person.c.area_code.in_(mine))
    return or_(doubt.c.area_code.in_(mine), here.exists())


def is_seen_in(session: Session, number: int, areas: Collection[str] | None) -> bool:
    """Whether a case, or somebody in it, is of one of these communes, None for all."""
    if areas is None:
        return True
    query = select(doubt.c.id).where(doubt.c.id == number, _in(areas))
    return session.scalar(query) is not None


def case_of(session: Session, number: int) -> Whole:
    """One case, side by side. Raises NotFound."""
    row = session.execute(_lines().where(doubt.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có nghi vấn số {number}.", "Xem số bằng `ansinh doubles list`.")
    decided = standing()
    query = select(decided).where(decided.c.doubt_id == number)
    decision = session.execute(query).one_or_none()
    state = "open" if row.gone_at is None else "gone"
    by: tuple[str, ...] = ()
    if decision is not None:
        state = _decided(decision)
        ids = (decision.officer_id, decision.second_id)
        by = tuple(session.scalars(select(officer.c.username).where(officer.c.id.in_(ids))))
    return Whole(_line(row), state, decision.reason if decision else "", by,
                 tuple(_people(session, number)))  # fmt: skip


def _decided(decision: Any) -> str:
    until = f" (đến hết kỳ {decision.until_period})" if decision.until_period else ""
    kept = f" (còn lại AS-{decision.kept_id:06})" if decision.kept_id else ""
    return f"{VERDICTS[decision.verdict]}{until}{kept}"


def _lines() -> Select[Any]:
    held = select(func.coalesce(func.sum(doubt_person.c.is_held), 0))
    held = held.where(doubt_person.c.doubt_id == doubt.c.id)
    return select(doubt, held.scalar_subquery().label("held"))


def _is_decided() -> ColumnElement[bool]:
    return select(doubt_decision.c.id).where(doubt_decision.c.doubt_id == doubt.c.id).exists()


def _line(row: Any) -> CaseLine:
    says = RULES[row.rule].sentence.format(n=row.people)
    return CaseLine(row.id, row.rule, row.area_code, row.period, row.people, int(row.held),
                    bool(row.is_blocking), row.found_at, says)  # fmt: skip


def _people(session: Session, number: int) -> list[PersonLine]:
    rows = session.execute(
        select(person, destination.c.account_tail, doubt_person.c.is_held)
        .join(doubt_person, doubt_person.c.person_id == person.c.id)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(doubt_person.c.doubt_id == number)
        .order_by(person.c.id)
    ).all()
    payees, benefits = _payees(session, number), _benefits(session, number)
    return [
        PersonLine(row.id, row.name, row.birth, row.sex, row.citizen_tail, row.area_code,
                   row.hamlet, row.phone_tail, row.account_tail or "", payees.get(row.id, ""),
                   bool(row.is_held), row.merged_into_id, tuple(benefits.get(row.id, ())))
        for row in rows
    ]  # fmt: skip


def _payees(session: Session, number: int) -> dict[int, str]:
    """The payee in force of each person of the case who has one."""
    rows = session.execute(
        select(payee.c.person_id, payee.c.kind, payee.c.name)
        .where(payee.c.person_id.in_(_theirs(number)))
        .order_by(payee.c.version)
    )
    return {row.person_id: "" if row.kind == "self" else row.name for row in rows}


def _benefits(session: Session, number: int) -> dict[int, list[str]]:
    """Benefits by the name that may be shown, with commune and decision."""
    rows = session.execute(
        select(enrolment).where(enrolment.c.person_id.in_(_theirs(number))).order_by(enrolment.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        until = f", đến {row.stop_period}" if row.stop_period else ""
        told = f"{public_name(row.group_code)}, xã {row.area_code}, QĐ {row.decision_number}"
        found.setdefault(row.person_id, []).append(f"{told}, từ {row.start_period}{until}")
    return found


def _theirs(number: int) -> Select[Any]:
    return select(doubt_person.c.person_id).where(doubt_person.c.doubt_id == number)


def counts(lines: Sequence[CaseLine]) -> dict[str, int]:
    """How many cases each rule has."""
    found: dict[str, int] = {}
    for one in lines:
        found[one.rule] = found.get(one.rule, 0) + 1
    return found
