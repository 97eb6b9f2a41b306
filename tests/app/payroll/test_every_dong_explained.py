"""Random months: every list is explained by its people, every obligation is listed once, and what
came back is paid again once."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.benefits.tables import obligation
from app.errors import Refused
from app.jobs.payrolls import open_differences
from app.months import previous
from app.payroll.bridge import CAUSES, unexplained
from app.payroll.bridge_people import people_of
from app.payroll.tables import REPEATED_CAUSES, bridge, payroll, payroll_line
from tests.app.test_any_news_in_any_order import BROKE_ONCE, run
from tests.factories import ASSISTANCE, COMMUNE, OTHER_COMMUNE, PENSION, House
from tests.support.mould import Mould
from tests.support.returned import paid_once, pay_and_return
from tests.support.stories import Story, fresh, stories

FEW = settings(
    max_examples=2, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@FEW
@given(st.lists(stories(), min_size=2, max_size=4), st.sampled_from([None, 2]))
def test_any_story(mould: Mould, told: list[Story], ahead: int | None) -> None:
    with fresh(mould) as house:
        run(house, told, ahead, lambda period: pay_between(house, period))
        look_at(house)
        assert paid_once(house) == []


def test_what_broke_once(house: House) -> None:
    run(house, BROKE_ONCE, 2, lambda period: pay_between(house, period))
    look_at(house)
    causes = {cause for (cause,) in house.rows("select distinct cause from bridge")}
    assert {"previous", "joined", "left_death", "rate", "difference"} <= causes
    assert paid_once(house) == []
    again = (
        "select count(*) from instruction where attempt > 1 and state in ('settled', 'returned')"
    )
    assert house.ask(again) > 5, "too little came back and was paid again"


def pay_between(house: House, period: str) -> None:
    """Fix the last list, and pay some units what it lacks before the next list does."""
    before = previous(period)
    for unit in (COMMUNE, OTHER_COMMUNE):
        ids = [one for (one,) in house.rows(
            f"select id from payroll where state = 'draft' and unit_code = '{unit}'")]  # fmt: skip
        for one in ids:
            with suppress(Refused):  # somebody on it was told dead since: that blocks it
                house.submit([one], f"maker.{unit}")
    pay_and_return(house, before, Random(f"returned {before}"))
    if not house.ask(f"select 1 from payroll where kind = 'monthly' and period = '{before}'"):
        return  # all of it was paid ahead
    dice = Random(period)
    for unit in (COMMUNE, OTHER_COMMUNE):
        for programme in (PENSION, ASSISTANCE):
            if dice.random() < 0.7:
                house.later()
                with suppress(Refused):  # a list that could not be submitted is not fixed
                    open_differences(house.runtime, before, unit, programme)


def look_at(house: House) -> None:
    with house.database.view() as session:
        linked = payroll.c.kind.not_in(("campaign", "follow_up"))
        for row in session.execute(select(payroll).where(linked)).all():
            found = session.execute(select(bridge).where(bridge.c.payroll_id == row.id)).all()
            assert unexplained(found, row.lines, row.total) == (0, 0), row
            rows = {one.cause: (one.people, one.amount) for one in found}
            for cause in CAUSES[1:]:
                movers = list(people_of(session, row.id, cause))
                sums = (len(movers), sum(one.amount for one in movers))
                assert sums == rows.get(cause, (0, 0)), (row, cause)
                assert all(one.why for one in movers)
        first = payroll_line.c.cause.not_in(REPEATED_CAUSES)
        lined = Counter(session.scalars(select(payroll_line.c.obligation_id).where(first)))
        assert set(lined.values()) <= {1}
        total = session.scalar(select(func.sum(payroll_line.c.amount)).where(first))
        owed = session.execute(select(obligation.c.id, obligation.c.amount)).all()
        assert total == sum(row.amount for row in owed if row.id in lined)
