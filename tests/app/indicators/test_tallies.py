"""R1 to R7 of a small September, on both databases: figures, breakdowns, restatement, tie-out."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.benefits.groups import neutral
from app.clock import TIME_ZONE
from app.errors import InputError
from app.indicators import cashless
from app.indicators.breakdown import BREAKDOWNS, WHOLE, Answer, asked
from app.indicators.dimensions import DIMENSIONS
from app.indicators.restated import restated
from app.indicators.tallies import added
from app.indicators.tie_out import differences, tie_out
from tests.app.indicators.months import september_paid
from tests.factories import SEPTEMBER, House

pytestmark = pytest.mark.stage(of=september_paid)
PROVISIONAL = datetime(2026, 9, 19, 20, tzinfo=TIME_ZONE)
FINAL = datetime(2026, 11, 1, 12, tzinfo=TIME_ZONE)


def answer(house: House, as_of: datetime, breakdown: str = WHOLE) -> Answer:
    with house.database.view() as session:
        return asked(session, SEPTEMBER, as_of, breakdown)


def said(found: Answer, value: str = "") -> dict[str, str]:
    return {one.code: f"{one.n}/{one.d}" for one in found.figures()[value]}


def test_every_figure_at_both_cut_offs(house: House) -> None:
    provisional = answer(house, PROVISIONAL)
    assert said(provisional) == {
        **{"R1": "2/3", "R1b": "2/4", "R1c": "2/3", "R1m": "0/3"},
        **{"R2": "1000000/1500000", "R2b": "1000000/2000000", "R3": "3/4", "R3a": "3/4"},
        **{"R4": "2/3", "R4f": "2/3", "R4v": "1000000/1500000", "R4fv": "1000000/1500000"},
        **{"R4r": "0/3", "R5": "2/4", "R5b": "2/3"},
        **{"R6": "1/4", "R6a": "1/4", "R6b": "0/4", "R6c": "0/4", "R7": "0/3"},
    }
    assert provisional.evidence == {"booked": (2, 1_000_000), "paid_cash": (1, 500_000)}
    final = said(answer(house, FINAL))
    assert [final[one] for one in ("R1", "R2", "R4", "R4r", "R5", "R6")] == [
        *("1/2", "500000/1000000", "1/3", "1/3", "1/4", "2/4"),
    ]


def test_breakdowns_add_up_and_agree_with_the_short_count(house: House) -> None:
    whole = answer(house, FINAL).tallies[""]
    with house.database.view() as session:
        short = cashless.count(session, SEPTEMBER, answer(house, FINAL).moments.final)
    assert (short.listed, short.paid, short.cashless, short.mixed) == (4, 2, 1, 0)
    assert (whole.listed, whole.paid, whole.cashless, whole.mixed) == (4, 2, 1, 0)
    assert (whole.usable, whole.credited, whole.cash) == (
        *(short.covered, short.credited, short.cash),
    )
    for breakdown in BREAKDOWNS:
        assert added(answer(house, FINAL, breakdown).tallies.values()) == whole, breakdown
    assert said(answer(house, FINAL, "sex"), "M")["R4r"] == "1/1"
    assert sorted(answer(house, FINAL, "group").tallies) == ["P1", "P2"]
    assert sorted(answer(house, FINAL, "age").tallies) == ["80+"]
    with pytest.raises(InputError, match="Không có cách chia"):
        answer(house, FINAL, "colour")


def test_groups_that_share_the_neutral_name_are_one_value() -> None:
    """Else a breakdown by group would tell who lives with HIV."""
    folded = DIMENSIONS["group"].value(SEPTEMBER).compile(compile_kwargs={"literal_binds": True})
    assert {"C3a", "C3b", "C8"} < neutral()
    assert all(f"'{code}'" in str(folded) for code in neutral())


def test_a_restatement_explains_its_difference(house: House) -> None:
    with house.database.view() as session:
        found = restated(session, SEPTEMBER, PROVISIONAL, FINAL)
    one = found.figures[0]
    assert (one.then.n, one.then.d, one.now.n, one.now.d) == (2, 3, 1, 2)
    assert one.differs
    assert [(m.before, m.after, m.lines, m.amount) for m in found.moves] == [
        ("credited", "unpaid", 1, 500_000)
    ]


def test_before_the_list_is_approved_there_is_none(house: House) -> None:
    early = datetime(2026, 9, 1, tzinfo=TIME_ZONE)
    with house.database.view() as session:
        found = restated(session, SEPTEMBER, early, PROVISIONAL)
    assert {one.then.d for one in found.figures} == {0}
    assert [(m.before, m.after, m.lines) for m in found.moves] == [
        *(("unlisted", "cash", 1), ("unlisted", "credited", 2), ("unlisted", "unpaid", 1)),
    ]


@pytest.mark.parametrize("until", [PROVISIONAL, FINAL])
def test_every_amount_is_in_the_books(house: House, until: datetime) -> None:
    with house.database.view() as session:
        ties = tie_out(session, SEPTEMBER, until)
        [whole] = asked(session, SEPTEMBER, until).tallies.values()
    assert {one.part: one.figure for one in ties} == {
        "approved": whole.amount,
        "sent": 2_000_000,
        "paid": whole.paid_amount,
        "left": 0,
    }
    assert differences(ties) == []
