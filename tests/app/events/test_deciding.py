"""Death and move: proposed, decided by another officer, written to the register exactly once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from app.beneficiaries.history_tables import person_change
from app.beneficiaries.tables import enrolment, person
from app.benefits.tables import obligation, overpayment
from app.errors import AnSinhError, Conflict, Forbidden, InputError, Refused
from app.events.deaths import enter_death
from app.events.deciding import Verdict, decide
from app.events.states import CONFIRMED, PROPOSED, REFUSED
from app.events.tables import life_event, life_event_decision
from app.events.transfers import enter_move, unanswered
from tests.factories import ASSISTANCE, COMMUNE, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, row

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
NOVEMBER, DECEMBER = "2026-11", "2026-12"


def died(house: House, on: str, number: int = 1, username: str = MAKER) -> int:
    with house.work() as session:
        day, now = date.fromisoformat(on), house.later()
        return enter_death(session, number, day, house.officer(username), now)


def moved(house: House, on: str, number: int = 1, to: str = OTHER_COMMUNE) -> int:
    with house.work() as session:
        day, now = date.fromisoformat(on), house.later()
        return enter_move(session, number, to, day, house.officer(MAKER), now)


def confirm(house: House, event: int, username: str = CHECKER, side: str = "") -> str:
    given = Verdict(house.officer(username), CONFIRMED, number=f"{event}/QĐ", side=side)
    with house.work() as session:
        return decide(session, event, given, house.later())


def refuse(house: House, event: int, username: str = CHECKER, reason: str = "Nhầm người") -> str:
    given = Verdict(house.officer(username), REFUSED, reason=reason)
    with house.work() as session:
        return decide(session, event, given, house.later())


def owed(house: House, period: str) -> list[tuple[int, str, int, int]]:
    """(person, unit, regular, arrears) of a month's list."""
    o = obligation.c
    query = select(o.person_id, o.unit_code, o.regular, o.arrears).where(o.period == period)
    return house.rows(query.order_by(o.person_id))  # type: ignore[return-value]


def too_much(house: House) -> list[tuple[int, str, int]]:
    o = overpayment.c
    return house.rows(select(o.person_id, o.month, o.amount).order_by(o.month))  # type: ignore[return-value]


def listed(house: House, period: str, *people: int) -> None:
    house.register(period, *(row(number) for number in people))
    house.list_month(period)


def test_a_workbook_begins_nothing_for_the_dead(house: House) -> None:
    """Another group, from a later month, by a commune that has not heard of the death."""
    listed(house, SEPTEMBER, 1, 2)
    house.on("2026-09-22")
    confirm(house, died(house, "2026-09-03"))
    better = row(1, programme=ASSISTANCE, group="C6c", start_period=OCTOBER)
    for month in (OCTOBER, NOVEMBER):
        house.register(month, better, row(2))
        house.list_month(month)
    # Of the dead nothing but the late rate of the months lived, once.
    assert owed(house, OCTOBER) == [
        (1, COMMUNE, 0, 3 * 40_000),
        (2, COMMUNE, 540_000, 3 * 40_000),
    ]
    assert owed(house, NOVEMBER) == [(2, COMMUNE, 540_000, 0)]
    assert too_much(house) == []


def test_a_death_changes_nothing_before_another_officer_confirms(house: House) -> None:
    """Died in September, told in November: October was too much; the lists have not heard of it."""
    listed(house, SEPTEMBER, 1, 2)
    listed(house, OCTOBER, 1, 2)
    house.on("2026-10-22")
    event = died(house, "2026-09-03")
    assert died(house, "2026-09-03") == event
    assert house.rows(select(enrolment.c.stop_period)) == [(None,), (None,)]
    house.becomes(MAKER, "checker")
    with pytest.raises(Refused, match="không tự quyết định"):
        confirm(house, event, MAKER)
    assert confirm(house, event) == CONFIRMED
    listed(house, NOVEMBER, 1, 2)
    assert owed(house, NOVEMBER) == [(2, COMMUNE, 540_000, 0)]
    assert too_much(house) == [(1, OCTOBER, 540_000)]
    assert house.ask(select(person.c.died_on).where(person.c.id == 1)) == date(2026, 9, 3)
    assert house.ask(select(person_change.c.field)) == "died_on"
    funeral = select(life_event.c.kind).where(life_event.c.state == PROPOSED)
    assert house.rows(funeral) == [("funeral",)]


def test_what_was_refused_by_mistake_can_be_entered_again(house: House) -> None:
    """A death with the wrong day, a move on the wrong word: the same month, another proposal."""
    listed(house, SEPTEMBER, 1, 2)
    house.on("2026-09-22")
    first = died(house, "2026-09-03")
    refuse(house, first)
    second = died(house, "2026-09-04")
    assert second != first
    assert died(house, "2026-09-04") == second
    assert confirm(house, second) == CONFIRMED
    gone = moved(house, "2026-09-10", number=2)
    refuse(house, gone)
    again = moved(house, "2026-09-10", number=2)
    assert confirm(house, again, side="from") == PROPOSED
    assert confirm(house, again, f"checker.{OTHER_COMMUNE}", side="to") == CONFIRMED


