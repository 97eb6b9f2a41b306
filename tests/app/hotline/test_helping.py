"""A known caller is told as by SMS, is sent the notice again once, and is called back in time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from app.answers.answering import answer_for
from app.answers.wording import sentences
from app.clock import TIME_ZONE, local_date
from app.errors import AnSinhError, Conflict, Forbidden, InputError, NotFound, Refused
from app.hotline.asking import Caller
from app.hotline.calling import (
    NEXT_DAY,
    SOON,
    attempted,
    call_of,
    due_at,
    how_many,
    number_of,
    open_calls,
    promise,
)
from app.hotline.resending import last_notice, resend
from app.hotline.telling import told
from app.messaging.outbox import Notice, queue
from app.messaging.states import TAKEN_BACK
from app.messaging.terms import Plan, read_plan
from app.messaging.wishes import NO_AMOUNTS, set_wish
from app.messaging.words import Facts
from tests.factories import House
from tests.support.messages import phone, with_plan
from tests.support.messages import told as messages
from tests.support.on_the_phone import HERE, THERE, known_caller, on_the_line, scope

pytestmark = pytest.mark.stage(of=on_the_line)


def planned(house: House) -> Plan | None:
    return read_plan(with_plan(house).settings.messages)


def sent_again(house: House, caller: Caller, plan: Plan | None) -> str:
    whose = scope(house)
    with house.work() as session:
        return resend(session, house.keyring, plan, whose, caller, house.clock.now())


def test_the_timeline_says_what_sms_and_my_page_say(house: House) -> None:
    """Newest first, in both languages; what came back is marked, with what to do."""
    today = local_date(house.clock.now())
    with house.database.view() as session:
        for language in ("vi", "en"):
            for person in (1, 2):
                (line,) = told(session, person, language, today).timeline
                answer = answer_for(session, person, "has_come", today)
                assert line.said == sentences(answer, "", language)[0]
                assert (line.month, line.is_open) == ("2026-09", person == 2)
        returned = told(session, 2, "vi", today)
        assert returned.is_worried
        assert "Mời mang căn cước đến" in returned.timeline[0].said
        assert not told(session, 1, "vi", today).is_worried
        assert [kind for kind, _ in returned.answers] == ["account", "why"]


def test_the_last_notice_goes_again_once_to_the_number_of_the_register(house: House) -> None:
    """Word for word; without the amount for who wishes so since; not where nobody vouches."""
    caller, plan = known_caller(house, 1), planned(house)
    with house.database.view() as session:
        last = last_notice(session, 1)
        assert last is not None
        assert (last.kind, last.tail) == ("paid", "001")
        assert last_notice(session, 6) is None
    start = Barrier(4)

    def press(_: int) -> str:
        start.wait()
        try:
            return sent_again(house, caller, plan)
        except Conflict as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        pressed = Counter(pool.map(press, range(4)))
    assert pressed["001"] == 1
    assert len(pressed) == 2
    first, again = (one for one in messages(house) if one[1] == phone(1) and one[0] != "code")
    assert (again[0], again[2], again[3]) == ("again", first[2], "queued")
    with pytest.raises(Forbidden, match="nhiều tin"):
        sent_again(house, known_caller(house, 1), plan)
    house.later()
    with house.work() as session:
        set_wish(session, [1], NO_AMOUNTS, True, "officer", house.clock.now())
    sent_again(house, known_caller(house, 1), plan)
    assert "500.000" not in messages(house)[-1][2]
    assert "da duoc chuyen tien" in messages(house)[-1][2]
    kept = "select count(*) from audit_event where action = 'hotline:notice:resend'"
    assert house.ask(kept) == 2
    # Who was told that it was wrong is not told the wrong thing again.
    assert plan is not None
    facts = Facts("UBND xa", "Nong Thi", 500_000, "1000")
    correction = Notice(TAKEN_BACK, 1, 1, "x", phone(1), facts)
    older = Notice(TAKEN_BACK, 2, 1, "x", phone(1), text="Tin cua mau cu: 500.000d")
    for notice in (correction, older):
        with house.work() as session:
            queue(session, house.keyring, plan, [notice], house.clock.now())
        house.clock.advance(timedelta(minutes=16))
        caller = known_caller(house, 1)
        if notice is older:
            with pytest.raises(Refused, match="ẩn số tiền"):
                sent_again(house, caller, plan)
        else:
            sent_again(house, caller, plan)
            assert "Tin bao chuyen tien vao TK ***1000" in messages(house)[-1][2]


def test_who_has_no_number_is_sent_nothing(house: House) -> None:
    caller = known_caller(house, 3)
    house.tamper("update person set phone_key = '', phone_tail = '' where id = 3")
    with pytest.raises(Refused, match="được xác nhận"):
        sent_again(house, caller, planned(house))
    with pytest.raises(Refused, match="được xác nhận"), house.work() as session:
        promise(session, scope(house), caller, "why", SOON, house.clock.now())
    whose, now = scope(house), house.clock.now()
    with house.work() as session, pytest.raises(Refused, match="Chưa có tin"):
        resend(session, house.keyring, None, whose, caller, now)


def test_a_call_back_is_made_in_time_or_taken_over(house: House) -> None:
    """Masked in the list; the number is fetched on purpose and that is kept; done when somebody
    answers or nobody has three times; what lies too long is seen by the others of that commune."""
    whose, now = scope(house, HERE), house.clock.now()
    caller = known_caller(house, 1, HERE)
    with house.work() as session:
        with pytest.raises(InputError):
            promise(session, whose, caller, "why", "whenever", now)
        number = promise(session, whose, caller, "why", SOON, now)
        assert promise(session, whose, caller, "when", NEXT_DAY, now) == number

    def waiting(by: str) -> list[str]:
        with house.database.view() as session:
            now = house.clock.now()
            rows = open_calls(session, scope(house, by), now)
            assert how_many(session, scope(house, by), now, 99) == len(rows)
            return [row.phone_tail for row in rows]

    assert [waiting(by) for by in (HERE, "desk", THERE)] == [["001"], [], []]
    house.tamper("update person set died_on = '2026-09-14' where id = 1")
    with house.work() as session, pytest.raises(Refused):
        number_of(session, house.keyring, whose, number, now)
    house.tamper("update person set died_on = null where id = 1")
    with house.work() as session:
        assert number_of(session, house.keyring, whose, number, now) == phone(1)
        for by in ("desk", THERE):
            with pytest.raises(NotFound):
                number_of(session, house.keyring, scope(house, by), number, now)
    house.clock.advance(timedelta(minutes=61))
    assert [waiting(by) for by in (HERE, "desk", THERE)] == [["001"], ["001"], []]
    for turn, by in enumerate(("desk", HERE, "desk"), start=1):
        with house.work() as session:
            with pytest.raises(InputError):
                attempted(session, scope(house, by), number, turn, "perhaps", house.clock.now())
            attempted(session, scope(house, by), number, turn, "no_answer", house.later())
        with house.work() as session, pytest.raises(Conflict):  # the button was pressed twice
            attempted(session, scope(house, by), number, turn, "no_answer", house.later())
    assert waiting(HERE) == []
    with house.database.view() as session, pytest.raises(AnSinhError, match="đã xong"):
        call_of(session, whose, number, house.clock.now())
    acts = ("promise", "number", "attempt")
    kept = [house.rows(f"select detail, after from audit_event where action = 'hotline:call:{one}'")
            for one in acts]  # fmt: skip
    assert [len(one) for one in kept] == [1, 1, 3]
    assert phone(1) not in str(kept)
    assert '"in_time":false' in str(kept)


def test_nobody_is_called_at_night_and_the_next_day_is_a_working_day(house: House) -> None:
    friday = datetime(2026, 9, 18, 16, 0, tzinfo=TIME_ZONE)
    with house.database.view() as session:
        due = due_at(session, NEXT_DAY, friday).astimezone(TIME_ZONE)
        late = due_at(session, SOON, friday.replace(hour=19, minute=30)).astimezone(TIME_ZONE)
        early = due_at(session, SOON, friday.replace(hour=5)).astimezone(TIME_ZONE)
    assert f"{due:%A %H:%M}" == "Monday 17:00"
    assert (f"{late:%A %H:%M}", f"{early:%A %H:%M}") == ("Saturday 09:00", "Friday 09:00")
