"""One-time codes of people: who gets one, how often, and what guessing and flooding come to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from app.beneficiaries.history_tables import field_source
from app.beneficiaries.tables import person
from app.errors import Forbidden, NotFound, Remembered
from app.jobs.codes import send_codes
from app.jobs.queueing import OFF
from app.messaging.wishes import NO_AMOUNTS, set_wish
from app.self_service.asking import ADDRESS_MAX, browser_digest
from app.self_service.people import people_of, require_seen
from app.self_service.sessions import session_of
from app.self_service.tables import own_code, own_code_request, own_code_try, own_session
from app.web.reading.checks import _codes
from tests.factories import SEPTEMBER, House, row
from tests.support.messages import phone, set_phone, told, with_plan
from tests.support.own_page import Chance, asked, entered, last_code, outcomes

SHARED = phone(5)


def with_phones(house: House) -> None:
    """Persons 1 and 2 share a number that an officer wrote down; 3 has one in the list only; 4 a
    number that is none of a mobile; nobody is number 9."""
    house.register(SEPTEMBER, row(1), row(2), row(3, phone=phone(3)), row(4))
    for one, number in ((1, SHARED), (2, SHARED), (4, "0200000011")):
        set_phone(house, one, number)
    house.on("2026-09-15", "20:00")


pytestmark = pytest.mark.stage(of=with_phones)


def of(number: int) -> str:
    """The ID of a person."""
    return row(number).citizen_id


def test_a_code_goes_to_vouched_for_mobile_numbers_only(house: House) -> None:
    """Everybody's request is the same row; the job alone knows whose it is, and says nothing."""
    chance, run = Chance(), with_plan(house)
    assert outcomes(run) == {}
    for number in (1, 3, 4, 9):
        asked(house, chance, of(number), f"b{number}", bucket=number)
    assert len({tuple(one[3:]) for one in house.rows(select(own_code_request))}) == 4
    assert outcomes(run) == {"sent": 1, "unknown": 3}
    assert [(kind, to) for kind, to, _, _ in told(house)] == [("code", SHARED)]
    digits = last_code(house)
    assert len(digits) == 6
    assert digits not in str(house.rows(select(own_code))), "the digits stand nowhere in clear"
    for number in (3, 9):  # not theirs to know
        with pytest.raises(Remembered, match="Mã chưa đúng"):
            entered(house, f"b{number}", "000000")
    with pytest.raises(Forbidden, match="không còn dùng được"):
        entered(house, "another browser", digits)
    entered(house, "b1", digits, "one")
    entered(house, "b1", digits, "two")  # tapped twice
    with house.database.view() as session:
        assert session_of(session, "one", house.clock.now()) is None
        mine = session_of(session, "two", house.clock.now())
        assert mine is not None
        assert [one.id for one in people_of(session, mine)] == [1, 2]
    house.later()
    with pytest.raises(Remembered):
        entered(house, "b1", digits, "three")
    assert outcomes(run) == {}


def test_sessions_are_short_and_end_with_the_number(house: House) -> None:
    """Ten minutes without a request, thirty in all, and at once where the number changes; a shared
    number shows nobody who wished no amounts on it."""
    chance, run = Chance(), with_plan(house)
    asked(house, chance, of(1), "b")
    outcomes(run)
    entered(house, "b", last_code(house), "mine")

    def live(after: int = 0) -> Any:
        with house.database.view() as session:
            return session_of(session, "mine", house.clock.now() + timedelta(minutes=after))

    assert live(9) is not None
    assert live(11) is None
    with house.work() as session:
        session.execute(own_session.update().values(
            seen_at=house.clock.now() + timedelta(minutes=29)))  # fmt: skip
    assert (live(29) is None, live(31) is None) == (False, True)
    with house.work() as session:
        set_wish(session, [2], NO_AMOUNTS, True, "officer", house.clock.now())
    with house.database.view() as session:
        assert [one.id for one in people_of(session, live())] == [1]
        require_seen(session, live(), 1)
        for number in (2, 3, 99):
            with pytest.raises(NotFound):
                require_seen(session, live(), number)
    set_phone(house, 1, phone(7))
    assert live() is None
    set_phone(house, 1, SHARED)
    assert live() is not None


def test_sending_is_limited_by_id_by_number_and_by_address(house: House) -> None:
    """One a minute, three in a quarter of an hour, six a day; twenty an hour from an address. What
    is refused says the same of an ID that nobody has."""
    chance, run = Chance(), with_plan(house)
    for number in (1, 9):
        said = []
        for attempt in range(9):
            try:
                asked(house, chance, of(number), f"{number}-{attempt}", bucket=attempt)
            except Forbidden as error:
                said.append(str(error))
            house.clock.advance(timedelta(seconds=50))
        assert len(said) == 6
        house.clock.advance(timedelta(hours=2))
        assert {one.partition(" Chờ")[0] for one in said} == {"Vừa có người xin mã."}
    house.clock.advance(timedelta(days=2))
    outcomes(run)
    for number in (1, 2):  # one number for two people
        asked(house, chance, of(number), f"n{number}", bucket=number)
    assert outcomes(run) == {"sent": 1, "limited": 1}
    for number in range(20):
        asked(house, chance, of(100 + number), f"a{number}", bucket=77)
    with pytest.raises(Forbidden, match=r"giờ|phút"):
        asked(house, chance, of(150), "a20", bucket=77)
    house.clock.advance(timedelta(minutes=6))
    assert outcomes(run) == {"late": 20}
    house.clock.advance(timedelta(days=2))
    outcomes(run)
    tables = (own_code_request, own_code, own_code_try)
    assert [house.count(one) for one in tables] == [0, 0, 0], "what is old goes"


