"""News of every room in any order: nobody is granted more than is due, nobody less.

Lists, events, registers of others and merged records tell of the same people, rightly or wrongly,
early or late. When everything has been said, each month of each person is held against what was
due by the truth: what was granted, less what was found to be too much, is that to the đồng.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.together import Signer
from app.beneficiaries.by_decision import PAUSED
from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.tables import enrolment, person
from app.benefits.campaigns import Campaign
from app.benefits.tables import overpayment
from app.checks import deaths
from app.checks.tables import death_notice
from app.doubles.merging import merge
from app.events import states
from app.events.deaths import enter_death
from app.events.deciding import Verdict, decide
from app.events.find.uncollected import enter_resume
from app.events.proposals import THE_SERVICE, Proposal, enter, next_list
from app.events.transfers import enter_move
from app.jobs.campaigns import prepare_campaign
from app.months import shift
from tests.app.checks.asker import lines, make, reply, take_in
from tests.factories import ASSISTANCE, OTHER_COMMUNE, House, row
from tests.support.mould import Mould
from tests.support.province import COMMUNE, PENSION
from tests.support.stories import BYSTANDER, LAST, LISTS, Story, fresh, granted_by_month, stories

DOUBLE = 500
"""What the number of a person's second row is more than that of the first."""


BROKE_ONCE = [
    # Everybody of the story comes late.
    Story("C6c", joins=1, moves=3),
    # Merged, and nothing else happens: what both were granted is looked at all the same.
    Story(double=2),
    Story(double=3, dies=1, by_event=2),
    # A list tells a death of the line that a decision ended, not of the one that it began.
    Story("C6c", dies=3, by_list=4, drops=True, betters=4, told_better=4),
    Story("C6c", dies=2, by_list=4, drops=True, betters=1, told_better=2),
    # A register tells a death from before a line began.
    Story("C6c", dies=2, by_register=4, betters=3, told_better=3),
    Story(dies=0, by_register=4, moves=0, moved_on=2, new_hears=3),
    # Confirmed dead by a register, and an event tells it as well.
    Story(dies=1, by_register=2, ruled=3, by_event=3),
    Story(dies=1, by_register=2, ruled=3, by_list=4, drops=True),
]


@pytest.mark.parametrize("ahead", [None, 2])
def test_what_broke_once(house: House, ahead: int | None) -> None:
    run(house, BROKE_ONCE, ahead)


def test_news_of_a_month_that_everybody_was_paid_ahead(house: House) -> None:
    """Its list owes nobody anything, so what is decided after it still counts as news for it."""
    run(house, [Story("C6c", paused=2, lifted=4)], 2)


def test_months_before_the_row_that_stays_began_were_paid_rightly(house: House) -> None:
    """The later of two rows stays: only the month that both were paid is too much."""
    first, second = row(1), row(2, start_period=LISTS[1])
    house.register(LISTS[0], first)
    house.list_month(LISTS[0])
    house.register(LISTS[1], first, second)
    house.list_month(LISTS[1])
    with house.work() as session:
        merge(session, [1, 2], 2, house.later(), "test")
    house.register(LISTS[2], second)
    house.list_month(LISTS[2])
    found = select(overpayment.c.person_id, overpayment.c.month, overpayment.c.amount)
    assert house.rows(found) == [(2, LISTS[1], 540_000)]


# A story that fails says all by itself; to look for a shorter one takes minutes.
@settings(
    max_examples=2,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(stories(), min_size=25, max_size=25), st.none() | st.integers(0, LAST - 1))
def test_any_news(mould: Mould, told: list[Story], ahead: int | None) -> None:
    with fresh(mould) as house:
        run(house, told, ahead)


@dataclass
class Run:
    """The months being lived through: ids by number, and who was found to be of another degree."""

    house: House
    told: Sequence[Story]
    ids: dict[int, int] = field(default_factory=dict)
    better: set[int] = field(default_factory=set)

    def known(self) -> Iterator[tuple[int, Story]]:
        """Number and story of everybody who stood on a list."""
        yield from ((n, one) for n, one in enumerate(self.told, start=1) if n in self.ids)

    def by(self, session: Session, role: str, number: int) -> int:
        """An officer of the commune where a person lives now."""
        area = session.scalar(select(person.c.area_code).where(person.c.id == self.ids[number]))
        return self.house.officer(f"{role}.{area}")


