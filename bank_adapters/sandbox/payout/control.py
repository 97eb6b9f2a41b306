"""The payout bank's part of the control port: accounts, money, behaviours, books."""

from __future__ import annotations

import json
from typing import Any

from .institution import Institution


def serve(
    institution: Institution, method: str, path: str, query: dict[str, list[str]], body: bytes
) -> Any:
    """Answer one call; LookupError or ValueError says what is wrong with it."""
    match (method, path):
        case ("GET", "/books"):
            reference = query.get("reference", [""])[0]
            return institution.executions(reference) if reference else institution.books()
        case ("POST", "/payout/accounts"):
            for item in json.loads(body):
                institution.open_account(str(item["number"]), str(item["name"]))
        case ("POST", "/payout/credits"):
            return {"booked": sum(_fund(institution, item) for item in json.loads(body))}
        case ("POST", "/payout/holders"):
            institution.open_holders(
                (str(item["bank_bin"]), str(item["account"]), str(item["name"]))
                for item in json.loads(body)
            )
        case ("POST", "/payout/behaviours"):
            for name, on in json.loads(body).items():
                institution.switches.turn(name, bool(on))
        case _:
            raise LookupError(f"{method} {path} is not served here")
    return {"ok": True}


def _fund(institution: Institution, item: dict[str, Any]) -> bool:
    amount = item["amount"]
    if not isinstance(amount, int) or amount <= 0:
        raise ValueError("amount must be whole đồng above 0")
    text = str(item.get("remittance", ""))
    return institution.fund(str(item["account"]), amount, str(item["reference"]), text)
