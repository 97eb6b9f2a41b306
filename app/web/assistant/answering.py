"""One question of one officer, one answer: what waits for him, what the guides say, whom to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.access.accounts import accounts, matching
from app.access.viewer import Viewer
from app.web.assistant.subjects import CHORE, PART, WORD, Subject
from app.web.assistant.understanding import COUNT, MEANING, WHOM, Understood, understood
from app.web.assistant.waiting import Waiting, waiting
from app.web.guides import Guide, Part, guide
from app.web.guides.glossary import Word, glossary

ADMINS_MAX = 3
"""Names of administrators that are told."""
Opens = Callable[[str], bool]
"""Whether the officer may open a page, by its endpoint."""


class Quoted(NamedTuple):
    """A part of a guide, its number from 1, and the page it begins on: '' where there is none or
    the officer may not open it. `is_his` says whether the guide is written for a role of his."""

    guide: Guide
    part: Part
    number: int
    page: str
    is_his: bool


class Defined(NamedTuple):
    """A word of the glossary, and its number from 1."""

    word: Word
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What waits, parts of guides and words of the glossary that fit best. `is_none_such` says that
    nothing waits of the work that he asked for, `is_understood` that there is an answer, `asks_on`
    that he is to ask somebody, of whom `admins` are names."""

    waiting: Waiting
    parts: tuple[Quoted, ...]
    words: tuple[Defined, ...]
    is_none_such: bool
    is_understood: bool
    asks_on: bool
    admins: tuple[str, ...]


def answer_to(
    session: Session, who: Viewer, question: str, language: str, opens: Opens, now: datetime
) -> Answer:
    """The answer to a question in plain words, in the language of the page; nothing is kept."""
    read = understood(question, who.roles)
    words = _words(read, language)
    parts = () if words and MEANING in read.wishes else read.of(PART)
    his = waiting(session, who, read, now)
    asks_of_work = bool(read.of(CHORE)) and (COUNT in read.wishes or not (parts or words))
    is_none_such = asks_of_work and MEANING not in read.wishes and his == Waiting()
    told = (parts, words, his != Waiting(), is_none_such, WHOM in read.wishes)
    asks_on = WHOM in read.wishes or not any(told)
    return Answer(
        waiting=his,
        parts=tuple(_quoted(one, who, language, opens) for one in parts),
        words=words,
        is_none_such=is_none_such,
        is_understood=any(told),
        asks_on=asks_on,
        admins=_admins(session, now) if asks_on else (),
    )


def _words(read: Understood, language: str) -> tuple[Defined, ...]:
    """Words of the glossary: where a meaning is asked for, or nothing else fits."""
    if MEANING not in read.wishes and (read.of(PART) or read.of(CHORE)):
        return ()
    told = glossary(language)
    return tuple(Defined(told[one.number], one.number + 1) for one in read.of(WORD))


def _quoted(subject: Subject, who: Viewer, language: str, opens: Opens) -> Quoted:
    found = guide(subject.name, language)
    part = found.parts[subject.number]
    page = part.page if part.page and opens(part.page) else ""
    return Quoted(found, part, subject.number + 1, page, who.is_one_of(*found.roles))


def _admins(session: Session, now: datetime) -> tuple[str, ...]:
    """The first of those who keep accounts and the service."""
    found = matching(accounts(session, now), now, role="admin")
    return tuple(one.name for one in found if not one.is_off)[:ADMINS_MAX]
