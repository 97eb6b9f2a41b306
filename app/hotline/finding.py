"""Finding a caller: the last digits of a number, with a name or a birth date; never a list.

Each find is counted before anybody is found, in the database, one at a time for an officer: twenty
an hour. What is shown of those who fit is masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Boolean, insert, literal_column, select, true
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.audit.trail import record
from app.beneficiaries.masks import masked_citizen, masked_name, masked_phone
from app.beneficiaries.reached import lives
from app.beneficiaries.tables import person
from app.errors import InputError, Remembered
from app.hotline.states import REASONS
from app.hotline.tables import hotline_hit, hotline_lookup
from app.privacy import Keyring
from app.text import fold
from ledger.bulk import insert_one

LOOK_UPS, SPAN = 20, timedelta(hours=1)
FEW = 5
"""Who shares the keys with more people than this is asked for more."""
_DIGITS = re.compile(r"[0-9]{4,12}")
_FOREIGN = re.compile(r"(?:\+|00)?84([0-9]{9})")
_APART = re.compile(r"[\s.\-]")
_BORN = re.compile(
    r"(?:(?:(0?[1-9]|[12][0-9]|3[01])[/.-])?(0?[1-9]|1[0-2])[/.-])?((?:19|20)[0-9]{2})"
)
_KEPT = 3
"""Digits that stand in clear beside a number."""
ID, PHONE = "id", "phone"
# As the partial index writes it, so that SQLite finds that it may use it.
_HAS_TAIL = {ID: true(), PHONE: literal_column("person.phone_tail <> ''", Boolean)}
_COLUMNS = (person.c.id, person.c.sort_key, person.c.search_key, person.c.birth,
            person.c.bound_key)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """What was typed: `digits` as the number ends, `name` folded, `born` as YYYY[-MM[-DD]]."""

    digits: str
    name: str
    born: str
    reason: str

    @property
    def kinds(self) -> str:
        """Which of them stand beside the digits, as a look-up keeps it."""
        told = (("name", self.name), ("birth", self.born))
        return " ".join(kind for kind, value in told if value)


@dataclass(frozen=True, slots=True)
class Hit:
    """One who fits, as the officer sees it before anything was asked."""

    ordinal: int
    name: str
    citizen: str
    phone: str


@dataclass(frozen=True, slots=True)
class Found:
    """The look-up that was counted, and how many fit: more than `FEW` are not kept."""

    lookup_id: int
    people: int


def read_digits(text: str) -> str:
    """The last digits of a number as they were typed. Raises InputError."""
    number = _APART.sub("", text)
    if foreign := _FOREIGN.fullmatch(number):
        number = f"0{foreign[1]}"
    if not _DIGITS.fullmatch(number):
        raise InputError("Cần ít nhất 4 số cuối.", "Hỏi số căn cước hoặc số điện thoại đã đăng ký.")
    return number


def read_name(text: str, born: str) -> str:
    """A name as it is compared. Raises InputError where there is neither name nor birth."""
    if not fold(text) and not born:
        raise InputError("Cần thêm họ tên hoặc ngày sinh.", "Hỏi người gọi.")
    return fold(text)


def read_reason(text: str) -> str:
    """Why somebody is looked up. Raises InputError."""
    if text not in REASONS:
        raise InputError("Chưa chọn người gọi hỏi việc gì.", "Chọn trong danh sách.")
    return text


def read_birth(text: str) -> str:
    """'1/2/1950' as '1950-02-01', '1950' as it is, '' for nothing typed. Raises InputError."""
    if not text.strip():
        return ""
    told = _BORN.fullmatch(text.strip())
    if told is None:
        raise InputError("Ngày sinh chưa đúng.", "Ví dụ 05/03/1948, hoặc chỉ năm 1948.")
    parts = (told[3], told[2] and told[2].zfill(2), told[1] and told[1].zfill(2))
    return "-".join(one for one in parts if one)


def find(session: Session, keyring: Keyring, whose: Scope, keys: Keys, now: datetime) -> Found:
    """Count a look-up, and keep who of the officer's communes fits, when they are few.

    Raises Remembered for the twenty-first within an hour: that it was tried stands in the trail,
    where auditors are told of it.
    """
    with session.info["apart"](f"hotline:officer:{whose.officer_id}") as alone:
        _require_patience(alone, whose, now)
        told = {"officer_id": whose.officer_id, "reason": keys.reason, "keys": keys.kinds}
        number = insert_one(alone, hotline_lookup, **told, asked_at=now)
    fit = _fitting(session, keyring, whose, keys)
    if 0 < len(fit) <= FEW:
        session.execute(insert(hotline_hit), [
            {"lookup_id": number, "ordinal": ordinal, "person_id": row.id, "found_by": by}
            for ordinal, (row, by) in enumerate(fit, start=1)
        ])  # fmt: skip
    record(session, now, whose.username, "hotline:person:find", f"lookup:{number}",
           after={"keys": f"number {keys.kinds}", "reason": keys.reason,
                  "people": min(len(fit), FEW + 1)})  # fmt: skip
    return Found(number, len(fit))


def hits_of(session: Session, lookup_id: int) -> list[Hit]:
    """Those that a look-up has kept, masked."""
    query = (
        select(hotline_hit.c.ordinal, person.c.name, person.c.citizen_tail, person.c.phone_tail)
        .join(person, person.c.id == hotline_hit.c.person_id)
        .where(hotline_hit.c.lookup_id == lookup_id)
        .order_by(hotline_hit.c.ordinal)
    )
    return [
        Hit(row.ordinal, masked_name(row.name), masked_citizen(row.citizen_tail),
            masked_phone(row.phone_tail))
        for row in session.execute(query)
    ]  # fmt: skip


def left(session: Session, officer_id: int, now: datetime) -> int:
    """How many look-ups an officer has left within this hour."""
    of = hotline_lookup.c
    query = select(of.id).where(of.officer_id == officer_id, of.asked_at > now - SPAN)
    return LOOK_UPS - len(session.scalars(query.limit(LOOK_UPS)).all())


def _require_patience(session: Session, whose: Scope, now: datetime) -> None:
    at = hotline_lookup.c.asked_at
    mine = hotline_lookup.c.officer_id == whose.officer_id
    query = select(at).where(mine, at > now - SPAN).order_by(at.desc())
    if (oldest := session.scalar(query.offset(LOOK_UPS - 1).limit(1))) is None:
        return
    minutes = -(-int((oldest + SPAN - now).total_seconds()) // 60)
    raise Remembered(
        f"Đã tra cứu {LOOK_UPS} lượt trong một giờ. Chờ {max(minutes, 1)} phút.",
        "Lần tra cứu quá mức này đã báo cho kiểm toán.",
        partial(_remember, whose, "hotline:find:refuse", now),
    )


def _remember(whose: Scope, action: str, now: datetime, session: Session) -> None:
    record(session, now, whose.username, action, f"officer:{whose.officer_id}")


def _fitting(
    session: Session, keyring: Keyring, whose: Scope, keys: Keys
) -> Sequence[tuple[Any, str]]:
    """(row, by which number) of everybody who fits, each once, in the order of names."""
    found: dict[int, tuple[Any, str]] = {}
    for by, tail, cipher, column in (
        (ID, person.c.citizen_tail, person.c.citizen_cipher, "person.citizen_id"),
        (PHONE, person.c.phone_tail, person.c.phone_cipher, "person.phone"),
    ):
        query = select(*_COLUMNS, cipher.label("cipher")).where(
            _HAS_TAIL[by], tail == keys.digits[-_KEPT:], whose.within(person.c.area_code), lives()
        )
        for row in session.execute(query):
            if _fits(row, keys) and _ends(keyring, column, row, keys.digits):
                found[row.id] = (row, by)
    return sorted(found.values(), key=lambda one: (one[0].sort_key, one[0].id))


def _fits(row: Any, keys: Keys) -> bool:
    """Every word of the name is one of the person's; of the birth, as much as both know."""
    words = row.search_key.split()
    is_born = row.birth.startswith(keys.born) or (row.birth and keys.born.startswith(row.birth))
    return bool(is_born) and all(one in words for one in keys.name.split())


def _ends(keyring: Keyring, column: str, row: Any, digits: str) -> bool:
    try:
        return keyring.decrypt(column, row.bound_key, row.cipher).endswith(digits)
    except (InvalidTag, TypeError):  # altered, or no number: nobody's
        return False
