"""What one person is due: concurrency, start and stop, arrears, each with its article."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.beneficiaries.terms import handover, start_month, stop_month
from app.benefits.explain import explain
from app.benefits.groups import group
from app.benefits.rates import RateBook, amount, standing_book
from app.benefits.rules import Enrolment, Entitlement, History, compute, due
from app.benefits.values import Granted
from app.errors import InputError
from app.months import months_between, shift

DECREE_335 = "Nghị định 335/2026/NĐ-CP"


def enrol(
    code: str,
    key: str = "",
    start: str = "2026-01",
    stop: str | None = None,
    *,
    number: int = 1,
    level: int | None = None,
) -> Enrolment:
    return Enrolment(number, group(code).programme, code, key, level, start, stop)


def people(*codes: str, start: str = "2026-08") -> list[Enrolment]:
    """One person in several groups; 'C4:2' has the table key '2'."""
    parts = [code.partition(":") for code in codes]
    return [enrol(code, key, start, number=place) for place, (code, _, key) in enumerate(parts, 1)]


# Groups of one person, lines paid in September 2026 as {group: amount}, article.
CONCURRENCY = [
    (("C5c", "C6a"), {"C6a": 1_000_000}, "NĐ 20/2021 Điều 6 khoản 2: một mức cao nhất"),
    (("C6d", "C7"), {"C6d": 1_000_000}, "NĐ 20/2021 Điều 6 khoản 2"),
    (("C4:2", "C6c"), {"C4": 1_000_000, "C6c": 750_000}, "Điều 6 khoản 2, ngoại lệ khoản 6"),
    (("C4", "C5a1"), {"C4": 500_000, "C5a1": 750_000}, "Điều 6 khoản 2, ngoại lệ khoản 5"),
    (("C4", "C8"), {"C4": 500_000, "C8": 750_000}, "Điều 6 khoản 2, ngoại lệ khoản 8"),
    (("C4", "C5c", "C6a"), {"C4": 500_000, "C6a": 1_000_000}, "một trong các nhóm 5, 6, 8"),
    (("C4", "C2"), {"C2": 750_000}, "C2 không thuộc ngoại lệ"),
    (("C4:2", "C2"), {"C4": 1_000_000}, "C2 không thuộc ngoại lệ"),
    (("P1", "C6d"), {"C6d": 1_000_000}, "Luật BHXH Điều 21: mức cao hơn"),
    (("P1", "C5c"), {"P1": 500_000}, "bằng nhau: trợ cấp hưu trí xã hội"),
    (("P2", "C4", "C5b"), {"C4": 500_000, "C5b": 500_000}, "cả gói trợ giúp cao hơn"),
    (("P2", "K4"), {"P2": 500_000, "K4": 500_000}, "Điều 20: kinh phí chăm sóc đứng riêng"),
    (("C6a", "K6"), {"C6a": 1_000_000, "K6": 750_000}, "Điều 20 khoản 2 điểm b"),
    (("C6c", "K6", "K7"), {"C6c": 750_000, "K7": 1_000_000}, "Điều 20 khoản 2 điểm a: cao nhất"),
    (("K1", "K4:2"), {"K1": 1_250_000, "K4": 1_000_000}, "Điều 20: cho mỗi đối tượng"),
    (
        ("MTB:81", "MTNLS:1", "MTND"),
        {"MTB": 7_240_000, "MTNLS": 2_789_000, "MTND": 2_231_000},
        "Pháp lệnh 02/2020 Điều 6: hưởng nhiều trợ cấp",
    ),
    (
        ("MBMAH", "MBMAHPV", "MTBPV:81-dac-biet"),
        {"MBMAH": 8_367_000, "MTBPV": 3_582_000},
        "Pháp lệnh 02/2020 Điều 6: một mức người phục vụ cao nhất",
    ),
    (("MTB:21", "C6c"), {"MTB": 1_878_000, "C6c": 750_000}, "hai chế độ khác nhau"),
    (("MHS:1.0",), {}, "trợ cấp giáo dục trả hai lần một năm"),
]


@pytest.mark.parametrize(("codes", "paid", "article"), CONCURRENCY)
def test_concurrency(codes: tuple[str, ...], paid: dict[str, int], article: str) -> None:
    lines = people(*codes)
    names = {each.enrolment_id: each.group for each in lines}
    found = compute(lines, "2026-09")
    assert {names[each.enrolment_id]: each.regular for each in found} == paid, article


def test_the_same_group_twice_is_paid_once() -> None:
    twice = [enrol("C6a", number=7), enrol("C6a", number=3)]
    assert [each.enrolment_id for each in compute(twice, "2026-09")] == [3]
    twice = [enrol("MTB", "21", number=7), enrol("MTB", "41", number=9)]
    assert [each.enrolment_id for each in compute(twice, "2026-09")] == [9]


def test_the_rise_of_2026_with_three_months_arrears() -> None:
    assert [each.total for each in compute([enrol("P1")], "2026-09")] == [500_000]
    (october,) = compute([enrol("P1")], "2026-10")
    assert october == Entitlement(
        programme="pension",
        component="monthly",
        enrolment_id=1,
        regular=540_000,
        arrears=120_000,
        arrears_from="2026-07",
        arrears_to="2026-09",
        arrears_months=3,
        arrears_basis=DECREE_335,
        reason="Mức chuẩn 540.000 × hệ số 1,0; truy lĩnh 3 tháng 07–09/2026: "
        "(540.000 − 500.000) × 1,0 × 3 = 120.000 (Nghị định 335/2026/NĐ-CP)",
    )
    assert [each.total for each in compute([enrol("P1")], "2026-11")] == [540_000]


# Enrolments, regular and arrears of October 2026 in VND, what it shows.
OCTOBER = [
    ([enrol("C6c")], (810_000, 180_000), "3 x 40.000 x 1,5"),
    ([enrol("C4", "2")], (1_080_000, 240_000), "3 x 40.000 x 2 con"),
    ([enrol("P1", start="2026-09")], (540_000, 40_000), "chỉ tháng đã hưởng"),
    ([enrol("P1", start="2026-10")], (540_000, 0), "người mới: không truy lĩnh"),
    ([enrol("P1", start="2026-11")], (0, 0), "chưa đến tháng hưởng"),
    ([enrol("P1", stop="2026-10")], (540_000, 120_000), "tháng chết vẫn được trả"),
    ([enrol("P1", stop="2026-08")], (0, 80_000), "đã thôi: còn chênh lệch tháng 7 và 8"),
    ([enrol("P1", stop="2026-06")], (0, 0), "thôi trước khi tăng"),
    ([enrol("MTB", "81")], (7_819_000, 3 * 579_000), "bảng của NĐ 321/2026"),
    ([enrol("MQ142", level=2_100_000)], (2_100_000, 0), "mức riêng không tính lại"),
    ([enrol("K4", "2")], (1_080_000, 240_000), "kinh phí chăm sóc cũng tăng"),
]


@pytest.mark.parametrize(("lines", "due", "shows"), OCTOBER)
def test_october_2026(lines: list[Enrolment], due: tuple[int, int], shows: str) -> None:
    found = compute(lines, "2026-10")
    assert (sum(e.regular for e in found), sum(e.arrears for e in found)) == due, shows
    assert all(each.total > 0 for each in found)


def test_a_carer_line_has_its_own_component() -> None:
    found = compute(people("C6a", "K4", "MTBPV:81"), "2026-09")
    assert {(e.programme, e.component) for e in found} == {
        ("assistance", "monthly"),
        ("assistance", "carer"),
        ("merit", "carer"),
    }


def test_a_move_pays_every_month_once() -> None:
    last, first = handover(date(2026, 8, 17))
    moved = [enrol("P1", stop=last), enrol("P1", start=first, number=2)]
    paid = {month: compute(moved, month) for month in months_between("2026-07", "2026-11")}
    by_line = {month: [e.enrolment_id for e in found if e.regular] for month, found in paid.items()}
    assert by_line == {
        "2026-07": [1],
        "2026-08": [1],
        "2026-09": [2],
        "2026-10": [2],
        "2026-11": [2],
    }
    assert {e.enrolment_id: e.arrears for e in paid["2026-10"]} == {1: 80_000, 2: 40_000}


def test_arrears_follow_what_was_paid_when_the_group_changed() -> None:
    changed = [enrol("C6c", stop="2026-08"), enrol("C6a", start="2026-09", number=2)]
    found = {e.enrolment_id: e for e in compute(changed, "2026-10")}
    assert found[1].arrears == 2 * 60_000
    assert found[2].arrears == 80_000
    assert found[2].arrears_from == found[2].arrears_to == "2026-09"


def test_arrears_when_the_rise_changes_which_line_is_higher() -> None:
    """A province lifts only the pension, late: what was paid as assistance is taken off."""
    book = standing_book()
    base = next(rate for rate in book.rates if rate.scheme == "pension" and not rate.confirmed)
    local = replace(base, area="01", standard=1_200_000, decree="Nghị quyết 9")
    history = History(RateBook((*book.rates, local), book.rows), area="01")
    both = people("C6a", "P1", start="2026-01")
    assert [e.regular for e in compute(both, "2026-09", history)] == [1_000_000]
    (october,) = compute(both, "2026-10", history)
    assert (october.enrolment_id, october.regular) == (2, 1_200_000)
    assert october.arrears == 3 * (1_200_000 - 1_000_000)


def test_arrears_are_paid_once() -> None:
    """By the first list that knows the decree, be it a month later; then never again."""
    missed = History(standing_book(), opening="2026-09", listed="2026-09")
    listed = [Granted("2026-09", "pension", "monthly", 500_000, 0)]
    (november,) = due([enrol("P1")], "2026-11", missed, listed, has_news=False).lines
    assert (november.regular, november.arrears, november.arrears_months) == (540_000, 660_000, 4)
    then = replace(missed, listed="2026-11")
    paid = [
        Granted("2026-07", "pension", "monthly", 0, 40_000),
        Granted("2026-08", "pension", "monthly", 0, 40_000),
        Granted("2026-09", "pension", "monthly", 500_000, 40_000),
        Granted("2026-10", "pension", "monthly", 0, 540_000),
        Granted("2026-11", "pension", "monthly", 540_000, 0),
    ]
    for has_news in (True, False):
        (december,) = due([enrol("P1")], "2026-12", then, paid, has_news=has_news).lines
        assert (december.regular, december.arrears) == (540_000, 0)


def test_the_first_social_pensions_were_paid_together_in_august_2025() -> None:
    assert compute([enrol("P1", start="2025-07")], "2025-07") == []
    (august,) = compute([enrol("P1", start="2025-07")], "2025-08")
    assert (august.regular, august.arrears) == (500_000, 500_000)


def test_reasons_over_the_turn_of_a_year_and_for_tables() -> None:
    book = standing_book()
    late = tuple(
        replace(rate, effective_from=date(2025, 11, 1), published_on=date(2026, 1, 1))
        if rate.decree == DECREE_335
        else rate
        for rate in book.rates
    )
    history = History(RateBook(late, book.rows))
    (line,) = compute([enrol("C6d", start="2025-01")], "2026-10", history)
    assert "truy lĩnh 11 tháng 11/2025–09/2026: (540.000 − 500.000) × 2,0 × 11" in line.reason
    (line,) = compute([enrol("MTNLS", "1")], "2026-10")
    assert line.reason == (
        "Mức 3.012.000 theo bảng của Nghị định 321/2026/NĐ-CP; truy lĩnh 3 tháng 07–09/2026: "
        "(3.012.000 − 2.789.000) × 3 = 669.000 (Nghị định 321/2026/NĐ-CP)"
    )
    (line,) = compute([enrol("C6c", stop="2026-07")], "2026-10")
    assert line.reason == (
        "Đã thôi hưởng từ tháng 08/2026; truy lĩnh 1 tháng 07/2026: "
        "(540.000 − 500.000) × 1,5 × 1 = 60.000 (Nghị định 335/2026/NĐ-CP)"
    )


def test_a_gap_between_months_is_told_stretch_by_stretch() -> None:
    gap = [
        enrol("C6a", start="2026-08", stop="2026-08", number=2),
        enrol("C6c", start="2026-01", number=1),
    ]
    found = {e.enrolment_id: e for e in compute(gap, "2026-10")}
    assert found[1].arrears_months == 2
    assert "truy lĩnh 2 tháng 07/2026: " in found[1].reason
    assert "; và 09/2026: " in found[1].reason


def test_facts_that_no_rule_fits_are_refused() -> None:
    with pytest.raises(InputError, match="thuộc chương trình"):
        compute([Enrolment(1, "merit", "C6a", "", None, "2026-01")], "2026-10")
    with pytest.raises(InputError, match="Hãy viết kỳ như 2026-10"):
        compute([enrol("P1")], "10/2026")


@pytest.mark.parametrize(
    ("code", "signed", "condition", "month"),
    [
        ("P1", date(2026, 9, 30), date(2026, 8, 2), "2026-09"),  # Decree 147/2025
        ("C6a", date(2026, 9, 1), date(2026, 3, 9), "2026-09"),
        ("C6a", date(2025, 6, 30), date(2025, 3, 9), "2025-03"),  # Decree 20/2021, art. 8
        ("C5c", date(2025, 6, 30), date(2025, 5, 31), "2025-05"),
        ("C1a", date(2025, 6, 30), date(2025, 5, 31), "2025-06"),
        ("C6a", date(2025, 6, 30), None, "2025-06"),
    ],
)
def test_start_month(code: str, signed: date, condition: date | None, month: str) -> None:
    assert start_month(code, signed, condition) == month


def test_the_month_of_death_is_payable_and_a_move_at_new_year() -> None:
    assert stop_month(date(2026, 10, 1)) == "2026-10"
    assert handover(date(2026, 12, 31)) == ("2026-12", "2027-01")


def test_explain_tells_each_line_and_hides_what_it_must() -> None:
    person = [enrol("P1"), enrol("C6d", number=2), enrol("C7", stop="2026-02", number=3)]
    told = explain(person, "2026-10")
    assert "Điều 21 khoản 1" in told
    # Told in full, the others would tell by the difference which group is hidden.
    assert "Điều 5" not in told
    full = explain(person, "2026-10", reveal=True)
    assert "Điều 5 khoản 6; Điều 6 khoản 1 điểm e" in full
    assert "Không trả: đã hưởng chế độ khác có mức cao hơn hoặc bằng" in told
    assert "tháng cuối được hưởng là 02/2026" in told
    assert "cần đối chiếu văn bản gốc" in told
    assert told.endswith("Cộng: 1.320.000\N{NO-BREAK SPACE}₫")
    masked = explain([enrol("C3a")], "2026-10")
    assert "HIV" not in masked
    assert "Điều 5" not in masked
    assert "HIV" in explain([enrol("C3a")], "2026-10", reveal=True)


# ---------------------------------------------------------------- properties

CODES = ["P1", "P2", "C1a", "C2", "C4", "C5c", "C6a", "C6c", "C8", "K1", "K4", "K6", "K7"]
CODES += ["MAH", "MTND", "MBMAH", "MBMAHPV", "MTD"]
MONTHS = st.integers(-8, 3).map(lambda count: shift("2026-09", count))


@st.composite
def persons(draw: st.DrawFn) -> list[Enrolment]:
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=5))
    return [
        enrol(
            code,
            draw(st.sampled_from(["", "2"])) if group(code).counted else "",
            draw(MONTHS),
            draw(st.none() | MONTHS),
            number=place,
        )
        for place, code in enumerate(codes, 1)
    ]


def total(found: Sequence[Entitlement]) -> int:
    return sum(each.total for each in found)


@settings(max_examples=150, deadline=None)
@given(persons())
def test_regular_and_arrears_make_what_the_new_rate_gives(lines: list[Enrolment]) -> None:
    """Paid month by month, the rise known late = paid as if the rise had been known in time."""
    book = standing_book()
    early = tuple(
        replace(
            rate,
            published_on=min(rate.published_on, rate.effective_from.replace(day=1, month=5)),
            in_force_on=rate.effective_from,
        )
        for rate in book.rates
    )
    late, timely = History(book), History(RateBook(early, book.rows))
    months = months_between("2026-01", "2026-12")
    paid = sum(total(compute(lines, month, late)) for month in months)
    assert paid == sum(total(compute(lines, month, timely)) for month in months)
    assert all(e.arrears == 0 for month in months for e in compute(lines, month, timely))


@settings(max_examples=150, deadline=None)
@given(persons(), st.randoms(use_true_random=False), MONTHS)
def test_order_makes_no_difference_and_nothing_is_negative(
    lines: list[Enrolment], chance: object, month: str
) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = compute(lines, month)
    assert compute(shuffled, month, History(standing_book())) == found
    for each in found:
        assert each.regular >= 0
        assert each.arrears >= 0
        assert each.total > 0
        assert (each.arrears > 0) == (each.arrears_months > 0) == (each.arrears_basis is not None)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CODES), MONTHS)
def test_a_single_line_is_the_amount_of_the_table(code: str, month: str) -> None:
    found = compute([enrol(code, start="2020-01")], month)
    assert sum(each.regular for each in found) == amount(
        group(code).programme, code, "", month, month
    )


def test_a_hundred_thousand_people_in_seconds() -> None:
    history = History(standing_book())
    starts = months_between("2015-01", "2026-10")
    crowd = [
        [
            enrol(CODES[n % len(CODES)], start=starts[n % len(starts)], number=n),
            enrol("MTB", str(21 + n % 80), start=starts[n % 7], number=-n),
        ]
        for n in range(100_000)
    ]
    began = time.process_time()
    for person in crowd:
        compute(person, "2026-10", history)
    assert time.process_time() - began < 3
