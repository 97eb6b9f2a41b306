"""A question by SMS becomes one answer in the outbox, to the number that the register has.

The number a message came from proves nothing: it says whose answer is wanted, and the answer goes
to the number in the register. A number that nobody here has gets one help a day, then silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from app.answers.answer import OF_PERSON, Answer
from app.answers.answering import answer_for, general
from app.answers.complaining import (
    SMS,
    ZALO,
    complained,
    how_to,
    is_ripe,
    is_too_often,
    no_more,
    whose,
)
from app.answers.grammar import RESUME, STOP, Words, read_words
from app.answers.wording import brief, fitted, listed, short, sms
from app.beneficiaries.reached import people_at
from app.beneficiaries.staging import phone_index
from app.clock import local_date, midnight
from app.messaging.outbox import Notice, queue
from app.messaging.spending import ALL, STRANGER, spend, spent
from app.messaging.states import ANSWER
from app.messaging.tables import answered_question, message
from app.messaging.terms import Plan
from app.messaging.wishes import NO_MESSAGES, set_wish
from app.privacy import Keyring

ANSWERS_A_DAY, STRANGERS_A_DAY = 5, 200
"""Answers to one number, and helps to numbers that nobody here has, all together."""
ANSWERED, HELPED, SILENT = "answered", "helped", "silent"
_BY = "sms"
_APART = re.compile(r"[\s.\-]")
_MOBILE = re.compile(r"(?:\+?84|0)([35789][0-9]{8})")


@dataclass(frozen=True, slots=True)
class _Told:
    """A text, and of whom it tells."""

    text: str
    people: Sequence[int] = ()


def reply(
    session: Session,
    keyring: Keyring,
    plan: Plan,
    number: int,
    said: Mapping[str, str],
    now: datetime,
) -> str:
    """Answer the question `number` of the inbox; gives what became of it."""
    caller = mobile(said.get("from", ""))
    if caller is None or caller in _own(plan):
        return SILENT
    today = local_date(now)
    spend(session, today, ALL, "", 0, 0)  # one question at a time: the counts below hold
    key = phone_index(keyring, caller)
    before = _answers_today(session, key, now)
    people, words = people_at(session, key), read_words(said.get("text", ""), today)
    is_spent = before >= ANSWERS_A_DAY
    if not people and before:
        return SILENT
    if not people:
        return _help(session, keyring, plan, number, (key, caller), now)
    # Who wants no more messages is obeyed, and who complains is heard, though no answer is left.
    may = not is_spent or words.asked.kind == STOP or words.complains is not None
    told = None
    if may and words.complains is not None:
        channel = ZALO if said.get("channel") == ZALO else SMS
        told = _complaint(session, keyring, plan, people, words, channel, now)
    if may and told is None:
        told = _told(session, people, words, plan, now)
    # What was asked is forgotten with them, answered or not.
    about = (told and told.people) or [one.id for one in people]
    rows = [{"inbound_id": number, "person_id": one} for one in about]
    session.execute(insert(answered_question), rows)
    if told is None or is_spent:
        return SILENT
    who = people[0]
    phone = keyring.decrypt("person.phone", who.bound_key, who.phone_cipher)
    notice = Notice(ANSWER, number, about[0], key, phone, text=told.text)
    queue(session, keyring, plan, [notice], now)
    return ANSWERED


def mobile(number: str) -> str | None:
    """A Vietnamese mobile number as the register has it ('0912345678'); None for any other: short
    codes, names and foreign numbers are never answered."""
    found = _MOBILE.fullmatch(_APART.sub("", number))
    return f"0{found[1]}" if found else None


def _own(plan: Plan) -> set[str | None]:
    told = [plan.help_number, *plan.numbers, *(str(one.get("sender")) for one in plan.gateways)]
    return {mobile(one) for one in told}


def _answers_today(session: Session, key: str, now: datetime) -> int:
    query = select(func.count()).select_from(message)
    mine = query.where(message.c.phone_key == key, message.c.kind == ANSWER)
    return int(session.scalar(mine.where(message.c.queued_at >= midnight(now))) or 0)


def _help(
    session: Session,
    keyring: Keyring,
    plan: Plan,
    number: int,
    caller: tuple[str, str],
    now: datetime,
) -> str:
    today = local_date(now)
    if spent(session, today, STRANGER)[0] >= STRANGERS_A_DAY:
        return SILENT
    spend(session, today, STRANGER, "", 1, 0)
    text = fitted([short("stranger")], plan.help_number)
    queue(session, keyring, plan, [Notice(ANSWER, number, None, *caller, text=text)], now)
    return HELPED


def _told(
    session: Session, people: Sequence[Row[Any]], words: Words, plan: Plan, now: datetime
) -> _Told | None:
    """What is written back; None where nothing is to be said."""
    mine = [one for one in people if words.tail in ("", one.citizen_tail)]
    if not mine:
        return _Told(fitted([short("which")], plan.help_number))
    if words.asked.kind in (STOP, RESUME):
        return _wish(session, mine, words.asked.kind == STOP, plan, now)
    if words.asked.kind not in OF_PERSON:
        return _Told(sms(general(words.asked.kind), plan.help_number))
    if len(mine) == 1:
        found = _answer(session, mine[0], words, now)
        hides = bool(mine[0].hides_amounts)
        return _Told(sms(found, plan.help_number, hides_amounts=hides), [mine[0].id])
    return _of_several(session, mine, words, plan, now)


def _complaint(
    session: Session,
    keyring: Keyring,
    plan: Plan,
    people: Sequence[Row[Any]],
    words: Words,
    channel: str,
    now: datetime,
) -> _Told | None:
    """What is written back of a complaint; None where nothing was sent yet of which one could be:
    then it is answered as a question."""
    said = words.complains
    assert said is not None
    if said.is_empty:
        return _Told(how_to(plan.help_number))
    if not said.is_asked_for and plan.help_number in said.words:
        return None  # a phone that sends our own notices back
    who = whose(people, said, words.tail)
    ripe = [one for one in people if is_ripe(session, one.id, said, now)]
    if not ripe or (who is not None and who not in ripe):
        return None
    if who is None:
        return _Told(how_to(plan.help_number, is_shared=True))
    if is_too_often(session, people, now):
        return _Told(no_more(plan.help_number))
    text = complained(session, keyring, who, said, channel, plan.help_number, now)
    return _Told(text, [who.id])


def _answer(session: Session, who: Row[Any], words: Words, now: datetime) -> Answer:
    return answer_for(session, who.id, words.asked, local_date(now))


def _wish(
    session: Session, people: Sequence[Row[Any]], stops: bool, plan: Plan, now: datetime
) -> _Told | None:
    """Nobody is told twice that messages have stopped."""
    change = [one.id for one in people if bool(one.wants_none) != stops]
    if not change:
        return None
    set_wish(session, change, NO_MESSAGES, stops, _BY, now)
    return _Told(fitted([short("stopped" if stops else "resumed")], plan.help_number))


def _of_several(
    session: Session, people: Sequence[Row[Any]], words: Words, plan: Plan, now: datetime
) -> _Told:
    """One SMS about everybody who has the number, but for those who want no amounts on it."""
    open_ones = [one for one in people if not one.hides_amounts]
    told = [(one.name, brief(_answer(session, one, words, now))) for one in open_ones]
    text, count = listed(told, plan.help_number, len(people))
    return _Told(text, [one.id for one in open_ones[:count]])
