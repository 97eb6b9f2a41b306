"""Files of events: what a bank said, whatever it said, and our own lines to the letter."""

from __future__ import annotations

import io
import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.contract import BankLine, BankReport, LineKind, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.formats import events
from bank_adapters.formats.events import DIFFERS, Event, Head, event_line, event_of, head_line
from bank_adapters.formats.sniff import Rewound

REFERENCE = "Z7XADNSXSK2753TX"
HEAD = head_line(Head("callback", "VTB"))
PLAIN = {
    "reference": REFERENCE,
    "status": "ACCC",
    "reason": None,
    "amount": 500_000,
    "account": "0011223344",
    "bank_reference": "FT1",
    "at": "2026-10-07T08:00:00+07:00",
}


def body(**changed: object) -> bytes:
    return json.dumps({**PLAIN, **changed}).encode()


def read(*lines: bytes) -> tuple[BankReport, list[BankLine]]:
    report = events.read(BytesIO(b"".join(lines)))
    return report, list(report.lines)


def test_a_word_becomes_a_status_line() -> None:
    report, (line,) = read(HEAD, event_line(event_of(body(), "evt_1")))
    assert (report.kind, report.report_id, report.account) == (
        ReportKind.STATUS,
        "VTB/callback",
        "",
    )
    assert (line.kind, line.reference, line.status) == (LineKind.STATUS, REFERENCE, "ACCC")
    assert (line.amount, line.bank_reference, report.notes) == (500_000, "FT1", [])


def test_an_answer_speaks_of_its_batch() -> None:
    report, lines = read(head_line(Head("answer", "VTB", "AS1", "RJCT", "AM05")))
    assert (report.message_id, report.group_status, report.group_reason) == ("AS1", "RJCT", "AM05")
    assert lines == []


@pytest.mark.parametrize(
    ("sent", "differs"),
    [(b"", "body"), (b"no", "body"), (b"[]", "body"), (b"\xff{}", "body"), (b"{" * 9000, "body"),
     (b'{"a":' * 5000, "body"), (b'{"reference":"A","reference":"B"}', "body"),
     (b'{"amount":' + b"9" * 5000 + b"}", "body"), (body(status=7), "body"),
     (body(status="AC\0CC"), "body"), (body(reference="\ud800"), "body"),
     (body(account="1" * 200), "body"), (body(deep=[[[[[[[[1]]]]]]]]), "body"),
     (b" " * 65_537, "body"), (body(amount=500_000.0), "amount"), (body(amount="500000"), "amount"),
     (body(amount=True), "amount"), (body(amount=-1), "amount"), (body(amount=10**16), "amount"),
     (body(amount=float("nan")), "amount"), (body(amount=[]), "amount")],
)  # fmt: skip
def test_what_cannot_be_right_is_for_people(sent: bytes, differs: str) -> None:
    event = event_of(sent, "evt_1")
    assert (event.differs, event.event_id) == (differs, "evt_1")
    report, lines = read(HEAD, event_line(event))
    assert [line.status for line in lines] == [DIFFERS] * bool(event.reference)
    assert report.notes != []


@pytest.mark.parametrize("changed", [{"amount": None}, {"amount": 0}, {"account": ""}, {"at": 7}])
def test_what_is_not_stated_contradicts_nothing(changed: dict[str, object]) -> None:
    event = event_of(body(**changed))
    assert (event.differs, event.status) == ("", "ACCC")


def test_unknown_fields_are_noted_and_a_doubtful_word_keeps_no_reason() -> None:
    event = events.differing(event_of(body(status="RJCT", reason="AM05", fee=7, x=[1])), "account")
    report, (line,) = read(HEAD, event_line(event))
    assert (line.status, line.reason) == (DIFFERS, "")
    told = "1 tin nêu tài khoản khác tài khoản của lệnh chi"
    assert report.notes == [told, "trường lạ: fee, x"]


@pytest.mark.parametrize(
    "lines",
    [(), (b"{}\n",), (HEAD[:-1],), (HEAD, b"\n"), (HEAD, b"{}\n"), (HEAD, HEAD),
     (HEAD, event_line(Event())[:-1]), (HEAD, body() + b"\n"),
     (HEAD, event_line(Event()).replace(b'"amount":0', b'"amount":null')),
     (HEAD, event_line(Event()).replace(b'"amount":0', b'"amount":0.0')),
     (HEAD, event_line(Event()).replace(b'"others":[]', b'"others":[1]')),
     (head_line(Head("gossip", "VTB")),), (head_line(Head("callback", "")),),
     (HEAD, b" " * 70_000 + b"\n")],
)  # fmt: skip
def test_only_our_own_lines_are_read(lines: tuple[bytes, ...]) -> None:
    with pytest.raises(Unreadable, match="tệp tin báo, dòng"):
        read(*lines)


@given(st.binary(max_size=200) | st.from_regex(rb'\{"(reference|status|amount)": ?.{0,40}\}'))
def test_whatever_a_bank_sends_can_be_kept_and_read(sent: bytes) -> None:
    event = event_of(sent, "evt_1")
    assert event_of(sent, "evt_1") == event
    _, lines = read(HEAD, event_line(event))
    assert len(lines) == bool(event.reference)


def test_a_long_file_is_a_stream() -> None:
    class Endless(BytesIO):
        taken = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.taken += 1
            return HEAD if self.taken == 1 else event_line(Event(reference=f"R{self.taken}"))

    source = Endless()
    report = events.read(source)
    assert source.taken == 1
    assert next(iter(report.lines)).reference == "R2"
    assert source.taken == 2


@pytest.mark.parametrize("taken", range(0, 12))
@pytest.mark.parametrize("size", [1, 3, 4, 5, 100])
def test_a_line_is_whole_wherever_the_head_was_cut(taken: int, size: int) -> None:
    data = b"one\n\ntwo\nthree"
    plain, rewound = io.BytesIO(data), Rewound(data[:taken], io.BytesIO(data[taken:]))
    while line := plain.readline(size):
        assert rewound.readline(size) == line
    assert rewound.readline(size) == b""
