"""Words of a bank as JSON lines: its answers, what it said when asked, its callbacks.

The first line is the head, `{"kind":"events","source":"callback","provider":CODE,...}`, then one
line an event. `event_of` takes what a bank sent and never fails: what it cannot make out is said
in `differs`. `read` takes only what `head_line` and `event_line` wrote, to the letter. An event
moves no money: each becomes a status line, and one that names no payment stays a note.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, BinaryIO

from bank_adapters.contract import BankLine, BankReport, LineKind, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import MAX_AMOUNT
from bank_adapters.formats.json_names import each_once
from bank_adapters.formats.values import clean_id

SOURCES = ("answer", "enquiry", "callback")
LINE_MAX = 65_536  # bytes of one line, its line feed included
DEPTH_MAX = 8
TEXT_MAX = 140  # characters of any one field
NOTES_MAX = 20

DIFFERS = "DIFFERS"
"""The status of an event that contradicts the payment it names: it is for people, whatever the
bank's own word was."""
BODY, AMOUNT, ACCOUNT = "body", "amount", "account"


@dataclass(frozen=True, slots=True)
class Event:
    """One word of a bank about one payment; `amount` in minor units, 0 when it is not stated.

    `differs` names what cannot be right: "body" (not readable), "amount" (no amount at all),
    "account" (not the payee's), "" when nothing is known against it. `others` are fields that we
    do not know, by name.
    """

    reference: str = ""
    status: str = ""
    reason: str = ""
    amount: int = 0
    account: str = ""
    bank_reference: str = ""
    at: str = ""
    event_id: str = ""
    differs: str = ""
    others: tuple[str, ...] = ()


_NAMES = tuple(one.name for one in fields(Event))
_TEXTS = tuple(one for one in _NAMES if one not in ("amount", "others"))
_NEEDED = ("reference", "status", "account")  # unreadable, they make the event one for people
_MORE = ("reason", "bank_reference", "at")  # unreadable, they count as a field we do not know


@dataclass(frozen=True, slots=True)
class Head:
    """Where the events of a file come from; `message_id` of the batch they answer, "" for none.

    `status` and `reason` are the bank's word on that batch as a whole, "" where it said none.
    """

    source: str
    provider: str
    message_id: str = ""
    status: str = ""
    reason: str = ""


def event_of(body: bytes, event_id: str = "") -> Event:
    """What a bank's JSON says, whatever it says: never raises."""
    try:
        told = _object(body)
    except ValueError:
        return Event(event_id=event_id, differs=BODY)
    return said(told, event_id)


def said(told: Mapping[str, Any], event_id: str = "") -> Event:
    """The same of an object that was parsed already: never raises."""
    words = {name: _text(told.get(name) or "") for name in (*_NEEDED, *_MORE)}
    amount = _amount(told.get("amount"))
    odd = any(words[name] is None for name in _NEEDED)
    unknown = [name for name in told if name not in _NAMES]
    unknown += [name for name in _MORE if words[name] is None]
    return Event(
        **{name: word or "" for name, word in words.items()},
        amount=amount or 0,
        event_id=_text(event_id) or "",
        differs=BODY if odd else AMOUNT if amount is None else "",
        others=tuple(sorted(_text(name) or "?" for name in unknown)[:NOTES_MAX]),
    )


def differing(event: Event, what: str) -> Event:
    """The event with what was found to contradict the payment it names."""
    return replace(event, differs=what)


def head_line(head: Head) -> bytes:
    """The first line of a file."""
    return _line({"kind": "events", **asdict(head)})


