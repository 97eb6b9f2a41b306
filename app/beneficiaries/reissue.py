"""An ID issued anew, or put right: the person stays, the old number still finds him.

Every cipher of a person is bound to the key he came with (`bound_key`), so none is written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.pairs import confirm_pair
from app.access.scope import scope_of
from app.beneficiaries.changes import Actor, note, person_in
from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.masks import masked_ground
from app.beneficiaries.near import refuse_near
from app.beneficiaries.tables import person
from app.errors import Conflict, InputError
from app.privacy import Keyring
from app.reference.citizen_id import is_well_formed


@dataclass(frozen=True, slots=True)
class NewId:
    """The new number, why ('reissued', 'corrected'), the paper that says so, and its day."""

    citizen_id: str
    reason: str
    document: str
    changed_on: date


def reissue(
    session: Session,
    keyring: Keyring,
    person_id: int,
    new: NewId,
    signers: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    """Give a person a new ID; two officers of his commune confirm.

    Raises InputError for a number that is none or no paper, Conflict for one that somebody has or
    had (the two are to be merged), and as `confirm_pair` does.
    """
    if not is_well_formed(new.citizen_id):
        raise InputError("Số định danh mới phải có đúng 12 chữ số.", "Kiểm tra lại giấy tờ.")
    if not new.document.strip():
        raise InputError("Chưa ghi giấy tờ làm căn cứ.", "Ghi số và ngày của giấy tờ.")
    scope = scope_of(session, signers[0][0], now)
    who = person_in(session, scope, person_id)
    key = keyring.index("person.citizen_id", new.citizen_id)
    _refuse_known(session, key, person_id)
    digest = hashlib.sha256(f"{person_id}|{key}|{new.reason}|{new.document}".encode()).hexdigest()
    what = Confirmation("register:reissue", digest, 1, 0)
    pair = confirm_pair(session, keyring, signers, who.area_code, now, what)
    refuse_near(session, pair, person_id)
    session.execute(
        insert(citizen_change).values(
            person_id=person_id,
            old_key=who.citizen_key,
            old_cipher=who.citizen_cipher,
            old_tail=who.citizen_tail,
            new_key=key,
            new_tail=new.citizen_id[-3:],
            reason=new.reason,
            document=masked_ground(new.document.strip()),
            changed_on=new.changed_on,
            recorded_at=now,
            recorded_by=" + ".join(name for name, _ in signers),
        )
    )
    session.execute(
        update(person)
        .where(person.c.id == person_id)
        .values(
            citizen_key=key,
            citizen_cipher=keyring.encrypt("person.citizen_id", who.bound_key, new.citizen_id),
            citizen_tail=new.citizen_id[-3:],
        )
    )
    actor = Actor(scope, now, new.document.strip())
    note(session, actor, person_id, "citizen_id", who.citizen_tail, new.citizen_id[-3:])


def _refuse_known(session: Session, key: str, person_id: int) -> None:
    holder = session.scalar(select(person.c.id).where(person.c.citizen_key == key))
    if holder is None:
        query = select(citizen_change.c.person_id).where(citizen_change.c.old_key == key)
        holder = session.scalar(query)
    if holder == person_id:
        raise Conflict("Số này đang hoặc đã là số của chính người này.", "Không cần đổi.")
    if holder is not None:
        raise Conflict(
            f"Số này là của người hưởng số {holder}.",
            "Nếu là một người thì gộp hai hồ sơ; không thì kiểm tra lại giấy tờ.",
        )
