"""A request that changes something comes from a page of ours, of the same session.

The browser says where it comes from (`Sec-Fetch-Site`, `Origin`); every form carries a token that
only this session has, which is derived from the session's id and so needs no place to be kept.
"""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import abort, request

FIELD, HEADER = "csrf_token", "X-CSRF-Token"
FORGED = "forged"
SAFE = ("GET", "HEAD", "OPTIONS")
_OURS = ("same-origin", "none")


def token_of(session_id: str) -> str:
    """The token of a session; who knows it cannot tell the id."""
    return hashlib.sha256(f"csrf|{session_id}".encode()).hexdigest() if session_id else ""


def require_same_origin() -> None:
    """Answer 403 to a changing request that a page of another site has made."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in _OURS or (origin is not None and urlsplit(origin).netloc != request.host):
        abort(HTTPStatus.FORBIDDEN, FORGED)


def require_token(session_id: str) -> None:
    """Answer 403 to a changing request without the token of its session."""
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not session_id or not hmac.compare_digest(given.encode(), token_of(session_id).encode()):
        abort(HTTPStatus.FORBIDDEN, FORGED)
