"""Ages of the children and cared-for people for whom somebody is paid.

They are on no list themselves: `dependant` tells their birth. A counted line has their number in
its table key, so those who grow up leave the same line with fewer, or none. A child that becomes
cheaper (4 years) changes it from that month; one who is out (16) is paid for that month still.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.ages import runs_in
from app.benefits.groups import group
from app.events.find.standing import latest_study
from app.events.proposals import Proposal, amount_of
from app.events.states import DEPENDANT_AGE
from app.events.tables import dependant
from app.months import shift

SMALL = 36
"""Months up to which a child counts for the carer lines of disabled parents."""

UNTIL_16 = 192


@dataclass(frozen=True, slots=True)
class DependantRule:
    """At so many months of a dependant the payee's line becomes another, or loses one."""

    group: str
    months: int
    becomes: str
    article: str


@cache
def dependant_rules() -> tuple[DependantRule, ...]:
    """Every rule, as the table has them."""
    text = files("app.events").joinpath("data/dependant_ages.csv").read_text("utf-8")
    return tuple(
        DependantRule(row["group"], int(row["months"]), row["becomes"], row["article"])
        for row in csv.DictReader(text.splitlines())
    )


def latest_dependants() -> Subquery:
    """The last version of each dependant that counts."""
    c = dependant.c
    order = func.row_number().over(partition_by=(c.person_id, c.number), order_by=c.version.desc())
    ranked = select(dependant, order.label("place")).subquery()
    r = ranked.c
    return (
        select(r.person_id, r.number, r.birth, r.counts)
        .where(r.place == 1, r.counts == 1)
        .subquery("dependants")
    )


def dependants(session: Session, period: str) -> Iterator[Proposal]:
    """Whose dependant reaches an age in that month, with what becomes of the line."""
    born = defaultdict(list)
    for rule in dependant_rules():
        born[shift(period, -rule.months)].append(rule)
    latest, mine = latest_dependants(), enrolment.c
    rows = session.execute(
        select(mine.id, mine.person_id, mine.group_code, mine.table_key, latest.c.number,
               func.substr(latest.c.birth, 1, 7).label("born"))
        .join(latest, latest.c.person_id == mine.person_id)
        .where(func.substr(latest.c.birth, 1, 7).in_(born), runs_in(period))
        .order_by(mine.person_id, latest.c.number, mine.id)
    ).all()  # fmt: skip
    if not rows:
        return
    small = _small(session, period, [row.person_id for row in rows if row.group_code == "K7"])
    studying = latest_study(session)
    reach: defaultdict[tuple[int, DependantRule], list[Any]] = defaultdict(list)
    for row in rows:
        for rule in born[row.born]:
            if rule.group == row.group_code and not _studies(row, rule, studying, period):
                reach[row.id, rule].append(row)
    for (_, rule), mates in reach.items():
        yield from _reached(mates, rule, period, small)


def _studies(
    row: Any, rule: DependantRule, studying: Mapping[tuple[int, int], str], period: str
) -> bool:
    """Whether a single parent's child of 16 counts on, since its school says so."""
    at_16 = rule.group == "C4" and rule.months == UNTIL_16
    return at_16 and studying.get((row.person_id, row.number), "") >= period


def _reached(
    mates: Sequence[Any], rule: DependantRule, period: str, small: Mapping[int, int]
) -> Iterator[Proposal]:
    """What becomes of one line when these dependants reach that age in the same month."""
    if rule.group in ("K6", "K7"):
        yield _care(mates, rule, period, small.get(mates[0].person_id, 0))
    elif rule.becomes:
        yield _fewer(mates, rule, period, shift(period, -1))
        yield _more(mates, rule, period)
    else:
        yield _fewer(mates, rule, period, period)


def _small(session: Session, period: str, people: Sequence[int]) -> Mapping[int, int]:
    """Of these few people: how many counted children are still small after that month."""
    latest = latest_dependants()
    query = (
        select(latest.c.person_id, func.count())
        .where(latest.c.person_id.in_(people))
        .where(func.substr(latest.c.birth, 1, 7) > shift(period, -SMALL))
        .group_by(latest.c.person_id)
    )
    return {row[0]: row[1] for row in session.execute(query)} if people else {}


def _care(mates: Sequence[Any], rule: DependantRule, period: str, small: int) -> Proposal:
    """The line for raising one small child ends; that for several becomes the one for one."""
    begins = {0: "", 1: rule.becomes}.get(small, rule.group)
    return _proposal(mates, rule, period, period, begins, "")


def _fewer(mates: Sequence[Any], rule: DependantRule, period: str, stop: str) -> Proposal:
    """The line with fewer from the month after `stop`, or its end."""
    left = int(mates[0].table_key or "1") - len(mates)
    begins, key = (rule.group, str(left)) if left > 0 else ("", "")
    return _proposal(mates, rule, period, stop, begins, key)


def _more(mates: Sequence[Any], rule: DependantRule, period: str) -> Proposal:
    key = str(len(mates))
    return Proposal(
        mates[0].person_id,
        DEPENDANT_AGE,
        period,
        f"{_says(rule)} Nếu đã có mức này cho người khác, lập quyết định chung.",
        group=rule.becomes,
        table_key=key,
        start=period,
        amount=amount_of(rule.becomes, key, period),
        same=f"{_numbers(mates)}:{rule.months}:more",
    )


def _proposal(
    mates: Sequence[Any], rule: DependantRule, period: str, stop: str, begins: str, key: str
) -> Proposal:
    start = shift(stop, 1) if begins else None
    return Proposal(
        mates[0].person_id,
        DEPENDANT_AGE,
        period,
        _says(rule),
        enrolment_id=mates[0].id,
        stop=stop,
        group=begins,
        table_key=key,
        start=start,
        amount=amount_of(begins, key, start) if start else 0,
        same=f"{_numbers(mates)}:{rule.months}",
    )


def _numbers(mates: Sequence[Any]) -> str:
    return ",".join(str(one.number) for one in mates)


def _says(rule: DependantRule) -> str:
    age = f"đủ {rule.months} tháng" if rule.months < 48 else f"đủ {rule.months // 12} tuổi"
    return f"Người được nuôi {age}: xét lại {group(rule.group).public_name.lower()}."
