"""What waits for an officer, by what he does: each count is the length of the list it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.access.accounts import EXPIRING, accounts, matching
from app.access.role_tables import DESK
from app.access.viewer import Viewer
from app.audit.reading import how_many as how_many_lines
from app.beneficiaries.reached import how_many_unreachable
from app.cashless.follow_up import how_many_to_do
from app.cashless.requests import unanswered
from app.cashless.worklist import Wanted, how_many
from app.checks.deaths import ROLES as VERIFIERS
from app.checks.told import how_many_deaths, how_many_wrong
from app.clock import local_date
from app.doubles.deciding import MAY_DECIDE
from app.doubles.queue import how_many_open
from app.events.deciding import DECIDERS
from app.events.reading import how_many as how_many_events
from app.months import day_in, shift
from app.payroll.reminders import tasks
from app.schedule.locking import LOCK_DAY
from app.schedule.runs import waiting_for_people
from app.web import menu
from app.web.menu import Waits
from app.web.reading import waits

_MONEY: tuple[tuple[str, Waits, str, dict[str, Any]], ...] = (
    ("releases", waits.releases, "releasing.index", {}),
    ("proposals", waits.proposals, "bench_proposals.index", {}),
    ("lines", waits.lines, "bench.index", {"only": "waiting"}),
    ("cases", waits.cases, "cases.index", {}),
)
_REFUSED = (("look_ups", "hotline:find:refuse"), ("checks", "hotline:check:refuse"))
REFUSED_SINCE = timedelta(days=7)
"""So long an auditor is told that the hotline refused somebody."""
_STATES = {"submit": "draft", "check": "submitted", "approve": "checked"}


class Chore(NamedTuple):
    """Something to do: its kind (words `chore.<kind>`), how many of it, where they stand, the month
    it is about ('' for none), the last day for it, and on how many days he was reminded. How many
    above `most` is not told."""

    kind: str
    number: int
    endpoint: str
    arguments: dict[str, Any]
    period: str = ""
    due: date | None = None
    reminded: int = 0
    most: int | None = None


def chores(session: Session, who: Viewer, now: datetime) -> list[Chore]:
    """Everything that waits, what is due first; then what has no day, and at last what is done."""
    found = [*_payrolls(session, who, now), *_people(session, who, now)]
    found += [*_money(session, who, now), *_kept(session, who, now), *_phone(session, who, now)]
    return sorted(found, key=lambda one: (one.number == 0, one.due or date.max))


def due_of(period: str) -> date:
    """The day on whose evening the list of a month is locked."""
    return day_in(shift(period, -1), LOCK_DAY)


def _payrolls(session: Session, who: Viewer, now: datetime) -> Iterator[Chore]:
    for one in tasks(session, who.officer_id, now):
        where = {"period": one.period, "state": _STATES[one.step]}
        yield Chore(f"payroll_{one.step}", one.payrolls, "payrolls.index", where, one.period,
                    due_of(one.period), len(one.reminded))  # fmt: skip


def _people(session: Session, who: Viewer, now: datetime) -> Iterator[Chore]:
    areas, today = who.areas, local_date(now)
    if who.is_one_of(*VERIFIERS):
        yield Chore("deaths", how_many_deaths(session, areas), "deaths.index", {})
    if who.is_one_of(*DECIDERS):
        yield Chore("events", how_many_events(session, areas=areas), "events.index", {})
    if who.is_one_of(*MAY_DECIDE):
        yield Chore("doubles", how_many_open(session, areas=areas), "doubles.index", {})
    if who.is_one_of("maker") and areas is not None:
        returned = how_many_to_do(session, "", areas)
        yield Chore("returned", returned, "cashless.returned", {})
        unasked = how_many(session, Wanted(areas, ""), today)
        yield Chore("unasked", unasked, "on_cash.index", {"reason": "none"})
        yield Chore("banks", unanswered(session, areas), "requests.index", {})
        yield Chore("mismatches", how_many_wrong(session, "", areas), "outside.index", {})
        yield Chore("numbers", how_many_unreachable(session, areas), "numbers.index", {})


def _money(session: Session, who: Viewer, now: datetime) -> Iterator[Chore]:
    """What waits for finance; bounded, as the badges of the menu are."""
    if not who.is_one_of(waits.FINANCE):
        return
    for kind, count, endpoint, where in _MONEY:
        yield Chore(kind, count(session, who, now), endpoint, where, most=menu.MOST)


def _kept(session: Session, who: Viewer, now: datetime) -> Iterator[Chore]:
    """What waits for who keeps accounts and the service: roles that run out, slots that failed."""
    if who.is_one_of("admin"):
        expiring = len(matching(accounts(session, now), now, state=EXPIRING))
        yield Chore("expiring", expiring, "officers.index", {"state": EXPIRING})
        yield Chore("stuck", len(waiting_for_people(session)), "jobs.index", {})


def _phone(session: Session, who: Viewer, now: datetime) -> Iterator[Chore]:
    """Calls that the hotline has promised; and for auditors, who was refused there lately."""
    if who.is_one_of(DESK):
        calls = waits.calls(session, who, now)
        yield Chore("calls", calls, "hotline_calls.index", {}, most=menu.MOST)
    if who.is_one_of("auditor") and who.sees_everything:
        for kind, action in _REFUSED:
            number = how_many_lines(session, action, now - REFUSED_SINCE, menu.MOST)
            yield Chore(kind, number, "trail.index", {"kind": action}, most=menu.MOST)
