"""What message gateways call to say: people's questions, and what became of our messages.

Kannel cannot sign: it says the secret of its gateway in the address, over loopback, from an address
that the plan names, and never through a proxy. An aggregator signs as providers do, Zalo in its own
way. Here nothing is judged: a call is kept under the gateway's name of it, once,
and answered 200.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, Unauthorized

from app.channels.secrets import webhook_secret
from app.clock import Clock
from app.config import Settings
from app.errors import SettingsError
from app.hooks.signature import verified, verified_by_zalo
from app.hooks.writing import LOG, Pen, put_off
from app.messaging.gateways.hearing import AGGREGATOR, ARRIVED, KANNEL, ZALO, Hearing, hearings
from app.messaging.inbox import Heard, keep
from app.messaging.states import ASK, HEARD, REPORT
from app.messaging.terms import read_plan
from app.privacy import Keyring

FRESH = timedelta(seconds=10)
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_CHARSETS = {"utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1",
             "utf-16be": "utf-16-be", "utf-16": "utf-16"}  # fmt: skip
_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip")
_NOBODY = Hearing("", "", b"nobody's secret: a gateway that is not known takes as long")


class Gateways:
    """Whose calls count: gateways of the plan that name a secret; read anew every ten seconds."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock, self._turn = settings, clock, Lock()
        self._known: Mapping[str, Hearing] = {}
        self._read_at: datetime | None = None

    def named(self, name: str, kind: str) -> Hearing:
        """The gateway of this name and kind; one that nobody is where there is none."""
        with self._turn:
            now = self._clock.now()
            if self._read_at is None or abs(now - self._read_at) > FRESH:
                self._known, self._read_at = self._read(), now
            found = self._known.get(name, _NOBODY)
            return found if found.kind == kind else _NOBODY

    def _read(self) -> Mapping[str, Hearing]:
        """A plan or a secret that is not in order shuts the gateways out, and is in the log."""
        try:
            plan = read_plan(self._settings.messages)
            if plan is None:
                return {}
            folder = self._settings.bank_secrets
            return hearings(plan, lambda one: webhook_secret(folder, one))
        except SettingsError as error:
            LOG.warning("calls of message gateways are turned away: %s", error)
            return {}


class Messages:
    """The views below `/sms`, with what they need."""

    def __init__(self, gateways: Gateways, pen: Pen, keyring: Keyring, clock: Clock) -> None:
        self._gateways, self._pen, self._keyring, self._clock = gateways, pen, keyring, clock

    def routes(self) -> Iterator[tuple[str, Callable[..., Response], Sequence[str]]]:
        """(path, view, methods) of each way in."""
        yield "/sms/<gateway>/asked", self.asked, ("GET", "POST")
        yield "/sms/<gateway>/told", self.told, ("GET",)
        yield "/sms/<gateway>", self.signed, ("POST",)

    def asked(self, gateway: str) -> Response:
        """A question that Kannel hands on (`post-url`, `get-url`)."""
        known = self._said_secret(gateway)
        words = {"from": request.args.get("from", ""), "to": request.args.get("to", "")}
        text = _body() if request.method == "POST" else request.args.get("text", "")
        return self._kept(known, ASK, request.args.get("id", ""), {**words, "text": text})

    def told(self, gateway: str) -> Response:
        """What became of a message, as Kannel says it (`dlr-url`)."""
        known = self._said_secret(gateway)
        status, name = request.args.get("st", ""), request.args.get("name", "")
        words = {"status": status, "why": request.args.get("ans", "")}
        return self._kept(known, REPORT, f"{name}:{status}" if name and status else "", words)

    def signed(self, gateway: str) -> Response:
        """A call of an aggregator, of either kind, or of Zalo."""
        if given := request.headers.get("X-ZEvent-Signature"):
            return self._of_zalo(gateway, given)
        known, body = self._gateways.named(gateway, AGGREGATOR), request.get_data(cache=False)
        headers = {name.lower(): value for name, value in request.headers.items()}
        secrets = () if known is _NOBODY else (known.secret,)
        call = verified(gateway, secrets, headers, body, self._clock.now())
        if call is None:
            raise Unauthorized
        told = _words(body)
        kind, status = told.get("kind", ""), told.get("status", "")
        if kind == REPORT:
            name = told.get("name", "")
            return self._kept(known, kind, f"{name}:{status}" if name and status else "", told)
        return self._kept(known, kind, call.event_id, told)

    def _of_zalo(self, gateway: str, given: str) -> Response:
        """That a message arrived; Zalo's other calls are answered and not kept: they name no phone
        number, so nobody's answer can be found."""
        known, body = self._gateways.named(gateway, ZALO), request.get_data(cache=False)
        told, now = _words(body), self._clock.now()
        if not verified_by_zalo(
            known.app, known.secret, given, told.get("timestamp", ""), body, now
        ):
            raise Unauthorized
        if told.get("event_name") != ARRIVED:
            return Response(status=HTTPStatus.OK)
        ours = _words(body, "message").get("tracking_id", "")
        name = f"{ours}:{ARRIVED}" if ours else ""
        return self._kept(known, REPORT, name, {"status": ARRIVED})

    def _said_secret(self, gateway: str) -> Hearing:
        """Raises Unauthorized for anybody but the box itself: what came through a proxy is not
        it."""
        known = self._gateways.named(gateway, KANNEL)
        given = request.args.get("key", "").encode()
        is_it = hmac.compare_digest(given, known.secret) and known is not _NOBODY
        through = any(one in request.headers for one in _PROXIES)
        if not is_it or through or request.remote_addr not in known.sources:
            raise Unauthorized
        return known

    def _kept(self, known: Hearing, kind: str, name: str, said: Mapping[str, str]) -> Response:
        if kind not in HEARD or not _ID.fullmatch(name):
            raise BadRequest
        heard = Heard(known.name, kind, name, said)
        with put_off():
            self._pen.write(lambda session: keep(session, self._keyring, heard, self._clock.now()))
        answer = Response(b"", HTTPStatus.OK)
        del answer.headers["Content-Type"]
        return answer


def _body() -> str:
    """The text of a question: in the signs that Kannel names, UTF-8 where it names none."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    known = _CHARSETS.get(charset, "utf-8")
    return request.get_data(cache=False).decode(known, "replace")


def _words(body: bytes, within: str = "") -> dict[str, str]:
    """The texts of a JSON object, or of the one `within` it; none where it is no such thing."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        return {}
    if within and isinstance(found, dict):
        found = found.get(within)
    if not isinstance(found, dict):
        return {}
    return {str(name): one for name, one in found.items() if isinstance(one, str)}
