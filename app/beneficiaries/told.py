"""What a list tells beside names and amounts, set-wise: history, household, disability, payee.

Every statement reads the staged rows of one commune. What a list does not tell stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import (
    decision,
    disability,
    household,
    household_poverty,
    payee,
)
from app.beneficiaries.history_tables import field_source, person_change
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.reached import is_verified
from app.beneficiaries.said import method, payee_said
from app.beneficiaries.tables import enrolment, enrolment_change, person
from ledger.schema import Moment

row = import_row.c
HISTORY = ["person_id", "field", "old", "new", "source", "recorded_at", "recorded_by"]
"""The columns of a row of `person_change`, in order."""


@dataclass(frozen=True, slots=True)
class Act:
    """One list being applied: whose, of which month, by whom, when."""

    area: str
    period: str
    actor: str
    now: datetime

    @property
    def source(self) -> str:
        """What a row that comes from this list says of where it comes from."""
        return f"import:{self.area}"

    @property
    def moment(self) -> ColumnElement[datetime]:
        """The moment as a value of a statement."""
        return literal(self.now, Moment())


def changed_for(period: str, name: str) -> ColumnElement[bool]:
    """Whether it is kept what the list before that of `period` knew of an enrolment's field."""
    change = enrolment_change.c
    return (
        select(change.id)
        .where(change.enrolment_id == enrolment.c.id, change.period == period, change.field == name)
        .exists()
    )


def of_list(act: Act) -> ColumnElement[bool]:
    """The first staged row of each person of the list."""
    return and_(row.area_code == act.area, row.is_first == 1)


def _known() -> FromClause:
    return import_row.join(person, person.c.citizen_key == row.citizen_key)


def keep_history(session: Session, act: Act) -> None:
    """What is known of each person whom the list changes, field by field, before it does."""
    for name, old, new, differs in _fields():
        told = (act.source, act.now, act.actor)
        rows = (
            select(person.c.id, literal(name), old, new, literal(told[0]), act.moment,
                   literal(told[2]))
            .select_from(_known())
            .where(of_list(act), row.event != "move_out", differs)
            .order_by(row.row_number)
        )  # fmt: skip
        session.execute(insert(person_change).from_select(HISTORY, rows, include_defaults=False))
    _now_from_list(session, act)


def _fields() -> list[tuple[str, Any, Any, Any]]:
    """(field, old, new, whether it changes); of a phone only the last digits are kept."""
    plain = [
        (name, person.c[name], row[name], person.c[name] != row[name])
        for name in ("name", "birth", "sex", "ethnicity", "hamlet", "area_code")
    ]
    same_tail = case((row.phone_tail == person.c.phone_tail, " (số khác)"), else_="")
    phone = ("phone", person.c.phone_tail, row.phone_tail + same_tail,
             and_(person.c.phone_key != row.phone_key, ~keeps_phone()))  # fmt: skip
    owner = ("phone_owner", person.c.phone_owner, row.phone_owner,
             and_(row.phone_owner != "", person.c.phone_owner != row.phone_owner))  # fmt: skip
    cash = ("still_cash", person.c.still_cash, reason(), person.c.still_cash != reason())
    return [*plain, phone, owner, cash]


def keeps_phone() -> ColumnElement[bool]:
    """Whether a staged row leaves out a number that an officer or the person vouches for: a list
    that tells nothing takes no vouched number away."""
    return and_(row.phone_key == "", is_verified())


def reason() -> ColumnElement[str]:
    """Why the person takes cash: nothing for an account, else what the list tells or was known.

    A list that says of the destination what the last one said changes nothing of the reason, when
    somebody changed the destination since.
    """
    told = case((row.still_cash != "", row.still_cash), else_=person.c.still_cash)
    reason = case((row.method == "account", ""), else_=told)
    return case((row.method != method(), person.c.still_cash), else_=reason)


def _now_from_list(session: Session, act: Act) -> None:
    """A field that another source vouched for is the list's again once the list changes it."""
    changed = (
        select(person_change.c.id)
        .where(
            person_change.c.person_id == field_source.c.person_id,
            person_change.c.field == field_source.c.field,
            person_change.c.recorded_at == act.now,
            person_change.c.source == act.source,
        )
        .exists()
    )
    values = {"source": "import", "confirmed_at": act.now, "reference": act.source}
    session.execute(update(field_source).where(changed).values(values))


def take_facts(session: Session, act: Act) -> None:
    """Households, poverty, disability, signers and payees as the list tells them."""
    told = session.execute(
        select(
            *(func.max(column) for column in (row.household, row.degree, row.payee, row.signer)),
            func.max(row.phone_owner),
            func.max(row.still_cash),
        ).where(row.area_code == act.area)
    ).one()
    steps = (_households, _disabilities, _payees, _signers)
    for step, present in zip(steps, told[:4], strict=True):
        if present:
            step(session, act)
    _owners_and_reasons(session, act)


def _households(session: Session, act: Act) -> None:
    known = (
        select(household.c.id)
        .where(household.c.area_code == row.area_code, household.c.number == row.household)
    )  # fmt: skip
    fresh = (
        select(row.area_code, row.household)
        .where(row.area_code == act.area, row.household != "", ~known.exists())
        .group_by(row.area_code, row.household)
        .order_by(row.household)
    )
    session.execute(
        insert(household).from_select(["area_code", "number"], fresh, include_defaults=False)
    )
    # Looked up for each row: joined, PostgreSQL may compare all rows of a new commune with all its
    # households, which its figures do not know yet.
    told = (
        select(row.citizen_key, known.scalar_subquery().label("household_id"))
        .where(of_list(act), row.event != "move_out", row.household != "")
        .subquery("told")
    )
    session.execute(
        update(person)
        .where(person.c.citizen_key == told.c.citizen_key)
        .where(person.c.household_id.is_distinct_from(told.c.household_id))
        .values(household_id=told.c.household_id)
    )
    _poverty(session, act)


