"""Dates, codes and line breaks of documents."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.months import previous
from app.printing import fonts
from app.printing.fonts import REGULAR
from app.printing.values import (
    DocumentError,
    day,
    long_day,
    moment,
    month,
    short_code,
    short_month,
)
from app.printing.wrapping import clean, width, wrap


def test_dates_as_decree_30_writes_them() -> None:
    assert long_day(date(2026, 2, 9)) == "ngày 09 tháng 02 năm 2026"
    assert long_day(date(2026, 9, 24)) == "ngày 24 tháng 9 năm 2026"
    assert day(date(2026, 10, 9)) == "09/10/2026"
    assert month("2026-10") == "tháng 10 năm 2026"
    assert short_month("2026-09") == "tháng 9/2026"
    assert [previous(p) for p in ("2026-01", "2026-10")] == ["2025-12", "2026-09"]


def test_moments_are_in_viet_nams_time() -> None:
    assert moment(datetime(2026, 9, 30, 18, 5, tzinfo=UTC)) == "01:05 01/10/2026"
    with pytest.raises(DocumentError):
        moment(datetime(2026, 9, 30))  # noqa: DTZ001


@pytest.mark.parametrize("period", ["", "2026-13", "2026-0", "2026/10", "٢٠٢٦-١٠", "202610x"])
def test_what_is_no_period(period: str) -> None:
    with pytest.raises(DocumentError):
        month(period)


def test_short_codes() -> None:
    assert short_code("3f2a91bc77d0e4aa") == "3F2A-91BC-77D0"
    assert short_code("") == ""


def test_our_fonts_have_every_letter() -> None:
    fonts.register()
    assert len(fonts.needed_characters()) > 150


@given(st.text(), st.floats(20, 400))
def test_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    fonts.register()
    lines = wrap(text, REGULAR, 10, room)
    assert all(len(line) <= 1 or width(line, REGULAR, 10) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


@given(st.text(min_size=30), st.integers(1, 4))
def test_what_is_cut_ends_with_an_ellipsis(text: str, most: int) -> None:
    fonts.register()
    whole, cut = wrap(text, REGULAR, 10, 60.0), wrap(text, REGULAR, 10, 60.0, most)
    assert len(cut) == min(len(whole), most)
    assert (len(whole) > most) <= cut[-1].endswith("…")
