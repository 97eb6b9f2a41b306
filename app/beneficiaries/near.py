"""Which payees are an officer himself, his ward, of his household, or paid into his account.

An officer is known among payees by the index of his ID, also where the register knows him by an
older or a newer one. The selects are driven by the officers, who are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.roles import in_force
from app.access.tables import officer
from app.beneficiaries.about_tables import NAMES_AN_ID, payee
from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.tables import destination, person
from app.errors import Refused
from app.units.tables import paying_unit

PAYEE, HOUSEHOLD, ACCOUNT = "payee", "household", "account"
NEAR = (PAYEE, HOUSEHOLD, ACCOUNT)
_LOOKS_ON = ("auditor", "admin", "desk", "helper")


def refuse_near(session: Session, officers: Sequence[int], person_id: int) -> None:
    """Raise Refused where one of these officers is the person, takes his money, or shares his
    household or account: nobody acts on what he himself or his family is paid by."""
    for one in officers:
        near, shared = people_near(one).subquery(), accounts_near(one).subquery()
        for found in (near, shared):
            if session.scalars(
                select(found.c.person_id).where(found.c.person_id == person_id)
            ).first():
                raise Refused(
                    "Không ai xử lý hồ sơ của chính mình, người nhà hay người chung tài khoản.",
                    "Chuyển cho cán bộ khác.",
                )


def people_near(officer_id: int | None = None) -> CompoundSelect[Any]:
    """(officer_id, person_id, why) of every officer who is a payee, takes a payee's money, or
    shares his household with another payee; of one officer only when he is named."""
    own, wards = _own(officer_id), _wards(officer_id)
    me, other = person.alias("me"), person.alias("other")
    family = (
        select(own.c.officer_id, other.c.id, literal(HOUSEHOLD))
        .join(me, me.c.id == own.c.person_id)
        .join(other, and_(other.c.household_id == me.c.household_id, other.c.id != me.c.id))
    )
    return union(
        select(own.c.officer_id, own.c.person_id, literal(PAYEE).label("why")),
        select(wards.c.officer_id, wards.c.person_id, literal(PAYEE)),
        family,
    )


def accounts_near(officer_id: int | None = None) -> Select[Any]:
    """(officer_id, person_id, destination_id) of other people's destinations that name an account
    into which the officer's own money, or his ward's, goes or went."""
    own, wards = _own(officer_id), _wards(officer_id)
    mine = union(
        select(own.c.officer_id, own.c.person_id), select(wards.c.officer_id, wards.c.person_id)
    ).subquery()
    known, same = destination.alias("known"), destination.alias("same")
    return (
        select(mine.c.officer_id, same.c.person_id, same.c.id.label("destination_id"))
        .join(known, and_(known.c.person_id == mine.c.person_id, known.c.method == "account"))
        .join(same, and_(same.c.account_key == known.c.account_key, same.c.method == "account"))
        .where(same.c.person_id != mine.c.person_id)
    )


def staff_payees(now: datetime) -> CompoundSelect[Any]:
    """(person_id, unit_code): payees who are near an officer that acts for that unit now."""
    near, shared = people_near().subquery(), accounts_near().subquery()
    paid = (
        select(shared.c.officer_id, shared.c.person_id, literal(ACCOUNT))
        .join(person, person.c.id == shared.c.person_id)
        .where(person.c.destination_id == shared.c.destination_id)
        .subquery()
    )
    acts = and_(role_grant.c.role.not_in(_LOOKS_ON), in_force(now))
    unit = role_grant.c.unit_code.in_(("", paying_unit.c.code))
    return union(
        *(
            select(one.c.person_id, paying_unit.c.code)
            .join(role_grant, role_grant.c.officer_id == one.c.officer_id)
            .join(paying_unit, unit)
            .where(acts)
            for one in (near, paid)
        )
    )


def _known(officer_id: int | None) -> ColumnElement[bool]:
    """The officers whose ID the register can know."""
    has_id = officer.c.citizen_key != ""
    return has_id if officer_id is None else and_(has_id, officer.c.id == officer_id)


@lru_cache(maxsize=128)
def _own(officer_id: int | None) -> CTE:
    """(officer_id, person_id): the officer's own row, and the one it was merged into."""
    has_id = _known(officer_id)
    stands = func.coalesce(person.c.merged_into_id, person.c.id)
    before = citizen_change
    return union(
        select(officer.c.id.label("officer_id"), stands.label("person_id"))
        .join(person, person.c.citizen_key == officer.c.citizen_key)
        .where(has_id),
        select(officer.c.id, stands)
        .select_from(officer)
        .join(before, before.c.old_key == officer.c.citizen_key)
        .join(person, person.c.id == before.c.person_id)
        .where(has_id),
    ).cte("own")


@lru_cache(maxsize=128)
def _wards(officer_id: int | None) -> CTE:
    """(officer_id, person_id): people whose money the officer takes, by the last word on it."""
    named, later = _named_payees(officer_id), payee.alias("later")
    last = select(func.max(later.c.version)).where(later.c.person_id == named.c.person_id)
    return (
        select(named.c.officer_id, named.c.person_id)
        .where(named.c.version == last.scalar_subquery())
        .cte("wards")
    )


def _named_payees(officer_id: int | None) -> CTE:
    """(officer_id, person_id, version): every word that names an officer as who takes the money.

    Found before it is asked which word is the last: left to itself PostgreSQL asks that of
    everybody's payee, for each list anew.
    """
    own, before = _own(officer_id), citizen_change
    keys = union(
        select(officer.c.id.label("officer_id"), officer.c.citizen_key.label("key")).where(
            _known(officer_id)
        ),
        select(own.c.officer_id, person.c.citizen_key).join(person, person.c.id == own.c.person_id),
        select(own.c.officer_id, before.c.old_key).join(
            before, before.c.person_id == own.c.person_id
        ),
    ).subquery()
    return (
        select(keys.c.officer_id, payee.c.person_id, payee.c.version)
        .join(payee, payee.c.citizen_key == keys.c.key)
        .where(payee.c.kind != "self", NAMES_AN_ID)
        .cte("named")
        .prefix_with("materialized")
    )
