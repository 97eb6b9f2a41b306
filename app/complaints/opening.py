"""Opening a complaint: what was said, who answers it by when, and what is known at that moment."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.tables import person
from app.benefits.tables import obligation
from app.clock import local_date
from app.complaints.moving import (
    SAID,
    WORDS,
    bound_to,
    open_about,
    read_words,
    reopen,
    say_more,
)
from app.complaints.states import (
    ANSWERED,
    CHANNELS,
    KINDS,
    NOT_RECEIVED,
    OF_PROVINCE,
    RECEIVED,
)
from app.complaints.tables import complaint, complaint_step
from app.complaints.terms import due_on
from app.disbursement.tables import instruction
from app.errors import InputError, NotFound, Refused
from app.months import month_of
from app.privacy import Keyring
from app.statements.trace import trace
from app.units.areas import successors
from app.units.tables import paying_unit
from ledger.bulk import insert_one

EVIDENCE = "complaint.evidence"


def open_complaint(
    session: Session,
    keyring: Keyring,
    who: str,
    person_id: int,
    channel: str,
    kind: str,
    words: str,
    payment_id: int | None,
    now: datetime,
) -> int:
    """Open a complaint of a person and give its number; the one that is open already, where one is.

    `who` is the user name of the officer who writes it down, or the edge where the person speaks
    ("page", "kiosk", "sms"). `payment_id` is the instruction it is about, if any. `words` may be
    empty where the kind says it all. What is known of the payment (of all payments of the person
    for "not received" without one) is frozen with it. One that was answered is opened again; to one
    that waits for its answer the words are added.
    Raises InputError for what is no kind, channel or text; NotFound for a person who is not known
    or a payment that is not the person's; Refused where the person's data were erased.
    """
    said = read_words(words, 0 if kind == NOT_RECEIVED else SAID)
    if kind not in KINDS or channel not in CHANNELS:
        raise InputError("Loại việc hoặc nơi tiếp nhận không có.", "Chọn trong danh sách.")
    whose = _whose(session, person_id)
    refuse_foreign(session, person_id, payment_id)
    if (row := open_about(session, person_id, kind, payment_id)) is not None:
        again = reopen if row.state == ANSWERED else say_more
        again(session, keyring, who, row.id, said, now)
        return int(row.id)
    number = _begin(session, keyring, whose, channel, kind, payment_id, now)
    sealed = keyring.encrypt(WORDS, bound_to(number, 1), said)
    step = {"complaint_id": number, "seq": 1, "state": RECEIVED, "words_cipher": sealed}
    session.execute(insert(complaint_step).values(**step, actor=who, at=now))
    record(session, now, who, "complaints:case:open", f"complaint:{number}",
           f"{KINDS[kind]}, {CHANNELS[channel]}")  # fmt: skip
    return number


def _whose(session: Session, person_id: int) -> Any:
    """The person, held until the end of the unit of work, so that two who press at once open one.

    Raises NotFound, Refused.
    """
    query = select(person.c.id, person.c.area_code, person.c.erased_at)
    row = session.execute(query.where(person.c.id == person_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Kiểm tra lại số.")
    if row.erased_at is not None:
        raise Refused("Dữ liệu của người này đã xoá.", "Không nhận phản ánh về người này nữa.")
    return row


def refuse_foreign(session: Session, person_id: int, payment_id: int | None) -> None:
    """Raise NotFound for a payment that is not the person's."""
    if payment_id is None:
        return
    query = select(obligation.c.person_id).join(
        instruction, instruction.c.obligation_id == obligation.c.id
    )
    if session.scalar(query.where(instruction.c.id == payment_id)) != person_id:
        raise NotFound("Không có khoản chi này của người này.", "Chọn lại khoản chi.")


def _begin(
    session: Session,
    keyring: Keyring,
    whose: Any,
    channel: str,
    kind: str,
    payment_id: int | None,
    now: datetime,
) -> int:
    proof = _evidence(session, whose.id, kind, payment_id)
    bound = evidence_bound_to(whose.id, kind, payment_id)
    return insert_one(
        session,
        complaint,
        person_id=whose.id,
        payment_id=payment_id,
        channel=channel,
        kind=kind,
        area_code=whose.area_code,
        unit_code="" if kind in OF_PROVINCE else unit_of(session, whose.area_code, now),
        evidence_cipher=keyring.encrypt(EVIDENCE, bound, proof) if proof else b"",
        evidence_digest=hashlib.sha256(proof.encode()).hexdigest() if proof else "",
        state=RECEIVED,
        steps=1,
        opened_at=now,
        due_on=due_on(session, kind, now),
    )


def evidence_bound_to(person_id: int, kind: str, payment_id: int | None) -> str:
    """What the cipher of a complaint's evidence is bound to."""
    return f"{person_id}|{kind}|{payment_id or 0}"


def _evidence(session: Session, person_id: int, kind: str, payment_id: int | None) -> str:
    """What is known now of the payment as JSON, its keys in order; '' where it is about none."""
    if payment_id is None and kind != NOT_RECEIVED:
        return ""
    about = f"person:{person_id}" if payment_id is None else f"instruction:{payment_id}"
    told = trace(session, about)
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unit_of(session: Session, area: str, now: datetime) -> str:
    """The commune that answers, or that into which it was merged; the province where none pays."""
    code = successors(session, month_of(local_date(now))).get(area, area)
    query = select(paying_unit.c.code).where(
        paying_unit.c.area_code == code, paying_unit.c.kind == "commune"
    )
    return session.scalars(query.order_by(paying_unit.c.code).limit(1)).first() or ""
