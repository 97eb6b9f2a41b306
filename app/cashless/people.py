"""Who is paid in these days, commune by commune, hamlet by hamlet, as a Vietnamese list runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import payee
from app.beneficiaries.tables import destination, enrolment, person
from app.errors import InputError
from app.reference.areas import commune
from app.text import hamlet_key

FETCH_ROWS = 2_000


def is_paid(today: date) -> ColumnElement[bool]:
    """Whether a `person` row is of somebody alive who has a benefit this month or later."""
    benefit = exists().where(
        enrolment.c.person_id == person.c.id,
        or_(enrolment.c.stop_period.is_(None), enrolment.c.stop_period >= f"{today:%Y-%m}"),
    )
    gone = (person.c.died_on, person.c.merged_into_id, person.c.erased_at)
    return and_(benefit, *(column.is_(None) for column in gone))


def takes_cash() -> ColumnElement[bool]:
    """Whether a `person` row is of somebody who is handed the money."""
    now = destination.alias("now")
    return exists().where(now.c.id == person.c.destination_id, now.c.method == "cash")


def communes(session: Session, area: str) -> Sequence[str]:
    """The codes of the communes with people: all, or the one asked for. Raises InputError."""
    if area and commune(area) is None:
        raise InputError(f"Không có xã mã “{area}”.", "Nhập mã xã 5 chữ số.")
    query = select(person.c.area_code).distinct().order_by(person.c.area_code)
    if area:
        query = query.where(person.c.area_code == area)
    return session.scalars(query).all()


def by_hamlet(
    session: Session, area: str, which: ColumnElement[bool], today: date
) -> Iterator[Row[Any]]:
    """People of one commune, streamed: hamlets in their order, names as a list sorts them."""
    hamlets = session.scalars(
        select(person.c.hamlet).where(person.c.area_code == area, which).distinct()
    ).all()
    if not hamlets:
        return iter(())
    places = {one: at for at, one in enumerate(sorted(hamlets, key=hamlet_key))}
    query = (
        _columns(today)
        .where(person.c.area_code == area, which)
        .order_by(case(places, value=person.c.hamlet), person.c.sort_key, person.c.id)
    )
    return iter(session.execute(query.execution_options(yield_per=FETCH_ROWS)))


def _columns(today: date) -> Select[Any]:
    """A person with where the money goes now, and who takes it for them if anybody does."""
    later = payee.alias("later")
    newest = select(func.max(later.c.version)).where(later.c.person_id == person.c.id)
    in_force = and_(
        payee.c.person_id == person.c.id,
        payee.c.version == newest.scalar_subquery(),
        payee.c.kind != "self",
    )
    expired = and_(payee.c.valid_until.is_not(None), payee.c.valid_until < today)
    told = ("kind", "name", "citizen_cipher", "relation", "document", "valid_until")
    return (
        select(
            person,
            destination.c.kind,
            destination.c.bank_bin,
            destination.c.account_tail,
            *(payee.c[name].label(f"payee_{name}") for name in told),
            expired.label("payee_expired"),
        )
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .outerjoin(payee, in_force)
    )


def born(birth: str) -> str:
    """A birth date as people read it: '02/03/1945', or the year alone."""
    year, _, rest = birth.partition("-")
    return f"{rest[3:]}/{rest[:2]}/{year}" if rest else year


def commune_name(code: str) -> str:
    """The name of a commune; its code when it is unknown."""
    found = commune(code)
    return found.name if found else code
