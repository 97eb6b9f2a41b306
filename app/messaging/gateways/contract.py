"""What a gateway is asked, what it may answer, and how each failure of HTTP is to be read.

A gateway that was never reached has nothing; one that stopped talking after it was asked may have
taken the message: that is a doubt, never a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Protocol

import requests

TIMEOUT = (5.0, 20.0)
"""Seconds to connect, and to be answered."""


class Answer(Enum):
    """What became of a hand-over."""

    TAKEN = "the gateway has it"
    HANDED = "it has it; whether it arrives is asked after a while"
    NOT_TAKEN = "it has it not and may take it later"
    REFUSED = "it will never take this message"
    DOUBT = "nobody knows whether it has it"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, what the gateway calls the message, why it was refused, in a word of
    `app.messaging.states`, and after how long one that is `HANDED` is asked after."""

    answer: Answer
    gateway_id: str = ""
    reason: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it leaves: `phone` as 0912345678, `tracking` our name of it, for ever.

    `gateway_id` is what a gateway calls it that had it and did not say that it arrived.
    """

    phone: str
    text: str
    tracking: str
    kind: str = ""
    gateway_id: str = ""


class Gateway(Protocol):
    """Carries one message; raises Unavailable where none could be sent: the settings are wrong."""

    @property
    def name(self) -> str: ...

    def send(self, one: Outgoing) -> Reply: ...


def asked(method: str, url: str, **how: Any) -> requests.Response | Reply:
    """The response of a gateway, or what its silence means. Redirects are not followed: they would
    carry numbers and passwords elsewhere."""
    try:
        return requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **how)
    except requests.ConnectTimeout:
        return Reply(Answer.NOT_TAKEN)
    except requests.ConnectionError as error:
        return Reply(Answer.NOT_TAKEN if _never_left(error) else Answer.DOUBT)
    except requests.RequestException:
        return Reply(Answer.DOUBT)


def json_of(response: requests.Response) -> Mapping[str, Any]:
    """What a response tells; nothing where it is no JSON object."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether no connection came about at all."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")
