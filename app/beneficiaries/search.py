"""One box for finding a person: a name, an ID, an account, a phone number, or their last digits.

Numbers are found by their blind index; of the last digits, those that are kept in clear narrow
the people down, and the rest is compared with what the cipher says. What is shown is masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, or_, select, union
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import NAMES_AN_ID, payee
from app.beneficiaries.by_name import Place, Wanted, by_index, find_names
from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.masks import masked_account, masked_citizen
from app.beneficiaries.staging import account_index, phone_index
from app.beneficiaries.tables import destination, person
from app.errors import InputError
from app.privacy import Keyring
from app.reference.banks import all_banks
from app.reference.citizen_id import LENGTH

PAGE = 25
"""People on a page."""

_TAILS_MAX = 20_000

_SEPARATORS = re.compile(r"[\s.\-]")
_TAIL, _ID_SHOWN, _ACCOUNT_SHOWN = range(3, 7), 3, 4
_PHONE = re.compile(r"0\d{9,10}")
_FOREIGN_PHONE = re.compile(r"(?:\+|00)?84(\d{9,10})")
_CURSOR = re.compile(r"([0-9a-z]*)-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Found:
    """A person in a list: numbers are masked."""

    person_id: int
    name: str
    birth: str
    area_code: str
    hamlet: str
    citizen: str
    account: str
    died_on: str
    merged_into: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 25 people in the order of names; `next` continues behind the last, '' at the end."""

    people: Sequence[Found]
    next: str


def search(
    session: Session, keyring: Keyring, words: str, wanted: Wanted, cursor: str = ""
) -> Page:
    """People who fit what was typed, in any case and with any or no accents.

    Raises InputError for an empty box, for digits that say nothing, and for a foreign cursor.
    """
    with by_index(session):
        places = _places(session, keyring, words, wanted, _place(cursor))
    shown = places[:PAGE]
    last = f"{shown[-1].sort_key}-{shown[-1].person_id}" if len(places) > PAGE else ""
    return Page(_people(session, shown), last)


def _places(
    session: Session, keyring: Keyring, words: str, wanted: Wanted, after: Place | None
) -> list[Place]:
    digits = _SEPARATORS.sub("", words.strip())
    if foreign := _FOREIGN_PHONE.fullmatch(digits):
        digits = f"0{foreign[1]}"
    if digits.isascii() and digits.isdigit():
        return _of_number(session, keyring, digits, wanted, after)
    if not words.strip():
        raise InputError(
            "Chưa nhập gì để tìm.", "Nhập tên, số căn cước, tài khoản hoặc điện thoại."
        )
    return find_names(session, words, wanted, after, PAGE + 1)


def _place(cursor: str) -> Place | None:
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise InputError("Dấu trang không đúng.", "Chép nguyên dấu ở cuối trang trước.")
    return Place(found[1], int(found[2]))


def _of_number(
    session: Session, keyring: Keyring, digits: str, wanted: Wanted, after: Place | None
) -> list[Place]:
    if len(digits) < min(_TAIL):
        raise InputError(
            "Quá ít chữ số để tìm.",
            "Nhập 3 đến 6 số cuối của căn cước hay tài khoản, hoặc đủ cả số.",
        )
    if len(digits) in _TAIL:
        rows: Sequence[Any] = _tails(session, keyring, digits, wanted, after)
    else:
        ids = _exact(session, keyring, digits)
        rows = session.execute(select(*_PLACED).where(person.c.id.in_(ids))).all()
    places = sorted({Place(row.sort_key, row.id) for row in rows if _fits(row, wanted)})
    return [one for one in places if after is None or one > after][: PAGE + 1]


_PLACED = person.c.id, person.c.sort_key, person.c.area_code, person.c.birth


def _fits(row: Any, wanted: Wanted) -> bool:
    here = wanted.areas is None or row.area_code in wanted.areas
    return here and row.birth.startswith(wanted.born)


