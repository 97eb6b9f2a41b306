"""What is published never tells of one to four persons, alone or beside what else is shown."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.indicators.breakdown import by_kind
from app.indicators.measures import SIDES
from app.indicators.open_data import Cells, cells_of_said
from app.indicators.said import Said
from app.indicators.suppressed import LEAST, published
from app.indicators.tallies import Tally
from app.reference.areas import all_communes, communes_of


def tally(listed: int, paid: int, cashless: int, **more: int) -> Tally:
    lines = {"lines": listed, "paid_lines": paid, "on_time": paid, "sent": cashless}
    return Tally(listed=listed, paid=paid, cashless=cashless, usable=cashless, **lines, **more)


def test_a_large_row_is_shown_whole() -> None:
    shown = published({"a": tally(40, 30, 20), "b": tally(50, 40, 30)})
    assert {"R1", "R1b", "R2", "R2b", "R3"} <= shown["a"] & shown["b"]


def test_a_small_cell_takes_its_smallest_neighbour_with_it() -> None:
    rows = {"a": tally(40, 30, 27), "b": tally(50, 40, 30), "c": tally(20, 15, 10)}
    shown = published(rows)
    assert [one for one in rows if "R1" in shown[one]] == ["b"]
    assert [one for one in rows if "R2" in shown[one]] == ["b"]


def test_a_difference_between_two_figures_is_a_cell_too() -> None:
    shown = published({"a": tally(32, 30, 20), "b": tally(33, 30, 20), "c": tally(90, 80, 70)})
    assert "R1" in shown["a"]
    assert "R1b" not in shown["a"] | shown["b"]  # 32 less 30 would tell of two unpaid
    assert "R1b" in shown["c"]


def test_nought_is_shown() -> None:
    shown = published({"a": tally(40, 30, 0), "b": tally(40, 30, 30)})
    assert all("R1" in codes for codes in shown.values())


def test_communes_are_judged_within_their_kind() -> None:
    rows = {"x1": tally(40, 30, 27), "x2": tally(20, 15, 10), "p1": tally(9, 9, 4)}
    shown = published(rows, lambda value, code: value[0])
    assert all("R1" not in codes for codes in shown.values())


def test_what_people_say_is_withheld_where_it_tells_of_few() -> None:
    """The whole too; and where one commune's row is hidden, the smallest other one with it."""
    rows = {"01273": Said(received=40, closed=30), "01290": Said(received=30, closed=20),
            "01279": Said(received=20, closed=17, confirmed=4, came=4)}  # fmt: skip
    cells = cells_of_said(rows)
    assert cells["all"][""] == {"K1", "S1", "S1a"}, "four who confirmed"
    within = [one for one in rows if "K1" in cells["commune"][one]]
    assert "01279" not in within
    assert len(within) < 2


def test_a_hidden_kind_hides_every_kind_and_something_in_the_whole() -> None:
    """Else the whole less the other kinds, or less their communes, would tell of the hidden one."""
    ward, rural, zone = (
        "01273",
        "01290",
        next(one.code for one in all_communes() if one.kind == "đặc khu"),
    )
    other = communes_of("04")[12].code
    rows = {ward: tally(50, 40, 30), rural: tally(60, 50, 40), other: tally(30, 20, 10),
            zone: tally(4, 4, 2)}  # fmt: skip
    kinds = by_kind(rows)
    cells = Cells({"commune_kind": kinds, "commune": rows}, {})
    assert all("R1" not in cells.shown("commune_kind", kind) for kind in kinds)
    assert [one for one in rows if "R1" in cells.shown("commune", one)] == [ward, rural]
    safe = {code: one for code, one in rows.items() if code != zone}
    cells = Cells({"commune_kind": by_kind(safe), "commune": safe}, {})
    assert all("R1" in cells.shown("commune", one) for one in safe)
    assert all("R1" in cells.shown("commune_kind", one) for one in by_kind(safe))


def test_paying_units_are_not_published() -> None:
    assert not Cells({"unit": {"a": tally(50, 40, 30)}}, {}).shown("unit", "a")


counts = st.integers(0, 40)
ROWS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(counts, counts, counts).map(lambda three: tally(*sorted(three, reverse=True))),
    min_size=2,
)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_no_shown_figure_tells_of_a_few(rows: dict[str, Tally]) -> None:
    """Neither a row nor the whole less the rows shown, as a reader would compute it."""
    shown = published(rows)
    for code in ("R1", "R1b", "R3", "R5"):
        n, d = SIDES[code]
        sides = {value: (getattr(one, n), getattr(one, d)) for value, one in rows.items()}
        seen = {value for value in rows if code in shown[value]}
        for value in seen:
            top, bottom = sides[value]
            assert not any(0 < cell < LEAST for cell in (top, bottom, bottom - top))
        rest = [sides[value] for value in rows if value not in seen]
        if rest and seen:
            top, bottom = (sum(side) for side in zip(*rest, strict=True))
            assert len(rest) > 1
            assert not any(0 < cell < LEAST for cell in (top, bottom, bottom - top))
