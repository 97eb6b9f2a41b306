"""Vietnamese names in a bank's letters; what cannot be said is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.errors import Refused
from bank_adapters.formats.charset import fold, fold_all, fold_name

VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trần Thị Đào", "Tran Thi Dao"),
        ("Ðặng Văn Ứng", "Dang Van Ung"),  # the look-alike ETH of old data
        ("  Lý  Mẩy\u00a0Pham ", "Ly May Pham"),
        ("Ｎông Ｖăn （A）", "Nong Van (A)"),
        ("H’Mông – Dao", "H'Mong - Dao"),
        ("- :Trợ cấp", "Tro cap"),
        ("Müller", "Muller"),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_name_is_upper_case() -> None:
    assert fold_name("Nguyễn Văn  Đức") == "NGUYEN VAN DUC"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_vietnamese_letter_in_every_form(form: str) -> None:
    letters = VOWELS + "đ" + VOWELS.upper() + "Đ"
    assert fold(unicodedata.normalize(form, letters)) == "".join(fold(one) for one in letters)
    assert fold(unicodedata.normalize(form, letters)).isascii()


@pytest.mark.parametrize(
    "text", ["NguyÔn Thu", "V¨n", "Trần ☺", "a?b;c", "Hà#Nội", "中文", "a\x00b"]
)
def test_what_is_left_over_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        fold(text)


@given(st.text(max_size=40))
def test_never_a_question_mark_of_our_own(text: str) -> None:
    try:
        folded = fold(text)
    except Refused:
        return
    assert folded.isascii()
    assert folded.count("?") <= text.count("?") + text.count("？")


@given(st.lists(st.text("aBz9 -:\n\t(ễĐ’–\u0301Ô字", max_size=8), max_size=6))
def test_many_at_once_fold_as_each_alone(texts: list[str]) -> None:
    try:
        each = [fold(text) for text in texts]
    except Refused:
        with pytest.raises(Refused):
            fold_all(texts)
    else:
        assert fold_all(texts) == each
