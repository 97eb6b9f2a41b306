"""Mobile money and electronic wallets: who keeps money that is not in a bank account.

A provider has a code like a bank's. Two codes are of the training mode.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.reference.banks import Bank, bank

TEST_MOBILE, TEST_WALLET = "999011", "999012"


@dataclass(frozen=True, slots=True)
class MoneyProvider:
    """A provider and what it keeps; `confirmed` says whether the code was read in an official
    list."""

    code: str
    name: str
    short_name: str
    has_mobile: bool
    has_wallet: bool
    in_vneid: bool
    confirmed: bool
    is_test: bool


def _provider(row: dict[str, str]) -> MoneyProvider:
    return MoneyProvider(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        has_mobile=row["mobile"] == "yes",
        has_wallet=row["wallet"] == "yes",
        in_vneid=row["vneid"] == "yes",
        confirmed=row["confirmed"] == "yes",
        is_test=row["test"] == "yes",
    )


@cache
def all_money_providers() -> tuple[MoneyProvider, ...]:
    """Every known provider, those of the training mode last."""
    text = files("app.reference").joinpath("data/money_providers.csv").read_text("utf-8")
    return tuple(_provider(row) for row in csv.DictReader(text.splitlines()))


@cache
def _by_code() -> dict[str, MoneyProvider]:
    return {one.code: one for one in all_money_providers()}


def money_provider(code: str) -> MoneyProvider | None:
    """The provider with this code, or None."""
    return _by_code().get(code)


def keeper(code: str) -> Bank | MoneyProvider | None:
    """The bank or provider with this code, or None."""
    return bank(code) or money_provider(code)


def keeper_name(code: str) -> str:
    """How people call the bank or provider with this code; the code itself when unknown."""
    found = keeper(code)
    return found.short_name if found else code
