"""Is this paper ours: for anyone who holds one. Nothing about a person is told, nothing is kept.

Whoever asks too often waits; that much is written down of a question, and goes again in a minute.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from flask import Blueprint, abort, request
from sqlalchemy.exc import OperationalError

from app.errors import Unavailable
from app.signing.reading import Told, by_code, by_file
from app.signing.visits import allowed, bucket_of
from app.web.access import public
from app.web.site import Page, opened, site

pages = Blueprint("verify", __name__, url_prefix="/verify")

FILE_BYTES_MAX = 20_000_000
_FORM_BYTES = 10_000
"""What a form adds to the file in it."""
_CHUNK = 1 << 20


@pages.get("")
@public
def index() -> tuple[str, int]:
    """A form for the code of a paper, one for its file; with `code`, the answer."""
    return _by_code(request.args.get("code", ""))


@pages.get("/<code>")
@public
def show(code: str) -> tuple[str, int]:
    """The paper with this code: where its QR code leads."""
    return _by_code(code)


@pages.route("/file", methods=["GET", "POST"])
@public
def file() -> tuple[str, int]:
    """Whether a file is byte for byte one of ours."""
    request.max_content_length = FILE_BYTES_MAX + _FORM_BYTES
    if request.method == "GET":
        return _by_code("")
    given = request.files.get("file")
    if given is None or not given.filename:
        return _by_code("")
    _require_patience()
    digest = hashlib.sha256()
    while chunk := given.stream.read(_CHUNK):
        digest.update(chunk)
    with opened() as page:
        found = by_file(page.session, digest.hexdigest())
        told, purpose = found or (None, "")
        return _answer(page, told, asked="file", purpose=purpose)


def _by_code(code: str) -> tuple[str, int]:
    if code.strip():
        _require_patience()
    with opened() as page:
        if not code.strip():
            return page.render("pages/verify.html", told=None, asked="", purpose="", code=""), 200
        return _answer(
            page, by_code(page.session, site().keyring, code), asked="code", code=code[:40]
        )


def _answer(
    page: Page, told: Told | None, *, asked: str, purpose: str = "", code: str = ""
) -> tuple[str, int]:
    status = HTTPStatus.OK if told else HTTPStatus.NOT_FOUND
    text = page.render("pages/verify.html", told=told, asked=asked, purpose=purpose, code=code)
    return text, status


def _require_patience() -> None:
    """Answer 429 to an address that asks too often, 503 where the database is too busy to count."""
    here = site()
    try:
        with here.database.unit_of_work() as session:
            may = allowed(session, bucket_of(request.remote_addr or ""), here.clock.now())
    except OperationalError as error:
        raise Unavailable("busy", "") from error
    if not may:
        abort(HTTPStatus.TOO_MANY_REQUESTS)
