"""Search, order and masks of Vietnamese text."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import fold, mask_account, mask_id, nfc, sort_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONE_MARKS = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]

NAMES_IN_ORDER = [
    "Lê Văn An",
    "Trần Thị An",
    "Lý Anh",
    "Nguyễn Văn Ảnh",
    "Nguyễn Văn Ánh",
    "Nguyễn Thị Ăn",
    "Hoàng Ân",
    "Đàm Ẩn",
    "Bế Văn Dũng",
    "Bế Văn Đức",
    "La Hoa",
    "Nông Thị Hòa",
    "Sầm Hoả",
    "H'Hen Niê",
    "Mã Ô",
    "Mã Ơ",
    "Trần Ung",
    "Đinh Thị Ưng",
    "Nguyễn Y",
]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng  Hoà", "dang hoa"),
        ("ĐẶNG HÒA", "dang hoa"),
        ("\u00d0ặng", "dang"),
        ("Nguyễn\u00a0Thị\tƯng ", "nguyen thi ung"),
        ("H’Hen Niê", "h'hen nie"),
        ("Xã Thục Phán", "xa thuc phan"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


VOWELS = "aăâeêioôơuưy"
vietnamese = st.text(
    st.sampled_from([nfc(vowel + tone) for vowel in VOWELS for tone in TONE_MARKS])
    | st.sampled_from(LETTERS + " Đ'")
)


@given(vietnamese)
def test_fold_is_plain_and_stays_as_it_is(text: str) -> None:
    assert fold(text).isascii()
    assert fold(fold(text)) == fold(text) == fold(text.upper())


def test_names_sort_by_given_name_as_in_vietnamese() -> None:
    shuffled = random.Random(1).sample(NAMES_IN_ORDER, len(NAMES_IN_ORDER))
    assert sorted(shuffled, key=sort_key) == NAMES_IN_ORDER


def test_letters_come_before_tones_and_the_alphabet_is_kept() -> None:
    assert sorted(LETTERS, key=sort_key) == list(LETTERS)
    syllables = [nfc("a" + tone) for tone in TONE_MARKS]
    keys = [sort_key(syllable) for syllable in syllables]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert sort_key("Hán") < sort_key("Hao")


@given(vietnamese, vietnamese)
def test_the_key_sorts_the_same_bytewise_and_by_letter(one: str, other: str) -> None:
    first, second = sort_key(one), sort_key(other)
    assert first.isascii()
    assert first == first.lower()
    assert (not first) or first.isalnum()
    assert (first < second) == (first.encode() < second.encode())


@given(vietnamese)
def test_case_and_form_do_not_change_the_key(name: str) -> None:
    assert sort_key(name) == sort_key(name.upper()) == sort_key(unicodedata.normalize("NFD", name))


def test_the_place_of_a_tone_mark_does_not_change_the_key() -> None:
    assert sort_key("Nông Thị Hòa") == sort_key("Nông Thị Hoà")


def test_other_scripts_come_last() -> None:
    assert sort_key("Nguyễn Y") < sort_key("Nguyễn 2") < sort_key("Nguyễn 王")


@pytest.mark.parametrize(
    ("account", "masked"),
    [("0101234567890", "****7890"), ("12345678", "****5678"), ("1234567", "****"), ("", "")],
)
def test_mask_account(account: str, masked: str) -> None:
    assert mask_account(account) == masked


@pytest.mark.parametrize(
    ("personal_id", "masked"),
    [("004141000123", "*********123"), ("12345", "*********"), (" ", "")],
)
def test_mask_id(personal_id: str, masked: str) -> None:
    assert mask_id(personal_id) == masked
