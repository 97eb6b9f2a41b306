"""What is found for the list of a month, and what its confirmation pays, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlalchemy import insert, select, update

from app.beneficiaries.about_tables import disability, household, household_poverty, payee
from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.tables import enrolment, person
from app.disbursement.selects import uncollected
from app.events.find.uncollected import enter_resume
from app.events.finding import find
from app.events.papers import Dependant, add_dependant, add_study
from app.events.reading import lines_of, listed
from app.events.states import FUNERAL
from app.events.tables import life_event
from app.payroll.tables import bridge, flag
from bank_adapters.contract import LineKind, ReportKind
from tests.app.events.test_deciding import DECEMBER, MAKER, NOVEMBER, confirm, owed
from tests.factories import (
    ASSISTANCE,
    OCTOBER,
    PENSION,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    report,
    row,
)
from tests.factories import listed as line_of

Row = tuple[Any, ...]


def found(house: House, period: str, kind: str = "") -> list[Row]:
    """(kind, stop, group, key, from, amount) of what is found for a list."""
    with house.work() as session:
        find(session, period, uncollected(), 1, house.clock.now())
    e = life_event.c
    columns = e.kind, e.stop_period, e.group_code, e.table_key, e.from_period, e.amount
    query = select(*columns).where(e.known_period == period).order_by(e.id)
    return house.rows(query.where(e.kind == kind) if kind else query)


def add(house: House, table: Any, **values: Any) -> None:
    with house.work() as session:
        session.execute(insert(table).values(values))


def by_person(house: House, period: str, kind: str = "") -> dict[int, list[Row]]:
    """The same, (stop, group, key, from, amount) by person."""
    with house.work() as session:
        find(session, period, uncollected(), 1, house.clock.now())
    e = life_event.c
    columns = e.person_id, e.stop_period, e.group_code, e.table_key, e.from_period, e.amount
    query = select(*columns).where(e.known_period == period).order_by(e.id)
    people: dict[int, list[Row]] = {}
    for one in house.rows(query.where(e.kind == kind) if kind else query):
        people.setdefault(one[0], []).append(one[1:])
    return people


def born(house: House, *people: tuple[str, str, str]) -> None:
    """People 1, 2, … of these groups, born on these days, with these keys, on October's list."""
    house.register(OCTOBER, *(_born(number, *one) for number, one in enumerate(people, start=1)))


def _born(number: int, group: str, birth: str, key: str = "") -> RegisterRow:
    programme = PENSION if group.startswith("P") else ASSISTANCE
    day = date.fromisoformat(birth)
    facts = {"birth_date": day, "birth_year": day.year, "group": group, "table_key": key}
    return row(number, programme=programme, **facts)


def poor(house: House, number: int, *levels: tuple[str, str]) -> None:
    """The household of a person, and its levels from a month on each."""
    with house.work() as session:
        if session.scalar(select(household.c.id).where(household.c.id == number)) is None:
            place = {"id": number, "area_code": "01273", "number": str(number)}
            session.execute(insert(household).values(place))
            mine = update(person).where(person.c.id == number)
            session.execute(mine.values(household_id=number))
        told = {"household_id": number, "decision_number": "1", "recorded_at": house.later()}
        for since, level in levels:
            rows = insert(household_poverty).values(from_period=since, level=level, **told)
            session.execute(rows)


# Group, birth, (stop, new group, from, amount).
AGES = [
    ("C1a", "2022-11-30", (OCTOBER, "C1b", NOVEMBER, 810_000)),
    ("C1b", "2010-11-01", (NOVEMBER, "", None, 0)),
    ("C2", "2004-11-15", (NOVEMBER, "", None, 0)),
    ("C3b", "2010-11-15", (NOVEMBER, "", None, 0)),
    ("C5a1", "1946-11-15", (OCTOBER, "C5a2", NOVEMBER, 1_080_000)),
    ("C6c", "1966-11-15", (OCTOBER, "C6d", NOVEMBER, 1_080_000)),
    ("C7", "2023-11-15", (NOVEMBER, "", None, 0)),
    ("P2", "1951-11-15", (OCTOBER, "P1", NOVEMBER, 540_000)),
    ("C8", "1951-11-15", (None, "P1", NOVEMBER, 540_000)),
]


