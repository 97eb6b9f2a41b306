"""What a client asks for: the body of a single payment, and a bulk file of JSON lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

TEXTS = ("reference", "payee_name", "account", "bank_bin", "remark")
HEAD_TEXTS = ("message_id", "debtor_account", "requested_on", "currency")
LONGEST = 200


class Malformed(ValueError):
    """The request as a whole is wrong; nothing of it is taken."""


class Refused(Exception):
    """A whole bulk file is refused; `code` is an ISO 20022 status reason code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Order(NamedTuple):
    """One payment as the bank reads it; `amount` in whole đồng."""

    reference: str
    amount: int
    payee_name: str
    account: str
    bank_bin: str
    remark: str
    message_id: str
    debtor_account: str
    requested_on: str
    currency: str

    @property
    def digest(self) -> bytes:
        """What makes two requests the same one."""
        return hashlib.sha256("|".join(map(str, self)).encode()).digest()


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk file; `count` and `total` as its head states them."""

    message_id: str
    count: int
    total: int
    orders: list[Order]


def order(body: Mapping[str, Any], head: Mapping[str, Any] | None = None) -> Order:
    """Read one payment; in a bulk file the words about the debtor stand in the head."""
    head = body if head is None else head
    texts = [_text(body, key) for key in TEXTS]
    if not texts[0]:
        raise Malformed("reference is empty")
    return Order(texts[0], _amount(body, "amount"), *texts[1:], *_head(head))


def _head(head: Mapping[str, Any]) -> list[str]:
    return [_text(head, key) for key in HEAD_TEXTS]


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Malformed(f"{key} must be a text of at most {LONGEST} characters")
    return value


def _amount(body: Mapping[str, Any], key: str) -> int:
    value = body.get(key)
    if type(value) is not int:
        raise Malformed(f"{key} must be a whole number")
    return value


def bulk(raw: bytes) -> Bulk:
    """Read a bulk file; Malformed when it is none, Refused when head and lines disagree."""
    try:
        lines = [json.loads(line) for line in raw.splitlines() if line.strip()]
        kinds = [line["kind"] for line in lines]
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed(f"no JSON lines with a kind: {error}") from error
    if len(lines) < 3 or kinds != ["head", *["payment"] * (len(lines) - 2), "foot"]:
        raise Malformed("a bulk file is a head, payments and a foot")
    head, foot = lines[0], lines[-1]
    read = Bulk(
        _text(head, "message_id"),
        _amount(head, "count"),
        _amount(head, "total"),
        [order(line, head) for line in lines[1:-1]],
    )
    if not read.count == _amount(foot, "count") == len(read.orders):
        raise Refused("AM18")
    if not read.total == _amount(foot, "total") == sum(one.amount for one in read.orders):
        raise Refused("AM10")
    return read
