"""Bank codes (6-digit BIN) that an account may belong to.

Real codes come from the State Bank's published list; codes 999001-999004 are test
institutions of the training mode and no bank of the country has them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TEST_BANK_A = "999001"
TEST_BANK_B = "999002"
TEST_POST_OFFICE = "999003"
TEST_BANK_C = "999004"


@dataclass(frozen=True, slots=True)
class Bank:
    """An institution that holds accounts."""

    bin: str
    name: str
    short_name: str
    swift: str
    receives_transfers: bool
    is_deprecated: bool
    is_test: bool


def _bank(row: dict[str, str]) -> Bank:
    return Bank(
        bin=row["bin"],
        name=row["name"],
        short_name=row["short_name"],
        swift=row["swift"],
        receives_transfers=row["transfer"] in ("TRANSFER_SUPPORTED", "RECEIVE_ONLY"),
        is_deprecated=row["deprecated"] == "yes",
        is_test=row["test"] == "yes",
    )


@cache
def all_banks() -> tuple[Bank, ...]:
    """Every known bank, the test banks last."""
    text = files("app.reference").joinpath("data/banks.csv").read_text(encoding="utf-8")
    return tuple(_bank(row) for row in csv.DictReader(text.splitlines()))


@cache
def _by_bin() -> dict[str, Bank]:
    return {bank.bin: bank for bank in all_banks()}


def bank(bin_code: str) -> Bank | None:
    """The bank with this BIN, or None."""
    return _by_bin().get(bin_code)


def training_banks() -> tuple[Bank, ...]:
    """The institutions of the training mode."""
    return tuple(entry for entry in all_banks() if entry.is_test)
