"""Kannel's HTTP interface (`sendsms`): a box of the house before one or more SMSCs.

Kannel takes a message twice if it is told twice. Its `202` means that it has spooled it,
also while the SMSC is away. What became of it Kannel calls to say, at the address that goes along.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import requests

from app.errors import Unavailable
from app.messaging.gateways.contract import Answer, Outgoing, Reply, asked
from app.messaging.states import REFUSED

_ENDS = "19"  # delivered 1, failed 2, refused by the SMSC 16


@dataclass(frozen=True, slots=True)
class Kannel:
    """One smsbox and the user that we are there."""

    name: str
    url: str
    user: str
    sender: str
    password: str = field(repr=False)
    report_url: str = field(default="", repr=False)
    """Where Kannel tells what became of a message; '' where nobody hears it."""

    def send(self, one: Outgoing) -> Reply:
        """Hand a message over. Raises Unavailable where Kannel does not know us."""
        # In headers and body: what stands in an address is written into logs.
        headers = {
            "Content-Type": "text/plain; charset=us-ascii",
            "X-Kannel-Username": self.user,
            "X-Kannel-Password": self.password,
            "X-Kannel-From": self.sender,
            "X-Kannel-To": one.phone,
            **self._reports(one),
        }
        found = asked("POST", self.url, headers=headers, data=one.text.encode("ascii"))
        return found if isinstance(found, Reply) else _read(found)

    def _reports(self, one: Outgoing) -> dict[str, str]:
        if not self.report_url:
            return {}
        url = f"{self.report_url}&name={one.tracking}&st=%d&ans=%A"
        return {"X-Kannel-DLR-Mask": _ENDS, "X-Kannel-DLR-Url": url}


def _read(response: requests.Response) -> Reply:
    code = response.status_code
    if code in (401, 403):
        raise Unavailable("Kannel không nhận tên hoặc mật khẩu.", "Sửa mục gateways của cổng này.")
    if code == 202:  # "0: Accepted for delivery", "3: Queued for later delivery"
        return Reply(Answer.TAKEN)
    if code == 503:
        return Reply(Answer.NOT_TAKEN)
    if 400 <= code < 500:
        return Reply(Answer.REFUSED, reason=REFUSED)
    return Reply(Answer.DOUBT)
