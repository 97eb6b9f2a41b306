"""What becomes of requests for a code, decided apart from the pages: who it is, whether a number
is vouched for, whether the number and the day still have codes; then the message is queued.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, and_, delete, func, insert, select
from sqlalchemy.orm import Session

from app.beneficiaries.reached import may_be_answered
from app.beneficiaries.tables import person
from app.clock import TIME_ZONE, local_date
from app.messaging.outbox import Notice, queue
from app.messaging.states import CODE
from app.messaging.terms import Plan
from app.messaging.words import Facts
from app.privacy import Keyring
from app.self_service.asking import SPANS, Dice
from app.self_service.tables import (
    FULL,
    LATE,
    LIMITED,
    SENT,
    UNKNOWN,
    own_code,
    own_code_request,
    own_code_try,
)

PATIENCE = timedelta(minutes=5)
"""After so long nobody waits for a code any more."""
DIGITS = 6
DAY = timedelta(days=1)
_MOBILE = re.compile(r"0[35789][0-9]{8}")
"""Mobile numbers of Viet Nam, as the register writes them."""
_CHANCE = 8


class Sent(NamedTuple):
    """A code that leaves: for which request, whose, to which number, and the digits."""

    request: Row[Any]
    phone: str
    code: str


def decide(
    session: Session, keyring: Keyring, plan: Plan, dice: Dice, now: datetime, most: int
) -> dict[str, int]:
    """Decide on up to `most` requests, the oldest first, and queue their messages; gives how many
    came to which outcome, nothing when none waits. Only one at a time may do this."""
    rows = _waiting(session, most)
    told = _Day(session, plan, rows, now)
    found = [(row, *_outcome(keyring, told, row, now)) for row in rows]
    sent = [Sent(row, phone, _digits(dice)) for row, outcome, phone in found if outcome == SENT]
    codes = {one.request.id: one.code for one in sent}
    values = [_row(keyring, row, outcome, codes.get(row.id, ""), now) for row, outcome, _ in found]
    if values:
        session.execute(insert(own_code), values)
        queue(session, keyring, plan, _notices(sent), now)
    counts: defaultdict[str, int] = defaultdict(int)
    for _, outcome, _ in found:
        counts[outcome] += 1
    return dict(counts)


def tidy(session: Session, now: datetime) -> None:
    """What is older than a day and an hour goes: no limit looks back further than a day, and a code
    is typed within the hour in which it was asked for."""
    old = now - DAY - timedelta(hours=1)
    asked = select(own_code_request.c.id).where(own_code_request.c.asked_at <= old)
    session.execute(delete(own_code_try).where(own_code_try.c.request_id.in_(asked)))
    session.execute(delete(own_code).where(own_code.c.request_id.in_(asked)))
    session.execute(delete(own_code_request).where(own_code_request.c.asked_at <= old))


def turned_away(session: Session, now: datetime) -> int:
    """How many codes of the last day were not sent because the day's codes were spent."""
    of = own_code.c
    query = select(func.count()).where(of.made_at > now - DAY, of.outcome == FULL)
    return session.scalar(query) or 0


def code_key(keyring: Keyring, request: Row[Any], code: str) -> str:
    """How the digits of a request stand in the table: bound to it and to its browser."""
    return keyring.index("own_code.code", f"{request.id}|{request.browser}|{code}")


def _waiting(session: Session, most: int) -> Sequence[Row[Any]]:
    """Requests that nobody has decided on, each with whom it is for, if that one may be sent to."""
    mine = and_(person.c.citizen_key == own_code_request.c.citizen_key, may_be_answered())
    query = (
        select(
            own_code_request,
            person.c.id.label("person_id"),
            person.c.phone_key,
            person.c.phone_cipher,
            person.c.bound_key,
        )
        .select_from(own_code_request)
        .outerjoin(person, mine)
        .outerjoin(own_code, own_code.c.request_id == own_code_request.c.id)
        .where(own_code.c.request_id.is_(None))
        .order_by(own_code_request.c.asked_at, own_code_request.c.id)
        .limit(most)
    )
    return session.execute(query).all()


class _Day:
    """What was sent lately: to each number that is asked about, and on this day in all."""

    def __init__(
        self, session: Session, plan: Plan, rows: Sequence[Row[Any]], now: datetime
    ) -> None:
        of, today = own_code.c, local_date(now)
        phones = {row.phone_key for row in rows if row.phone_key}
        lately = select(of.phone_key, of.made_at).where(
            of.phone_key.in_(phones), of.made_at > now - DAY, of.outcome == SENT
        )
        self._to: defaultdict[str, list[datetime]] = defaultdict(list)
        for row in session.execute(lately):
            self._to[row.phone_key].append(row.made_at)
        midnight = datetime.combine(today, time(), TIME_ZONE)
        so_far = select(func.count()).where(of.made_at >= midnight, of.outcome == SENT)
        self._left = plan.of(today).code_limit - (session.scalar(so_far) or 0)

    def allows(self, phone_key: str, now: datetime) -> str:
        """What may become of one more code for this number; counted at once."""
        to = self._to[phone_key]
        if any(sum(at > now - span for at in to) >= most for span, most in SPANS):
            return LIMITED
        if self._left <= 0:
            return FULL
        self._left -= 1
        to.append(now)
        return SENT


def _outcome(keyring: Keyring, told: _Day, row: Row[Any], now: datetime) -> tuple[str, str]:
    """(outcome, phone in clear where a code leaves)."""
    if row.asked_at <= now - PATIENCE:
        return LATE, ""
    phone = _phone(keyring, row) if row.person_id else ""
    if not _MOBILE.fullmatch(phone):
        return UNKNOWN, ""
    outcome = told.allows(row.phone_key, now)
    return outcome, phone if outcome == SENT else ""


def _phone(keyring: Keyring, row: Row[Any]) -> str:
    try:
        return keyring.decrypt("person.phone", row.bound_key, row.phone_cipher)
    except (InvalidTag, TypeError):  # altered: nobody's number
        return ""


def _digits(dice: Dice) -> str:
    return f"{int.from_bytes(dice(_CHANCE)) % 10**DIGITS:0{DIGITS}}"


def _row(keyring: Keyring, row: Row[Any], outcome: str, code: str, now: datetime) -> dict[str, Any]:
    kept = code_key(keyring, row, code) if code else ""
    whose = {"person_id": row.person_id, "phone_key": row.phone_key or "", "code_key": kept}
    return {"request_id": row.id, "outcome": outcome, "made_at": now, **whose}


def _notices(sent: Sequence[Sent]) -> Iterator[Notice]:
    for one in sent:
        who = one.request
        facts = Facts("", "", code=one.code)
        yield Notice(CODE, who.id, who.person_id, who.phone_key, one.phone, facts)
