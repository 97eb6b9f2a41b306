"""Writing a crowd into the register as communes would: workbooks first, other facts afterwards."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.access.granting import found
from app.access.officers import add_officer
from app.beneficiaries.about_tables import household, payee
from app.beneficiaries.headings import FIRST_ROW
from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.register import apply_workbook
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.tables import person
from app.db import Database
from app.demo.doubted.crowd import PERIOD, Crowd
from app.demo.people import Person
from app.demo.population import register_row
from app.demo.province import demo_secret
from app.privacy import Keyring
from ledger.bulk import chunks

_DIED = date(2026, 7, 14)
_TOLD = date(2026, 1, 15)


def write(database: Database, keyring: Keyring, crowd: Crowd, now: datetime) -> None:
    """Everybody of the crowd, and what is known of them, in an empty register."""
    for result in _workbooks(crowd):
        with database.unit_of_work() as session:
            apply_workbook(session, keyring, result, "maker", now)
    with database.unit_of_work() as session:
        ids = _ids(session, keyring, crowd)
        _facts(session, keyring, crowd, ids, now)


def _workbooks(crowd: Crowd) -> Iterator[WorkbookResult]:
    communes: defaultdict[str, list[Person]] = defaultdict(list)
    for one in crowd.people:
        communes[one.place.code].append(one)
    for code, people in sorted(communes.items()):
        rows = [register_row(at, one, 0) for at, one in enumerate(people, start=FIRST_ROW)]
        digest = hashlib.sha256(f"doubted-{code}-{len(rows)}".encode()).hexdigest()
        yield WorkbookResult(f"{code}.xlsx", code, PERIOD, digest, rows, is_synthetic=True)


def _ids(session: Session, keyring: Keyring, crowd: Crowd) -> dict[str, int]:
    """Ids of the persons with a fact to write, by their citizen ID."""
    wanted = {*crowd.reissued, *crowd.dead, *(one for one, _, _ in crowd.payees)}
    wanted |= {one for home in crowd.households for one in home}
    return persons(session, keyring, wanted)


def persons(session: Session, keyring: Keyring, citizen_ids: Any) -> dict[str, int]:
    """The person's id by citizen ID."""
    keys = {keyring.index("person.citizen_id", one): one for one in citizen_ids}
    found: dict[str, int] = {}
    for some in chunks(keys, 500):
        query = select(person.c.id, person.c.citizen_key).where(person.c.citizen_key.in_(some))
        found |= {keys[row.citizen_key]: row.id for row in session.execute(query)}
    return found


def _facts(
    session: Session, keyring: Keyring, crowd: Crowd, ids: dict[str, int], now: datetime
) -> None:
    for rows, table in (
        (_reissued(keyring, crowd, ids, now), citizen_change),
        (_payees(keyring, crowd, ids, now), payee),
    ):
        for some in chunks(rows):
            session.execute(insert(table), some)
    dead = [ids[one] for one in crowd.dead]
    for some in chunks(dead, 500):
        session.execute(update(person).where(person.c.id.in_(some)).values(died_on=_DIED))
    _households(session, crowd, ids)
    for at, one in enumerate(crowd.officers):
        number = add_officer(session, keyring, f"checker.{at}", "Cán bộ (giả lập)", one,
                             demo_secret(f"checker.{at}"))  # fmt: skip
        found(session, number, [("checker", "")], now)


def _reissued(
    keyring: Keyring, crowd: Crowd, ids: dict[str, int], now: datetime
) -> Iterator[dict[str, Any]]:
    for new, old in crowd.reissued.items():
        yield {
            "person_id": ids[new],
            "old_key": keyring.index("person.citizen_id", old),
            "old_cipher": keyring.encrypt("person.citizen_id", new, old),
            "old_tail": old[-3:],
            "new_key": keyring.index("person.citizen_id", new),
            "new_tail": new[-3:],
            "reason": "reissued",
            "document": "CC-2025",
            "changed_on": _TOLD,
            "recorded_at": now,
            "recorded_by": "maker",
        }


def _payees(
    keyring: Keyring, crowd: Crowd, ids: dict[str, int], now: datetime
) -> Iterator[dict[str, Any]]:
    for ward, name, citizen_id in crowd.payees:
        yield {
            "person_id": ids[ward],
            "version": 1,
            "kind": "guardian",
            "name": name,
            "citizen_key": keyring.index("person.citizen_id", citizen_id),
            "citizen_tail": citizen_id[-3:],
            "relation": "giám hộ",
            "document": "QĐ 12/2025",
            "signed_on": _TOLD,
            "source": "officer",
            "recorded_at": now,
        }


def _households(session: Session, crowd: Crowd, ids: dict[str, int]) -> None:
    for number, home in enumerate(crowd.households, start=1):
        values = {"id": number, "area_code": "01273", "number": f"H{number}"}
        session.execute(insert(household).values(values))
        mine = person.c.id.in_([ids[one] for one in home])
        session.execute(update(person).where(mine).values(household_id=number))
