"""Zalo's notification service (ZNS): a template that Zalo approved, filled in, to a number.

Zalo knows not everybody, and what it took may still not arrive. So it stands before an SMS gateway:
what it refuses goes by SMS at once, what it does not call delivered within `report_within` goes by
SMS then. The figures are read back from the message that was queued: it is of a template of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import requests

from app.messaging.gateways.contract import Answer, Outgoing, Reply, asked, json_of
from app.messaging.words import figures_of

LOG = logging.getLogger("app.messaging")
_NOT_BY_ZALO = Reply(Answer.NOT_TAKEN)
_DELIVERED = 1
TOKEN_REFUSED = -124


@dataclass(frozen=True, slots=True)
class Zalo:
    """One official account; `templates` gives the id of the approved template of a kind, and, with
    `_plain` behind the kind, of the one without amounts."""

    name: str
    url: str
    templates: Mapping[str, str]
    report_within: timedelta
    token: str = field(repr=False)

    def send(self, one: Outgoing) -> Reply:
        """Hand a message over, or learn what became of one that it had; NOT_TAKEN leaves it to the
        next gateway."""
        if one.gateway_id:
            return self._delivered(one)
        told = figures_of(one.kind, one.text)
        if told is None or told[0] not in self.templates:
            return _NOT_BY_ZALO
        body = {
            "phone": _abroad(one.phone),
            "template_id": self.templates[told[0]],
            "template_data": told[1],
            "tracking_id": one.tracking,
        }
        found = asked("POST", f"{self.url}/message/template", json=body, headers=self._headers())
        if isinstance(found, Reply):
            return found if found.answer is Answer.NOT_TAKEN else self._handed(one.tracking)
        return self._read(one, found)

    def _headers(self) -> dict[str, str]:
        return {"access_token": self.token}

    def _read(self, one: Outgoing, response: requests.Response) -> Reply:
        told = json_of(response)
        if response.status_code != HTTPStatus.OK or "error" not in told:
            return self._handed(one.tracking)
        if told["error"] == 0:
            data = told.get("data")
            number = data.get("msg_id") if isinstance(data, dict) else None
            return self._handed(str(number or one.tracking))
        if told["error"] == TOKEN_REFUSED:
            LOG.warning("gateway %s: its access token is refused; messages go by SMS", self.name)
        return _NOT_BY_ZALO

    def _handed(self, number: str) -> Reply:
        return Reply(Answer.HANDED, number, wait=self.report_within)

    def _delivered(self, one: Outgoing) -> Reply:
        """Whether Zalo calls it delivered by now; any other word leaves it to the next gateway."""
        query = {"message_id": one.gateway_id, "phone": _abroad(one.phone)}
        url = f"{self.url}/message/status"
        found = asked("GET", url, params=query, headers=self._headers())
        data = {} if isinstance(found, Reply) else json_of(found).get("data")
        is_there = isinstance(data, dict) and data.get("status") == _DELIVERED
        return Reply(Answer.TAKEN, one.gateway_id) if is_there else _NOT_BY_ZALO


def _abroad(phone: str) -> str:
    """'0912345678' -> '84912345678'."""
    return f"84{phone[1:]}"
