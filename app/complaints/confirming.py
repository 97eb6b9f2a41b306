"""What a person says of one payment: it came, or it did not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.complaints.opening import open_complaint, refuse_foreign
from app.complaints.sample_tables import payment_confirmation
from app.complaints.states import CHANNELS, NOT_RECEIVED
from app.errors import InputError
from app.privacy import Keyring


def confirm_payment(
    session: Session,
    keyring: Keyring,
    who: str,
    person_id: int,
    payment_id: int,
    is_received: bool,
    channel: str,
    now: datetime,
    words: str = "",
) -> int | None:
    """Keep what a person says of a payment; gives the number of the complaint that "not received"
    opens with these words, else None. The same again changes nothing, the last word counts.

    `who`, `channel` and `payment_id` as in `open_complaint`. Raises InputError, NotFound, Refused.
    """
    if channel not in CHANNELS:
        raise InputError("Nơi tiếp nhận không có.", "Chọn trong danh sách.")
    refuse_foreign(session, person_id, payment_id)
    number = None
    if not is_received:
        number = open_complaint(
            session, keyring, who, person_id, channel, NOT_RECEIVED, words, payment_id, now
        )
    if said_last(session, payment_id) == is_received:
        return number
    row = {"payment_id": payment_id, "is_received": int(is_received), "channel": channel}
    session.execute(
        insert(payment_confirmation).values(**row, actor=who, complaint_id=number, said_at=now)
    )
    said = "đã nhận" if is_received else "chưa nhận"
    record(session, now, who, "complaints:payment:confirm", f"instruction:{payment_id}", said)
    return number


def said_last(session: Session, payment_id: int) -> bool | None:
    """What the person said last of a payment: it came (True) or not; None where nothing was."""
    mine = payment_confirmation.c
    query = select(mine.is_received).where(mine.payment_id == payment_id)
    said = session.scalars(query.order_by(mine.id.desc()).limit(1)).first()
    return None if said is None else bool(said)