def test_an_age_proposes_the_end_and_the_new_line(house: House) -> None:
    born(house, *((group, birth, "") for group, birth, _ in AGES))
    wanted = {
        number: [(stop, code, "", start, amount)]
        for number, (_, _, (stop, code, start, amount)) in enumerate(AGES, start=1)
    }
    for _ in range(2):  # finding twice finds it once
        assert by_person(house, NOVEMBER, "age") == wanted


def test_a_confirmed_age_is_paid_though_the_workbook_has_not_heard(house: House) -> None:
    born(house, ("C5a1", "1946-11-15", ""))
    house.list_month(OCTOBER)
    found(house, NOVEMBER)
    house.on("2026-10-22")
    confirm(house, 1)
    for month, arrears in ((NOVEMBER, 0), (DECEMBER, 0)):
        facts = {"birth_date": date(1946, 11, 15), "birth_year": 1946, "group": "C5a1"}
        house.register(month, row(1, programme=ASSISTANCE, **facts))
        house.list_month(month)
        assert [one[2:] for one in owed(house, month)] == [(1_080_000, arrears)]


def test_a_child_who_studies_goes_on_as_a_student(house: House) -> None:
    born(house, ("C1b", "2010-11-01", ""))
    studies(house, "2027-05-31")
    assert found(house, NOVEMBER) == [("age", OCTOBER, "C2", "", NOVEMBER, 810_000)]


def studies(house: House, until: str, number: int = 0) -> None:
    with house.work() as session:
        day, who = date.fromisoformat(until), house.officer(MAKER)
        add_study(session, 1, day, "GXN 12", who, house.later(), number=number)


def test_at_70_a_poor_household_has_the_pension(house: House) -> None:
    """Not before the household is poor, and once though it stays so."""
    born(house, ("C6a", "1955-03-10", ""))
    assert found(house, NOVEMBER) == []
    poor(house, 1, (NOVEMBER, "near_poor"))
    pension = ("age", None, "P2", "", NOVEMBER, 540_000)
    assert found(house, NOVEMBER) == [pension]
    assert found(house, DECEMBER) == []


# Group, level from November on, whether the line ends.
LEVELS = [
    ("C5a1", "poor", False),
    ("C5a1", "near_poor", True),
    ("C5a1", "none", True),
    ("C4", "near_poor", False),
    ("C8", "near_poor", True),
    ("C6a", "none", False),
]


def test_a_household_that_is_not_poor_any_more(house: House) -> None:
    born(house, *((one, "1960-03-10", "1" if one == "C4" else "") for one, *_ in LEVELS))
    for number, (_, level, _) in enumerate(LEVELS, start=1):
        poor(house, number, ("2026-01", "poor"), (NOVEMBER, level))
    ending = [number for number, (*_, ends) in enumerate(LEVELS, start=1) if ends]
    end = [(NOVEMBER, "", "", None, 0)]
    assert by_person(house, NOVEMBER) == dict.fromkeys(ending, end)
    with house.database.view() as session:
        assert [one.says for one in listed(session)] == [
            "Điều kiện hưởng thay đổi: xét lại mức hưởng. Mức cũ: hết tháng 11/2026."
        ] * len(ending)


# Group, degree certified in November, what is proposed.
DEGREES = [
    ("C6c", "severe", None),
    ("C6c", "extreme", (OCTOBER, "C6a", "", NOVEMBER, 1_080_000)),
    ("C6a", "severe", (OCTOBER, "C6c", "", NOVEMBER, 810_000)),
    ("C6c", "light", (NOVEMBER, "", "", None, 0)),
    ("C8", "severe", (None, "C6c", "", DECEMBER, 810_000)),
]


