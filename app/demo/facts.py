"""What a demo list tells of a person beside the allowance: household, disability, payee.

Everything follows from the person's serial, so it is the same every month and draws no random
number of the months. Made up like the people; shares are round figures without a source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.still_cash import REASONS
from app.demo.people import Person
from app.events.find.categories import levels_of

_MIXER = 2_654_435_761  # Knuth's multiplicative hash: neighbours fall far apart
_DEGREE = {"C6a": "extreme", "C6b": "extreme", "C6c": "severe", "C6d": "severe"}
DISABILITIES = ("Vận động", "Nghe, nói", "Nhìn", "Thần kinh, tâm thần", "Trí tuệ", "Khác")
_SIGNERS = ("Hoàng Văn Thắng", "Nông Thị Hà", "Lý Đức Long", "Bế Quang Huy", "Triệu Thị Mai")
# Who is on cash from the first day had no account that money could come back from.
_WHY_CASH = tuple(one for one in REASONS if one != "returned")
_PAYEES = ("Nông Văn Tuấn", "Hoàng Thị Lan", "Lý Thị Xuân", "Nguyễn Văn Hùng", "Bàn Thị Nga")
_CHILD_FROM = 16
_AUTHORISED_PERCENT = 6


def with_facts(row: RegisterRow, person: Person, today: date) -> RegisterRow:
    """The row with what a commune knows of the person besides."""
    serial = person.serial
    number = serial * _MIXER % 2**32
    facts: dict[str, Any] = {
        "household": f"H{serial:06}",
        "poverty": _poverty([one.group for one in person.allowances], number),
        "phone_owner": ("self", "self", "family")[number % 3] if row.phone else "",
        "signer": _SIGNERS[number % len(_SIGNERS)],
    }
    if degree := _DEGREE.get(row.group):
        facts |= {"disability": DISABILITIES[number % len(DISABILITIES)], "degree": degree}
        facts |= {"certificate": f"{serial}/GXN", "certified_on": row.decision_date}
    if row.method == "cash":
        facts["still_cash"] = _WHY_CASH[number // 7 % len(_WHY_CASH)]
    return replace(row, **facts, **_payee(row, number, today))


def _poverty(groups: Sequence[str], number: int) -> str:
    """A level that all groups are for; of groups for everybody one household in ten is poor."""
    told = [levels_of()[one] for one in groups if one in levels_of()]
    if told:
        fitting = sorted(frozenset.intersection(*told))
        return fitting[number % len(fitting)]
    return ("poor", "near_poor")[number % 2] if number // 2 % 10 == 0 else "none"


def _payee(row: RegisterRow, number: int, today: date) -> dict[str, Any]:
    """A guardian for a child; for one in some others, somebody authorised until the year's end."""
    name = _PAYEES[number % len(_PAYEES)]
    if today.year - row.birth_year < _CHILD_FROM:
        return {"payee": "guardian", "payee_name": name, "relation": "người giám hộ",
                "paper": "Giấy khai sinh"}  # fmt: skip
    if number // 11 % 100 >= _AUTHORISED_PERCENT:
        return {"payee": "self"}
    until = {"signed_on": date(today.year, 1, 15), "valid_until": date(today.year, 12, 31)}
    who = {"payee": "authorised", "payee_name": name, "relation": "con"}
    return {**who, "paper": f"{number}/UQ", **until}
