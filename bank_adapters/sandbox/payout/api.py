"""The wire without sockets: method, path, headers and body in, an answer or none out."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from .answers import Answer, ServerError, say
from .institution import Institution

BASE = "/v1"
UNKNOWN = {"error": "not served here"}


class Api:
    """Routes requests below BASE to the institution. Raises Timeout and Reset as it does."""

    def __init__(self, institution: Institution) -> None:
        self.institution = institution

    @property
    def hang_seconds(self) -> float:
        """How long a request that gets no answer is kept waiting."""
        return self.institution.settings.hang_seconds

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request; names of headers in any case."""
        named = {name.lower(): value for name, value in headers.items()}
        token = self.institution.settings.token
        given = named.get("authorization", "")
        if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return say(401, {"error": "Authorization holds no known token"})
        parts = [unquote(part) for part in path.removeprefix(BASE).split("?")[0].split("/")[1:]]
        if not path.startswith(f"{BASE}/"):
            return say(404, UNKNOWN)
        try:
            return self._route(method, parts, named.get("idempotency-key", ""), body)
        except ServerError as error:
            return say(error.status, {"error": "internal"})

    def _route(self, method: str, parts: list[str], key: str, body: bytes) -> Answer:
        match (method, *parts):
            case ("POST", "payments"):
                return self._payment(key, body)
            case ("POST", "batches"):
                return self.institution.submit_batch(key, body)
            case ("GET", "payments", reference):
                return self.institution.enquire(reference)
            case ("GET", "batches", message_id):
                return self.institution.enquire_batch(message_id)
            case ("POST", "names"):
                return self._name(body)
            case ("GET", "reports"):
                return say(200, {"reports": self.institution.reports()})
            case ("GET", "reports", name):
                return self._report(name)
            case ("POST", "reports", name, "done"):
                done = self.institution.report_done(name)
                return Answer(204, b"") if done else say(404, UNKNOWN)
        return say(404, UNKNOWN)

    def _payment(self, key: str, body: bytes) -> Answer:
        content = _object(body)
        if content is None:
            return say(400, {"error": "the body is no JSON object"})
        return self.institution.submit(key, content)

    def _name(self, body: bytes) -> Answer:
        content = _object(body) or {}
        asked = (content.get("bank_bin"), content.get("account"))
        if not all(isinstance(one, str) for one in asked):
            return say(400, {"error": "bank_bin and account must be texts"})
        return self.institution.holder(str(asked[0]), str(asked[1]))

    def _report(self, name: str) -> Answer:
        content = self.institution.report(name)
        if content is None:
            return say(404, UNKNOWN)
        kind = "application/xml" if name.endswith(".xml") else "application/jsonl"
        return Answer(200, content, {"Content-Type": kind})


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
