"""A case as a finder gives it, and who is on the lists that are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, or_, select

from app.beneficiaries.tables import enrolment, person
from app.doubles.rules import RULES
from app.doubles.tables import doubt_decision


class Case(NamedTuple):
    """`key` is what the case hangs on, `facts` what else it was judged by; `held` of `people`
    are left off the lists while it is open, where the rule blocks."""

    rule: str
    key: str
    people: tuple[int, ...]
    held: frozenset[int]
    facts: str
    area: str

    @property
    def subject(self) -> str:
        """The digest by which a later run finds the case again."""
        return _digest(self.rule, self.key)

    def judged_by(self, since: str) -> str:
        """The digest of its facts, and of the month until which it was allowed before."""
        people = (f"{one}{'*' * (one in self.held)}" for one in sorted(self.people))
        return _digest(self.facts, since, *people)


def case(rule: str, key: str, people: Iterable[int], held: Iterable[int], facts: str, area: str
         ) -> Case:  # fmt: skip
    """A case of that rule; nobody is held where it only asks."""
    held = frozenset(held) if RULES[rule].blocks else frozenset()
    return Case(rule, key, tuple(sorted(people)), held, facts, area)


def _digest(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()


def runs(of: Any, period: str) -> ColumnElement[bool]:
    """Whether an enrolment stands on the month's list and is not over."""
    goes_on = or_(of.c.stop_period.is_(None), of.c.stop_period >= period)
    return and_(of.c.seen_period == period, of.c.start_period <= period, goes_on)


def on_list(period: str, of: Any = person) -> ColumnElement[bool]:
    """Whether a person counts: on the month's list, neither merged into another nor erased."""
    listed = enrolment.alias("listed")
    mine = select(listed.c.id).where(listed.c.person_id == of.c.id, runs(listed, period))
    return and_(mine.exists(), of.c.merged_into_id.is_(None), of.c.erased_at.is_(None))


def standing() -> Subquery:
    """Decisions in force: those that no later one took back."""
    later = doubt_decision.alias("later")
    taken_back = select(later.c.id).where(later.c.replaces_id == doubt_decision.c.id)
    return select(doubt_decision).where(~taken_back.exists()).subquery("decided")
