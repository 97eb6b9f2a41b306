"""Identifiers: fixed for ever, found again wherever a bank hides them."""

from __future__ import annotations

import re
from hashlib import sha256
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.references import (
    ALPHABET,
    find_reference,
    is_reference,
    message_id,
    reference,
    uetr_of,
)

references = st.builds(reference, st.integers(1, 10**15), st.integers(1, 99))


@pytest.mark.parametrize(
    ("obligation", "attempt", "expected"),
    [(1, 1, "Z7XADNSXSK2753TX"), (2, 1, "6BTNDRPZWVZT3AXB"), (7, 1, "STDYNKRFU76BR3GS")],
)
def test_the_same_input_gives_the_same_reference_for_ever(
    obligation: int, attempt: int, expected: str
) -> None:
    assert reference(obligation, attempt) == expected


@given(references)
def test_shape(text: str) -> None:
    assert re.fullmatch(r"[A-Z2-7]{16}", text)
    assert is_reference(text)


@given(references, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(text: str, place: int, letter: str) -> None:
    changed = text[:place] + letter + text[place + 1 :]
    assert is_reference(changed) == (changed == text)


@given(references, st.integers(0, 15), st.integers(0, 15))
def test_two_exchanged_characters_are_noticed(text: str, one: int, other: int) -> None:
    letters = list(text)
    letters[one], letters[other] = letters[other], letters[one]
    changed = "".join(letters)
    assert is_reference(changed) == (changed == text)


@pytest.mark.parametrize(
    "text", ["", "ABC", "Z7XADNSXSK2753T", "z7xadnsxsk2753tx", "Z7XADNSXSK2753T1"]
)
def test_what_is_no_reference(text: str) -> None:
    assert not is_reference(text)


REFERENCE = reference(7, 1)


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        f"  {REFERENCE.lower()}  ",
        f"MBVCB.1.{REFERENCE}.TRO CAP",
        f"REF:{REFERENCE}1",
        f"{REFERENCE[:9]}\n{REFERENCE[9:]}",
        f"TRO CAP {REFERENCE} THANG 10 {REFERENCE}",
    ],
)
def test_found_in_free_text(text: str) -> None:
    assert find_reference(text) == REFERENCE


def test_two_references_are_none() -> None:
    assert find_reference(f"{REFERENCE} {reference(8, 1)}") == ""
    assert find_reference("khong co ma nao") == ""


def test_message_id() -> None:
    first = message_id(["iso20022", 7, "2026-10"])
    assert re.fullmatch(r"AS[0-9A-F]{32}", first)
    assert first == message_id(iter(["iso20022", 7, "2026-10"]))
    assert message_id(["ab", "c"]) != message_id(["a", "bc"])
    assert find_reference(first) == ""


def test_a_transaction_reference_goes_with_its_reference() -> None:
    """A UUID of version 4, lower case, the same at every making; computed by hand for one."""
    found = UUID(uetr_of("AAAAAAAAAAAAAAAA"))
    digest = sha256(b"uetr|AAAAAAAAAAAAAAAA").hexdigest()
    assert (found.version, found.variant) == (4, RFC_4122)
    assert found.hex[:12] == digest[:12]
    assert found.hex[20:] == digest[20:32]
    assert len({uetr_of(reference(number, 1)) for number in range(1_000)}) == 1_000
