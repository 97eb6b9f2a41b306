"""What a request gets: an answer, or the ways in which it gets none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Timeout(Exception):
    """No answer comes. Whether anything was done is not known to the caller."""


class Reset(Exception):
    """The connection broke. Whether anything was done is not known to the caller."""


class ServerError(Exception):
    """HTTP 5xx (`status`) without a word on whether anything was taken."""

    def __init__(self, name: str, status: int) -> None:
        super().__init__(name)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: `wait` is how many seconds the bank lets its caller wait for it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: int = 0

    @property
    def json(self) -> Any:
        """The body's content; ValueError when it is no JSON."""
        return json.loads(self.body)


def say(status: int, content: Any, **headers: str) -> Answer:
    """An answer in JSON; `Retry_After="5"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, to_json(content), {"Content-Type": "application/json", **named})


def to_json(content: Any) -> bytes:
    """Compact JSON in UTF-8, always the same bytes for the same content."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


HTML = {"Content-Type": "text/html"}
GARBAGE: tuple[Callable[[Answer], Answer], ...] = (
    lambda answer: Answer(200, b"<html><body>Bao tri he thong</body></html>", HTML),
    lambda answer: Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers),
    lambda answer: Answer(302, b"", {"Location": "/login"}),
    lambda answer: Answer(202, b"", answer.headers),
    lambda answer: Answer(202, b'{"reference":"0000000000000000","status":"OK"}', answer.headers),
    lambda answer: Answer(202, b"\xff\xfe\x00{", answer.headers),
)


def garbled(answer: Answer, kind: int) -> Answer:
    """The same answer made worthless in one of the ways of GARBAGE."""
    return GARBAGE[kind](answer)
