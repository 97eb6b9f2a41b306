"""What stand-in registers know: our people as another register might hold them. Synthetic.

By seed, a few names, births and accounts differ, a few people died, draw a pension or are poor; the
same seed and people give the same register, in any order of questions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.text import fold


@dataclass(frozen=True, slots=True)
class Known:
    """A person of ours as a register starts from; without an account `account` is ''."""

    citizen_id: str
    name: str
    birth: str
    bank_bin: str = ""
    account: str = ""
    holder: str = ""


@dataclass(slots=True)
class Registers:
    """Five registers in one. What a test says in `told` goes before what the dice say.

    `told` maps (source, ID or account) to the fields of an answer.
    """

    seed: int
    today: date
    people: dict[str, Known] = field(default_factory=dict)
    accounts: dict[str, Known] = field(default_factory=dict)
    told: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def learn(self, known: Iterable[Known]) -> None:
        """Take people in."""
        for one in known:
            self.people[one.citizen_id] = one
            if one.account:
                self.accounts[f"{one.bank_bin}|{one.account}"] = one

    def answer(self, source: str, item: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The line of an answer to one line of a request."""
        is_account = source == "bank_name"
        key = f"{item['bank_bin']}|{item['account']}" if is_account else item["citizen_id"]
        subject = ("bank_bin", "account") if is_account else ("citizen_id",)
        line = {"ref": item["ref"], **{name: item[name] for name in subject}}
        line["checked_at"] = now.isoformat()
        said = self.told.get((source, str(key))) or self._by_dice(source, str(key))
        return {**line, **said}

    def _by_dice(self, source: str, key: str) -> dict[str, Any]:
        known = (self.accounts if source == "bank_name" else self.people).get(key)
        if known is None:
            return {"result": "none" if source == "civil_status" else "not_found"}
        spot = self._spot(source, key)
        return _ANSWERS[source](known, spot, self.today)

    def _spot(self, source: str, key: str) -> int:
        """A number from 0 to 999 that belongs to this person in this register."""
        digest = hashlib.sha256(f"{self.seed}|{source}|{key}".encode()).digest()
        return int.from_bytes(digest[:4]) % 1000


def _population(known: Known, spot: int, today: date) -> dict[str, Any]:
    if spot < 2:
        return {"result": "not_found"}
    if spot < 4:
        return {"result": "dead", "happened_on": (today - timedelta(days=40 + spot)).isoformat()}
    if spot < 7:
        return {"result": "name_differs", "name": _other_name(known.name), "birth": known.birth}
    if spot < 9:
        birth = f"{int(known.birth[:4]) - 1}{known.birth[4:]}"
        return {"result": "birth_differs", "name": known.name, "birth": birth}
    return {"result": "matched", "name": known.name, "birth": known.birth}


def _other_name(name: str) -> str:
    """The same name with another middle name."""
    words = name.split()
    return " ".join([words[0], "Hữu" if "Hữu" not in words else "Đình", *words[2:]])


def _civil_status(_known: Known, spot: int, today: date) -> dict[str, Any]:
    happened = (today - timedelta(days=spot % 30 + 5)).isoformat()
    if spot < 3:
        return {"result": "dead", "happened_on": happened, "paper": f"TLKT-{spot + 1}"}
    if spot < 5:
        return {"result": "birth", "happened_on": happened, "paper": f"KS-{spot + 1}"}
    return {"result": "none"}


def _insurance(_known: Known, spot: int, _today: date) -> dict[str, Any]:
    if spot < 5:
        return {"result": "pension", "amount": 3_000_000 + 10_000 * spot}
    if spot < 8:
        return {"result": "monthly_benefit", "amount": 300_000 + 100_000 * spot}
    return {"result": "none"}


def _bank_name(known: Known, spot: int, _today: date) -> dict[str, Any]:
    if spot < 3:
        return {"result": "not_found"}
    if spot < 6:
        return {"result": "closed"}
    if spot < 9:
        return {"result": "cannot_verify"}
    if spot < 15:
        return {"result": "found", "name": _other_name(known.holder)}
    # Banks write in capitals; most of them without marks.
    name = known.holder.upper()
    return {"result": "found", "name": name if spot < 200 else fold(name).upper()}


def _poverty(_known: Known, spot: int, _today: date) -> dict[str, Any]:
    if spot < 2:
        return {"result": "not_found"}
    level = "poor" if spot < 150 else "near_poor" if spot < 250 else "none"
    return {"result": level, "paper": "" if level == "none" else "12/QĐ-UBND"}


_ANSWERS = {
    "population": _population,
    "civil_status": _civil_status,
    "insurance": _insurance,
    "bank_name": _bank_name,
    "poverty": _poverty,
}
