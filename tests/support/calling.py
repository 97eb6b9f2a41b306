"""A bank that calls: signed as Standard Webhooks say, by code of its own, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http.client import HTTPConnection
from typing import Any

from waitress.server import create_server

from app.channels.inbound import Call, keep
from app.db import Database
from app.hooks.application import BODY_MAX, application
from app.hooks.writing import PATIENCE
from app.jobs.collecting import apply_files, read_files
from app.jobs.packing import pack_events
from app.rights import hook_rights_on
from app.roles.logins import make_login
from tests.factories import BANK, House
from tests.support.channels import set_up_channel, settings_of
from tests.support.listening import listening
from tests.support.providers import Providers

RECEIVER = "test_receiver"
SECRET = b"s" * 32
OLD_SECRET = b"o" * 32
PROFILE = '[callback]\nsecrets = ["file:call.new", "file:call.old"]\n'


def may_call(house: House, provider: str = BANK) -> None:
    """A channel in force whose profile names two secrets: one is being changed."""
    secrets_of_calls(house)
    set_up_channel(house, settings_of(house), provider, "sandbox", PROFILE)


def secrets_of_calls(house: House) -> None:
    """The files of the two secrets, in the house's folder."""
    folder = house.home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    texts = ("whsec_" + base64.b64encode(SECRET).decode(), OLD_SECRET.decode())
    for name, text in zip(("call.new", "call.old"), texts, strict=True):
        (folder / name).write_text(text)
        (folder / name).chmod(0o400)


def called(house: House, provider: str) -> None:
    """A row of the table of calls."""
    with house.work() as session:
        keep(session, house.keyring, Call(provider, "evt_1", "1", "s", b"{}"), house.later())


def said(reference: str, status: str, **more: Any) -> bytes:
    """The body of a call about a payment."""
    told = {"reference": reference, "status": status, "reason": "", "amount": 500_000, **more}
    return json.dumps(told).encode()


@dataclass(frozen=True)
class Ring:
    """One call as it goes over the wire."""

    headers: Mapping[str, str]
    body: bytes
    path: str = f"/{BANK}"

    def but(self, **headers: str) -> Ring:
        """The same with other headers (`webhook_id` for `webhook-id`)."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **told})


def ring(event_id: str, body: bytes, at: datetime, *secrets: bytes, path: str = f"/{BANK}") -> Ring:
    """A call that is signed at a moment with these secrets."""
    stamp = str(int(at.timestamp()))
    signed = f"{event_id}.{stamp}.".encode() + body
    macs = [hmac.new(one, signed, hashlib.sha256).digest() for one in secrets or (SECRET,)]
    signature = " ".join(f"v1,{base64.b64encode(one).decode()}" for one in macs)
    headers = {"webhook-id": event_id, "webhook-timestamp": stamp, "webhook-signature": signature}
    return Ring(headers, body, path)


@dataclass
class Line:
    """An open connection to the receiver."""

    wire: HTTPConnection

    def send(self, call: Ring, method: str = "POST") -> int:
        """The status of the answer, which is always bare."""
        self.wire.request(method, call.path, call.body, dict(call.headers))
        answer = self.wire.getresponse()
        content = answer.read()
        if answer.status != 413:  # there the server itself speaks
            assert (content, answer.getheader("content-type")) == (b"", None)
        return answer.status

    def close(self) -> None:
        """Hang up."""
        self.wire.close()


def receiver_of(house: House) -> Database:
    """The database as the receiver opens it, with a login of its role on PostgreSQL."""
    url = house.database.url
    if not house.database.is_sqlite:
        with house.owner.engine.begin() as connection:
            make_login(connection, RECEIVER, "hooks")
        url = url.set(username=RECEIVER)
    told = url.render_as_string(hide_password=False)
    return Database(told, patience=PATIENCE, rights=hook_rights_on)


@contextmanager
def receiving(house: House) -> Iterator[int]:
    """The receiver on a port of this machine, in a thread of its own, as `ansinh hooks run` is."""
    with closing(receiver_of(house)) as database:
        app = application(database, house.keyring, settings_of(house), house.clock)
        server = create_server(app, host="127.0.0.1", port=0, threads=8, ident="",
                               max_request_body_size=BODY_MAX)  # fmt: skip
        with listening(server) as port:
            yield port


@contextmanager
def line(port: int) -> Iterator[Line]:
    """A line to the receiver at a port."""
    with closing(Line(HTTPConnection("127.0.0.1", port, timeout=30))) as one:
        yield one


def judged(house: House) -> str:
    """What came is packed, read, matched and applied, as the jobs do."""
    house.later()
    providers = Providers(house.home / "providers")
    runtime = replace(house.runtime, adapters=providers.adapters)
    pack_events(runtime)
    read_files(runtime)
    return apply_files(runtime)
