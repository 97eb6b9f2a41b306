"""Areas, banks, personal IDs and banking days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reference import areas, banks, calendar, citizen_id


def test_country_has_its_communes() -> None:
    assert len(areas.provinces()) == 34
    assert len(areas.all_communes()) == 3321
    kinds = Counter(area.kind for area in areas.all_communes())
    assert kinds == {"xã": 2611, "phường": 697, "đặc khu": 13}
    assert len({area.code for area in areas.all_communes()}) == 3321


@pytest.mark.parametrize(
    ("province", "communes"),
    [("01", 126), ("04", 56), ("11", 45), ("20", 65), ("24", 99), ("33", 104), ("79", 168)],
)
def test_communes_of_a_province(province: str, communes: int) -> None:
    assert len(areas.communes_of(province)) == communes


def test_one_commune() -> None:
    found = areas.commune("01273")
    assert found is not None
    assert (found.name, found.is_urban) == ("Phường Thục Phán", True)
    assert areas.commune("99999") is None


def test_banks_are_known_by_code() -> None:
    agribank = banks.bank("970405")
    assert agribank is not None
    assert (agribank.swift, agribank.is_test) == ("VBAAVNVX", False)
    assert banks.bank("123456") is None
    assert [bank.bin for bank in banks.training_banks()] == ["999001", "999002", "999003", "999004"]


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2026-10-09", True),  # a Friday
        ("2026-10-10", False),  # a Saturday
        ("2026-02-17", False),  # Tết
        ("2026-09-02", False),  # National Day
        ("2026-08-31", False),  # a bridge the government announced
        ("2026-01-02", False),  # only our table knows it
        ("2025-05-02", False),
    ],
)
def test_banking_days(day: str, is_open: bool) -> None:
    assert calendar.is_banking_day(date.fromisoformat(day)) is is_open


def test_days_roll_forward() -> None:
    assert calendar.roll_forward(date(2026, 10, 10)) == date(2026, 10, 12)
    assert calendar.roll_forward(date(2026, 10, 12)) == date(2026, 10, 12)
    assert calendar.next_banking_day(date(2026, 2, 13)) == date(2026, 2, 23)
    assert calendar.add_banking_days(date(2026, 10, 8), 3) == date(2026, 10, 13)
    with pytest.raises(ValueError, match="negative"):
        calendar.add_banking_days(date(2026, 10, 8), -1)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_rolling_never_skips_a_banking_day(day: date) -> None:
    rolled = calendar.roll_forward(day)
    assert calendar.is_banking_day(rolled)
    between = (day + timedelta(days=n) for n in range((rolled - day).days))
    assert not any(calendar.is_banking_day(skipped) for skipped in between)


@given(st.integers(1900, 2099), st.sampled_from("MF"))
def test_citizen_id_tells_birth_and_sex(year: int, sex: str) -> None:
    made = f"097{citizen_id.century_sex_digit(year, sex)}{year % 100:02}000001"
    assert citizen_id.is_well_formed(made)
    assert (citizen_id.birth_year(made), citizen_id.sex(made)) == (year, sex)


def test_synthetic_prefix_is_nobody_s() -> None:
    assert len(citizen_id.known_prefixes()) == 63
    assert citizen_id.known_prefixes().isdisjoint(citizen_id.SYNTHETIC_PREFIXES)