def test_confirming_twice_is_confirming_once(house: House) -> None:
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = died(house, "2026-09-03")
    assert confirm(house, event) == confirm(house, event) == CONFIRMED
    assert house.count(life_event_decision) == 1
    with pytest.raises(Conflict, match="đã được xác nhận"):
        refuse(house, event)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ((CHECKER, CONFIRMED, " "), InputError),
        ((CHECKER, REFUSED, ""), InputError),
        ((f"checker.{OTHER_COMMUNE}", CONFIRMED, "1"), Forbidden),
    ],
)
def test_what_a_decision_needs(
    house: House, given: tuple[str, str, str], error: type[AnSinhError]
) -> None:
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = died(house, "2026-09-03")
    username, verdict, number = given
    wrong = Verdict(house.officer(username), verdict, number)
    with pytest.raises(error), house.work() as session:
        decide(session, event, wrong, house.later())
    assert house.count(life_event_decision) == 0


def test_the_database_itself_refuses(house: House) -> None:
    """The one who entered it decides; a state without a decision; the same officer twice."""
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = died(house, "2026-09-03")
    told = {"event_id": event, "side": "", "verdict": CONFIRMED, "decision_number": "1"}
    told |= {"reason": "", "known_period": OCTOBER, "decided_at": house.clock.now()}
    maker, checker = house.officer(MAKER), house.officer(CHECKER)
    wrong = [
        insert(life_event_decision).values(**told, entered_by=maker, officer_id=maker),
        insert(life_event_decision).values(**told, entered_by=checker, officer_id=maker),
        update(life_event).values(state=CONFIRMED),
    ]
    for statement in wrong:
        with pytest.raises(DBAPIError), house.work() as session:
            session.execute(statement)


def test_a_move_late_confirmed_is_paid_from_the_month_after(house: House) -> None:
    """Left in September; the old commune stops, the new one answers after two lists."""
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = moved(house, "2026-09-15")
    assert moved(house, "2026-09-15") == event
    assert confirm(house, event) == PROPOSED
    listed(house, OCTOBER, 1)  # the old commune's workbook still names him
    house.register(OCTOBER, row(2), commune=OTHER_COMMUNE)
    assert owed(house, OCTOBER) == [(1, COMMUNE, 0, 3 * 40_000)]
    house.on("2026-10-22")
    assert confirm(house, event, f"checker.{OTHER_COMMUNE}") == CONFIRMED
    house.list_month(NOVEMBER)
    assert owed(house, NOVEMBER) == [(1, OTHER_COMMUNE, 540_000, 540_000)]
    assert too_much(house) == []


def test_the_new_communes_word_ends_the_old_line(house: House) -> None:
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = moved(house, "2026-09-15")
    assert confirm(house, event, f"checker.{OTHER_COMMUNE}") == PROPOSED
    listed(house, OCTOBER, 1)
    assert [(who, unit, now) for who, unit, now, _ in owed(house, OCTOBER)] == [
        (1, OTHER_COMMUNE, 540_000)
    ]
    assert confirm(house, event) == CONFIRMED


def test_a_move_that_is_refused_runs_on_at_the_old_place(house: House) -> None:
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = moved(house, "2026-09-15")
    confirm(house, event)
    listed(house, OCTOBER, 1)
    assert refuse(house, event, f"checker.{OTHER_COMMUNE}", "Không đến") == REFUSED
    listed(house, NOVEMBER, 1)
    assert owed(house, NOVEMBER) == [(1, COMMUNE, 540_000, 540_000)]


def test_a_move_out_of_the_province_is_answered_elsewhere(house: House) -> None:
    """No unit of these books pays there: the old commune's word is all there is."""
    listed(house, SEPTEMBER, 1, 2)
    house.on("2026-09-22")
    assert confirm(house, moved(house, "2026-09-15", to="01321")) == CONFIRMED
    listed(house, OCTOBER, 1, 2)
    assert [(who, now) for who, _, now, _ in owed(house, OCTOBER)] == [(1, 0), (2, 540_000)]


def test_a_move_nobody_answers_is_raised(house: House) -> None:
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    event = moved(house, "2026-09-15")
    confirm(house, event)
    for day, count in (("2026-10-01", 0), ("2026-10-03", 1)):
        with house.database.view() as session:
            waiting = unanswered(session, house.on(day))
        assert [one.waits_for for one in waiting] == [OTHER_COMMUNE] * count


def test_who_is_dead_does_not_move(house: House) -> None:
    listed(house, SEPTEMBER, 1)
    house.on("2026-09-22")
    confirm(house, died(house, "2026-09-03"))
    with pytest.raises(Refused, match="qua đời"):
        moved(house, "2026-09-10")
    house.register(OCTOBER, row(2))
    with pytest.raises(InputError, match="Nơi đến trùng"):
        moved(house, "2026-09-10", 2, COMMUNE)
