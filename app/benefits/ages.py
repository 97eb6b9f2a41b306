"""Who reaches an age this month that changes what they are due: proposals, nothing more.

The ages stand in `data/ages.csv`, in months, so that 36 months and 75 years are one rule; `*` means
everybody on a list who has no social pension. A child in somebody's care, or a child of a single
parent, is not in the register: those birthdays are not seen here. A proposal changes nothing by
itself: a new line or an end needs a decision (Decree 147/2025; Decree 20/2021, art. 8).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.groups import group
from app.months import require_month, shift

EVERYBODY = "*"
PENSION = "pension"
YEAR_ONLY_MONTH = 1
"""In which month of the year a person whose birth day is not known counts as that much older."""


@dataclass(frozen=True, slots=True)
class AgeRule:
    """At so many months of age a group becomes another one, or ends where `becomes` is ''."""

    group: str
    months: int
    becomes: str
    note: str
    article: str


@cache
def age_rules() -> tuple[AgeRule, ...]:
    """Every rule, as the table has them."""
    text = files("app.benefits").joinpath("data/ages.csv").read_text("utf-8")
    return tuple(
        AgeRule(row["group"], int(row["months"]), row["becomes"], row["note"], row["article"])
        for row in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """A rule that a person reaches, with the running line it is about.

    `line` is a row of person and enrolment; of a rule for everybody any line of the person.
    """

    rule: AgeRule
    line: Any


def reached(
    session: Session, period: str, year_only_month: int = YEAR_ONLY_MONTH
) -> Iterator[Reached]:
    """Who reaches an age in that month, with the line it is about, by commune and name.

    Reads everybody's birth once, and the enrolments of those few. Raises InputError.
    """
    born = _born(require_month(period), year_only_month)
    rows = session.execute(
        select(
            person.c.id,
            person.c.name,
            person.c.area_code,
            person.c.sort_key,
            person.c.birth,
            enrolment.c.id.label("enrolment_id"),
            enrolment.c.programme,
            enrolment.c.group_code,
            enrolment.c.table_key,
        )
        .join(enrolment, enrolment.c.person_id == person.c.id)
        .where(func.substr(person.c.birth, 1, 7).in_(born), runs_in(period))
        .order_by(person.c.area_code, person.c.sort_key, person.c.id, enrolment.c.id)
    )
    people: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        people[row.id].append(row)
    for mine in people.values():
        yield from _of_person(mine, born)


def says(rule: AgeRule) -> str:
    """The proposal in words. Of social assistance they are neutral for every group: else those
    that tell of a person's health would be the ones without a name."""
    age = f"Đủ {rule.months} tháng" if rule.months < 48 else f"Đủ {rule.months // 12} tuổi"
    if rule.becomes == "" or group(rule.becomes).programme != PENSION:
        return f"{age}: xét lại mức trợ giúp xã hội."
    note = f", {rule.note}" if rule.note else ""
    return f"{age}: xét {group(rule.becomes).public_name.lower()}{note}."


def _born(period: str, year_only_month: int) -> dict[str, list[AgeRule]]:
    """When somebody was born who reaches an age in that month: '1951-11', or '1951'."""
    found: defaultdict[str, list[AgeRule]] = defaultdict(list)
    for rule in age_rules():
        month = shift(period, -rule.months)
        found[month].append(rule)
        if int(period[5:]) == year_only_month:
            found[month[:4]].append(rule)
    return found


def runs_in(period: str) -> Any:
    """Enrolments that no list has ended before that month."""
    mine = enrolment.c
    ends = or_(mine.stop_period.is_(None), mine.stop_period >= period)
    return and_(mine.start_period <= period, ends)


def _of_person(rows: Sequence[Any], born: dict[str, list[AgeRule]]) -> Iterator[Reached]:
    by_group = {row.group_code: row for row in reversed(rows)}
    has_pension = any(row.programme == PENSION for row in rows)
    for rule in born[rows[0].birth[:7]]:
        line = by_group.get(rule.group)
        if line is None and rule.group == EVERYBODY and not has_pension:
            line = rows[0]
        if line is not None:
            yield Reached(rule, line)