def test_guessing_stops_at_ten_a_day_for_a_person(house: House) -> None:
    """P12: however many browsers and challenges, known here or not."""
    now = house.clock.now()
    for number, key in ((1, house.ask(select(person.c.citizen_key).where(person.c.id == 1))),
                        (9, house.keyring.index("person.citizen_id", of(9)))):  # fmt: skip
        rows = [
            {"id": number * 1_000 + one, "browser": browser_digest(f"{number}-{one}"),
             "citizen_key": key, "bucket": one, "place": "page", "asked_at": now}
            for one in range(24)
        ]  # fmt: skip
        with house.work() as session:
            session.execute(insert(own_code_request), rows)
        outcomes(with_plan(house))
        compared, said = 0, set()
        for one in range(24):
            for guess in range(6):
                try:
                    entered(house, f"{number}-{one}", f"{guess:06}")
                except Remembered:
                    compared += 1
                except Forbidden as error:
                    said.add(str(error).partition(".")[0])
        assert compared == 10
        assert said == {"Đã nhập sai 5 lần", "Đã nhập sai quá nhiều lần trong một ngày"}
    assert house.count(own_session) == 0


def test_a_flood_of_requests_spends_the_days_codes_and_is_seen(house: House) -> None:
    """P13: 5,000 distinct numbers; notices lose nothing to it, and operators are told."""
    one = house.rows(select(person).where(person.c.id == 1))[0]
    like = dict(zip((column.name for column in person.columns), one, strict=True))
    now, many = house.clock.now(), range(1_000, 6_000)
    people = [
        {**like, "id": number, "citizen_key": f"k{number}", "phone_key": f"p{number}"}
        for number in many
    ]
    vouched = {"field": "phone", "source": "officer", "confirmed_at": now, "reference": "r"}
    wanted = [
        {"id": number, "browser": f"b{number}", "citizen_key": f"k{number}", "bucket": number,
         "place": "page", "asked_at": now}
        for number in many
    ]  # fmt: skip
    with house.owner.unit_of_work() as session:
        session.execute(insert(person), people)
        session.execute(insert(field_source), [{"person_id": n, **vouched} for n in many])
        session.execute(insert(own_code_request), wanted)
    assert outcomes(with_plan(house)) == {"sent": 50, "full": 4_950}
    assert house.ask("select count(*) from message where kind = 'code'") == 50
    with house.database.view() as session:
        assert _codes(session, house.clock.now())[1:] == ("bad", "4950")
        assert _codes(session, house.clock.now() + timedelta(days=2))[1:] == ("good", "")


def test_known_and_unknown_cost_the_same(house: House) -> None:
    """As many statements, of the same words, for asking and for a wrong code: no clock can tell."""
    run, chance, seen = with_plan(house), Chance(), {}
    for number in (1, 3, 9):
        with statements(house) as asking:
            asked(house, chance, of(number), f"b{number}", bucket=number)
        outcomes(run)
        with statements(house) as entering, pytest.raises(Remembered):
            entered(house, f"b{number}", "999999")
        seen[number] = asking + entering
    assert len(seen[1]) > 8
    assert seen[1] == seen[3] == seen[9]


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """The statements that are run meanwhile, by whichever connection."""
    lines: list[str] = []

    def note(*arguments: Any) -> None:
        lines.append(arguments[2])

    engines = {house.database.engine, house.database._beside}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield lines
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def test_without_a_plan_requests_wait(house: House) -> None:
    """Nothing is decided, so nothing is lost when the plan comes."""
    asked(house, Chance(), of(1), "b")
    assert send_codes(house.runtime) == OFF
    assert house.count(own_code) == 0
    assert outcomes(with_plan(house)) == {"sent": 1}


def test_requests_at_once_from_an_address_are_counted_one_by_one(house: House) -> None:
    """Eight for different IDs at the same moment, where one may still come: it is one."""
    for number in range(ADDRESS_MAX - 1):
        asked(house, Chance(number), of(200 + number), f"b{number}", bucket=7)
    together = Barrier(8)

    def one(number: int) -> None:
        together.wait(30)
        with suppress(Forbidden):
            asked(house, Chance(300 + number), of(300 + number), f"c{number}", bucket=7)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert house.count(own_code_request) == ADDRESS_MAX
