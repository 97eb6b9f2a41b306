"""What the register knows of a commune's people, one row an enrolment, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import (
    decision,
    disability,
    household,
    household_poverty,
    payee,
)
from app.beneficiaries.reached import is_verified
from app.beneficiaries.said import last_said, payee_said
from app.beneficiaries.tables import destination, enrolment, person

_PERSON = ("citizen_key", "citizen_cipher", "citizen_tail", "bound_key", "name", "birth", "sex",
           "ethnicity", "hamlet", "phone_cipher", "phone_key", "phone_tail", "phone_owner",
           "still_cash")  # fmt: skip
_ENROLMENT = ("programme", "group_code", "table_key", "decision_number", "decision_on",
              "start_period", "stop_period", "stop_cause", "seen_period")  # fmt: skip
_TOLD = ("method", "kind", "account_key", "holder")
_SAID = destination.alias("said")
_SAID_PAYEE = payee.alias("said_payee")
_PAYEE = ("kind", "name", "citizen_key", "relation", "document", "signed_on", "valid_until")
_DESTINATION = ("method", "bank_bin", "account_key", "account_cipher", "account_tail", "holder")


def _poverty() -> ColumnElement[str]:
    level = (
        select(household_poverty.c.level)
        .where(household_poverty.c.household_id == person.c.household_id)
        .order_by(household_poverty.c.from_period.desc(), household_poverty.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(level, "")


def _newest(table: Any, order: Any) -> Any:
    """The id of the newest row of a person in a table."""
    older = table.alias()
    return (
        select(older.c.id)
        .where(older.c.person_id == person.c.id)
        .order_by(older.c[order].desc())
        .limit(1)
        .scalar_subquery()
    )


def known(area: str) -> Select[Any]:
    """Every enrolment of a commune with its person and all that a list can tell of them."""
    return _facts(
        select(
            enrolment.c.id.label("enrolment_id"),
            enrolment.c.area_code.label("enrolled_in"),
            *(enrolment.c[name] for name in _ENROLMENT),
            *_columns(),
            decision.c.signer,
        )
        .select_from(enrolment)
        .join(person, person.c.id == enrolment.c.person_id)
        .outerjoin(
            decision,
            and_(
                decision.c.area_code == enrolment.c.area_code,
                decision.c.number == enrolment.c.decision_number,
                decision.c.decided_on == enrolment.c.decision_on,
            ),
        )
        .where(enrolment.c.area_code == area)
        .order_by(person.c.sort_key, person.c.id, enrolment.c.id)
    )


def known_people(keys: Sequence[str]) -> Select[Any]:
    """People by the index of their ID, wherever they live, without an enrolment."""
    query = select(*_columns()).select_from(person).where(person.c.citizen_key.in_(keys))
    return _facts(query.order_by(person.c.id))


def _columns() -> list[Any]:
    return [
        person.c.id.label("person_id"),
        person.c.area_code,
        *(person.c[name] for name in _PERSON),
        is_verified().label("phone_vouched"),
        *(destination.c[name] for name in _DESTINATION),
        destination.c.kind,
        *(
            _SAID.c[name].label(f"said_{name}")
            for name in ("method", "kind", "account_key", "holder")
        ),
        func.coalesce(household.c.number, "").label("household"),
        _poverty().label("poverty"),
        disability.c.kind.label("disability"),
        disability.c.degree,
        disability.c.certificate,
        disability.c.certified_on,
        payee.c.kind.label("payee"),
        payee.c.name.label("payee_name"),
        payee.c.citizen_key.label("payee_key"),
        payee.c.citizen_cipher.label("payee_cipher"),
        payee.c.citizen_tail.label("payee_tail"),
        payee.c.relation,
        payee.c.document.label("paper"),
        payee.c.signed_on,
        payee.c.valid_until,
        *(_SAID_PAYEE.c[name].label(f"said_payee_{name}") for name in _PAYEE),
    ]


def _facts(query: Select[Any]) -> Select[Any]:
    return (
        query.outerjoin(destination, destination.c.id == person.c.destination_id)
        .outerjoin(_SAID, _SAID.c.id == last_said(person.c.id))
        .outerjoin(_SAID_PAYEE, _SAID_PAYEE.c.id == payee_said(person.c.id))
        .outerjoin(household, household.c.id == person.c.household_id)
        .outerjoin(disability, disability.c.id == _newest(disability, "id"))
        .outerjoin(payee, payee.c.id == _newest(payee, "version"))
    )


def last_listed(session: Session, area: str, period: str) -> str:
    """The last month up to `period` whose list named somebody in the commune, '' for none."""
    seen = enrolment.c.seen_period
    query = select(func.max(seen)).where(enrolment.c.area_code == area, seen <= period)
    return session.scalar(query) or ""


def is_running(row: Any, listed: str, period: str) -> bool:
    """Whether a row of `known` is expected on the list of a month: named last, not ended."""
    is_ended = row.stop_period is not None and row.stop_period < period
    return bool(listed) and row.seen_period >= listed and not is_ended
