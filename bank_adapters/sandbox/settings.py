"""What the institution is told when it starts: a JSON file, every key but `token` optional."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from .bankdays import Calendar, moment
from .payout import settings as payout
from .payout.plan import FILE, FaultPlan

PROVIDERS = ("banka", "bankb", "postoffice")
LIST_PROVIDERS = ("bankb", "postoffice")
UNCOLLECTED_PER_MILLE = 15
PLAYED = ("reject", "return", *FILE)  # by the host-to-host bank


@dataclass(frozen=True, slots=True)
class OddMovement:
    """A credit or a fee nobody asked for; `amount` in đồng above 0, `at` an ISO moment."""

    account: str
    amount: int
    at: str
    name: str
    text: str
    refund_at: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration, checked."""

    token: str
    user: str
    calendar: Calendar
    uncollected_per_mille: int
    cut_after_rename: frozenset[str]
    answer_twice: frozenset[str]
    stray_credits: tuple[OddMovement, ...]
    wrong_fees: tuple[OddMovement, ...]
    faults: FaultPlan
    payout: payout.Settings


def load(content: bytes) -> Settings:
    """Read the configuration; ValueError or KeyError says which key is wrong."""
    raw: dict[str, Any] = json.loads(content)
    token, holidays = str(raw["token"]), raw.get("holidays", [])
    return Settings(
        token=token,
        user=str(raw.get("user", "ansinh")),
        calendar=Calendar([date.fromisoformat(day) for day in holidays]),
        uncollected_per_mille=int(raw.get("uncollected_per_mille", UNCOLLECTED_PER_MILLE)),
        cut_after_rename=frozenset(map(str, raw.get("cut_after_rename", []))),
        answer_twice=frozenset(map(str, raw.get("answer_twice", []))),
        stray_credits=tuple(_odd(item, "remittance") for item in raw.get("stray_credits", [])),
        wrong_fees=tuple(_odd(item, "text") for item in raw.get("wrong_fees", [])),
        faults=payout.plan_of(raw.get("faults", {}), PLAYED),
        payout=payout.load({**_secrets(token), **raw.get("payout", {})}, holidays),
    )


def _secrets(token: str) -> dict[str, Any]:
    """What a client of the payout API needs, when the configuration gives none."""
    return {"token": _derived(token, "client"), "callback_secrets": [_derived(token, "callback")]}


def _derived(token: str, use: str) -> str:
    return hashlib.sha256(f"payout|{use}|{token}".encode()).hexdigest()[:40]


def _odd(item: dict[str, Any], text_key: str) -> OddMovement:
    amount = item["amount"]
    if not isinstance(amount, int) or amount <= 0:
        raise ValueError(f"amount must be a whole number of đồng above 0, not {amount!r}")
    refund_at = item.get("refund_at", "")
    return OddMovement(
        account=str(item["account"]),
        amount=amount,
        at=moment(item["at"]).isoformat(),
        name=str(item.get("name", "")),
        text=str(item.get(text_key, "")),
        refund_at=moment(refund_at).isoformat() if refund_at else "",
    )
