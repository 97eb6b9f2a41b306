"""Amounts in words: the hand-written set, and a round trip through an independent reader."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.money import MAXIMUM_AMOUNT, MoneyError
from ledger.words import in_words_en, in_words_vi, in_words_vi_document

BY_HAND = {
    0: "không",
    15: "mười lăm",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    105: "một trăm linh năm",
    115: "một trăm mười lăm",
    540_000: "năm trăm bốn mươi nghìn",
    1_000_005: "một triệu không trăm linh năm",
    1_001_000: "một triệu không trăm linh một nghìn",
    2_055_000: "hai triệu không trăm năm mươi lăm nghìn",
    3_012_000: "ba triệu không trăm mười hai nghìn",
    10_800_000: "mười triệu tám trăm nghìn",
    70_005_000: "bảy mươi triệu không trăm linh năm nghìn",
    105_000_000: "một trăm linh năm triệu",
    1_204_005_015: ("một tỷ hai trăm linh bốn triệu không trăm linh năm nghìn không trăm mười lăm"),
    3_320_000_000: "ba tỷ ba trăm hai mươi triệu",
    10**12: "một nghìn tỷ",
    10**12 + 5 * 10**9 + 1: "một nghìn không trăm linh năm tỷ không trăm linh một",
    10**15: "một triệu tỷ",
}


@pytest.mark.parametrize(("amount", "words"), BY_HAND.items())
def test_the_set_written_by_hand(amount: int, words: str) -> None:
    assert in_words_vi(amount) == f"{words} đồng"


def test_documents_start_with_a_capital() -> None:
    assert in_words_vi_document(3_012_000) == "Ba triệu không trăm mười hai nghìn đồng"
    assert in_words_vi_document(40) == "Bốn mươi đồng"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "zero dong"),
        (13, "thirteen dong"),
        (21, "twenty-one dong"),
        (540_000, "five hundred and forty thousand dong"),
        (1_000_005, "one million and five dong"),
        (3_320_000_000, "three billion three hundred and twenty million dong"),
        (10**15, "one quadrillion dong"),
    ],
)
def test_english_words(amount: int, words: str) -> None:
    assert in_words_en(amount) == words


@pytest.mark.parametrize("amount", [-1, MAXIMUM_AMOUNT + 1, 1.0, True, "1"])
def test_other_values_have_no_words(amount: int) -> None:
    for in_words in (in_words_vi, in_words_en):
        with pytest.raises(MoneyError):
            in_words(amount)


@given(st.integers(0, MAXIMUM_AMOUNT) | st.integers(0, 10**6))
@example(10**12 + 5)
def test_vietnamese_words_come_back(amount: int) -> None:
    assert read_vi(in_words_vi(amount)) == amount


@given(st.integers(1, MAXIMUM_AMOUNT) | st.integers(1, 10**6))
def test_vietnamese_words_are_spelt_as_on_vouchers(amount: int) -> None:
    """mốt, tư and lăm after mươi, lăm after mười, linh only before a digit; one spelling each."""
    words = in_words_vi(amount).split(" ")
    assert set(words) <= SPELLINGS
    for before, word in pairwise(words):
        if before == "mươi":
            assert word not in ("một", "bốn", "năm", "mười", "linh")
        else:
            assert word not in ("mốt", "tư")
        assert (word == "lăm") == (before in ("mươi", "mười") and word in ("lăm", "năm"))
        assert before != "linh" or word in ONES
        assert word != "mươi" or before in TENS


@given(st.integers(0, MAXIMUM_AMOUNT) | st.integers(0, 10**6))
def test_english_words_come_back(amount: int) -> None:
    assert read_en(in_words_en(amount)) == amount


ONES = {"một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}
TENS = ONES - {"một"}
SPELLINGS = ONES | {
    *("không", "mốt", "tư", "lăm", "linh", "mười", "mươi", "trăm", "nghìn", "triệu", "tỷ", "đồng")
}

VI_DIGITS = {
    word: value
    for value, words in enumerate(
        (
            ("không",),
            ("một", "mốt"),
            ("hai",),
            ("ba",),
            ("bốn", "tư"),
            ("năm", "lăm"),
            ("sáu",),
            ("bảy",),
            ("tám",),
            ("chín",),
        )
    )
    for word in words
}


def read_vi(text: str) -> int:
    """Reads left to right with the value of each word; shares nothing with the writer."""
    billions = total = group = digit = 0
    *words, last = text.split()
    assert last == "đồng"
    for word in words:
        if word in VI_DIGITS:
            group, digit = group + VI_DIGITS[word], VI_DIGITS[word]
        elif word == "trăm":
            group += 99 * digit
        elif word == "mươi":
            group += 9 * digit
        elif word == "mười":
            group += 10
        elif word in ("nghìn", "triệu"):
            total, group = total + group * (1000 if word == "nghìn" else 10**6), 0
        elif word == "tỷ":
            billions, total, group = total + group, 0, 0
        else:
            assert word == "linh"
    return billions * 10**9 + total + group


EN_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
"""
EN_VALUES = dict(zip(EN_WORDS.split(), [*range(20), *range(20, 100, 10)], strict=True))
EN_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15}


def read_en(text: str) -> int:
    total = group = 0
    for word in text.removesuffix(" dong").replace("-", " ").split():
        if word in EN_SCALES:
            total, group = total + group * 10 ** EN_SCALES[word], 0
        elif word == "hundred":
            group *= 100
        elif word != "and":
            group += EN_VALUES[word]
    return total + group
