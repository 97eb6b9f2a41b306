"""Payments as a client of the payout API would send them, and a clock that is told the time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bank_adapters.sandbox.payout import (
    FaultPlan,
    Institution,
    Reset,
    ServerError,
    Settings,
    Timeout,
)
from tests.bank_adapters.sandbox.samples import at

SECRET = "a secret of the two"
NO_ANSWER = (Timeout, Reset, ServerError)


class ToldClock:
    """A clock that stands still until it is moved."""

    def __init__(self, text: str = "2026-10-05 09:00") -> None:
        self.now = at(text)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: int) -> None:
        self.now += timedelta(**span)


def bank(
    path: Path | str = ":memory:",
    clock: ToldClock | None = None,
    per_mille: dict[str, int] | None = None,
    seed: int = 7,
    behaviours: Iterable[str] = (),
    **settings: Any,
) -> Institution:
    """A bank in this process; accounts need no funding unless `overdraft=False`."""
    given = {"overdraft": True, "callback_secrets": (SECRET,), "token": "t", **settings}
    plan = FaultPlan(seed, per_mille or {})
    chosen = Settings(faults=plan, behaviours=frozenset(behaviours), **given)
    return Institution(path, chosen, clock or ToldClock())


def payment(number: int, **changes: Any) -> dict[str, Any]:
    """The body of a single payment."""
    body = {
        "reference": f"R{number:015d}",
        "message_id": "M1",
        "amount": 500_000 + number,
        "currency": "VND",
        "payee_name": "NGUYEN VAN A",
        "account": f"10{number:08d}7",
        "bank_bin": "970436",
        "remark": "TRO CAP",
        "requested_on": "2026-10-05",
        "debtor_account": "111",
    }
    return {**body, **changes}


def ask(institution: Institution, body: dict[str, Any]) -> int | str:
    """Submit; the HTTP status, or how no answer came."""
    try:
        return institution.submit(body["reference"], body).status
    except NO_ANSWER as error:
        return type(error).__name__


def bulk_file(payments: list[dict[str, Any]], message_id: str = "M1", **changes: Any) -> bytes:
    """A bulk file of JSON lines; `changes` go into its head."""
    total = sum(one["amount"] for one in payments)
    head = {
        "kind": "head",
        "message_id": message_id,
        "debtor_account": "111",
        "debtor_name": "UBND XA",
        "requested_on": "2026-10-05",
        "currency": "VND",
        "count": len(payments),
        "total": total,
        **changes,
    }
    lines = [head, *({"kind": "payment", **one} for one in payments)]
    lines.append({"kind": "foot", "count": len(payments), "total": total})
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
