"""Ending a case: different people, one person twice, fraud, or allowed for a time.

Each officer confirms with a one-time code bound to the whole decision. A blocking case, a merge
and leave for an exact one need two, who are other human beings than those the case is about.
The maker of a list, who enters its lines, decides nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import held, require_one_of
from app.access.tables import officer
from app.access.together import Signer
from app.audit.trail import record
from app.beneficiaries.about_tables import payee
from app.beneficiaries.near import refuse_near
from app.beneficiaries.tables import person
from app.doubles.cases import standing
from app.doubles.merging import kept_of, merge
from app.doubles.rules import VERDICTS
from app.doubles.tables import doubt, doubt_decision, doubt_person
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one

STEP = "doubt_decide"
MAY_DECIDE = ("checker", "approver", "releaser")
REASON_MIN, REASON_MAX = 3, 500
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Decision:
    """`until` is the last month that is 'allowed', '' otherwise; `kept_id` the person who stays
    in a merge, None for the one registered first; `again` takes back what others decided."""

    verdict: str
    reason: str
    until: str = ""
    kept_id: int | None = None
    again: bool = False


def decide(
    session: Session,
    keyring: Keyring,
    number: int,
    decision: Decision,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """Write the decision of one or two officers and do what it says; gives its id.

    Raises NotFound, InputError for words that say nothing, Conflict for a case that is decided or
    gone, Refused for too few officers or one whom the case is about, Forbidden without a role.
    """
    row = _found(session, number)
    before = _before(session, row, decision.again)
    decision = _told(decision)
    people = list(session.scalars(_people(number)))
    kept = kept_of(session, people, decision.kept_id) if decision.verdict == "merge" else None
    _enough(row, decision, signers)
    _others(before, signers)
    _none_about_himself(session, keyring, signers, people)
    for person_id in people:
        refuse_near(session, [one.officer_id for one in signers], person_id)
    what = Confirmation(STEP, _digest(row, decision, kept), len(people), 0)
    acts = []
    places = _places(session, row, people)
    for one in signers:
        _require_there(session, one.officer_id, places, now)
        acts.append(confirm(session, keyring, one.officer_id, one.code, now, what))
    replaced = None if before is None else int(before.id)
    written = _write(session, row, replaced, decision, kept, signers, acts, now)
    if kept is not None:
        merge(session, people, kept, now, str(signers[0].officer_id))
    record(session, now, str(signers[0].officer_id), f"doubles:case:{decision.verdict}",
           f"doubt:{number}", decision.reason)  # fmt: skip
    return written


def _found(session: Session, number: int) -> Row[Any]:
    row = session.execute(select(doubt).where(doubt.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có nghi vấn số {number}.", "Xem số bằng `ansinh doubles list`.")
    return row


def _before(session: Session, row: Row[Any], again: bool) -> Any | None:
    """The decision to be taken back, None for a case that is open. A merge stays."""
    decided = standing()
    before = session.execute(select(decided).where(decided.c.doubt_id == row.id)).one_or_none()
    if before is None and again:
        raise InputError(f"Nghi vấn số {row.id} chưa có quyết định.", "Bỏ --again.")
    if before is None and row.gone_at is not None:
        raise Conflict(f"Nghi vấn số {row.id} không còn căn cứ.", "Xem lại `ansinh doubles list`.")
    if before is not None and (not again or before.verdict == "merge"):
        raise Conflict(f"Nghi vấn số {row.id} đã có quyết định: {VERDICTS[before.verdict]}",
                       "Hai cán bộ khác xét lại được bằng --again, trừ hồ sơ đã gộp.")  # fmt: skip
    return before


def _others(before: Any | None, signers: Sequence[Signer]) -> None:
    """Who decided does not sit over his own decision."""
    if before is None:
        return
    if {before.officer_id, before.second_id} & {one.officer_id for one in signers}:
        raise Refused("Người đã quyết định không được xét lại việc của mình.",
                      "Chuyển cho hai cán bộ khác.")  # fmt: skip


def _told(decision: Decision) -> Decision:
    if decision.verdict not in VERDICTS:
        raise InputError(f"Không có cách xử lý “{decision.verdict[:20]}”.",
                         f"Dùng một trong: {', '.join(VERDICTS)}.")  # fmt: skip
    reason = " ".join(decision.reason.split())
    if not REASON_MIN <= len(reason) <= REASON_MAX or not reason.isprintable():
        raise InputError(f"Lý do phải có từ {REASON_MIN} đến {REASON_MAX} ký tự.",
                         "Viết một câu cho người đọc sau.")  # fmt: skip
    if (decision.verdict == "allowed") != bool(_MONTH.fullmatch(decision.until)):
        raise InputError("Cho phép thì phải ghi đến hết kỳ nào, và chỉ khi cho phép.",
                         "Ví dụ --as allowed --until 2027-06.")  # fmt: skip
    return replace(decision, reason=reason)


def _people(number: int) -> Any:
    mine = doubt_person.c.doubt_id == number
    return select(doubt_person.c.person_id).where(mine).order_by(doubt_person.c.person_id)


def _enough(row: Row[Any], decision: Decision, signers: Sequence[Signer]) -> None:
    two = row.is_blocking or decision.verdict == "merge"
    two = two or (row.is_exact and decision.verdict == "allowed") or decision.again
    different = len({one.officer_id for one in signers}) == len(signers)
    if not different or len(signers) not in (1, 2) or (two and len(signers) != 2):
        raise Refused("Việc này cần hai cán bộ khác nhau cùng quyết định.",
                      "Ghi --officer và --code cho cả hai người.")  # fmt: skip


def _places(session: Session, row: Row[Any], people: Sequence[int]) -> list[str]:
    """The communes whose people the case is about."""
    areas = select(person.c.area_code).where(person.c.id.in_(people)).distinct()
    return sorted({row.area_code, *session.scalars(areas)})


def _require_there(session: Session, officer_id: int, places: Sequence[str], now: datetime) -> None:
    """Raise Forbidden unless the officer may decide in one of these communes, or the province."""
    if any(held(session, officer_id, MAY_DECIDE, one, now) for one in places[1:]):
        return
    require_one_of(session, officer_id, MAY_DECIDE, places[0], now)


def _none_about_himself(
    session: Session, keyring: Keyring, signers: Sequence[Signer], people: Sequence[int]
) -> None:
    """An officer is the person, of his household, or the one who collects for him: refused."""
    ids = [one.officer_id for one in signers]
    keys = set(session.scalars(select(officer.c.person_key).where(officer.c.id.in_(ids))))
    listed = set(session.scalars(select(officer.c.citizen_key).where(officer.c.id.in_(ids)))) - {""}
    homes = select(person.c.household_id).where(
        person.c.id.in_(people), person.c.household_id.is_not(None)
    )
    near = or_(person.c.id.in_(people), person.c.household_id.in_(homes))
    rows = session.execute(select(person).where(near, person.c.erased_at.is_(None)))
    for row in rows:
        told = keyring.decrypt("person.citizen_id", row.bound_key, row.citizen_cipher)
        if keyring.index("officer.citizen_id", told) in keys:
            raise _about_himself()
    collects = select(payee.c.id).where(
        payee.c.person_id.in_(people), payee.c.citizen_key.in_(listed)
    )
    if session.scalars(collects).first() is not None:
        raise _about_himself()


def _about_himself() -> Refused:
    return Refused("Không ai được quyết định về chính mình hay người nhà mình.",
                   "Chuyển cho cán bộ khác.")  # fmt: skip


def _digest(row: Any, decision: Any, kept: int | None) -> str:
    """What a code confirms: the case with its facts, and every word of the decision."""
    told = (row.subject, row.facts, decision.verdict, decision.until or "", kept or "",
            decision.reason)  # fmt: skip
    return hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()


def _write(
    session: Session,
    row: Row[Any],
    replaced: int | None,
    decision: Decision,
    kept: int | None,
    signers: Sequence[Signer],
    acts: Sequence[int],
    now: datetime,
) -> int:
    return insert_one(
        session,
        doubt_decision,
        doubt_id=row.id,
        replaces_id=replaced,
        is_exact=row.is_exact,
        is_blocking=row.is_blocking,
        verdict=decision.verdict,
        until_period=decision.until or None,
        kept_id=kept,
        reason=decision.reason,
        officer_id=signers[0].officer_id,
        act_id=acts[0],
        second_id=signers[1].officer_id if len(signers) > 1 else None,
        second_act_id=acts[1] if len(acts) > 1 else None,
        decided_at=now,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a decision as they stand in its row."""

    verdict: str
    until: str | None
    reason: str


def doubt_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every decision, and the digest that act must carry."""
    found: dict[tuple[int, int, str], str] = {}
    columns = (doubt_decision, doubt.c.subject, doubt.c.facts)
    for row in session.execute(
        select(*columns).join(doubt, doubt.c.id == doubt_decision.c.doubt_id)
    ):
        digest = _digest(row, _Said(row.verdict, row.until_period, row.reason), row.kept_id)
        found[row.act_id, row.officer_id, STEP] = digest
        if row.second_id is not None:
            found[row.second_act_id, row.second_id, STEP] = digest
    return found
