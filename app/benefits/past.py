"""What the tables say that people were granted for past months, read by chunks of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from app.beneficiaries.tables import enrolment, person
from app.benefits.campaigns import AHEAD, MONTHLY
from app.benefits.facts import ahead_before, is_any_ahead, who_stays
from app.benefits.groups import PROGRAMMES, group
from app.benefits.rules import History
from app.benefits.tables import IS_AHEAD, arrears_grant, obligation, overpayment
from app.benefits.values import Granted, Overpaid
from app.months import months_between, previous

Cell = tuple[str, str, str]
"""Programme, component, month."""


# What a component of the tables is to the rules; a gift is nothing to them.
_STANDS_FOR = {**{one: one for one in MONTHLY}, **{ahead: one for one, ahead in AHEAD.items()}}


@dataclass(slots=True)
class Past:
    """Of each person of a chunk: what was granted, and what was found to be too much."""

    _granted: defaultdict[int, list[Granted]] = field(default_factory=lambda: defaultdict(list))
    _ahead: defaultdict[int, dict[tuple[str, str], int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _ahead_before: set[int] = field(default_factory=set)
    _found: defaultdict[int, dict[Cell, int]] = field(default_factory=lambda: defaultdict(dict))

    def granted(self, person_id: int) -> Sequence[Granted]:
        """What the person was granted in the months that are looked back at."""
        return self._granted.get(person_id, ())

    def ahead(self, person_id: int) -> Mapping[tuple[str, str], int]:
        """By programme and component, what of this month was paid with the month before."""
        return self._ahead.get(person_id, {})

    def was_ahead(self, person_id: int) -> bool:
        """Whether last month was paid ahead, or its list knew too early: it is looked at again."""
        return person_id in self._ahead_before

    def changed(
        self, person_id: int, period: str, overpaid: Iterable[Overpaid]
    ) -> Iterator[tuple[Any, ...]]:
        """Rows of findings that differ from the last ones; 0 where nothing is too much any more."""
        before = dict(self._found.get(person_id, {}))
        for one in overpaid:
            cell = one.programme, one.component, one.month
            if before.pop(cell, 0) != one.amount:
                yield (
                    one.programme, person_id, one.component, one.month, period, one.amount,
                    one.reason,
                )  # fmt: skip
        for (programme, component, month), amount in before.items():
            if amount:
                yield programme, person_id, component, month, period, 0, ""


def past_of(
    session: Session,
    history: History,
    period: str,
    first: int,
    last: int,
    *,
    everybody: bool = False,
) -> Past:
    """Read it for the people of a chunk; nothing where nobody is looked back at.

    In a month without a fresh rate only people of whom there is news are read, unless `everybody`.
    """
    view, past = history.view(period), Past()
    if is_any_ahead(session, period):
        _read_ahead(session, past, period, first, last)
    if is_any_ahead(session, previous(period)):
        before = ahead_before(period).subquery().c.id
        past._ahead_before.update(
            session.scalars(select(before).where(before.between(first, last)))
        )
    everybody = everybody or bool(view.rate_months.months) or bool(past._ahead_before)
    months = view.all_months.months
    if not months:
        return past

    told = aliased(enrolment, name="told")

    def theirs(column: Any) -> ColumnElement[bool]:
        here: ColumnElement[bool] = column.between(first, last)
        news = exists().where(told.c.person_id == column, told.c.changed_period == period)
        return here if everybody else here & news

    _obligations(session, past, months, theirs(obligation.c.person_id))
    _arrears(session, past, months, theirs(arrears_grant.c.person_id))
    _merged(session, past, months, person.c.merged_into_id.between(first, last))
    _findings(session, past, theirs(overpayment.c.person_id))
    return past


def past_of_person(
    session: Session, history: History, period: str, person_id: int
) -> Sequence[Granted]:
    """What one person was granted by the lists before that of `period`."""
    past, months, a = Past(), history.view(period).all_months.months, arrears_grant.c
    if months:
        _obligations(session, past, months, obligation.c.person_id == person_id)
        mine = a.person_id == person_id
        # What a list of differences granted just before the list of `period` was granted, too.
        before = or_(a.period < period, (a.period == period) & (a.list_number > 0))
        _arrears(session, past, months, mine & before)
        _merged(session, past, months, person.c.merged_into_id == person_id)
    return past.granted(person_id)


def _read_ahead(session: Session, past: Past, period: str, first: int, last: int) -> None:
    o, who = obligation.c, who_stays()
    rows = session.execute(
        select(who, o.programme, o.component, o.regular)
        .join(person, person.c.id == o.person_id)
        .where(text(IS_AHEAD), o.period == period, who.between(first, last))
    )
    for person_id, programme, component, regular in rows:
        cell = programme, _STANDS_FOR[component]
        past._ahead[person_id][cell] = past._ahead[person_id].get(cell, 0) + regular


def _obligations(
    session: Session, past: Past, months: Sequence[str], theirs: ColumnElement[bool]
) -> None:
    o = obligation.c
    # The programmes are named so that the unique index serves.
    here = (o.programme.in_(PROGRAMMES), theirs, o.period.between(months[0], months[-1]))
    rows = session.execute(
        select(o.person_id, o.period, o.programme, o.component, o.regular).where(*here)
    )
    for person_id, month, programme, component, regular in rows:
        if stands_for := _STANDS_FOR.get(component):
            past._granted[person_id].append(Granted(month, programme, stands_for, regular, 0))


def _arrears(
    session: Session, past: Past, months: Sequence[str], theirs: ColumnElement[bool]
) -> None:
    a = arrears_grant.c
    rows = session.execute(
        select(a.person_id, a.programme, enrolment.c.group_code, a.first_period, a.last_period,
               a.monthly)
        .join(enrolment, enrolment.c.id == a.enrolment_id)
        .where(theirs, a.last_period >= months[0])
    )  # fmt: skip
    for person_id, programme, code, first, last, monthly in rows:
        for month in months_between(first, last):
            granted = Granted(month, programme, group(code).component, 0, monthly)
            past._granted[person_id].append(granted)


def _merged(session: Session, past: Past, months: Sequence[str], into: ColumnElement[bool]) -> None:
    """What rows merged into these people were granted counts as theirs: it was one person.

    What was found to be too much for such a row stays to be recovered under its own number.
    """
    rows = session.execute(select(person.c.id, person.c.merged_into_id).where(into))
    stays = {row.id: row.merged_into_id for row in rows}
    if not stays:
        return
    theirs = Past()
    _obligations(session, theirs, months, obligation.c.person_id.in_(stays))
    _arrears(session, theirs, months, arrears_grant.c.person_id.in_(stays))
    _findings(session, theirs, overpayment.c.person_id.in_(stays))
    began = _began(session, set(stays.values()))
    for lost, kept in stays.items():
        too_much = (
            Granted(month, programme, component, -amount, 0)
            for (programme, component, month), amount in theirs._found[lost].items()
        )
        past._granted[kept].extend(
            one
            for one in (*theirs.granted(lost), *too_much)
            if one.month >= max(months[0], began.get(kept, ""))
        )


def _began(session: Session, people: Iterable[int]) -> Mapping[int, str]:
    """The first month that each of these people has a line for: before, nobody was paid twice."""
    e = enrolment.c
    rows = session.execute(
        select(e.person_id, func.min(e.start_period))
        .where(e.person_id.in_(people))
        .group_by(e.person_id)
    )
    return {row.person_id: row[1] for row in rows}


def _findings(session: Session, past: Past, theirs: ColumnElement[bool]) -> None:
    """The newest finding of each month."""
    f = overpayment.c
    newest = func.max(f.period).over(partition_by=(f.person_id, f.programme, f.component, f.month))
    ranked = select(overpayment, newest.label("newest")).where(theirs).subquery()
    r = ranked.c
    rows = session.execute(
        select(r.person_id, r.programme, r.component, r.month, r.amount).where(r.period == r.newest)
    )
    for person_id, programme, component, month, amount in rows:
        past._found[person_id][programme, component, month] = amount
