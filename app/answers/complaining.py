"""What a person complains of in a message: opened once, with what is known of the payment.

Whoever sent it proves nothing by the number: the complaint is that of the person to whom the
registered number belongs, who is told its number and by when it is answered. Where several people
have the number it is opened for the one who is named, else for nobody.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.answers.answer import HAS_COME, Asked
from app.answers.answering import answer_for
from app.answers.standing import arrived, told_of
from app.answers.understanding import month_named, spaced
from app.answers.wording import brief, fitted, short
from app.clock import local_date, midnight
from app.complaints.opening import open_complaint
from app.complaints.reading import complaint_of, open_payments
from app.complaints.states import NOT_RECEIVED, QUESTION, WRONG_AMOUNT
from app.complaints.tables import complaint, complaint_step
from app.messaging.gsm import plain_name
from app.months import month_of
from app.privacy import Keyring
from app.statements.reading import Attempt
from app.text import nfc

SMS, ZALO = "sms", "zalo"
SAID_A_DAY, OPENED_A_DAY = 3, 500
"""Of the people of one number, and opened by messages of everybody."""
_LEAST = 3
_ASKED_FOR = re.compile(
    r"\s*(?:tc\s+)?kn(?![^\W_])[\s:,.-]*((?:([0-9]{3})(?![0-9/]))?.*)", re.I | re.S
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Complains:
    """A complaint in a message: its kind, its words as they came, the month it names or '', and
    whether it was sent as one (behind `KN`)."""

    kind: str
    words: str
    month: str = ""
    is_asked_for: bool = False

    @property
    def is_empty(self) -> bool:
        """`KN` and nothing behind it."""
        return len(_LETTER.findall(self.words)) < _LEAST


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    says: tuple[str, ...]
    asks: tuple[str, ...]
    is_plain: bool


@cache
def _kinds() -> Sequence[_Kind]:
    text = files("app.answers").joinpath("data/complaining.toml").read_text("utf-8")
    return tuple(
        _Kind(one["name"], tuple(one["says"]), tuple(one.get("asks", ())), one.get("plain", False))
        for one in tomllib.loads(text)["kinds"]
    )


def complaint_in(text: str, today: date) -> tuple[Complains, str] | None:
    """The complaint of a message and the last three digits of whose identity number, or ''; None
    where it complains of nothing."""
    if found := _ASKED_FOR.fullmatch(nfc(text)):
        words = found[1].strip()
        kind = next((one.name for one in _kinds() if _says(one.says, words)), QUESTION)
        return Complains(kind, words, month_named(words, today) or "", True), found[2] or ""
    for one in _kinds():
        if one.is_plain and _says(one.says, text) and not _says(one.asks, text):
            return Complains(one.name, nfc(text).strip(), month_named(text, today) or ""), ""
    return None


def _says(phrases: Sequence[str], text: str) -> bool:
    words = spaced(text)
    return any(f" {one} " in words for one in phrases)


def whose(people: Sequence[Row[Any]], said: Complains, tail: str) -> Row[Any] | None:
    """Of whom it tells: the only one who has the number, who has these last digits, or whose whole
    name stands in it."""
    by_tail = [one for one in people if one.citizen_tail == tail]
    by_name = [one for one in people if spaced(one.name) in spaced(said.words)]
    found = [some for some in (people, by_tail, by_name) if len(some) == 1]
    return found[0][0] if found else None


def is_ripe(session: Session, person_id: int, said: Complains, now: datetime) -> bool:
    """Whether there is something to complain of: who says that nothing came before anything was
    sent is told where the money is. Sent as a complaint it is always one."""
    return said.is_asked_for or bool(_sent(session, person_id, said, local_date(now)))


def is_too_often(session: Session, people: Sequence[Row[Any]], now: datetime) -> bool:
    """Whether these people, or everybody together, have said enough by messages today."""
    today, by_message = midnight(now), (SMS, ZALO)
    ids = [one.id for one in people]
    mine = (
        select(func.count())
        .select_from(complaint_step)
        .join(complaint, complaint.c.id == complaint_step.c.complaint_id)
        .where(complaint.c.person_id.in_(ids), complaint_step.c.actor.in_(by_message),
               complaint_step.c.at >= today)
    )  # fmt: skip
    every = select(func.count()).select_from(complaint)
    opened = every.where(complaint.c.opened_at >= today, complaint.c.channel.in_(by_message))
    return (
        int(session.scalar(mine) or 0) >= SAID_A_DAY
        or int(session.scalar(opened) or 0) >= OPENED_A_DAY
    )


def complained(
    session: Session,
    keyring: Keyring,
    who: Row[Any],
    said: Complains,
    channel: str,
    help_number: str,
    now: datetime,
) -> str:
    """Open it, or add to the one that is open; gives the SMS that says its number and its day."""
    today = local_date(now)
    payment = _payment(session, who.id, said, today)
    number = open_complaint(
        session, keyring, channel, who.id, channel, said.kind, said.words, payment, now
    )
    due = complaint_of(session, number).row.due_on
    told = [short("complained").format(number=number, day=f"{due:%d/%m}")]
    if said.kind == NOT_RECEIVED:
        standing = answer_for(session, who.id, Asked(HAS_COME, said.month), today)
        told.append(brief(standing, hides_amounts=bool(who.hides_amounts)))
    return fitted(told, help_number, plain_name(who.name))


def no_more(help_number: str) -> str:
    """The SMS that says whom to call where enough was said by messages today."""
    return fitted([short("complain_call")], help_number)


def how_to(help_number: str, *, is_shared: bool = False) -> str:
    """The SMS that says how to complain: what to write, or of whom where several have a number."""
    return fitted([short("complain_of_whom" if is_shared else "complain_how")], help_number)


def _payment(session: Session, person_id: int, said: Complains, today: date) -> int | None:
    """The payment it is about: of that month the one complained of already, else one that did not
    arrive, else the last; None where it is about none."""
    if said.kind not in (NOT_RECEIVED, WRONG_AMOUNT):
        return None
    sent = _sent(session, person_id, said, today)
    before = open_payments(session, person_id, said.kind)
    best = min(
        sent,
        key=lambda one: (one.row.id not in before, arrived(one) is not None, -one.row.id),
        default=None,
    )
    return None if best is None else int(best.row.id)


def _sent(session: Session, person_id: int, said: Complains, today: date) -> list[Attempt]:
    """The last attempt to pay each obligation of the month: that which is named, else the last
    month that has begun."""
    told = told_of(session, person_id, said.month, today)
    begun = [one.owed.period for one in told if one.owed.period <= month_of(today)]
    wanted = said.month or max(begun, default="")
    mine = [one for one in told if one.owed.period == wanted]
    return [one.attempts[-1] for one in mine if one.attempts]
