"""Which contract a payee's money goes through: by programme, method, bank and day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, literal, select

from app.beneficiaries.bans import stands
from app.beneficiaries.cooling import cooling
from app.beneficiaries.tables import banned_account, destination, person
from app.benefits.tables import obligation
from app.clock import local_date
from app.months import day_in
from app.units.lookup import in_force
from app.units.tables import contract, contract_route
from ledger.bulk import found_by_key


def paying_day(period: str, now: datetime) -> date:
    """The day whose contracts count for a list of this month that is opened now: the month's
    first, or today where the month has begun."""
    return max(day_in(period, 1), local_date(now))


def route_of(owed: Any) -> ColumnElement[bool]:
    """The condition on `contract_route` and `destination` that it leads there for what is owed."""
    return and_(
        contract_route.c.unit_code == owed.c.unit_code,
        contract_route.c.programme == owed.c.programme,
        contract_route.c.method == destination.c.method,
        contract_route.c.bank_bin == destination.c.bank_bin,
    )


def has_a_way(
    day: date | BindParameter[date], payee: ColumnElement[int] = obligation.c.person_id
) -> ColumnElement[bool]:
    """Whether who is paid an obligation has a usable destination and, on a day, a contract for
    it."""
    found = (
        select(person.c.id)
        .join(destination, destination.c.id == person.c.destination_id)
        .join(contract_route, contract_route.c.bank_bin == destination.c.bank_bin)
        .join(contract, contract.c.id == contract_route.c.contract_id)
        .where(person.c.id == payee, route_of(obligation), in_force(day), usable(day))
        .correlate(obligation)
    )
    return found.exists()


def usable(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition on `destination` that it may be paid into on a day: not banned, nor so new that
    it still waits."""
    return and_(~banned(), ~cooling(day))


def banned() -> ColumnElement[bool]:
    """The condition on `destination` that nothing is paid into it."""
    account = destination.c.account_key
    ban = select(literal(1)).where(banned_account.c.account_key == account, stands())
    return and_(destination.c.method == "account", found_by_key(ban.correlate(destination)))
