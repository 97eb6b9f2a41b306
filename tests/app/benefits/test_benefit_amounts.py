"""Every row of the benefit tables with its legal article, and what was known when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.benefits.groups import MASKED, PROGRAMMES, all_groups, group, public_name
from app.benefits.rates import Rate, RateBook, amount, standing_book
from app.errors import InputError, NotFound


def test_the_raised_table_is_in_whole_thousands_and_about_eight_per_cent_higher() -> None:
    rows = standing_book().rows
    for (table, code, key), row in rows.items():
        if table == "bang-77-2024":
            raised = rows["bang-321-2026", code, key].amount or 0
            assert raised % 1_000 == 0
            assert 107 * (row.amount or 0) < 100 * raised < 109 * (row.amount or 0)


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
