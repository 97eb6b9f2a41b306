"""What was typed when a session was over comes back after signing in; it is never sent by itself.

The browser carries it through the sign-in, under a seal of ours: path and fields, but no code, no
password and no file. Then a page offers to open the form again, filled in.
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import request

from app.privacy import Keyring
from app.web.csrf import FIELD as TOKEN

FIELD, AGAIN = "kept", "open_again"
LONGEST = timedelta(hours=12)
SIZE_MAX = 100_000
"""Of what is kept, in letters."""
SECRET = ("code", "password", "ask")
"""How the fields begin that are never shown again or carried on: codes, passwords, and what an
officer asks, who may have typed anything."""
_PURPOSE = "web.kept"


class Kept(NamedTuple):
    """A form that was not taken: whose it was (0 where nobody knows), where it goes, its fields."""

    officer_id: int
    path: str
    fields: list[tuple[str, str]]


def pack(keyring: Keyring, officer_id: int, now: datetime) -> str:
    """This request's form under our seal, '' where it is too large or has nothing to keep."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if _stays(name)]
    told = [officer_id, request.full_path.rstrip("?"), fields, now.isoformat()]
    body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    return f"{body}.{_seal(keyring, body)}" if fields and len(body) <= SIZE_MAX else ""


def unpack(keyring: Keyring, text: str, now: datetime) -> Kept | None:
    """What was packed, None for what is not ours or too old."""
    body, _, seal = text.partition(".")
    if not hmac.compare_digest(seal.encode(), _seal(keyring, body).encode()):
        return None
    officer_id, path, fields, at = json.loads(base64.urlsafe_b64decode(body))
    if now - datetime.fromisoformat(at) > LONGEST:
        return None
    return Kept(officer_id, path, [(name, value) for name, value in fields])


def _stays(name: str) -> bool:
    return name not in (TOKEN, AGAIN, FIELD) and not name.startswith(SECRET)


def _seal(keyring: Keyring, body: str) -> str:
    return keyring.index(_PURPOSE, body)