def run(
    house: House,
    told: Sequence[Story],
    ahead: int | None = None,
    before_list: Callable[[str], object] = str,
) -> None:
    """Live through the months, then look at each month of each person.

    With the list of number `ahead` the month after it is paid as well. `before_list` is called with
    each month when everything is said and its list is not made yet.
    """
    told = [*told, BYSTANDER]
    walk = Run(house, told)
    for slot, period in enumerate(LISTS):
        house.on(f"{shift(period, -1)}-20")
        _ask_civil_status(walk, slot)
        for number, story in walk.known():
            _say(walk, story, slot, number)
            _rule(walk, story, slot, number)
        for area, book in ((COMMUNE, _old_book), (OTHER_COMMUNE, _new_book)):
            people = [line for n, one in enumerate(told, start=1) for line in book(n, one, slot)]
            house.register(period, *people, commune=area)
        before_list(period)
        house.list_month(period)
        if slot == ahead:
            prepare_campaign(house.runtime, _two_months(slot))
        names = house.rows(select(person.c.name, person.c.id))
        walk.ids = {int(name[-3:]): number for name, number in names}
    _hold_against_the_truth(walk, granted_by_month(house))


def _two_months(slot: int) -> Campaign:
    programmes, (period, month) = (PENSION, ASSISTANCE), LISTS[slot : slot + 2]
    days = date.fromisoformat(f"{shift(period, -1)}-20"), date.fromisoformat(f"{period}-28")
    return Campaign("two", "Hai tháng", "ahead", 0, programmes, (), period, month, month, *days,
                    "1/QĐ", True, "")  # fmt: skip


def _hold_against_the_truth(walk: Run, paid: Counter[tuple[int, str]]) -> None:
    for number, story in walk.known():
        rows = [walk.ids[number]]
        rows += [walk.ids[number + DOUBLE]] if story.double is not None else []
        got = [sum(paid[one, month] for one in rows) for month in LISTS]
        assert got == [story.due(month, number in walk.better) for month in LISTS], story


def _ask_civil_status(walk: Run, slot: int) -> None:
    dead = {row(n).citizen_id: one.died for n, one in walk.known() if one.by_register == slot}
    if not dead:
        return
    house, answers = walk.house, []
    code, at = make(house, "civil_status", again=True), house.clock.now()
    for one in lines(house, code):
        died = dead.get(str(one.fields["citizen_id"]))
        more = {"happened_on": f"{died}-03"} if died else {}
        answers.append(reply(one, "dead" if died else "none", at, **more))
    take_in(house, code, answers)


def _rule(walk: Run, story: Story, slot: int, number: int) -> None:
    """An officer decides upon what civil status told."""
    house, who = walk.house, walk.ids[number]
    if story.by_register is None or slot != story.ruled:
        return
    notice = house.ask(select(death_notice.c.id).where(death_notice.c.person_id == who))
    if notice is None:  # who is known to be dead is not asked about
        return
    now, verdict = house.later(), "confirmed" if story.is_true else "refuted"
    with house.work() as session:
        signer = Signer(walk.by(session, "maker", number), house.code())
        deaths.decide(session, house.keyring, signer, notice, verdict, "TLKT 12/2026", now)


def _say(walk: Run, story: Story, slot: int, number: int) -> None:
    """What officers enter and decide about one person just before a list."""
    now = walk.house.later()
    with walk.house.work() as session:
        if story.moves is not None and slot == story.moved_on:
            _move(session, walk, story, number, now)
        if story.betters is not None and slot == story.told_better:
            _better(session, walk, story, number, now)
        if story.paused is not None:
            _pause(session, walk, story, slot, number, now)
        if slot == story.by_event:
            _death(session, walk, story, number, now)
        if slot == story.double:
            both = [walk.ids[number], walk.ids[number + DOUBLE]]
            merge(session, both, both[0], now, "test")


