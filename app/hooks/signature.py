"""Whether a call is a provider's own: Standard Webhooks, HMAC-SHA256 over `id.moment.body`; Zalo's
own way for what its official account calls.

A call is signed over the raw bytes, and its moment may be five minutes off. Several signatures
may stand in the header, and several secrets be in force, while a secret is being changed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.channels.inbound import Call

OFF_MOST = timedelta(minutes=5)
SIGNATURES_MOST = 8
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # no full stop: it parts what is signed
_STAMP = re.compile(r"[0-9]{1,11}")
_MILLIS = re.compile(r"[0-9]{13}")
_VERSION = "v1,"
_NOBODY = (b"nobody's secret: a provider that is not known takes as long",)


def verified(
    provider: str,
    secrets: Sequence[bytes],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Call | None:
    """The call, or None when it is not this provider's, is too old or too new, or is no call."""
    event_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = _signatures(headers.get("webhook-signature", ""))
    if not (_ID.fullmatch(event_id) and _STAMP.fullmatch(stamp) and given):
        return None
    if abs(now.timestamp() - int(stamp)) > OFF_MOST.total_seconds():
        return None
    signed = b".".join((event_id.encode(), stamp.encode(), body))
    wanted = [hmac.digest(secret, signed, "sha256") for secret in secrets or _NOBODY]
    found = [one for one in given if any(hmac.compare_digest(one, two) for two in wanted)]
    if not found or not secrets:
        return None
    return Call(provider, event_id, stamp, base64.b64encode(found[0]).decode(), body)


def verified_by_zalo(
    app: str, secret: bytes, given: str, stamp: str, body: bytes, now: datetime
) -> bool:
    """Whether Zalo signed a call: `given` is its header, "mac=" and the SHA-256 of application,
    body, moment (milliseconds) and the account's secret, as Zalo's page on webhooks says."""
    if not _MILLIS.fullmatch(stamp) or not app:
        return False
    if abs(now.timestamp() - int(stamp) / 1000) > OFF_MOST.total_seconds():
        return False
    mac = hashlib.sha256(b"".join((app.encode(), body, stamp.encode(), secret))).hexdigest()
    return hmac.compare_digest(given.encode(), f"mac={mac}".encode())


def _signatures(header: str) -> list[bytes]:
    """The signatures of a header, none when there are too many to be honest."""
    pieces = header.split(" ", SIGNATURES_MOST)
    if len(pieces) > SIGNATURES_MOST:
        return []
    raw = [_decoded(one[len(_VERSION) :]) for one in pieces if one.startswith(_VERSION)]
    return [one for one in raw if len(one) == 32]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