def test_another_degree_of_disability(house: House) -> None:
    born(house, *((group, "1980-03-10", "") for group, *_ in DEGREES))
    for number, (_, degree, _) in enumerate(DEGREES, start=1):
        paper = {"certificate": "1", "certified_on": date(2026, 11, 3)}
        add(house, disability, person_id=number, kind="vận động", degree=degree, **paper,
            recorded_at=house.clock.now())  # fmt: skip
    found = by_person(house, DECEMBER, "category")
    assert found == {number: [one] for number, (*_, one) in enumerate(DEGREES, 1) if one}


# Group, key, ages of dependants (their births), what is proposed for November.
DEPENDANTS = [
    ("C4", "2", ["2010-11-20", "2015-01-01"], [(NOVEMBER, "C4", "1", DECEMBER, 540_000)]),
    ("C4", "2", ["2010-11-20", "2010-11-20"], [(NOVEMBER, "", "", None, 0)]),
    ("K1", "1", ["2022-11-20"], [(OCTOBER, "", "", None, 0),
                                 (None, "K2", "1", NOVEMBER, 810_000)]),
    ("K2", "1", ["2010-11-20"], [(NOVEMBER, "", "", None, 0)]),
    ("K6", "", ["2023-11-20"], [(NOVEMBER, "", "", None, 0)]),
    ("K7", "", ["2023-11-20", "2025-01-01"], [(NOVEMBER, "K6", "", DECEMBER, 810_000)]),
]  # fmt: skip


def test_a_dependant_reaches_an_age(house: House) -> None:
    born(house, *((group, "1990-03-10", key) for group, key, *_ in DEPENDANTS))
    for number, (_, _, births, _) in enumerate(DEPENDANTS, start=1):
        dependants(house, births, number)
    wanted = {number: proposed for number, (*_, proposed) in enumerate(DEPENDANTS, start=1)}
    assert by_person(house, NOVEMBER, "dependant_age") == wanted


def dependants(house: House, births: list[str], number: int = 1) -> None:
    with house.work() as session:
        for birth in births:
            told = Dependant("Nông Văn Con", birth, "con")
            add_dependant(session, number, told, house.officer(MAKER), house.later())


def test_a_single_parents_child_in_school_counts_until_its_paper_ends(house: House) -> None:
    born(house, ("C4", "1990-03-10", "2"))
    dependants(house, ["2010-11-20", "2015-01-01"])
    studies(house, "2026-12-31", number=1)
    assert found(house, NOVEMBER) == []
    assert found(house, DECEMBER) == [("study_ends", DECEMBER, "C4", "1", "2027-01", 540_000)]
    assert found(house, "2027-09") == [("study_paper", None, "", "", None, 0)]


def test_three_months_uncollected_are_paused_and_lifted_with_arrears(house: House) -> None:
    """September to November not collected: proposed, paused by decision, lifted, paid back."""
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        not_collected(house, month)
    house.on("2026-11-22")
    assert found(house, DECEMBER) == [("uncollected", NOVEMBER, "", "", None, 0)]
    assert house.ask(select(enrolment.c.stop_period)) is None
    confirm(house, 1)
    listed_in_cash(house, DECEMBER)
    left = select(bridge.c.cause, bridge.c.people).where(bridge.c.cause.like("left%"))
    assert [one for one in house.rows(left) if one[1]] == [("left_decided", 1)]
    assert [one[0] for one in owed(house, DECEMBER)] == [2]
    listed_in_cash(house, "2027-01")
    assert [one[0] for one in owed(house, "2027-01")] == [2]
    with house.database.view() as session:
        states = [lines_of(session, 1, month)[0].state for month in (NOVEMBER, DECEMBER)]
    assert states == ["active", "paused"]
    with house.work() as session:
        (event,) = enter_resume(session, 1, house.officer(MAKER), house.later())
    confirm(house, event)
    listed_in_cash(house, "2027-02")
    assert next(one[2:] for one in owed(house, "2027-02")) == (540_000, 2 * 540_000)


def test_a_pause_of_three_months_proposes_the_end(house: House) -> None:
    house.register(OCTOBER, in_cash(1))
    values = {"stop_cause": "paused", "stop_period": OCTOBER, "stop_decision": "1"}
    with house.work() as session:
        session.execute(update(enrolment).values(values))
    assert found(house, "2027-01") == []
    assert found(house, "2027-02") == [("pause_ends", OCTOBER, "", "", None, 0)]
    confirm(house, 1)
    assert house.rows(select(enrolment.c.stop_period, enrolment.c.stop_cause)) == [
        (OCTOBER, "pause_ends")
    ]


