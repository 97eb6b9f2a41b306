"""What an officer changes in one person: kept with the old value, who, when and on what ground."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.audit.trail import record
from app.beneficiaries import cells
from app.beneficiaries.about_tables import household
from app.beneficiaries.history_tables import field_source, person_change
from app.beneficiaries.masks import masked_ground
from app.beneficiaries.near import refuse_near
from app.beneficiaries.staging import phone_index
from app.beneficiaries.tables import person
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.text import nfc
from ledger.bulk import insert_one

OWNERS = ("self", "family", "neighbour", "other", "")
LEVELS = ("2", "1", "0", "")
"""Of an electronic identity on VNeID; '' is not asked yet."""
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes, when, and on what ground (a paper, a call); `source` as in `field_source`."""

    scope: Scope
    now: datetime
    reference: str
    source: str = "officer"


def person_in(session: Session, scope: Scope, person_id: int) -> Row[Any]:
    """A person of the officer's area, to be changed. Raises NotFound; Refused for one merged or
    erased, and for whoever is near the officer himself."""
    row = session.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Tìm bằng ansinh register search.")
    scope.require(row.area_code)
    refuse_near(session, [scope.officer_id], person_id)
    if row.merged_into_id is not None:
        raise Refused("Người này đã gộp vào người khác.", f"Sửa ở người số {row.merged_into_id}.")
    if row.erased_at is not None:
        raise Refused("Dữ liệu của người này đã xoá.", "Không sửa được nữa.")
    return row


def set_field(
    session: Session, keyring: Keyring, actor: Actor, person_id: int, field: str, value: str
) -> bool:
    """Set one field of a person; False when it is so already.

    Fields: phone, phone-owner, vneid-level, hamlet, ethnicity, household (its number; '' for
    none). Raises InputError for a value that cannot be, NotFound, Refused.
    """
    who = person_in(session, actor.scope, person_id)
    columns, old, new = _FIELDS[field](session, keyring, who, value)
    name = field.replace("-", "_")
    if all(getattr(who, one) == other for one, other in columns.items() if one != "phone_cipher"):
        return False
    session.execute(update(person).where(person.c.id == person_id).values(columns))
    note(session, actor, person_id, name, old, new)
    return True


def note(session: Session, actor: Actor, person_id: int, field: str, old: str, new: str) -> None:
    """Keep a change and who vouches for the field from now on. Equal texts are two numbers with
    the same last digits: only the source is kept then."""
    told = {"recorded_at": actor.now, "recorded_by": actor.scope.username}
    if old != new:
        values = {"person_id": person_id, "field": field, "old": old, "new": new, **told}
        session.execute(insert(person_change).values(source=actor.source, **values))
    vouched = {
        "source": actor.source,
        "confirmed_at": actor.now,
        "reference": masked_ground(actor.reference),
    }
    key = (field_source.c.person_id == person_id, field_source.c.field == field)
    if session.execute(select(field_source.c.field).where(*key)).one_or_none() is None:
        session.execute(insert(field_source).values(person_id=person_id, field=field, **vouched))
    else:
        session.execute(update(field_source).where(*key).values(vouched))
    record(
        session,
        actor.now,
        actor.scope.username,
        "register:person:set",
        f"person:{person_id}",
        before={field: old},
        after={field: new},
    )


Changed = tuple[dict[str, Any], str, str]


def _phone(session: Session, keyring: Keyring, who: Row[Any], value: str) -> Changed:
    try:
        found = cells.phone(value)
    except cells.BadCell as error:
        # The message of the cell repeats what was typed: a number is not to be repeated.
        raise InputError(
            "Số điện thoại không đúng.", "Nhập 10 chữ số bắt đầu bằng 0, bỏ trống nếu không có."
        ) from error
    columns = {
        "phone_cipher": keyring.encrypt("person.phone", who.bound_key, found) if found else None,
        "phone_key": phone_index(keyring, found) if found else "",
        "phone_tail": found[-3:],
    }
    return columns, who.phone_tail, found[-3:]


def _owner(session: Session, keyring: Keyring, who: Row[Any], value: str) -> Changed:
    if value not in OWNERS:
        allowed = ", ".join(OWNERS[:-1])
        raise InputError(f"“{value[:20]}” không phải chủ máy.", f"Chọn một trong: {allowed}.")
    return {"phone_owner": value}, who.phone_owner, value


def _level(session: Session, keyring: Keyring, who: Row[Any], value: str) -> Changed:
    if value not in LEVELS:
        raise InputError(
            f"“{value[:20]}” không phải mức định danh điện tử.", "Chọn một trong: 2, 1, 0."
        )
    return {"vneid_level": value}, who.vneid_level, value


def _text_of(column: str) -> Callable[[Session, Keyring, Row[Any], str], Changed]:
    def changed(session: Session, keyring: Keyring, who: Row[Any], value: str) -> Changed:
        found = " ".join(nfc(value).split())
        if not found or len(found) > _LONGEST:
            raise InputError("Giá trị trống hoặc quá dài.", f"Nhập 1 đến {_LONGEST} ký tự.")
        return {column: found}, getattr(who, column), found

    return changed


def _household(session: Session, keyring: Keyring, who: Row[Any], value: str) -> Changed:
    number = " ".join(nfc(value).split())
    if len(number) > _LONGEST:
        raise InputError("Số hộ quá dài.", f"Nhập nhiều nhất {_LONGEST} ký tự.")
    query = select(household.c.number).where(household.c.id == who.household_id)
    old = session.scalar(query) or ""
    found = household_of(session, who.area_code, number) if number else None
    return {"household_id": found, "is_head": 0}, old, number


_FIELDS: Mapping[str, Callable[[Session, Keyring, Row[Any], str], Changed]] = {
    "phone": _phone,
    "phone-owner": _owner,
    "vneid-level": _level,
    "hamlet": _text_of("hamlet"),
    "ethnicity": _text_of("ethnicity"),
    "household": _household,
}
FIELDS = tuple(_FIELDS)


def household_of(session: Session, area: str, number: str) -> int:
    """The household of this number in a commune, made when it is new; gives its id."""
    key = (household.c.area_code == area, household.c.number == number)
    known = session.scalar(select(household.c.id).where(*key))
    return known or insert_one(session, household, area_code=area, number=number)
