"""Asking a register over the network: one POST per batch, safe to repeat, nothing trusted.

The same lines carry the same idempotency key, so a lost answer is asked for again without being
counted twice by the other side. No redirect is followed, no proxy or password file of the machine
is used, an answer has a size, a type and a shape, or it is none.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import requests
from marshmallow import ValidationError

from app.checks.contracts import Answered, Asked, Contract
from app.checks.reading import Fault, read_line
from app.checks.schemas import ASKED, Enquiry, Reply
from app.errors import Refused, Unavailable

CONNECT_SECONDS, READ_SECONDS = 5, 30
ANSWER_BYTES_MAX = 16 * 1024 * 1024
ATTEMPTS = 3
BATCH_LINES = 500
_PIECE = 1 << 16
_LATER = (408, 425, 429, 500, 502, 503, 504)

Pause = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a register listens and how we show who we are: 'bearer' or 'hmac', with a secret."""

    url: str
    scheme: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One batch of a request: its number, since when, and the lines."""

    code: str
    since: date | None
    lines: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer: the digest of its bytes and its lines, values or faults."""

    sha256: str
    lines: Sequence[Answered | list[Fault]]


class RegisterClient:
    """Asks one register. `pause` waits so many seconds before another try."""

    def __init__(
        self,
        told: Contract,
        endpoint: Endpoint,
        pause: Pause,
        seconds: tuple[int, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._told = told
        self._endpoint = endpoint
        self._pause = pause
        self._seconds = seconds
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: the secret goes to one host only

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def ask(self, question: Question, now: datetime) -> Heard:
        """The answer to a batch.

        Raises Unavailable where trying later may help, Refused where it cannot.
        """
        body = self._body(question)
        content = self._tried(body, self._headers(body, now))
        return Heard(hashlib.sha256(content).hexdigest(), list(self._lines(question, content, now)))

    def _body(self, question: Question) -> bytes:
        """What is sent, checked against our own schema first: a field too many never leaves."""
        items = [{"ref": one.ref, **one.fields} for one in question.lines]
        for item in items:
            ASKED[self._told.code].load(item)
        said = {
            "request_id": question.code,
            "source": self._told.code,
            "since": question.since.isoformat() if question.since else None,
            "items": items,
        }
        Enquiry().load(said)
        return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()

    def _headers(self, body: bytes, now: datetime) -> dict[str, str]:
        key = hashlib.sha256(body).hexdigest()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers["Idempotency-Key"] = key
        if self._endpoint.scheme == "bearer":
            headers["Authorization"] = f"Bearer {self._endpoint.secret}"
            return headers
        moment = now.isoformat(timespec="seconds")
        headers["X-AnSinh-Time"] = moment
        headers["X-AnSinh-Signature"] = signature(self._endpoint.secret, moment, key, body)
        return headers

    def _tried(self, body: bytes, headers: dict[str, str]) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._post(body, headers)
            except Unavailable:
                if attempt == ATTEMPTS:
                    raise
                self._pause(attempt)
        raise AssertionError("unreachable")

    def _post(self, body: bytes, headers: dict[str, str]) -> bytes:
        try:
            with self._session.post(
                self._endpoint.url, data=body, headers=headers, timeout=self._seconds,
                allow_redirects=False, stream=True,
            ) as reply:  # fmt: skip
                self._judge(reply)
                return _content(reply)
        except requests.RequestException as error:
            raise Unavailable(
                f"{self._told.title} không trả lời ({type(error).__name__}).", "Thử lại sau."
            ) from error

    def _judge(self, reply: requests.Response) -> None:
        status, kind = reply.status_code, reply.headers.get("Content-Type", "")
        if status in _LATER:
            raise Unavailable(f"{self._told.title} đang bận (mã {status}).", "Thử lại sau.")
        if status != 200:
            why = "chuyển hướng sang nơi khác" if 300 <= status < 400 else "từ chối"
            raise Refused(
                f"{self._told.title} {why} (mã {status}).", "Kiểm tra địa chỉ và mã bí mật."
            )
        if kind.split(";")[0].strip().lower() != "application/json":
            raise Refused(f"{self._told.title} trả lời không phải JSON.", "Kiểm tra địa chỉ.")

    def _lines(
        self, question: Question, content: bytes, now: datetime
    ) -> Iterator[Answered | list[Fault]]:
        reply = self._reply(content)
        if (reply["request_id"], reply["source"]) != (question.code, self._told.code):
            raise Refused(
                f"{self._told.title} trả lời cho một yêu cầu khác.", "Báo bên cung cấp kiểm tra."
            )
        wanted = {one.ref for one in question.lines}
        for number, item in enumerate(reply["items"], start=1):
            place = f"Mục {number}"
            if not isinstance(item, dict):
                yield [Fault(place, "không đúng dạng.")]
                continue
            line = read_line(self._told.code, place, item, now)
            if isinstance(line, Answered) and line.ref not in wanted:
                yield [Fault(place, f"Lô này không hỏi dòng số {line.ref}.")]
            else:
                yield line

    def _reply(self, content: bytes) -> dict[str, Any]:
        try:
            reply: dict[str, Any] = dict(Reply().load(json.loads(content)))
        except (ValueError, RecursionError, ValidationError) as error:
            raise Refused(
                f"{self._told.title} trả lời không đúng mẫu.", "Báo bên cung cấp kiểm tra."
            ) from error
        return reply


def signature(secret: str, moment: str, key: str, body: bytes) -> str:
    """HMAC-SHA-256 over the moment, the idempotency key and the body, in hex."""
    text = f"{moment}\n{key}\n".encode() + body
    return hmac.digest(secret.encode(), text, "sha256").hex()


def _content(reply: requests.Response) -> bytes:
    """The bytes of an answer, no more of them than an answer can have."""
    pieces, size = [], 0
    for piece in reply.iter_content(_PIECE):
        size += len(piece)
        if size > ANSWER_BYTES_MAX:
            raise Refused("Trả lời lớn bất thường.", "Báo bên cung cấp kiểm tra.")
        pieces.append(piece)
    return b"".join(pieces)
