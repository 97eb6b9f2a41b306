"""What a gateway may call to say, by its table of the plan, and what its reports mean.

`calls` names the secret of its calls. Kannel cannot sign: it says the secret, on this machine only,
from the addresses in `sources`. An aggregator signs as Standard Webhooks say. Zalo signs with the
secret of the official account, in the name of its application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.messaging.states import DELIVERED, FAILED, NO_SUCH_NUMBER, REFUSED, UNDELIVERED
from app.messaging.terms import Plan

KANNEL, AGGREGATOR, ZALO = "kannel", "aggregator", "zalo"
ARRIVED = "user_received_message"
"""Zalo's word for: it is on the phone."""
HERE = ("127.0.0.1", "::1")
_DELIVERED, _FAILED, _REJECTED = "1", "2", "16"


@dataclass(frozen=True, slots=True)
class Hearing:
    """One gateway whose calls count: `secret` its bytes, `sources` the addresses it calls from,
    `app` the application in whose name Zalo signs."""

    name: str
    kind: str
    secret: bytes = field(repr=False)
    sources: tuple[str, ...] = HERE
    app: str = ""


def hearings(plan: Plan, secret: Callable[[str], bytes]) -> dict[str, Hearing]:
    """The gateways that may call, by name. Raises what `secret` raises for a file that is not in
    order."""
    found = (one for one in plan.gateways if one.get("calls"))
    return {str(one["name"]): _hearing(one, secret) for one in found}


def _hearing(told: Mapping[str, Any], secret: Callable[[str], bytes]) -> Hearing:
    sources = tuple(str(one) for one in told.get("sources", HERE))
    named = str(told["name"]), str(told["kind"]), secret(str(told["calls"]))
    return Hearing(*named, sources, str(told.get("app", "")))


def meaning(gateway: Mapping[str, Any], said: Mapping[str, str]) -> tuple[str, str] | None:
    """(state, reason) that a report gives a message; None where it says nothing final.

    `said` has `status`, and `why` in the words of the network.
    """
    status, none = said.get("status", ""), [str(one) for one in gateway.get("no_number", ())]
    if gateway.get("kind") == KANNEL:
        return _of_kannel(status, any(one in said.get("why", "") for one in none))
    if gateway.get("kind") == ZALO:
        return (DELIVERED, "") if status == ARRIVED else None
    if status in none:
        return FAILED, NO_SUCH_NUMBER
    if status in [str(one) for one in gateway.get("delivered", ())]:
        return DELIVERED, ""
    is_failed = status in [str(one) for one in gateway.get("undelivered", ())]
    return (FAILED, UNDELIVERED) if is_failed else None


def _of_kannel(status: str, is_nowhere: bool) -> tuple[str, str] | None:
    if status == _DELIVERED:
        return DELIVERED, ""
    if status not in (_FAILED, _REJECTED):
        return None
    if is_nowhere:
        return FAILED, NO_SUCH_NUMBER
    return FAILED, REFUSED if status == _REJECTED else UNDELIVERED
