"""Sending a person's last notice once more, to the number that the register has and vouches for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.audit.trail import record
from app.beneficiaries.reached import may_be_answered
from app.beneficiaries.tables import person
from app.errors import Conflict, Forbidden, Refused
from app.hotline.asking import Caller
from app.hotline.tables import hotline_resend
from app.messaging.outbox import Notice, opened, queue
from app.messaging.states import AGAIN, EVENTS, TAKEN_BACK
from app.messaging.tables import message
from app.messaging.terms import Plan
from app.messaging.wishes import NO_AMOUNTS, wishes
from app.messaging.words import figures_of, templates
from app.privacy import Keyring
from app.self_service.asking import SPANS
from ledger.bulk import insert_one


class Last(NamedTuple):
    """The last notice of a person, and the last digits of the number it would go to; '' where
    nobody vouches for one."""

    kind: str
    queued_at: datetime
    tail: str


def last_notice(session: Session, person_id: int) -> Last | None:
    """What was sent last of what a person is told of by itself, a correction too; None for nothing
    yet."""
    row = _last(session, person_id)
    if row is None:
        return None
    to = _reached(session, person_id)
    return Last(row.kind, row.queued_at, to.phone_tail if to else "")


def was_sent(session: Session, lookup_id: int) -> bool:
    """Whether it was sent again in this call."""
    query = select(hotline_resend.c.id).where(hotline_resend.c.lookup_id == lookup_id)
    return session.scalar(query) is not None


def resend(
    session: Session, keyring: Keyring, plan: Plan | None, whose: Scope, caller: Caller,
    now: datetime,
) -> str:  # fmt: skip
    """Queue the person's last notice once more; gives the last digits of the number it goes to.

    As many to a number as one-time codes (`SPANS`), once in a call. Raises Refused where no
    messages are sent, nothing was sent yet or nobody vouches for a number, Conflict the second
    time, Forbidden where the number had enough.
    """
    row, to = _last(session, caller.person_id), _reached(session, caller.person_id)
    if plan is None or row is None:
        raise Refused("Chưa có tin nhắn nào để gửi lại.", "Đọc cho người gọi nghe.")
    if to is None:
        raise Refused(
            "Người này chưa có số điện thoại được xác nhận.",
            "Mời người dân đến UBND xã ghi lại số điện thoại.",
        )
    with session.info["apart"](f"hotline:number:{to.phone_key}") as alone:
        if was_sent(alone, caller.lookup_id):
            raise Conflict("Đã gửi lại tin trong cuộc gọi này.", "Chờ tin đến máy.")
        _require_patience(alone, to.phone_key, now)
        values = {"lookup_id": caller.lookup_id, "person_id": caller.person_id}
        number = insert_one(alone, hotline_resend, **values, officer_id=whose.officer_id,
                            message_id=row.id, asked_at=now)  # fmt: skip
        phone = keyring.decrypt("person.phone", to.bound_key, to.phone_cipher)
        text = _text(keyring, row, hides_amounts=bool(to.hides_amounts))
        notice = Notice(AGAIN, number, caller.person_id, to.phone_key, phone, text=text)
        queue(alone, keyring, plan, [notice], now)
        record(alone, now, whose.username, "hotline:notice:resend", f"person:{caller.person_id}",
               f"lookup:{caller.lookup_id}", after={"message": row.id})  # fmt: skip
    return str(to.phone_tail)


def _last(session: Session, person_id: int) -> Any:
    mine = message.c.person_id == person_id, message.c.kind.in_((*EVENTS, TAKEN_BACK))
    query = select(message).where(*mine).order_by(message.c.id.desc()).limit(1)
    return session.execute(query).one_or_none()


def _reached(session: Session, person_id: int) -> Any:
    of = person.c
    columns = of.phone_key, of.phone_tail, of.phone_cipher, of.bound_key
    query = select(*columns, wishes(of.id, NO_AMOUNTS).label("hides_amounts"))
    return session.execute(query.where(of.id == person_id, may_be_answered())).one_or_none()


def _text(keyring: Keyring, row: Any, *, hides_amounts: bool) -> str:
    """The words of a notice as they were; without the amount for who wishes so since. Raises
    Refused where it cannot be told apart."""
    _, text = opened(keyring, row)
    if not hides_amounts:
        return text
    found = figures_of(row.kind, text)
    if found is None:  # written from words that were others then: it may tell the amount
        raise Refused("Tin này không gửi lại được khi đã ẩn số tiền.", "Đọc cho người gọi nghe.")
    return templates()[row.kind]["plain"].format(**found[1])


def _require_patience(session: Session, phone_key: str, now: datetime) -> None:
    at, mine = message.c.queued_at, message.c.phone_key == phone_key
    for span, most in SPANS:
        query = select(func.count()).where(mine, message.c.kind == AGAIN, at > now - span)
        if (session.scalar(query) or 0) >= most:
            raise Forbidden("Vừa gửi lại nhiều tin đến số này.", "Đọc cho người gọi nghe.")
