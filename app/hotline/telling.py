"""What is told to a caller who was known: the same sentences as by SMS and on the person's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.answers.answer import ACCOUNT, HAS_COME, WHY, Answer
from app.answers.answering import answer_for
from app.answers.standing import OPEN, parts_of, told_of
from app.answers.wording import sentences
from app.statements.letterheads import commune_body
from app.statements.reading import person_of


class Line(NamedTuple):
    """One sentence of the timeline: its month as 'YYYY-MM', and whether somebody still waits for
    this money though nothing is on its way."""

    month: str
    said: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What the officer reads out: the name, who can be visited, twelve months with the newest
    first, and the answers to what is asked most besides."""

    name: str
    body: str
    timeline: Sequence[Line]
    answers: Sequence[tuple[str, Sequence[str]]]

    @property
    def is_worried(self) -> bool:
        """Whether a complaint is to be offered."""
        return any(one.is_open for one in self.timeline)


def told(session: Session, person_id: int, language: str, today: date) -> Told:
    """A person's money in plain words of 'vi' or 'en'. Raises NotFound."""
    who = person_of(session, person_id)
    body = commune_body(who.area_code)
    parts = parts_of(session, told_of(session, person_id, "", today), today)
    said = sentences(Answer(HAS_COME, tuple(parts), who.name, body), "", language)
    lines = [
        Line(part.month, words, part.form in OPEN) for part, words in zip(parts, said, strict=True)
    ]
    answers = [
        (kind, sentences(answer_for(session, person_id, kind, today), "", language))
        for kind in (ACCOUNT, WHY)
    ]
    return Told(who.name, body, lines, answers)
