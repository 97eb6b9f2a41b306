"""Houses for the walk over all pages: one with something everywhere, one with nothing."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, insert, select

from app.access.links import give_link
from app.access.officers import add_officer
from app.access.switching import switch
from app.audit.trail import record
from app.audit.words import PROVED
from app.beneficiaries.reached import lives
from app.beneficiaries.tables import person
from app.hotline.tables import (
    hotline_call,
    hotline_check,
    hotline_hit,
    hotline_lookup,
    hotline_verdict,
)
from app.tasks.asking import ask
from bank_adapters.contract import ReportKind
from tests.app.checks.test_deaths import tell_death
from tests.factories import BANK, OCTOBER, SEPTEMBER, House, booked, in_cash, report, row
from tests.reconciliation.desk import bare, came, match, matching, proposed
from tests.support.province import SECRET
from tests.support.stages import tables_filled

NEWCOMER, LINK = "newcomer", "l" * 43
BACK_ON = "2026-09-11"


def something_everywhere(house: House) -> None:
    """Every table has a row; besides, a link and a task are open, the auditor's account is on
    again, somebody had everything proved, and the hotline is at every step of a call."""
    tables_filled(house)
    linked(house)
    now = house.later()
    with house.work() as session:
        on_again = ("enable", "trở lại làm việc", house.admins(), now)
        switch(session, house.keyring, house.officer("auditor"), *on_again)
        proved = [{"name": "books", "ok": True, "figures": {"entries": 1}}]
        record(session, now, "auditor", PROVED, "books:full", "", after={"proofs": proved})
    with house.work() as session:
        of = {"payroll_id": 1, "form": "xlsx"}
        ask(session, "payroll_list", of, house.officer("admin.one"), house.later())
    calling(house)


def calling(house: House) -> None:
    """An officer of the hotline has found somebody (look-up 2), asks (3), and has known a caller
    (4), who is to be called back."""
    with house.database.view() as session:
        caller = session.scalar(select(func.min(person.c.id)).where(lives()))
    now, mine = house.later(), {"officer_id": house.officer("desk"), "person_id": caller}
    about = {"reason": "why", "keys": "name", "asked_at": now, "officer_id": mine["officer_id"]}
    asked = {"questions": "born account decision", "begun_at": now, **mine}
    known = {"lookup_id": 4, "right_answers": 2, "is_passed": 1, "answered_at": now}
    call = {"about": "why", "asked_at": now, "due_at": now + timedelta(hours=1), **mine}
    with house.work() as session:
        for number in (2, 3, 4):
            hit = {"lookup_id": number, "ordinal": 1, "person_id": caller, "found_by": "id"}
            session.execute(insert(hotline_lookup).values(id=number, **about))
            session.execute(insert(hotline_hit).values(hit))
        session.execute(insert(hotline_check), [{"lookup_id": one, **asked} for one in (3, 4)])
        session.execute(insert(hotline_verdict).values(known))
        session.execute(insert(hotline_call).values(id=2, lookup_id=4, **call))


def linked(house: House) -> None:
    """A newcomer was given a link by two administrators."""
    with house.work() as session:
        add_officer(session, house.keyring, NEWCOMER, "Người mới đến", "001145000999", SECRET)
    now = house.later()
    with house.work() as session:
        give_link(session, house.keyring, house.officer(NEWCOMER), LINK, house.admins(), now)
    house.later()


def autumn(house: House) -> None:
    """September was sent, the money of person 3 came back, lines 3 to 5 of the bank wait, are
    proposed for, and were placed by two. October is listed: person 6 died in August, another
    register tells the same of person 1."""
    people = [row(number) for number in range(1, 7)]
    house.register(SEPTEMBER, *people, in_cash(7))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    house.on(BACK_ON)
    three = house.reference(3, SEPTEMBER)
    back = booked(three, 500_000, BACK_ON, is_return=True)
    paid = [booked(house.reference(one, SEPTEMBER), -500_000, BACK_ON) for one in (3, 6)]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *paid, back))
    came(house, bare(key="FT-1"))
    second = came(house, bare(key="FT-2"))
    proposed(house, matching(house, second, (house.reference(1, SEPTEMBER), 0)))
    match(house, came(house, bare(key="FT-3")), (house.reference(2, SEPTEMBER), 0))
    dead = row(6, event="death", event_date=date(2026, 8, 19))
    house.register(OCTOBER, *people[:5], dead, in_cash(7))
    house.list_month(OCTOBER)
    tell_death(house, "2026-08-19")


def nothing(house: House) -> None:
    """Officers are there and a link for a newcomer; nobody is registered."""
    linked(house)
