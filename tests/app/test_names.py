"""Exact, close, different: pairs as banks and registers write them, and what holds for any pair."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.names import CLOSE, DIFFERENT, EXACT, LONGEST, compare, compare_any
from app.text import fold

HOA_NFD = unicodedata.normalize("NFD", "Nguyễn Thị Hoà")

PAIRS = [
    # The same name, however it is typed.
    ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa", EXACT, "same"),
    ("Nguyễn Thị Hoa", "NGUYỄN THỊ HOA", EXACT, "same"),
    ("Nguyễn Thị Hoa", "  nguyễn   thị hoa ", EXACT, "same"),
    ("Nguyễn Thị Hoà", HOA_NFD, EXACT, "same"),
    ("Nguyễn Thị Hoa", "Ｎguyễn Thị Hoa", EXACT, "same"),
    ("Nguyễn Thị\u00a0Hoa", "Nguyễn Thị Hoa", EXACT, "same"),
    ("H'Hen Niê", "H’Hen Niê", EXACT, "same"),
    ("Đặng Văn Đức", "Ðặng Văn Ðức", EXACT, "same"),
    ("Nguyễn Văn A.", "Nguyễn Văn A", EXACT, "same"),
    ("NGUYEN VAN A", "nguyen van a", EXACT, "same"),
    # The mark on another letter of the same word.
    ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", EXACT, "mark_place"),
    ("Trần Thuý Hằng", "Trần Thúy Hằng", EXACT, "mark_place"),
    ("Lê Khoẻ", "Lê Khỏe", EXACT, "mark_place"),
    # No marks, or others.
    ("Nguyễn Văn A", "NGUYEN VAN A", CLOSE, "marks_missing"),
    ("Đặng Thị Hoà", "DANG THI HOA", CLOSE, "marks_missing"),
    ("H'Hen Niê", "H'HEN NIE", CLOSE, "marks_missing"),
    ("Nguyễn Thị Hoa", "Nguyễn Thị Hoà", CLOSE, "marks_differ"),
    ("Trần Văn Tuấn", "Trần Văn Tuân", CLOSE, "marks_differ"),
    ("Lê Thị Phương", "Lê Thị Phượng", CLOSE, "marks_differ"),
    ("Nguyên Văn Bình", "Nguyễn Văn Bình", CLOSE, "marks_differ"),
    ("Bế Văn Dũng", "Bế Văn Đũng", CLOSE, "marks_differ"),
    # i and y.
    ("Lý Văn Sơn", "Lí Văn Sơn", CLOSE, "i_or_y"),
    ("Nguyễn Thị Mỹ", "Nguyễn Thị Mĩ", CLOSE, "i_or_y"),
    ("Lý Văn Sơn", "LI VAN SON", CLOSE, "i_or_y"),
    ("Trần Thị Thuý", "Trần Thị Thúi", DIFFERENT, "different"),
    # Apostrophes, hyphens, blanks.
    ("H'Hen Niê", "HHen Niê", CLOSE, "joined"),
    ("H'Hen Niê", "H HEN NIE", CLOSE, "joined"),
    ("K'Brêu", "K-Breu", CLOSE, "joined"),
    ("Nguyễn Văn An", "NGUYENVANAN", CLOSE, "joined"),
    ("Y Blốc Niê", "Y-Bloc Nie", CLOSE, "joined"),
    # Titles.
    ("Nguyễn Văn A", "ÔNG NGUYỄN VĂN A", CLOSE, "title"),
    ("Nguyễn Thị Hoa", "BA NGUYEN THI HOA", CLOSE, "title"),
    ("Nguyễn Văn A", "Ông. Nguyễn Văn A", CLOSE, "title"),
    ("Nguyễn Văn A", "MR NGUYEN VAN A", CLOSE, "title"),
    ("Ông Thị Hoa", "Bà Thị Hoa", DIFFERENT, "different"),
    ("Nguyễn Văn A", "Ông Trần Văn A", DIFFERENT, "different"),
    # Cut at 20 or 35 characters.
    ("Nguyễn Thị Phương Thảo", "NGUYEN THI PHUONG TH", CLOSE, "cut"),
    ("Hoàng Nguyễn Thị Bích Nga", "HOANG NGUYEN THI BIC", CLOSE, "cut"),
    ("Trần Nguyễn Hoàng Anh Tú", "TRAN NGUYEN HOANG", DIFFERENT, "different"),
    (
        "Công Tằng Tôn Nữ Hoàng Thị Phương Thảo Nguyên",
        "CONG TANG TON NU HOANG THI PHUONG T",
        CLOSE,
        "cut",
    ),
    ("Nguyễn Thị Phương Thảo", "NGUYEN THI PHUONG TR", DIFFERENT, "different"),
    # The given name first.
    ("Nguyễn Văn An", "VAN AN NGUYEN", CLOSE, "order"),
    ("Nguyễn Văn An", "AN NGUYEN VAN", CLOSE, "order"),
    ("Nguyễn Văn An", "An Văn Nguyễn", CLOSE, "order"),
    ("Nông Sầm", "Sầm Nông", CLOSE, "order"),
    ("Nguyễn Thị Phương Anh", "PHUONG ANH NGUYEN THI", CLOSE, "order"),
    ("Nguyễn Văn An", "Nguyễn An Văn", DIFFERENT, "different"),
    # A middle name missing.
    ("Nguyễn Thị Hoa", "Nguyễn Hoa", CLOSE, "middle_missing"),
    ("Nguyễn Thị Phương Anh", "NGUYEN PHUONG ANH", CLOSE, "middle_missing"),
    ("Nguyễn Thị Phương Anh", "Nguyễn Thị Anh", CLOSE, "middle_missing"),
    ("Nguyễn Thị Phương Anh", "Nguyễn Anh", DIFFERENT, "different"),
    ("Nguyễn Thị Hoa", "Thị Hoa", DIFFERENT, "different"),
    ("Nguyễn Thị Hoa", "Nguyễn Thị", DIFFERENT, "different"),
    ("Nguyễn Thị Hòa", "Nguyễn Hoa", DIFFERENT, "different"),
    # One letter off, where it can only be a slip.
    ("Nguyễn Thị Phương", "NGUYEN THI PHUONNG", CLOSE, "letter"),
    ("Nguyễn Văn Cường", "NGUYN VAN CUONG", CLOSE, "letter"),
    ("Nguyễn Văn Cường", "NGYUEN VAN CUONG", CLOSE, "letter"),
    ("Trần Quốc Tuấn", "TRAN QUOCC TUAN", CLOSE, "letter"),
    ("Nguyễn Thị Hương", "Nguyễn Thị Hưng", DIFFERENT, "different"),
    ("Nguyễn Thị Nhung", "NGUYEN THI NHANG", DIFFERENT, "different"),
    ("Trần Văn Nam", "Trần Văn Năng", DIFFERENT, "different"),
    ("Trần Văn Thanh", "TRAN VAN THANG", DIFFERENT, "different"),
    ("Lê Văn An", "LE VAM AN", DIFFERENT, "different"),
    ("Ksor Hlen Ayun", "KSOR HLEM AYUN", DIFFERENT, "different"),
    # Several holders; a name that the bank hides.
    ("Nguyễn Văn A", "NGUYEN VAN A VA TRAN THI B", CLOSE, "joint"),
    ("Nguyễn Văn A", "Trần Thị B & Nguyễn Văn A", CLOSE, "joint"),
    ("Nguyễn Văn A", "TRAN THI B / LE VAN C", DIFFERENT, "different"),
    ("Và Bá Dìa", "VA BA DIA", CLOSE, "marks_missing"),
    ("Nguyễn Văn An", "N*** V** A**", CLOSE, "masked"),
    ("Nguyễn Văn An", "T*** V** A**", DIFFERENT, "different"),
    ("Nguyễn Văn An", "*** *** ***", DIFFERENT, "different"),
    # Brothers and sisters, strangers, nobody.
    ("Nguyễn Thị Hoa", "Nguyễn Thị Huệ", DIFFERENT, "different"),
    ("Nguyễn Văn Hùng", "Nguyễn Văn Dũng", DIFFERENT, "different"),
    ("Nguyễn Văn Anh", "Nguyễn Thị Anh", DIFFERENT, "different"),
    ("Nguyễn Văn A", "Trần Văn A", DIFFERENT, "different"),
    ("Nguyễn Văn A", "", DIFFERENT, "empty"),
    ("Nguyễn Văn A", "...", DIFFERENT, "different"),
    ("Nguyễn Văn A", "N" * 1_000_000, DIFFERENT, "too_long"),
]


@pytest.mark.parametrize(("ours", "theirs", "result", "reason"), PAIRS)
def test_pairs(ours: str, theirs: str, result: str, reason: str) -> None:
    found = compare(ours, theirs)
    assert (found.result, found.reason) == (result, reason)
    assert compare(theirs, ours) == found
    assert found.says.endswith(".")


def test_there_are_many_pairs() -> None:
    assert len(PAIRS) >= 60


@pytest.mark.parametrize(
    ("theirs", "result", "reason"),
    [
        ("Nông Thị Mai", EXACT, "same"),
        ("Lý Văn Cả", EXACT, "payee"),
        ("LY VAN CA", CLOSE, "payee"),
        ("NONG THI MAI", CLOSE, "marks_missing"),
        ("Trần Văn Lạ", DIFFERENT, "different"),
    ],
)
def test_a_payee_may_hold_the_account(theirs: str, result: str, reason: str) -> None:
    found = compare_any("Nông Thị Mai", ["Lý Văn Cả", "Hoàng A"], theirs)
    assert (found.result, found.reason) == (result, reason)


WORDS = st.sampled_from(
    [
        "Nguyễn",
        "Trần",
        "Nông",
        "H'Hen",
        "Niê",
        "Văn",
        "Thị",
        "Ông",
        "Bà",
        "Và",
        "Hoà",
        "Hòa",
        "Hoa",
        "Phương",
        "Phuonng",
        "Lý",
        "Lí",
        "An",
        "A",
        "Đức",
        "&",
        "-",
        "N***",
        ".",
    ]
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
ANY_NAME = NAMES | st.text(alphabet="aăâbcdđeêhinôơnuưyÀảĩÓ'’-.&* ", max_size=40)


@given(ANY_NAME, ANY_NAME)
def test_the_order_of_the_two_makes_no_difference(one: str, other: str) -> None:
    assert compare(one, other) == compare(other, one)


@given(ANY_NAME.filter(str.strip))
def test_a_name_is_itself_however_it_is_typed(name: str) -> None:
    for typed in (name, f"  {name.upper()} ", unicodedata.normalize("NFD", name)):
        assert compare(name, typed).result == EXACT


@given(ANY_NAME, ANY_NAME)
def test_losing_marks_never_makes_the_same_name_a_different_one(one: str, other: str) -> None:
    if compare(one, other).result == EXACT:
        assert compare(one, fold(other)).result != DIFFERENT
        assert compare(fold(one), fold(other)).result != DIFFERENT


@given(NAMES, NAMES)
def test_without_marks_two_different_names_only_come_closer(one: str, other: str) -> None:
    """What is exact or close with marks is not different when both lose them."""
    if compare(one, other).result != DIFFERENT:
        assert compare(fold(one), fold(other)).result != DIFFERENT


def test_the_longest_name_is_still_read() -> None:
    assert compare("Ă" * LONGEST, "a" * LONGEST).result == CLOSE