def event_line(event: Event) -> bytes:
    """The line of an event, always the same for the same event."""
    return _line(asdict(event))


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def is_events(start: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    return start.startswith(b'{"kind":"events",')


def says_something(first_line: bytes) -> bool:
    """Whether the first line of a file says a word on the whole message; raises Unreadable."""
    return bool(_head(first_line).status)


def read(source: BinaryIO) -> BankReport:
    """The events as one status report, a line at a time; raises Unreadable at the first odd line.

    The same word about the same payment is the same line in whichever file it comes.
    """
    head = _head(_next(source, 1))
    report = BankReport(
        kind=ReportKind.STATUS,
        report_id=f"{head.provider}/{head.source}",
        account="",
        currency="VND",
        lines=iter(()),
        message_id=head.message_id,
        group_status=head.status.upper(),
        group_reason=head.reason.upper(),
    )
    return replace(report, lines=_lines(source, report.notes))


def _next(source: BinaryIO, number: int) -> bytes:
    line = source.readline(LINE_MAX + 1)
    if len(line) > LINE_MAX or (line and not line.endswith(b"\n")):
        raise Unreadable(f"tệp tin báo, dòng {number}: quá dài hoặc bị cắt")
    return line


def _head(line: bytes) -> Head:
    told = _checked(line, 1)
    known = {"kind", *(one.name for one in fields(Head))}
    if told.get("kind") != "events" or told.get("source") not in SOURCES or set(told) != known:
        raise Unreadable("tệp tin báo, dòng 1: không phải đầu của tệp tin báo")
    head = Head(*(_text(told[one.name]) or "" for one in fields(Head)))
    if not head.provider:
        raise Unreadable("tệp tin báo, dòng 1: thiếu mã đơn vị chi trả")
    return head


def _lines(source: BinaryIO, notes: list[str]) -> Iterator[BankLine]:
    number, told = 1, _Notes(notes)
    while line := _next(source, number := number + 1):
        event = _event(line, number)
        told.of(event, number)
        if event.reference:
            yield _bank_line(event)
    told.end()


def _bank_line(event: Event) -> BankLine:
    return BankLine(
        kind=LineKind.STATUS,
        amount=event.amount,
        reference=event.reference.upper(),
        bank_reference=clean_id(event.bank_reference),
        status=DIFFERS if event.differs else event.status.upper(),
        reason="" if event.differs else event.reason.upper(),
    )


def _event(line: bytes, number: int) -> Event:
    """An event by the letter: every field, each of its kind, nothing else."""
    told = _checked(line, number)
    others = told.pop("others", None)
    fits = (
        set(told) | {"others"} == set(_NAMES)
        and all(_text(told[name]) == told[name] for name in _TEXTS)
        and _amount(told["amount"]) == told["amount"]
        and isinstance(others, list)
        and all(_text(one) == one for one in others)
    )
    if not fits:
        raise Unreadable(f"tệp tin báo, dòng {number}: không phải một tin báo")
    return Event(**told, others=tuple(others or ()))


def _checked(line: bytes, number: int) -> dict[str, Any]:
    try:
        return _object(line)
    except ValueError as error:
        raise Unreadable(f"tệp tin báo, dòng {number}: không phải JSON") from error


@dataclass(slots=True)
class _Notes:
    """What a person should know of a file: a few words, however many lines there are."""

    notes: list[str]
    about_none: int = 0
    unlike: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def of(self, event: Event, number: int) -> None:
        """Remember what is odd in one event."""
        if not event.reference:
            self.about_none += 1
        if event.differs:
            self.unlike[event.differs] = self.unlike.get(event.differs, 0) + 1
        if len(self.unknown) < NOTES_MAX:
            self.unknown.update(event.others)

    def end(self) -> None:
        """Write it down."""
        if self.about_none:
            self.notes.append(f"{self.about_none} tin không nêu mã lệnh chi")
        for what, count in sorted(self.unlike.items()):
            self.notes.append(_UNLIKE.get(what, _UNLIKE[BODY]).format(count))
        if self.unknown:
            self.notes.append(f"trường lạ: {', '.join(sorted(self.unknown)[:NOTES_MAX])}")


_UNLIKE = {
    BODY: "{} tin không đọc được",
    AMOUNT: "{} tin ghi số tiền không phải là số tiền",
    ACCOUNT: "{} tin nêu tài khoản khác tài khoản của lệnh chi",
}


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object of bounded size and depth, each name once; raises ValueError."""
    if len(text) > LINE_MAX:
        raise ValueError("too long")
    try:
        told = json.loads(
            text.decode(), object_pairs_hook=each_once, parse_constant=_none, parse_float=_none
        )
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(told, dict) or _depth(told) > DEPTH_MAX:
        raise ValueError("no object, or too deep")
    return told


class _NoNumber:
    """Stands where a fraction stood: no amount of ours, and nothing to refuse a file for."""


def _none(_: str) -> object:
    return _NoNumber()


def _depth(value: Any) -> int:
    """How deep lists and objects lie in each other; walked without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, dict | list):
            deepest = max(deepest, depth)
            inner = one.values() if isinstance(one, dict) else one
            waiting.extend((part, depth + 1) for part in inner)
    return deepest


def _text(value: Any) -> str | None:
    """A plain short text, None for what is none (also one that no database could keep)."""
    if not isinstance(value, str) or len(value) > TEXT_MAX or not value.isprintable():
        return None
    return value.strip()


def _amount(value: Any) -> int | None:
    """Minor units; 0 for nothing stated, None for what is no amount."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_AMOUNT:
        return None
    return value
