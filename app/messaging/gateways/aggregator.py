"""An aggregator's REST interface, with the fields of eSMS: JSON in, a code and an id out.

The request bears our name of the message (`RequestId`), by which the aggregator refuses a second
one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

import requests

from app.errors import Unavailable
from app.messaging.gateways.contract import Answer, Outgoing, Reply, asked, json_of
from app.messaging.states import NO_SUCH_NUMBER, REFUSED

_CUSTOMER_CARE = "2"


@dataclass(frozen=True, slots=True)
class Aggregator:
    """One account at an aggregator, with the brand name that it has registered.

    Its codes are the province's to name, as its contract says: which mean that it has the message
    (also: had it before), that the account is not in order, that it refuses the message, that the
    number does not exist. Any other code is a doubt.
    """

    name: str
    url: str
    key: str
    sender: str
    password: str = field(repr=False)
    taken: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    no_number: tuple[str, ...] = ()
    report_url: str = ""

    def send(self, one: Outgoing) -> Reply:
        """Hand a message over. Raises Unavailable where the account is not in order."""
        told = {
            "ApiKey": self.key,
            "SecretKey": self.password,
            "Phone": one.phone,
            "Content": one.text,
            "Brandname": self.sender,
            "SmsType": _CUSTOMER_CARE,
            "IsUnicode": "0",
            "RequestId": one.tracking,
        }
        if self.report_url:
            told["CallbackUrl"] = self.report_url
        found = asked("POST", self.url, json=told)
        return found if isinstance(found, Reply) else self._read(found)

    def _read(self, response: requests.Response) -> Reply:
        if response.status_code != HTTPStatus.OK:
            return Reply(Answer.DOUBT)
        told = json_of(response)
        code = str(told.get("CodeResult", ""))
        if code in self.taken:
            return Reply(Answer.TAKEN, str(told.get("SMSID", "")))
        if code in self.account:
            raise Unavailable(f"Cổng {self.name} báo lỗi tài khoản {code}.", "Hỏi nhà cung cấp.")
        if code in self.no_number:
            return Reply(Answer.REFUSED, reason=NO_SUCH_NUMBER)
        known = code in self.refused
        return Reply(Answer.REFUSED, reason=REFUSED) if known else Reply(Answer.DOUBT)
