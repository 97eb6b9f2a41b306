"""Files of a provider's single words: JSON lines of ours, made of answers, enquiries, callbacks.

The first line says from where the words are, each further one is one word. They are stored, hashed
and read like any file of a bank, so that what moved a payment can be proved again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import chain
from typing import Any, BinaryIO

from bank_adapters.contract import BankLine, BankReport, LineKind, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.rest.sheet import json_line

SOURCES = ("answer", "enquiry", "callback")
FIRST_BYTES = b'{"kind":"events",'
LONGEST_LINE = 4_000
WINDOW = 1 << 18
_HANOI = timezone(timedelta(hours=7))
_SHAPES = {
    "reference": re.compile("[A-Z0-9]{0,35}"),
    "status": re.compile("[A-Z]{4}"),
    "reason": re.compile("(?:[A-Z0-9]{4})?"),
    "account": re.compile(r"[A-Za-z0-9]{0,34}"),
    "bank_reference": re.compile(r"[\x21-\x7e]{0,64}"),
    "event_id": re.compile(r"[\x21-\x7e]{1,128}"),
}
_NAMES = {*_SHAPES, "amount", "at"}
_HEAD = {"kind", "source", "provider", "message_id"}


@dataclass(frozen=True, slots=True)
class Event:
    """One word about one payment, or about the whole message where `reference` is "".

    `status` is an ISO status or a word of ours (UNKN, NSNT, NOTF); `amount` is in đồng, 0 where
    the provider stated none; `at` is when it was said, with its zone.
    """

    reference: str
    status: str
    at: datetime
    event_id: str
    reason: str = ""
    amount: int = 0
    account: str = ""
    bank_reference: str = ""


def head_line(source: str, provider: str, message_id: str = "") -> bytes:
    """The first line of a file of words."""
    return json_line(
        {"kind": "events", "source": source, "provider": provider, "message_id": message_id}
    )


def event_line(one: Event) -> bytes:
    """One word as a line; always the same for the same word."""
    return json_line(
        {
            "reference": one.reference,
            "status": one.status,
            "reason": one.reason,
            "amount": one.amount,
            "account": one.account,
            "bank_reference": one.bank_reference,
            "at": one.at.isoformat(),
            "event_id": one.event_id,
        }
    )


def read(source: BinaryIO) -> BankReport:
    """The words of a file as one status report, walked once; raises Unreadable.

    A word about the whole message is the status of the report, and stands first.
    """
    lines = _lines_of(source)
    head = _object(next(lines, b""), 1, _HEAD)
    told = [head[name] for name in ("source", "provider", "message_id")]
    if head["kind"] != "events" or not all(isinstance(one, str) for one in told):
        raise Unreadable("dòng 1: không phải đầu tệp tin báo")
    if head["source"] not in SOURCES:
        raise Unreadable(f"dòng 1: nguồn “{str(head['source'])[:20]}” không có")
    events = _events(lines)
    first = next(events, None)
    of_all = first if first is not None and not first.reference else None
    rest = events if of_all else chain([first] if first else [], events)
    return BankReport(
        kind=ReportKind.STATUS,
        report_id=f"{head['source']}:{head['message_id']}",
        account="",
        currency="VND",
        lines=_lines(rest, head["message_id"]),
        created_at=first.at if first else None,
        message_id=head["message_id"],
        group_status=of_all.status if of_all else "",
        group_reason=of_all.reason if of_all else "",
    )


def _lines(events: Iterator[Event], message_id: str) -> Iterator[BankLine]:
    for one in events:
        if not one.reference:
            raise Unreadable("tin báo về cả lô phải đứng đầu")
        day = _day(one.at)
        yield BankLine(
            kind=LineKind.STATUS,
            amount=one.amount,
            reference=one.reference,
            booking_date=day,
            value_date=day,
            bank_reference=one.bank_reference,
            message_id=message_id,
            status=one.status,
            reason=one.reason,
        )


def _day(at: datetime) -> date:
    return at.astimezone(_HANOI).date()


def _events(lines: Iterator[bytes]) -> Iterator[Event]:
    for number, line in enumerate(lines, 2):
        yield _event(_object(line, number, _NAMES), number)


def _lines_of(source: BinaryIO) -> Iterator[bytes]:
    """Whole lines; raises Unreadable for one without an end: the file was cut off."""
    rest = b""
    while block := source.read(WINDOW):
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        raise Unreadable("có dòng quá dài, hoặc tệp bị cắt ngang")


def _object(line: bytes, number: int, names: set[str]) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"dòng {number}: không phải JSON") from error
    if not isinstance(found, dict) or set(found) != names:
        raise Unreadable(f"dòng {number}: thiếu hoặc thừa trường")
    return found


def _event(told: dict[str, Any], number: int) -> Event:
    for name, shape in _SHAPES.items():
        if not isinstance(told[name], str) or not shape.fullmatch(told[name]):
            raise Unreadable(f"dòng {number}: {name} không đúng dạng")
    if type(told["amount"]) is not int or not 0 <= told["amount"] <= 10**15:
        raise Unreadable(f"dòng {number}: số tiền không đúng dạng")
    return Event(**{**told, "at": _moment(told["at"], number)})


def _moment(text: object, number: int) -> datetime:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Unreadable(f"dòng {number}: thời điểm không đúng dạng hoặc thiếu múi giờ")
    return found