def _exact(session: Session, keyring: Keyring, digits: str) -> set[int]:
    """Who has exactly this ID (today's, an old one, or as payee), account or phone number."""
    codes = [one.bin for one in all_banks()]
    accounts = [account_index(keyring, code, digits) for code in codes]
    queries = [select(destination.c.person_id).where(destination.c.account_key.in_(accounts))]
    if len(digits) == LENGTH:
        key = keyring.index("person.citizen_id", digits)
        queries += [
            select(person.c.id).where(person.c.citizen_key == key),
            select(citizen_change.c.person_id).where(citizen_change.c.old_key == key),
            select(payee.c.person_id).where(payee.c.citizen_key == key, NAMES_AN_ID),
        ]
    if _PHONE.fullmatch(digits):
        key = phone_index(keyring, digits)
        queries.append(select(person.c.id).where(person.c.phone_key == key))
    return set(session.scalars(union(*queries)))


def _tails(
    session: Session, keyring: Keyring, digits: str, wanted: Wanted, after: Place | None
) -> list[Any]:
    """Who has an ID or an account that ends so. Raises InputError when it is too many."""
    shown = digits[-_ACCOUNT_SHOWN:]
    tails = [shown] if len(shown) == _ACCOUNT_SHOWN else [f"{one}{shown}" for one in range(10)]
    cipher = person.c.citizen_cipher if len(digits) > _ID_SHOWN else literal(None)
    ids = select(*_PLACED, person.c.bound_key, cipher.label("cipher")).where(
        person.c.citizen_tail == digits[-_ID_SHOWN:]
    )
    if len(digits) == _ID_SHOWN and not wanted.born:
        ids = ids.order_by(person.c.sort_key, person.c.id).limit(PAGE + 1)
        if after is not None:
            behind = or_(person.c.sort_key > after.sort_key, person.c.id > after.person_id)
            ids = ids.where(person.c.sort_key >= after.sort_key, behind)
    else:
        ids = ids.limit(_TAILS_MAX + 1)
    accounts = (
        select(*_PLACED, person.c.bound_key, destination.c.account_cipher.label("cipher"))
        .join(person, person.c.id == destination.c.person_id)
        .where(destination.c.account_tail.in_(tails))
        .limit(_TAILS_MAX + 1)
    )
    if wanted.areas is not None:
        ids = ids.where(person.c.area_code.in_(wanted.areas))
        accounts = accounts.where(person.c.area_code.in_(wanted.areas))
    found = _read(session, keyring, ids, "person.citizen_id", digits, _ID_SHOWN)
    return found + _read(session, keyring, accounts, "destination.account", digits, _ACCOUNT_SHOWN)


def _read(
    session: Session, keyring: Keyring, query: Select[Any], column: str, digits: str, kept: int
) -> list[Any]:
    """The rows whose number ends so; what is kept in clear is not enough beyond `kept` digits."""
    rows = session.execute(query).all()
    if len(rows) > _TAILS_MAX:
        raise InputError(f"Quá nhiều người có số tận cùng {digits}.", "Nhập thêm chữ số.")
    return [row for row in rows if len(digits) <= kept or _ends(keyring, column, row, digits)]


def _ends(keyring: Keyring, column: str, row: Any, digits: str) -> bool:
    return keyring.decrypt(column, row.bound_key, row.cipher).endswith(digits)


def _people(session: Session, places: Sequence[Place]) -> list[Found]:
    query = (
        select(person, destination.c.account_tail)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(person.c.id.in_([one.person_id for one in places]))
    )
    rows = {row.id: row for row in session.execute(query)}
    return [_found(rows[one.person_id]) for one in places]


def _found(row: Any) -> Found:
    return Found(
        person_id=row.id,
        name=row.name,
        birth=row.birth,
        area_code=row.area_code,
        hamlet=row.hamlet,
        citizen=masked_citizen(row.citizen_tail),
        account=masked_account(row.account_tail or ""),
        died_on=row.died_on.isoformat() if row.died_on else "",
        merged_into=row.merged_into_id,
    )
