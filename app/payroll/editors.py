"""Who changed what of the people on a payroll since they were last approved.

The editor is who changed a fact alone, or proposed the change: whoever confirms another's change
has done the second person's part, and does it again when he checks the list. Set-wise: one
statement for each kind of change, whatever the number of payrolls or people, put together once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Join,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.audit.tables import audit_event
from app.beneficiaries.about_tables import decision
from app.beneficiaries.history_tables import citizen_change, person_change
from app.beneficiaries.import_tables import import_file
from app.beneficiaries.tables import enrolment, person, repair
from app.checks.tables import death_notice, death_verdict
from app.events.tables import dependant, life_event, study
from app.payroll.approval_tables import approval, payroll_exclusion
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import payroll, payroll_line
from ledger.bulk import joined_as_written, looked_up
from ledger.schema import Moment

CHANGED_DAYS = 30
# What only the trail knows: a first destination, a certificate, a number with the same last digits.
_TOLD_BY_TRAIL = ("register:destination:repair", "register:person:disability",
                  "register:person:set")  # fmt: skip
# Written by whoever confirms a death or a move that another entered.
_CONFIRMED = ("died_on", "area_code")
_EVER = datetime(1900, 1, 1, tzinfo=UTC)
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_SINCE: BindParameter[datetime] = bindparam("since")
_BETWEEN = re.compile(r" \+ |,")  # two officers in one column, the proposer first


def editors(session: Session, ids: Sequence[int]) -> set[tuple[int, int]]:
    """(payroll, officer) of whoever changed a fact of a person with a line on it since that
    person's last approved line of the programme, or brought in the list it was made from."""
    known, of = _officers(session), {"ids": list(ids)}
    with joined_as_written(session):
        rows = [row for query in _editing() for row in session.execute(query, of)]
        with looked_up(session):  # nearly everybody has a paper: all of them would be read
            rows += session.execute(_recorded(), of).all()
    found = ((row.payroll_id, _BETWEEN.split(row.who)[0]) for row in rows)
    return {(number, known[name]) for number, name in found if name in known}


def changers(
    session: Session, ids: Sequence[int], now: datetime
) -> dict[tuple[int, int], datetime]:
    """(payroll, officer) of whoever proposed or confirmed another payout account of a person with
    a line on it in the last 30 days, and when he did so last."""
    values = {"ids": list(ids), "since": now - timedelta(days=CHANGED_DAYS)}
    known = _officers(session)
    found: dict[tuple[int, int], datetime] = {}
    with joined_as_written(session):
        rows = [row for query in _changing() for row in session.execute(query, values)]
    for row in rows:
        for who in filter(None, map(known.get, _BETWEEN.split(row.who))):
            key = row.payroll_id, who
            found[key] = max(row.at, found.get(key, row.at))
    return found


@cache
def _editing() -> Sequence[Select[Any]]:
    """(payroll_id, who) by each kind of change but papers, of every payroll of `ids`."""
    return (*map(_edited, _edits()), _imported(), _excluded())


@cache
def _changing() -> Sequence[Select[Any]]:
    """(payroll_id, who, at) by each way a payout account is changed, of every payroll of `ids`."""
    changes = [
        _Change(_with(repair), by, repair.c.repaired_at)
        for by in (repair.c.proposed_by, repair.c.confirmed_by)
    ]
    changes.append(_told_by_trail(("register:destination:repair",)))
    return tuple(
        select(payroll_line.c.payroll_id, change.name, func.max(change.at).label("at"))
        .select_from(change.source)
        .where(payroll_line.c.payroll_id.in_(_IDS), *change.which, change.at >= _SINCE)
        .group_by(payroll_line.c.payroll_id, change.name)
        for change in changes
    )


def _officers(session: Session) -> dict[str, int]:
    """Officers by username and by number: a row says one or the other."""
    rows = session.execute(select(officer.c.id, officer.c.username)).all()
    return {name: row.id for row in rows for name in (row.username, str(row.id))}


def _excluded() -> Select[Any]:
    """Who took lines off these payrolls."""
    row = payroll_exclusion.c
    who = cast(row.officer_id, Text).label("who")
    return select(row.payroll_id, who).where(row.payroll_id.in_(_IDS)).distinct()


class _Change(NamedTuple):
    """A kind of change: the lines with the changes of their people, who made them, and when."""

    source: FromClause
    who: ColumnElement[Any]
    at: ColumnElement[Any]
    which: tuple[ColumnElement[bool], ...] = ()

    @property
    def name(self) -> ColumnElement[str]:
        """Who made it, in letters."""
        return cast(self.who, Text).label("who")


