"""Personal data at rest: a value opens at its own row and column only."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from app.privacy import INDEX_HEX, Keyring, open_keyring

KEYRING = Keyring(b"p" * 32)


@given(st.text(max_size=60), st.text(max_size=30))
def test_there_and_back(value: str, row: str) -> None:
    cipher = KEYRING.encrypt("person.phone", row, value)
    assert KEYRING.decrypt("person.phone", row, cipher) == value


def test_the_same_value_never_looks_the_same() -> None:
    ciphers = {KEYRING.encrypt("person.phone", "k", "0100000001") for _ in range(50)}
    assert len(ciphers) == 50


@pytest.mark.parametrize(
    ("column", "row", "keyring"),
    [
        ("person.citizen_id", "k1", KEYRING),
        ("person.phone", "k2", KEYRING),
        ("person.phone", "k1", Keyring(b"q" * 32)),
    ],
)
def test_moved_to_another_place_it_does_not_open(column: str, row: str, keyring: Keyring) -> None:
    cipher = KEYRING.encrypt("person.phone", "k1", "0100000001")
    with pytest.raises(InvalidTag):
        keyring.decrypt(column, row, cipher)


def test_one_changed_bit_does_not_open() -> None:
    cipher = bytearray(KEYRING.encrypt("person.phone", "k1", "0100000001"))
    for at in range(len(cipher)):
        cipher[at] ^= 1
        with pytest.raises(InvalidTag):
            KEYRING.decrypt("person.phone", "k1", bytes(cipher))
        cipher[at] ^= 1


@given(st.text(max_size=30), st.text(max_size=30))
def test_equal_values_have_equal_indexes(one: str, other: str) -> None:
    first, second = (KEYRING.index("person.citizen_id", value) for value in (one, other))
    assert (first == second) == (one == other)
    assert len(first) == INDEX_HEX


def test_an_index_tells_nothing_across_columns_and_installations() -> None:
    there = KEYRING.index("person.citizen_id", "888145000001")
    assert there != KEYRING.index("officer.citizen_id", "888145000001")
    assert there != Keyring(b"q" * 32).index("person.citizen_id", "888145000001")


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")


def test_the_installation_s_key_is_made_once(tmp_path: Path) -> None:
    """Ten at once get the same one; it is the owner's only, and no half of it is left behind."""
    with ThreadPoolExecutor(10) as pool:
        rings = list(pool.map(lambda _: open_keyring(tmp_path / "keys"), range(10)))
    assert len({ring.index("c", "v") for ring in rings}) == 1
    (path,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    given = open_keyring(tmp_path / "other", "a secret from the settings")
    assert given.index("c", "v") != rings[0].index("c", "v")
    assert not (tmp_path / "other").exists()
