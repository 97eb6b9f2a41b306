"""Every row of the benefit tables with its legal article, and what was known when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.benefits.groups import MASKED, PROGRAMMES, all_groups, group, public_name
from app.benefits.rates import Rate, RateBook, amount, standing_book
from app.errors import InputError, NotFound

# Group, table key, September 2026 (500,000), October 2026 (540,000), article.
STANDARD_ROWS = [
    ("P1", "", 500_000, 540_000, "Điều 21 khoản 1"),
    ("P2", "", 500_000, 540_000, "Điều 21 khoản 2"),
    ("C1a", "", 1_250_000, 1_350_000, "Điều 5 khoản 1; Điều 6 khoản 1 điểm a"),
    ("C1b", "", 750_000, 810_000, "Điều 5 khoản 1; Điều 6 khoản 1 điểm a"),
    ("C2", "", 750_000, 810_000, "Điều 5 khoản 2; Điều 6 khoản 1 điểm b"),
    ("C3a", "", 1_250_000, 1_350_000, "Điều 5 khoản 3; Điều 6 khoản 1 điểm c"),
    ("C3b", "", 1_000_000, 1_080_000, "Điều 5 khoản 3; Điều 6 khoản 1 điểm c"),
    ("C4", "", 500_000, 540_000, "Điều 5 khoản 4; Điều 6 khoản 1 điểm d"),
    ("C4", "3", 1_500_000, 1_620_000, "Điều 5 khoản 4; Điều 6 khoản 1 điểm d"),
    ("C5a1", "", 750_000, 810_000, "Điều 5 khoản 5 điểm a; Điều 6 khoản 1 điểm đ"),
    ("C5a2", "", 1_000_000, 1_080_000, "Điều 5 khoản 5 điểm a; Điều 6 khoản 1 điểm đ"),
    ("C5b", "", 500_000, 540_000, "Điều 5 khoản 5 điểm b; Điều 6 khoản 1 điểm đ"),
    ("C5c", "", 500_000, 540_000, "Điều 5 khoản 5 điểm c; Điều 6 khoản 1 điểm đ"),
    ("C5d", "", 1_500_000, 1_620_000, "Điều 5 khoản 5 điểm d; Điều 6 khoản 1 điểm đ"),
    ("C6a", "", 1_000_000, 1_080_000, "Điều 5 khoản 6; Điều 6 khoản 1 điểm e"),
    ("C6b", "", 1_250_000, 1_350_000, "Điều 5 khoản 6; Điều 6 khoản 1 điểm e"),
    ("C6c", "", 750_000, 810_000, "Điều 5 khoản 6; Điều 6 khoản 1 điểm e"),
    ("C6d", "", 1_000_000, 1_080_000, "Điều 5 khoản 6; Điều 6 khoản 1 điểm e"),
    ("C7", "", 750_000, 810_000, "Điều 5 khoản 7; Điều 6 khoản 1 điểm g"),
    ("C8", "", 750_000, 810_000, "Điều 5 khoản 8; Điều 6 khoản 1 điểm g"),
    ("K1", "", 1_250_000, 1_350_000, "Điều 20 khoản 1 điểm a"),
    ("K2", "2", 1_500_000, 1_620_000, "Điều 20 khoản 1 điểm b"),
    ("K3", "", 750_000, 810_000, "Điều 20 khoản 1 điểm b"),
    ("K4", "", 500_000, 540_000, "Điều 20 khoản 2 điểm c"),
    ("K5a", "", 750_000, 810_000, "Điều 20 khoản 2 điểm d"),
    ("K5b", "", 1_250_000, 1_350_000, "Điều 20 khoản 2 điểm d"),
    ("K6", "", 750_000, 810_000, "Điều 20 khoản 2 điểm a"),
    ("K7", "", 1_000_000, 1_080_000, "Điều 20 khoản 2 điểm a"),
]

# Group, table key, published amount of Decree 77/2024 (appendices I and II), article.
MERIT_ROWS = [
    ("MLT", "thoat-ly", 3_117_000, "Điều 9"),
    ("MLT", "khong-thoat-ly", 5_291_000, "Điều 9"),
    ("MLTTN", "", 529_000, "Điều 9"),
    ("MLTTN", "4", 2_116_000, "Điều 9"),
    ("MLTTT", "", 2_789_000, "Điều 10"),
    ("MTKN", "", 2_884_000, "Điều 12"),
    ("MTKNTT", "", 1_565_000, "Điều 13"),
    ("MTNLS", "1", 2_789_000, "Điều 16"),
    ("MTNLS", "2", 5_578_000, "Điều 16"),
    ("MTNLS", "3", 8_367_000, "Điều 16"),
    ("MTNLSK", "", 2_789_000, "Điều 16"),
    ("MTND", "", 2_231_000, "Điều 16"),
    ("MBMAH", "", 8_367_000, "Điều 18"),
    ("MBMAHPC", "", 2_337_000, "Điều 18"),
    ("MBMAHPV", "", 2_789_000, "Điều 18"),
    ("MAH", "", 2_337_000, "Điều 21"),
    ("MTB", "21", 1_878_000, "Điều 24"),
    ("MTB", "41", 3_667_000, "Điều 24"),
    ("MTB", "61", 5_450_000, "Điều 24"),
    ("MTB", "81", 7_240_000, "Điều 24"),
    ("MTB", "100", 8_941_000, "Điều 24"),
    ("MTBPC", "81", 1_399_000, "Điều 24"),
    ("MTBPC", "81-dac-biet", 2_867_000, "Điều 24"),
    ("MTBPV", "81", 2_789_000, "Điều 24"),
    ("MTBPV", "81-dac-biet", 3_582_000, "Điều 24"),
    ("MTTB", "", 1_565_000, "Điều 25"),
    ("MBB", "41-50", 2_911_000, "Điều 27"),
    ("MBB", "51-60", 3_627_000, "Điều 27"),
    ("MBB", "61-70", 4_622_000, "Điều 27"),
    ("MBB", "71-80", 5_329_000, "Điều 27"),
    ("MBB", "81-90", 6_378_000, "Điều 27"),
    ("MBB", "91-100", 7_104_000, "Điều 27"),
    ("MBBPC", "81", 1_399_000, "Điều 27"),
    ("MBBPC", "81-dac-biet", 2_789_000, "Điều 27"),
    ("MBBPV", "81", 2_789_000, "Điều 27"),
    ("MBBPV", "81-dac-biet", 3_582_000, "Điều 27"),
    ("MCDHH", "21-40", 2_120_000, "Điều 30"),
    ("MCDHH", "41-60", 3_542_000, "Điều 30"),
    ("MCDHH", "61-80", 4_964_000, "Điều 30"),
    ("MCDHH", "81-100", 6_358_000, "Điều 30"),
    ("MCDHHPC", "81", 1_399_000, "Điều 30"),
    ("MCDHHPC", "81-dac-biet", 2_789_000, "Điều 30"),
    ("MCDHHPV", "81", 2_789_000, "Điều 30"),
    ("MCDHHC", "61-80", 1_673_000, "Điều 31"),
    ("MCDHHC", "81-100", 2_789_000, "Điều 31"),
    ("MTD", "", 1_673_000, "Điều 33"),
    ("MGDCM", "truoc-1945", 2_789_000, "Điều 39"),
    ("MGDCM", "khang-chien", 1_639_000, "Điều 39"),
    ("MHS", "1.0", 2_789_000, "131/2021"),
    ("MHS", "0.5", 1_399_000, "131/2021"),
]


@pytest.mark.parametrize(("code", "key", "before", "after", "article"), STANDARD_ROWS)
def test_each_group_by_coefficient(
    code: str, key: str, before: int, after: int, article: str
) -> None:
    programme = group(code).programme
    assert amount(programme, code, key, "2026-09", "2026-09") == before
    assert amount(programme, code, key, "2026-10", "2026-10") == after
    assert article in group(code).article


@pytest.mark.parametrize(("code", "key", "published", "article"), MERIT_ROWS)
def test_each_row_of_the_merit_table(code: str, key: str, published: int, article: str) -> None:
    assert amount("merit", code, key, "2026-09", "2026-09") == published
    raised = amount("merit", code, key, "2026-10", "2026-10")
    assert raised % 1_000 == 0
    assert 107 * published < 100 * raised < 109 * published  # about 8 % more
    assert article in group(code).article


def test_every_group_stands_in_one_of_the_tables_above() -> None:
    tested = {row[0] for row in STANDARD_ROWS} | {row[0] for row in MERIT_ROWS}
    individual = {code for code, of in all_groups().items() if of.amount_kind == "individual"}
    assert tested | individual == set(all_groups())


def test_the_invalids_table_has_80_rising_rows() -> None:
    levels = [amount("merit", "MTB", str(rate), "2025-05", "2025-05") for rate in range(21, 101)]
    assert levels == sorted(set(levels))
    with pytest.raises(InputError, match="không có mức '20'"):
        amount("merit", "MTB", "20", "2025-05", "2025-05")


def test_the_table_is_not_the_standard_times_a_coefficient() -> None:
    """The published rows cannot be made from their standard: they are kept as rows."""
    first = amount("merit", "MTB", "21", "2025-05", "2025-05")
    scaled = [round(first * rate / 21, -3) for rate in range(21, 101)]
    published = [amount("merit", "MTB", str(rate), "2025-05", "2025-05") for rate in range(21, 101)]
    assert scaled != published


@pytest.mark.parametrize(
    ("programme", "code", "month", "expected"),
    [
        ("assistance", "C5c", "2015-06", 270_000),
        ("assistance", "C5c", "2021-06", 270_000),
        ("assistance", "C5c", "2021-07", 360_000),
        ("assistance", "C5c", "2024-06", 360_000),
        ("assistance", "C5c", "2024-07", 500_000),
        ("assistance", "C5c", "2026-06", 500_000),
        ("assistance", "C5c", "2026-07", 540_000),
        ("pension", "P1", "2025-06", 0),
        ("pension", "P1", "2025-07", 500_000),
        ("pension", "P1", "2026-07", 540_000),
    ],
)
def test_the_standard_of_each_month_in_hindsight(
    programme: str, code: str, month: str, expected: int
) -> None:
    assert amount(programme, code, "", month, "2026-12") == expected


@pytest.mark.parametrize(
    ("published", "in_force", "period", "known"),
    [
        (date(2026, 8, 20), date(2026, 9, 10), "2026-09", True),
        (date(2026, 8, 21), date(2026, 9, 10), "2026-09", False),  # after the list was locked
        (date(2026, 8, 20), date(2026, 9, 11), "2026-09", False),  # not law on the due day
        (date(2026, 8, 21), date(2026, 10, 5), "2026-10", True),
        (date(2025, 12, 20), date(2026, 1, 1), "2026-01", True),  # over the turn of the year
    ],
)
def test_known_when_signed_by_lock_day_and_in_force_by_due_day(
    published: date, in_force: date, period: str, known: bool
) -> None:
    rate = Rate("pension", "", 1, "t", date(2026, 7, 1), published, in_force, "X", True)
    assert RateBook((rate,), {}).is_known(rate, period) is known


def test_a_province_may_pay_more_but_never_less() -> None:
    book = standing_book()
    national = next(rate for rate in book.rates if rate.decree.endswith("176/2025/NĐ-CP"))
    more = replace(national, area="01", standard=650_000, decree="Nghị quyết HĐND")
    less = replace(national, area="04", standard=400_000, decree="Nghị quyết HĐND")
    local = RateBook((*book.rates, more, less), book.rows)
    pay = [
        amount("pension", "P1", "", "2026-09", "2026-09", area=area, book=local)
        for area in ("", "01", "04", "24")
    ]
    assert pay == [500_000, 650_000, 500_000, 500_000]


def test_individual_levels_come_from_the_decision() -> None:
    level = amount("merit", "MQ142", "", "2026-10", "2026-10", individual_amount=2_431_000)
    assert level == 2_431_000
    with pytest.raises(InputError, match="chưa có mức"):
        amount("merit", "MQ142", "", "2026-10", "2026-10")


@pytest.mark.parametrize(
    ("programme", "code", "key", "month", "says"),
    [
        ("assistance", "P1", "", "2026-10", "thuộc chương trình"),
        ("assistance", "C4", "0", "2026-10", "từ 1 đến 50"),
        ("assistance", "C4", "hai", "2026-10", "từ 1 đến 50"),
        ("assistance", "C6a", "1", "2026-10", "không có mức"),
        ("merit", "MBB", "40", "2026-10", "41-50, 51-60"),
        ("merit", "MAH", "", "2023-12", "Chưa có bảng mức hưởng theo Nghị định 55/2023"),
        ("merit", "MAH", "", "2026-13", "Hãy viết kỳ như 2026-10"),
    ],
)
def test_what_no_row_fits_is_refused_with_advice(
    programme: str, code: str, key: str, month: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        amount(programme, code, key, month, month if month != "2026-13" else "2026-10")


def test_an_unknown_group_is_not_found() -> None:
    with pytest.raises(NotFound, match="'C9'"):
        group("C9")


def test_lists_never_tell_of_hiv() -> None:
    told = [of.name for of in all_groups().values() if "HIV" in of.name]
    assert len(told) == len(MASKED) == 3
    assert {public_name(code) for code in MASKED} == {"Đối tượng trợ giúp xã hội"}
    assert not any("HIV" in of.public_name for of in all_groups().values())


def test_groups_are_well_formed() -> None:
    for of in all_groups().values():
        assert of.programme in PROGRAMMES
        assert of.amount_kind in {"standard", "table", "individual"}
        assert of.component in {"monthly", "carer", "education"}
        assert of.name
        assert of.article


def test_what_the_official_text_must_confirm_is_marked() -> None:
    open_points = {
        rate.decree for rate in standing_book().rates if not rate.confirmed and not rate.area
    }
    assert open_points == {
        "Nghị định 136/2013/NĐ-CP",
        "Nghị định 321/2026/NĐ-CP",
        "Nghị định 335/2026/NĐ-CP",
    }
    rows = standing_book().rows
    assert not any(rate.confirmed for rate in standing_book().rates if rate.area)
    assert not any(row.confirmed for key, row in rows.items() if key[0] == "bang-321-2026")
    assert all((row.amount is None) != (row.hundredths is None) for row in rows.values())
