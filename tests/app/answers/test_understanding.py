"""Plain words are understood without accents and with; what is not sure is nobody's guess."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answers.answer import UNKNOWN, Asked
from app.answers.understanding import kinds, understood
from app.text import fold

TODAY = date(2026, 10, 12)


@pytest.mark.parametrize(
    ("question", "kind", "month"),
    [
        ("Tiền tháng này về chưa?", "has_come", "2026-10"),
        ("tien thang nay ve chua", "has_come", "2026-10"),
        ("TIEN THANG TRUOC VE CHUA", "has_come", "2026-09"),
        ("tien thang 9 da ve chua", "has_come", "2026-09"),
        ("tiền tháng 12 về chưa", "has_come", "2025-12"),
        ("tien ky 092026 co chua", "has_come", "2026-09"),
        ("tien thang 9/2026 ve chua", "has_come", "2026-09"),
        ("Vì sao tiền chưa về", "has_come", ""),
        ("bao gio tien ve, ve chua", "has_come", ""),
        ("Has it come?", "has_come", ""),
        ("bao giờ có tiền", "when", ""),
        ("khi nao linh luong", "when", ""),
        ("sao it the", "why", ""),
        ("Tháng này sao ít thế?", "why", "2026-10"),
        ("tiền bị trả lại rồi, về chưa", "returned", ""),
        ("tiền vào tài khoản nào", "account", ""),
        ("toi goi ai bay gio", "contact", ""),
        ("tôi muốn đổi số tài khoản", "change_account", ""),
        ("co nguoi hoi ma OTP", "fraud", ""),
        ("chong toi qua doi", "death", ""),
        ("toi muon khieu nai", "complaint", ""),
    ],
)
def test_plain_words(question: str, kind: str, month: str) -> None:
    assert understood(question, TODAY) == Asked(kind, month)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "chao cac chu",
        "thoi tiet hom nay the nao",
        "khi nao tau chay",
        "chong toi qua doi, tien ve chua",  # of two things: not half of it
        "khi nao doi tai khoan duoc, tien co",
        "tien thang 8 va thang 9 ve chua",  # two months
        "tien thang 13 ve chua",
        "tien thang 999 ve chua",
        "ve chuaa",  # whole words only
        "tien ve chua " + "x" * 160,
    ],
)
def test_what_is_not_sure_is_handed_on(question: str) -> None:
    assert understood(question, TODAY).kind == UNKNOWN


@given(st.text(max_size=200))
def test_anything_may_be_asked(question: str) -> None:
    assert understood(question, TODAY).kind in {*kinds(), UNKNOWN}


def test_what_is_known_is_written_as_it_is_looked_for() -> None:
    """Folded, single spaces; every kind that is covered is one."""
    for name, kind in kinds().items():
        assert kind.says, name
        assert [one for one in (*kind.says, *kind.needs) if fold(one) != one] == []
        assert kind.covers <= set(kinds())
