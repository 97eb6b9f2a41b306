"""What must happen to a person before a commune has a letter of each kind to sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from app.disbursement.selects import uncollected
from app.events.deaths import enter_death
from app.events.deciding import Verdict, decide
from app.events.find.uncollected import enter_resume
from app.events.finding import find
from app.events.states import CONFIRMED
from app.events.tables import life_event
from app.statements.letters.document import Wanted
from app.statements.letters.words import ADJUST, GRANT, PAUSE, RECOVERY, RESUME, STOP
from tests.app.disbursement.test_recovery import decided, died_in_august
from tests.app.events.test_finding import not_collected
from tests.factories import (
    ASSISTANCE,
    COMMUNE,
    OCTOBER,
    SEPTEMBER,
    House,
    row,
)

LONG = "Nguyễn Phúc Hoàng Thượng Đẳng Trương Nghiêm Khương Dương Trường"
SIGNED = date(2026, 10, 2)
LATE = row(1, name=LONG, start_period="2026-08", decision_date=SIGNED)
HIDDEN: dict[str, Any] = {
    "programme": ASSISTANCE,
    "decision_date": SIGNED,
    "start_period": OCTOBER,
}
CHILD = {"group": "C3a", "birth_date": date(2022, 10, 9), "birth_year": 2022}
NOVEMBER, DECEMBER = "2026-11", "2026-12"


def october(house: House, *people: Any) -> None:
    """They stand on the list of October, and the 6th has come."""
    house.register(OCTOBER, row(9), *people)
    house.on("2026-10-06")


def confirm(house: House, number: str) -> None:
    """The commune's checker confirms every proposal that is open."""
    open_ones = select(life_event.c.id).where(life_event.c.state == "proposed")
    for (event,) in house.rows(open_ones):
        with house.work() as session:
            given = Verdict(house.officer(f"checker.{COMMUNE}"), CONFIRMED, number)
            decide(session, event, given, house.later())


def look_for(house: House, period: str) -> None:
    """What a month's facts propose."""
    with house.work() as session:
        find(session, period, uncollected(), 1, house.clock.now())


def granted(house: House) -> Wanted:
    """October's list tells of a decision about somebody who is paid from August on."""
    for period, people in ((SEPTEMBER, ()), (OCTOBER, (LATE,))):
        house.register(period, row(9), *people)
        house.list_month(period)
    return Wanted(COMMUNE, OCTOBER, GRANT)


def adjusted(house: House) -> Wanted:
    """A child turns four."""
    october(house, row(1, **CHILD, **HIDDEN))
    house.list_month(OCTOBER)
    house.on("2026-10-07")
    look_for(house, NOVEMBER)
    confirm(house, "21/QĐ-UBND")
    return Wanted(COMMUNE, OCTOBER, ADJUST)


def ended(house: House) -> Wanted:
    """Somebody with two benefits dies."""
    house.register(SEPTEMBER, row(1), row(1, row=99, programme=ASSISTANCE, group="C6c"))
    house.on("2026-10-06")
    with house.work() as session:
        maker = house.officer(f"maker.{COMMUNE}")
        enter_death(session, 1, date(2026, 9, 20), maker, house.clock.now())
    confirm(house, "22/QĐ-UBND")
    return Wanted(COMMUNE, OCTOBER, STOP)


def paused(house: House) -> Wanted:
    """Nobody comes for three months of cash."""
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        not_collected(house, month)
    house.on("2026-11-20")
    look_for(house, DECEMBER)
    confirm(house, "30/QĐ-UBND")
    return Wanted(COMMUNE, NOVEMBER, PAUSE)


def resumed(house: House) -> Wanted:
    """And then somebody does."""
    paused(house)
    return lifted(house)


def lifted(house: House) -> Wanted:
    """The pause of `paused` ends."""
    with house.work() as session:
        enter_resume(session, 1, house.officer(f"maker.{COMMUNE}"), house.later())
    confirm(house, "31/QĐ-UBND")
    return Wanted(COMMUNE, NOVEMBER, RESUME)


def recovered(house: House) -> Wanted:
    """September was paid to somebody who had died in August."""
    died_in_august(house)
    decided(house)
    return Wanted(COMMUNE, OCTOBER, RECOVERY)


STORIES: dict[str, Callable[[House], Wanted]] = {
    GRANT: granted,
    ADJUST: adjusted,
    STOP: ended,
    PAUSE: paused,
    RESUME: resumed,
    RECOVERY: recovered,
}
