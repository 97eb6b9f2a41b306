"""What can be seen only with the IDs and accounts open: one walk over the register, by commune.

Nothing that is opened is kept beyond its commune or told further: cases name people, not numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import destination, person
from app.doubles.cases import Case, case, on_list
from app.doubles.rules import RUN_MIN, RUN_STEP_MAX
from app.doubles.shared import payee_is
from app.privacy import Keyring
from ledger.bulk import chunks

_ROWS = 5_000
_SERIAL = slice(6, None)
_MISREAD = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1"})


@dataclass(slots=True)
class Opened:
    """What the walk leaves: officers who are on the list, and accounts written another way."""

    staff: dict[int, Any] = field(default_factory=dict)
    misread: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))


def opened(session: Session, keyring: Keyring, period: str, today: date) -> Iterator[Case]:
    """IDs in a row, officers on the list or as payees or in the household, accounts misread."""
    officers = _officers(session)
    found = Opened()
    for area, people in groupby(_people(session, period), key=lambda row: row.area_code):
        serials = []
        for row in people:
            number = keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher)
            serials.append((int(number[_SERIAL]), row.id))
            if keyring.index("officer.citizen_id", number) in officers:
                found.staff[row.id] = row
            _account(keyring, row, found)
        yield from _in_a_row(area, sorted(serials))
    yield from _staff(session, period, today, found.staff)
    yield from _misread(session, period, found.misread)


def _people(session: Session, period: str) -> Iterator[Any]:
    query = (
        select(person.c.id, person.c.area_code, person.c.bound_key, person.c.citizen_cipher,
               person.c.citizen_key, person.c.household_id, destination.c.account_cipher,
               destination.c.account_key, destination.c.bank_bin)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(on_list(period))
        .order_by(person.c.area_code)
    )  # fmt: skip
    yield from session.execute(query, execution_options={"yield_per": _ROWS})


def _officers(session: Session) -> set[str]:
    in_office = officer.c.disabled_at.is_(None)
    return set(session.scalars(select(officer.c.person_key).where(in_office)))


def _in_a_row(area: str, serials: list[tuple[int, int]]) -> Iterator[Case]:
    """Runs of people whose serials follow one another; an office that hands out IDs to a hamlet
    makes twos and threes, somebody who invents people makes dozens."""
    run: list[tuple[int, int]] = []
    for one in [*serials, (10**9, 0)]:
        if run and one[0] - run[-1][0] > RUN_STEP_MAX:
            if len(run) >= RUN_MIN:
                people = [number for _, number in run]
                yield case("ids_in_a_row", f"{area},{min(people)}", people, (), str(people), area)
            run = []
        run.append(one)


def _staff(session: Session, period: str, today: date, staff: Mapping[int, Any]) -> Iterator[Case]:
    for row in staff.values():
        yield case("staff", str(row.id), [row.id], [row.id], row.citizen_key, row.area_code)
    keys = select(officer.c.citizen_key).where(
        officer.c.disabled_at.is_(None), officer.c.citizen_key != ""
    )
    known = [row.citizen_key for row in staff.values()]
    for which in (keys, known):
        for ward in session.execute(payee_is(which, period, today)).all():
            if ward.id not in staff:
                key = f"{ward.id},{ward.key}"
                yield case("staff_payee", key, [ward.id], [ward.id], key, ward.area_code)
    yield from _households(session, period, staff)


def _households(session: Session, period: str, staff: Mapping[int, Any]) -> Iterator[Case]:
    homes = {row.household_id for row in staff.values() if row.household_id is not None}
    query = select(person.c.id, person.c.area_code, person.c.household_id)
    query = query.where(person.c.household_id.in_(homes), on_list(period))
    for row in session.execute(query).all():
        if row.id not in staff:
            facts = f"{row.id},{row.household_id}"
            yield case("staff_household", str(row.id), [row.id], [row.id], facts, row.area_code)


def _account(keyring: Keyring, row: Any, found: Opened) -> None:
    """Remember an account that is not written as a machine would write it, by its plain form."""
    if row.account_cipher is None:
        return
    told = keyring.decrypt("destination.account", row.bound_key, row.account_cipher)
    plain = plain_account(told)
    if plain != told:
        found.misread[account_index(keyring, row.bank_bin, plain)].append(row)


def plain_account(account: str) -> str:
    """An account as it is meant: no separators, no zeros in front, letters that are digits."""
    marks = "".join(c for c in account.upper() if c.isalnum())
    digits = marks.translate(_MISREAD)
    return (digits if digits.isdigit() else marks).lstrip("0")


def _misread(session: Session, period: str, misread: Mapping[str, list[Any]]) -> Iterator[Case]:
    """People whose accounts become one when both are written plainly, but are not the same now."""
    plain = _written_plainly(session, period, list(misread))
    for key, rows in misread.items():
        people = {row.id: row for row in (*rows, *plain.get(key, ()))}
        if len({row.account_key for row in people.values()}) > 1:
            area = max(people.values(), key=lambda row: row.id).area_code
            yield case("near_account", key, people, (), key, area)


def _written_plainly(session: Session, period: str, keys: list[str]) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    query = select(person.c.id, person.c.area_code, destination.c.account_key).join(
        destination, destination.c.id == person.c.destination_id
    )
    for some in chunks(keys, 500):
        here = query.where(destination.c.account_key.in_(some), on_list(period))
        for row in session.execute(here).all():
            found[row.account_key].append(row)
    return found
