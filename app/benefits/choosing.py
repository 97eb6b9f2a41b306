"""Which of a person's lines would be paid for one month, under one knowledge of the rates. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.benefits.book import Known, Level, RateBook
from app.benefits.concurrency import choose
from app.benefits.groups import Group
from app.benefits.rates import individual_level


class Fact(NamedTuple):
    """An enrolment without its owner: people with the same facts are due the same.

    `level` is -1 where there is no individual one, else that of the month `level_of`; `stop` is
    far away while it runs.
    """

    programme: str
    group: str
    table_key: str
    level: int
    start: str
    stop: str
    level_of: str = ""


Chosen = Mapping[int, Level]
"""Level by the place of its fact."""


class Person(NamedTuple):
    """The facts of a person, their groups in the same order, and where rates are looked up."""

    facts: Sequence[Fact]
    groups: Sequence[Group]
    book: RateBook
    area: str

    def chosen(self, month: str, known: Known) -> Chosen:
        """The lines paid for that month under those rates, concurrency settled."""
        due = {
            place: self._level(place, month, known)
            for place, fact in enumerate(self.facts)
            if fact.start <= month <= fact.stop and self.groups[place].component != "education"
        }
        return choose(self.groups, due)

    def _level(self, place: int, month: str, known: Known) -> Level:
        fact, group = self.facts[place], self.groups[place]
        if group.amount_kind == "individual":
            given = individual_level(group, None if fact.level < 0 else fact.level)
            return self.book.individual(group, given, fact.level_of, month, known)
        return self.book.level(group, fact.table_key, month, known, self.area)
