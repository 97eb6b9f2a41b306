"""A move in any order of words, lists and late news: no month is paid twice, none is missed.

Many people's stories run through the same months of one small province. Between two lists the
communes write workbooks that have heard of the move or not, and officers decide in any order.
In the end every month is held against what was due for it, đồng by đồng.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.tables import person
from app.events.deaths import enter_death
from app.events.deciding import Verdict, decide
from app.events.states import CONFIRMED
from app.events.transfers import enter_move
from app.months import month_of, shift
from tests.factories import ASSISTANCE, COMMUNE, OTHER_COMMUNE, PENSION, House, row
from tests.support.mould import Mould
from tests.support.stories import LAST, LEVEL, LISTS, fresh, granted_by_month


class Story(NamedTuple):
    """What becomes of one person; a slot is the time just before the list of that number.

    `old_hears` and `new_hears` are the slots from which on the workbook of the old commune leaves
    the person out (or tells of the move, where `tells`), and that of the new one names him.
    """

    group: str
    moves: int
    entered: int
    old: int
    new: int
    old_hears: int
    tells: bool
    new_hears: int
    dies: int | None

    @property
    def moved(self) -> str:
        return LISTS[self.moves]

    @property
    def died(self) -> str | None:
        return None if self.dies is None else LISTS[self.dies]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    moves = draw(st.integers(0, 2))
    entered = draw(st.integers(moves + 1, LAST))
    said = st.integers(entered, LAST)
    hears = draw(st.integers(moves + 1, len(LISTS)))
    dies = draw(st.none() | st.integers(moves + 1, LAST - 1))
    group, tells = draw(st.sampled_from(sorted(LEVEL))), draw(st.booleans())
    new_hears = draw(st.integers(hears, len(LISTS)))
    return Story(group, moves, entered, draw(said), draw(said), hears, tells, new_hears, dies)


EVERY_ORDER = [
    Story("P1", 0, entered, old, new, hears, tells, hears, dies)
    for entered, (old, new), hears, tells, dies in product(
        (2, 3), ((3, 4), (4, 3), (3, 3)), (2, 6), (True, False), (None, 3)
    )
]


def test_every_order_on_both_databases(house: House) -> None:
    run(house, EVERY_ORDER)


# A story that fails says all by itself; to look for a shorter one takes minutes.
@settings(
    max_examples=2,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(stories(), min_size=25, max_size=25))
def test_any_order(mould: Mould, told: list[Story]) -> None:
    with fresh(mould) as house:
        run(house, told)


def run(house: House, told: Sequence[Story]) -> None:
    """Live through the months, then look at each month of each person."""
    events: dict[int, int] = {}
    ids: dict[int, int] = {}
    for slot, period in enumerate(LISTS):
        house.on(f"{shift(period, -1)}-20")
        with house.work() as session:
            for number, story in enumerate(told, start=1):
                if number in ids:
                    _say(session, house, story, slot, ids[number], events)
        for area, names in ((COMMUNE, _old_book), (OTHER_COMMUNE, _new_book)):
            people = [
                line
                for number, story in enumerate(told, start=1)
                if (line := names(number, story, slot)) is not None
            ]
            house.register(period, *people, commune=area)
        house.list_month(period)
        if not ids:
            ids = {number: _id_of(house, number) for number in range(1, len(told) + 1)}
    paid = granted_by_month(house)
    for number, story in enumerate(told, start=1):
        for month in LISTS:
            alive = story.died is None or month <= story.died
            due = LEVEL[story.group] if alive else 0
            assert paid[ids[number], month] == due, (story, month)


def _say(
    session: Session, house: House, story: Story, slot: int, who: int, events: dict[int, int]
) -> None:
    """What officers enter and decide about one person just before a list."""
    now = house.clock.now()
    if slot == story.entered:
        day = date.fromisoformat(f"{story.moved}-05")
        maker = house.officer(f"maker.{COMMUNE}")
        events[who] = enter_move(session, who, OTHER_COMMUNE, day, maker, now)
    for at, unit in ((story.old, COMMUNE), (story.new, OTHER_COMMUNE)):
        if slot == at:
            checker = house.officer(f"checker.{unit}")
            decide(session, events[who], Verdict(checker, CONFIRMED, number="1/QĐ"), now)
    if story.died is not None and slot == LAST and month_of(now) >= story.died:
        unit = session.scalar(select(person.c.area_code).where(person.c.id == who))
        maker, checker = house.officer(f"maker.{unit}"), house.officer(f"checker.{unit}")
        day = date.fromisoformat(f"{story.died}-07")
        event = enter_death(session, who, day, maker, now)
        decide(session, event, Verdict(checker, CONFIRMED, number="2/QĐ"), now)


def _old_book(number: int, story: Story, slot: int) -> RegisterRow | None:
    if slot < story.old_hears:
        return _row(number, story)
    if story.tells:
        day = date.fromisoformat(f"{story.moved}-05")
        return _row(number, story, event="move_out", event_date=day)
    return None


def _new_book(number: int, story: Story, slot: int) -> RegisterRow | None:
    if slot < story.new_hears:
        return None
    return _row(number, story, start_period=shift(story.moved, 1))


def _row(number: int, story: Story, **more: object) -> RegisterRow:
    programme = PENSION if story.group == "P1" else ASSISTANCE
    return row(number, programme=programme, group=story.group, **more)


def _id_of(house: House, number: int) -> int:
    return int(house.ask(select(person.c.id).where(person.c.name == row(number).name)))