def _poverty(session: Session, act: Act) -> None:
    before = household_poverty.alias("before")
    latest = (
        select(before.c.level)
        .where(before.c.household_id == household.c.id)
        .order_by(before.c.from_period.desc(), before.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    written = (
        select(before.c.id)
        .where(before.c.household_id == household.c.id, before.c.from_period == act.period)
        .where(before.c.level == row.poverty)
        .exists()
    )
    fresh = (
        select(household.c.id, literal(act.period), row.poverty, literal(""), act.moment)
        .join(household, and_(household.c.area_code == row.area_code,
                              household.c.number == row.household))
        .where(row.area_code == act.area, row.poverty != "", ~written)
        .where(func.coalesce(latest, "none") != row.poverty)
        .group_by(household.c.id, row.poverty)
        .order_by(household.c.id)
    )  # fmt: skip
    columns = ["household_id", "from_period", "level", "decision_number", "recorded_at"]
    session.execute(insert(household_poverty).from_select(columns, fresh, include_defaults=False))


def _disabilities(session: Session, act: Act) -> None:
    same = (
        select(disability.c.id)
        .where(
            disability.c.person_id == person.c.id,
            disability.c.certificate == row.certificate,
            disability.c.degree == row.degree,
            disability.c.kind == row.disability,
        )
        .exists()
    )
    told = (row.disability, row.degree, row.certificate, row.certified_on)
    fresh = (
        select(person.c.id, *told, act.moment)
        .select_from(_known())
        .where(of_list(act), row.degree != "", ~same)
        .order_by(row.row_number)
    )
    columns = ["person_id", "kind", "degree", "certificate", "certified_on", "recorded_at"]
    session.execute(insert(disability).from_select(columns, fresh, include_defaults=False))


def _signers(session: Session, act: Act) -> None:
    same = (
        decision.c.area_code == row.area_code,
        decision.c.number == row.decision_number,
        decision.c.decided_on == row.decision_on,
    )
    fresh = (
        select(row.area_code, row.decision_number, row.decision_on, literal("grant"),
               func.min(row.signer), literal(""), act.moment, literal(act.actor))
        .where(row.area_code == act.area, row.signer != "")
        .where(~select(decision.c.id).where(*same).exists())
        .group_by(row.area_code, row.decision_number, row.decision_on)
        .order_by(row.decision_number, row.decision_on)
    )  # fmt: skip
    columns = ["area_code", "number", "decided_on", "kind", "signer", "signer_title"]
    columns += ["recorded_at", "recorded_by"]
    session.execute(insert(decision).from_select(columns, fresh, include_defaults=False))


def _payees(session: Session, act: Act) -> None:
    """A payee that differs from the present one becomes its next version; self ends another's.

    As with destinations, what the last list said already is no news.
    """
    present, versions = payee.alias("present"), payee.alias("versions")
    last = (
        select(func.max(versions.c.version))
        .where(versions.c.person_id == person.c.id)
        .scalar_subquery()
    )
    told = {
        "kind": row.payee, "name": row.payee_name, "citizen_key": row.payee_key,
        "citizen_tail": row.payee_tail, "relation": row.relation, "document": row.paper,
    }  # fmt: skip
    days = {"signed_on": row.signed_on, "valid_until": row.valid_until}
    differs = ~_is_same_payee(present, {**told, **days})
    said = payee.alias("said")
    is_repeated = exists().where(said.c.id == payee_said(person.c.id))
    is_repeated = is_repeated.where(_is_same_payee(said, {**told, **days}))
    is_new = and_(present.c.id.is_(None), row.payee != "self")
    ends = and_(row.payee == "self", present.c.kind != "self")
    other = and_(row.payee != "self", present.c.id.is_not(None), differs)
    joined = _known().outerjoin(
        present, and_(present.c.person_id == person.c.id, present.c.version == last)
    )
    values = (*told.values(), row.payee_cipher, *days.values())
    fresh = (
        select(person.c.id, func.coalesce(last, 0) + 1, *values, literal(act.source), act.moment)
        .select_from(joined)
        .where(of_list(act), row.payee != "", or_(is_new, ends, other))
        .where(~is_repeated.correlate(person, import_row))
        .order_by(row.row_number)
    )
    columns = ["person_id", "version", *told, "citizen_cipher", *days, "source", "recorded_at"]
    session.execute(insert(payee).from_select(columns, fresh, include_defaults=False))


def _is_same_payee(known: FromClause, told: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(known.c[name].is_not_distinct_from(value) for name, value in told.items()))


def _owners_and_reasons(session: Session, act: Act) -> None:
    owner = case((row.phone_owner != "", row.phone_owner), else_=person.c.phone_owner)
    differs = or_(person.c.phone_owner != owner, person.c.still_cash != reason())
    session.execute(
        update(person)
        .where(person.c.citizen_key == row.citizen_key)
        .where(of_list(act), row.event != "move_out", differs)
        .values(phone_owner=owner, still_cash=reason())
    )