def _move(session: Session, walk: Run, story: Story, number: int, now: datetime) -> None:
    house, who = walk.house, walk.ids[number]
    if session.scalar(select(person.c.died_on).where(person.c.id == who)):
        return
    day = date.fromisoformat(f"{LISTS[story.moves or 0]}-05")
    event = enter_move(session, who, OTHER_COMMUNE, day, house.officer(f"maker.{COMMUNE}"), now)
    for unit in (COMMUNE, OTHER_COMMUNE):
        said = Verdict(house.officer(f"checker.{unit}"), states.CONFIRMED, number="1/QĐ")
        decide(session, event, said, now)


def _better(session: Session, walk: Run, story: Story, number: int, now: datetime) -> None:
    line = _line(session, walk.ids[number], "")
    if line is not None:
        start = max(LISTS[story.betters or 0], line.start_period)
        walk.better.add(number)
        _found(session, walk, number, now, kind=states.CATEGORY, enrolment_id=line.id,
               period=start, stop=shift(start, -1), group="C6d", start=start)  # fmt: skip


def _pause(
    session: Session, walk: Run, story: Story, slot: int, number: int, now: datetime
) -> None:
    if slot == story.paused and (line := _line(session, walk.ids[number], "")) is not None:
        _found(session, walk, number, now, kind=states.UNCOLLECTED, enrolment_id=line.id,
               period=LISTS[slot], stop=shift(LISTS[slot], -1))  # fmt: skip
    if slot == story.lifted and _line(session, walk.ids[number], PAUSED) is not None:
        maker, checker = walk.by(session, "maker", number), walk.by(session, "checker", number)
        for event in enter_resume(session, walk.ids[number], maker, now):
            decide(session, event, Verdict(checker, states.CONFIRMED, number="4/QĐ"), now)


def _line(session: Session, who: int, stop_cause: str) -> Any:
    mine = enrolment.c
    query = select(enrolment).where(mine.person_id == who, mine.stop_cause == stop_cause)
    return session.execute(query.order_by(mine.id.desc())).first()


def _found(session: Session, walk: Run, number: int, now: datetime, **what: Any) -> None:
    """The service finds it, and an officer confirms."""
    one = Proposal(walk.ids[number], facts="x", **what)
    event = enter(session, one, next_list(session, now), now, "finder", THE_SERVICE)
    checker = walk.by(session, "checker", number)
    decide(session, event, Verdict(checker, states.CONFIRMED, number="3/QĐ"), now)


def _death(session: Session, walk: Run, story: Story, number: int, now: datetime) -> None:
    day = date.fromisoformat(f"{story.died}-03")
    maker, checker = walk.by(session, "maker", number), walk.by(session, "checker", number)
    event = enter_death(session, walk.ids[number], day, maker, now)
    said = Verdict(checker, states.CONFIRMED, number="2/QĐ")
    if not story.is_true:
        said = Verdict(checker, states.REFUSED, reason="còn sống")
    decide(session, event, said, now)


def _old_book(number: int, story: Story, slot: int) -> list[RegisterRow]:
    has_left = story.moves is not None and slot > story.moved_on
    if slot < story.joins or has_left or _is_dropped(story, slot):
        return []
    is_twice = story.double is not None and slot <= story.double
    return [_row(one, story, slot) for one in (number, number + DOUBLE)[: 1 + is_twice]]


def _new_book(number: int, story: Story, slot: int) -> list[RegisterRow]:
    if story.moves is None or slot < story.new_hears or _is_dropped(story, slot):
        return []
    return [_row(number, story, slot, start_period=shift(LISTS[story.moves], 1))]


def _is_dropped(story: Story, slot: int) -> bool:
    return story.drops and story.is_true and story.by_list is not None and slot > story.by_list


def _row(number: int, story: Story, slot: int, **more: Any) -> RegisterRow:
    """A list that told a death falsely does so once."""
    tells = story.by_list is not None and slot >= story.by_list
    if tells and (story.is_true or slot == story.by_list):
        more |= {"event": "death", "event_date": date.fromisoformat(f"{story.died}-03")}
    programme = PENSION if story.group == "P1" else ASSISTANCE
    return row(number, programme=programme, group=story.group, **more)
