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
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
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
    known = _officers(session)
    return {
        (row.payroll_id, known[name])
        for query in _editing()
        for row in session.execute(query, {"ids": list(ids)})
        if (name := _BETWEEN.split(row.who)[0]) in known
    }


def changers(
    session: Session, ids: Sequence[int], now: datetime
) -> dict[tuple[int, int], datetime]:
    """(payroll, officer) of whoever proposed or confirmed another payout account of a person with
    a line on it in the last 30 days, and when he did so last."""
    values = {"ids": list(ids), "since": now - timedelta(days=CHANGED_DAYS)}
    known = _officers(session)
    found: dict[tuple[int, int], datetime] = {}
    for query in _changing():
        for row in session.execute(query, values):
            for who in filter(None, map(known.get, _BETWEEN.split(row.who))):
                key = row.payroll_id, who
                found[key] = max(row.at, found.get(key, row.at))
    return found


@cache
def _editing() -> Sequence[Select[Any]]:
    """(payroll_id, who) by each kind of change, of every payroll of `ids`."""
    return (*(_edited(one.subquery()) for one in _edits()), _imported(), _excluded())


@cache
def _changing() -> Sequence[Select[Any]]:
    """(payroll_id, who, at) by each way a payout account is changed, of every payroll of `ids`."""
    changes = [
        _of(repair.c.person_id, by, repair.c.repaired_at)
        for by in (repair.c.proposed_by, repair.c.confirmed_by)
    ]
    changes.append(_told_by_trail(("register:destination:repair",)))
    return tuple(
        select(payroll_line.c.payroll_id, change.who, func.max(change.at).label("at"))
        .join(payroll_line, payroll_line.c.person_id == change.person_id)
        .where(payroll_line.c.payroll_id.in_(_IDS), change.at >= _SINCE)
        .group_by(payroll_line.c.payroll_id, change.who)
        for change in (one.subquery().c for one in changes)
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


def _edited(edit: Subquery) -> Select[Any]:
    line = payroll_line.c
    return (
        select(line.payroll_id, edit.c.who)
        .join(edit, edit.c.person_id == line.person_id)
        .join(payroll, payroll.c.id == line.payroll_id)
        .where(line.payroll_id.in_(_IDS), edit.c.at > _last_approved(line.person_id))
        .distinct()
    )


def _edits() -> Iterator[Select[Any]]:
    """(person_id, who, at) of the changes that officers made to people by hand, by their kind."""
    changed, paper = person_change.c, decision.c
    yield _of(repair.c.person_id, repair.c.proposed_by, repair.c.repaired_at)
    yield _of(changed.person_id, changed.recorded_by, changed.recorded_at).where(
        changed.source.not_like("import:%"), changed.field.not_in(_CONFIRMED)
    )
    yield _told_by_trail(_TOLD_BY_TRAIL)
    for table in (citizen_change, dependant, study):
        yield _of(table.c.person_id, table.c.recorded_by, table.c.recorded_at)
    yield _of(life_event.c.person_id, life_event.c.entered_by, life_event.c.recorded_at)
    verdict = _of(death_notice.c.person_id, death_verdict.c.officer_id, death_verdict.c.decided_at)
    yield verdict.join(death_verdict, death_verdict.c.notice_id == death_notice.c.id)
    named = and_(
        paper.area_code == enrolment.c.area_code,
        paper.number == enrolment.c.decision_number,
        paper.decided_on == enrolment.c.decision_on,
    )
    told = _of(enrolment.c.person_id, paper.recorded_by, paper.recorded_at)
    yield told.join(decision, named)


def _of(person_id: Any, who: Any, at: Any) -> Select[Any]:
    return select(person_id.label("person_id"), cast(who, Text).label("who"), at.label("at"))


def _told_by_trail(actions: Sequence[str]) -> Select[Any]:
    """Changes as the trail has them: its object reads 'person:12'."""
    trail = audit_event.c
    named = trail.object == literal("person:").concat(cast(person.c.id, Text))
    told = _of(person.c.id, trail.actor, trail.at).join(audit_event, named)
    return told.where(trail.action.in_(actions))


def _last_approved(person_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """When a line of this person was last approved in the programme of `payroll`."""
    line, of = payroll_line.alias("earlier"), payroll.alias("of")
    last = (
        select(func.max(act.c.acted_at))
        .select_from(line)
        .join(of, of.c.id == line.c.payroll_id)
        .join(approval, approval.c.payroll_id == of.c.id)
        .join(act, act.c.id == approval.c.act_id)
        .where(line.c.person_id == person_id, of.c.id != payroll.c.id)
        .where(of.c.programme == payroll.c.programme, of.c.state.in_((APPROVED, CLOSED)))
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
