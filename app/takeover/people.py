"""Unpaid obligations tied to persons and enrolments that the register knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.groups import all_groups
from app.benefits.tables import obligation
from app.privacy import Keyring
from app.takeover import headings as h
from app.takeover.content import Unpaid
from app.takeover.rows import Place, TakeOverFile, UnpaidRow
from app.text import fold
from ledger.bulk import chunks
from ledger.chart import Cell
from ledger.periods import period_of

KEYS_PER_QUERY = 500


class Known(NamedTuple):
    """A person of the register: id, and the name folded for comparing."""

    id: int
    name: str


def tie(
    session: Session, keyring: Keyring, file: TakeOverFile, places: Mapping[Place, Cell]
) -> list[Unpaid]:
    """The unpaid rows with their persons; what cannot be tied becomes an error of the file."""
    keys = {one.row: keyring.index("person.citizen_id", one.citizen_id) for one in file.unpaid}
    people = _people(session, keys.values())
    numbers = [one.id for one in people.values()]
    enrolments = _enrolments(session, numbers)
    found, seen = [], dict[tuple[Any, ...], int]()
    for row in file.unpaid:
        known = people.get(keys[row.row])
        if not _is_sound(file, row, known) or known is None:
            continue
        what = (known.id, row.place.programme, row.period, row.component)
        if (first := seen.setdefault(what, row.row)) != row.row:
            _note(file, row, h.CITIZEN_ID, f"trùng dòng {first}: cùng người, kỳ và khoản.")
        elif (number := _enrolment(enrolments.get(known.id, ()), row)) is None:
            _note(
                file, row, h.PROGRAMME,
                "người này không có quyết định hưởng khoản đó vào kỳ đó. Nhập sổ của xã trước.",
            )  # fmt: skip
        else:
            cell = places[row.place]
            found.append(
                Unpaid(row.row, cell, known.id, number, row.period, row.component, row.amount,
                       row.reason)
            )  # fmt: skip
    return found


def refuse_owed(session: Session, file: TakeOverFile, unpaid: Iterable[Unpaid]) -> None:
    """Rows that this house owed or paid already become errors of the file."""
    rows = list(unpaid)
    owed = _owed(session, [one.person_id for one in rows])
    for one in rows:
        if (one.person_id, one.cell.programme, one.period, one.component) in owed:
            message = "đã có trong An Sinh: kỳ này đã tính hoặc đã trả. Xóa dòng."
            file.note(h.UNPAID, one.row, h.PERIOD, message)


def _note(file: TakeOverFile, row: UnpaidRow, heading: str, message: str) -> None:
    file.note(h.UNPAID, row.row, heading, message)


def _is_sound(file: TakeOverFile, row: UnpaidRow, known: Known | None) -> bool:
    """The person is known by number and name, and the month is not after the balances."""
    if known is None:
        message = "không có trong sổ. Nhập sổ của xã trước, hoặc sửa số căn cước."
        _note(file, row, h.CITIZEN_ID, message)
    elif known.name != fold(row.name):
        message = f"ghi “{row.name}”, khác tên trong sổ của số căn cước này. Kiểm tra giấy tờ."
        _note(file, row, h.NAME, message)
    elif file.balances_on is not None and row.period > period_of(file.balances_on):
        _note(file, row, h.PERIOD, "sau ngày chốt số dư. Kỳ đó do An Sinh trả, xóa dòng.")
    else:
        return True
    return False


def _people(session: Session, keys: Iterable[str]) -> dict[str, Known]:
    """Known persons by the blind index of their number."""
    found = {}
    p = person.c
    for some in chunks(dict.fromkeys(keys), KEYS_PER_QUERY):
        rows = session.execute(
            select(p.citizen_key, p.id, p.search_key).where(p.citizen_key.in_(some))
        )
        found.update({row.citizen_key: Known(row.id, row.search_key) for row in rows})
    return found


def _enrolments(session: Session, people: Iterable[int]) -> dict[int, list[Any]]:
    """Every enrolment of these persons, in the order in which they began."""
    found: dict[int, list[Any]] = {}
    e = enrolment.c
    columns = (e.id, e.person_id, e.programme, e.group_code, e.start_period, e.stop_period)
    for some in chunks(people, KEYS_PER_QUERY):
        query = select(*columns).where(e.person_id.in_(some)).order_by(e.start_period, e.id)
        for row in session.execute(query):
            found.setdefault(row.person_id, []).append(row)
    return found


def _owed(session: Session, people: Iterable[int]) -> set[tuple[Any, ...]]:
    """(person, programme, period, component) of what these persons were ever owed here."""
    found: set[tuple[Any, ...]] = set()
    o = obligation.c
    for some in chunks(people, KEYS_PER_QUERY):
        rows = session.execute(
            select(o.person_id, o.programme, o.period, o.component).where(o.person_id.in_(some))
        )
        found.update(tuple(row) for row in rows)
    return found


def _enrolment(known: Iterable[Any], row: UnpaidRow) -> int | None:
    """The newest enrolment that pays such a component in that month."""
    groups = all_groups()
    fitting = [
        one.id
        for one in known
        if one.programme == row.place.programme
        and one.start_period <= row.period
        and (one.stop_period is None or one.stop_period >= row.period)
        and one.group_code in groups
        and groups[one.group_code].component == row.component
    ]
    return fitting[-1] if fitting else None
