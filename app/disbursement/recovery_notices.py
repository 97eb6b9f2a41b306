"""The notice before a decision to recover: the person is told, and has time to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.recovery import Decision, digest_of, to_recover
from app.disbursement.recovery_tables import recovery_notice
from app.disbursement.recovery_terms import NOTICE_DAYS, term
from app.errors import InputError, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one

NOTICE = "recovery_notice"
WAYS = {"hand": "trao tận tay", "post": "gửi qua bưu điện", "posted": "niêm yết"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person was told: number, day, way (`WAYS`), last day to answer, programme.

    `unit` is the paying unit that would recover, '' where one alone paid too much.
    """

    number: str
    sent_on: date
    answer_by: date
    way: str
    person_id: int
    programme: str
    unit: str = ""


def give_notice(
    session: Session, keyring: Keyring, who: Signer, one: Notice, now: datetime
) -> Row[Any]:
    """A finance officer records what a person was told would be recovered; gives the row.

    Known already: nothing changes. Raises InputError, NotFound where nothing was overpaid, Refused
    for less time than the terms give, Forbidden without the role.
    """
    if known := _known(session, one):
        return known
    _sound(one, now)
    asked = Decision("", one.sent_on, "", one.person_id, one.programme, one.unit)
    found = to_recover(session, asked)
    amount, unit = sum(each.recoverable for each in found), found[0].unit_code
    require_role(session, who.officer_id, "releaser", "", now, one.programme)
    digest = notice_digest(one, unit, amount)
    what = Confirmation(NOTICE, digest, len(found), amount)
    act_id = confirm(session, keyring, who.officer_id, who.code, now, what)
    insert_one(
        session, recovery_notice, number=one.number.strip(), sent_on=one.sent_on,
        answer_by=one.answer_by, way=one.way, person_id=one.person_id, programme=one.programme,
        unit_code=unit, amount=amount, officer_id=who.officer_id, act_id=act_id, recorded_at=now,
    )  # fmt: skip
    about = f"person:{one.person_id}"
    record(session, now, str(who.officer_id), "recovery:notice:record", about, digest)
    return _known(session, one)  # type: ignore[return-value]


def notice_digest(one: Notice, unit: str, amount: int) -> str:
    """What the officer confirms of a notice."""
    days = (one.sent_on.isoformat(), one.answer_by.isoformat())
    told = (one.number.strip(), *days, one.way, one.person_id, one.programme)
    return digest_of(NOTICE, *told, unit, amount)


def _sound(one: Notice, now: datetime) -> None:
    if not one.number.strip() or one.way not in WAYS:
        raise InputError("Thông báo thiếu số hoặc cách gửi.", f"Cách gửi: {', '.join(WAYS)}.")
    if one.sent_on > local_date(now):
        raise InputError(
            f"Ngày thông báo {one.sent_on:%d/%m/%Y} còn ở phía trước.", "Kiểm tra lại ngày."
        )
    earliest = one.sent_on + timedelta(days=term(NOTICE_DAYS, one.sent_on))
    if one.answer_by < earliest:
        raise Refused(
            f"Hạn trả lời {one.answer_by:%d/%m/%Y} quá sớm.",
            f"Người hưởng có thời gian đến ít nhất {earliest:%d/%m/%Y}.",
        )


def _known(session: Session, one: Notice) -> Row[Any] | None:
    n = recovery_notice.c
    query = select(recovery_notice).where(
        n.number == one.number.strip(), n.sent_on == one.sent_on,
        n.person_id == one.person_id, n.programme == one.programme,
    )  # fmt: skip
    return session.execute(query).one_or_none()


def notice_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every notice, and the digest that act must carry."""
    found = {}
    for row in session.execute(select(recovery_notice)):
        one = Notice(row.number, row.sent_on, row.answer_by, row.way, row.person_id, row.programme)
        digest = notice_digest(one, row.unit_code, row.amount)
        found[row.act_id, row.officer_id, NOTICE] = digest
    return found