def listed_in_cash(house: House, month: str) -> None:
    house.register(month, in_cash(1), row(2))
    house.list_month(month)


def not_collected(house: House, month: str) -> None:
    """A month that went out in cash, and came back: nobody came for it."""
    house.register(month, in_cash(1), row(2))
    house.on(f"{month}-09")
    house.paid_out(month)
    due = house.ask(f"select amount from obligation where period = '{month}' and person_id = 1")
    line = line_of(LineKind.UNPAID, house.reference(1, month), due, f"{month}-18")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), line))


def test_an_authorisation_runs_out_in_steps_and_is_flagged(house: House) -> None:
    house.register(OCTOBER, row(1))
    who = {"name": "Nông Văn B", "citizen_key": "k", "citizen_tail": "001", "relation": "con"}
    paper = {"document": "GUQ 1", "valid_until": date(2026, 11, 30), "source": "officer"}
    add(house, payee, person_id=1, version=1, kind="authorised", **who, **paper,
        recorded_at=house.clock.now())  # fmt: skip
    counts = []
    for day in ("2026-09-20", "2026-10-05", "2026-11-10", "2026-11-25", "2026-12-02"):
        house.on(day)
        found(house, OCTOBER)
        counts.append(house.count(life_event))
    assert counts == [0, 1, 2, 3, 4]
    house.list_month(OCTOBER)
    told = house.rows(select(flag.c.is_blocking, flag.c.people, flag.c.sentence))
    assert (0, 1) in [one[:2] for one in told if "uỷ quyền đã hết hạn" in one[2]]


@pytest.mark.parametrize("twins", [("C1a", 2022, "C3a"), ("C1b", 2010, "C3b")])
def test_no_proposal_tells_of_health(house: House, twins: tuple[str, int, str]) -> None:
    """Two children of one age, one of them with HIV: the words are the same."""
    birth = date(twins[1], 11, 2)
    facts = {"birth_date": birth, "birth_year": birth.year, "programme": ASSISTANCE}
    house.register(OCTOBER, row(1, group=twins[0], **facts), row(2, group=twins[2], **facts))
    found(house, NOVEMBER)
    with house.database.view() as session:
        one, other = listed(session)
    assert one.says == other.says
    assert one.kind == other.kind
    assert "C3" not in str(other)
    assert "000" not in other.says


def test_the_number_of_statements_does_not_grow_with_the_people(house: House) -> None:
    with counting(house) as few:
        lived(house, OCTOBER, range(1, 4))
    with counting(house) as many:
        lived(house, NOVEMBER, range(1, 41))
    assert house.count(life_event) == 40
    assert len(many) <= len(few) + 1


def lived(house: House, month: str, people: range) -> None:
    """These people are on the list; all of them are 80 next month."""
    facts = {"birth_date": date(1946, 11, 15), "birth_year": 1946, "group": "C5a1"}
    house.register(month, *(row(one, programme=ASSISTANCE, **facts) for one in people))
    found(house, NOVEMBER)


@contextmanager
def counting(house: House) -> Iterator[list[str]]:
    said: list[str] = []

    def heard(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    listening.listen(house.database.engine, "before_cursor_execute", heard)
    yield said
    listening.remove(house.database.engine, "before_cursor_execute", heard)


def test_a_death_told_by_a_list_asks_about_the_burial(house: House) -> None:
    """Once, whoever tells of it; the month is that of the death."""
    house.register(SEPTEMBER, row(1), row(2))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, replace(row(1), event="death", event_date=date(2026, 9, 7)), row(2))
    assert found(house, OCTOBER, FUNERAL) == [(FUNERAL, None, "", "", None, 0)]
    assert found(house, NOVEMBER, FUNERAL) == []
    assert house.rows(select(life_event.c.person_id, life_event.c.happened_period)) == [
        (1, SEPTEMBER)
    ]