def _with(table: Table) -> Join:
    """Lines with what a table says of their people, from the lists outwards: the other way round
    it is everybody's that is looked through for each list."""
    of = payroll_line.join(payroll, payroll.c.id == payroll_line.c.payroll_id)
    return of.join(table, table.c.person_id == payroll_line.c.person_id)


def _edited(change: _Change) -> Select[Any]:
    line = payroll_line.c
    return (
        select(line.payroll_id, change.name)
        .select_from(change.source)
        .where(line.payroll_id.in_(_IDS), *change.which)
        .where(change.at > _last_approved(line.person_id))
        .distinct()
    )


def _edits() -> Iterator[_Change]:
    """The changes that officers made to people by hand, by their kind, but papers."""
    changed, met = person_change.c, life_event.c
    yield _Change(_with(repair), repair.c.proposed_by, repair.c.repaired_at)
    by_hand = (changed.source.not_like("import:%"), changed.field.not_in(_CONFIRMED))
    yield _Change(_with(person_change), changed.recorded_by, changed.recorded_at, by_hand)
    yield _told_by_trail(_TOLD_BY_TRAIL)
    for table in (citizen_change, dependant, study):
        yield _Change(_with(table), table.c.recorded_by, table.c.recorded_at)
    yield _Change(_with(life_event), met.entered_by, met.recorded_at)
    judged = _with(death_notice).join(death_verdict, death_verdict.c.notice_id == death_notice.c.id)
    yield _Change(judged, death_verdict.c.officer_id, death_verdict.c.decided_at)


@cache
def _recorded() -> Select[Any]:
    """(payroll_id, who) of whoever recorded the paper that an enrolment rests on; by keys."""
    paper = decision.c
    named = and_(
        paper.area_code == enrolment.c.area_code,
        paper.number == enrolment.c.decision_number,
        paper.decided_on == enrolment.c.decision_on,
    )
    source = _with(enrolment).join(decision, named)
    return _edited(_Change(source, paper.recorded_by, paper.recorded_at))


def _told_by_trail(actions: Sequence[str]) -> _Change:
    """Changes as the trail has them: its object reads 'person:12'."""
    trail, line = audit_event.c, payroll_line.c
    named = trail.object == literal("person:").concat(cast(line.person_id, Text))
    of = payroll_line.join(payroll, payroll.c.id == line.payroll_id)
    told = of.join(audit_event, named)
    return _Change(told, trail.actor, trail.at, (trail.action.in_(actions),))


def _last_approved(person_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """When a line of this person was last approved in the programme of `payroll`.

    Of an earlier line its payroll is looked up: joined, all payrolls are read for each person.
    """
    line, of = payroll_line.alias("earlier"), payroll.alias("of")
    programme = (
        select(of.c.programme)
        .where(of.c.id == line.c.payroll_id, of.c.state.in_((APPROVED, CLOSED)))
        .scalar_subquery()
    )
    last = (
        select(func.max(act.c.acted_at))
        .select_from(line)
        .join(approval, approval.c.payroll_id == line.c.payroll_id)
        .join(act, act.c.id == approval.c.act_id)
        .where(line.c.person_id == person_id, line.c.payroll_id != payroll.c.id)
        .where(programme == payroll.c.programme)
        .correlate(payroll, payroll_line)
    )
    return func.coalesce(last.scalar_subquery(), literal(_EVER, Moment))


def _imported() -> Select[Any]:
    """Who brought in a list of an area on this payroll since its last one was approved."""
    line, of = payroll_line.c, payroll.alias("of")
    here = (
        select(line.payroll_id, person.c.area_code)
        .join(person, person.c.id == line.person_id)
        .where(line.payroll_id.in_(_IDS))
        .distinct()
        .subquery()
    )
    last = (
        select(func.max(act.c.acted_at))
        .select_from(of)
        .join(approval, approval.c.payroll_id == of.c.id)
        .join(act, act.c.id == approval.c.act_id)
        .where(of.c.unit_code == payroll.c.unit_code, of.c.programme == payroll.c.programme)
        .where(of.c.id != payroll.c.id, of.c.state.in_((APPROVED, CLOSED)))
        .correlate(payroll)
    )
    since = func.coalesce(last.scalar_subquery(), literal(_EVER, Moment))
    return (
        select(here.c.payroll_id, import_file.c.imported_by.label("who"))
        .join(import_file, import_file.c.area_code == here.c.area_code)
        .join(payroll, payroll.c.id == here.c.payroll_id)
        .where(import_file.c.imported_at > since)
        .distinct()
    )
