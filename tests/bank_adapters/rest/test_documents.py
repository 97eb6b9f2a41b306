"""The sealed JSON lines, their strict reader, files of words, and profiles."""

from __future__ import annotations

import io
import tomllib
import tracemalloc
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.answering.facts import Fact, Message, Word
from bank_adapters.conformance import as_json, conform, sample_batch
from bank_adapters.contract import FileHead, OutboundBatch, PaymentInstruction, ReportKind
from bank_adapters.csvlist import ANSWER_TEXT
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats.events import Event, Head, event_line, head_line
from bank_adapters.rest.adapter import ADAPTER, RestAdapter
from bank_adapters.rest.profile import load, named
from tests.support.rest_courier import START, references

WALLET = ADAPTER.with_profile({"base": "mobile_money"})
Read = tuple[FileHead, list[PaymentInstruction]]


def written(batch: OutboundBatch, adapter: RestAdapter = ADAPTER) -> bytes:
    out = io.BytesIO()
    adapter.write(batch, out)
    return out.getvalue()


def read(data: bytes, adapter: RestAdapter = ADAPTER) -> Read:
    head, items = adapter.strict_reader().read(io.BytesIO(data))
    return head, list(items)


def of(*items: PaymentInstruction) -> OutboundBatch:
    total = sum(item.amount for item in items)
    return replace(sample_batch(ADAPTER), instructions=items, count=len(items), total=total)


def payee(**changes: Any) -> PaymentInstruction:
    return replace(next(iter(sample_batch(ADAPTER).instructions)), **changes)


@pytest.mark.parametrize("adapter", [ADAPTER, WALLET], ids=["bank", "wallet"])
def test_every_single_byte_that_changes_is_refused_or_seen(adapter: RestAdapter) -> None:
    data = written(sample_batch(ADAPTER, 3), adapter)
    right = read(data, adapter)
    for place in range(len(data)):
        for byte in {data[place] ^ 1, 0x20, 0x22, 0x5C, 0x30, 0x0A, 0xC3} - {data[place]}:
            changed = data[:place] + bytes([byte]) + data[place + 1 :]
            try:
                found = read(changed, adapter)
            except Unreadable:
                continue
            # Only the payer's name is not among what is compared with the approved batch.
            assert found != right or b"debtor_name" in changed[max(0, place - 60) : place]
        for changed in (data[:place] + data[place + 1 :], data[:place] + b" " + data[place:]):
            try:
                found = read(changed, adapter)
            except Unreadable:
                continue
            assert found != right or b"debtor_name" in changed[max(0, place - 60) : place]


def test_names_travel_letter_for_letter() -> None:
    names = ["Nguyễn Thị “Đào”", 'Lý "Mẩy"', "Ứ" * 200, "A\\B", "𠊛 Nôm"]
    items = [payee(payee_name=name, remark=name) for name in names]
    assert [item.payee_name for item in read(written(of(*items)))[1]] == names
    (plain,) = read(written(of(payee(payee_name="Nguyễn Đào")), WALLET), WALLET)[1]
    assert plain.payee_name == "NGUYEN DAO"


BAD_PAYEES = {
    "hidden letters": {"payee_name": "Đào\u202e"},
    "a name too long": {"payee_name": "Ứ" * 201},
    "no name": {"payee_name": " "},
    "no account": {"account": ""},
    "an account of signs": {"account": "12 34"},
    "no bank": {"bank_bin": ""},
    "another reference": {"reference": "abc"},
    "an amount that is text": {"amount": "5"},
    "an amount that is true": {"amount": True},
    "too much": {"amount": 10**15 + 1},
}


@pytest.mark.parametrize("case", BAD_PAYEES)
def test_a_payment_that_cannot_be_carried_is_refused(case: str) -> None:
    item = payee(**BAD_PAYEES[case])
    with pytest.raises(Refused):
        written(replace(of(payee()), instructions=[item], total=500_000))


def test_a_batch_larger_than_the_provider_takes_is_refused() -> None:
    small = ADAPTER.with_profile({"max_lines": 2})
    assert small.capabilities.max_lines == 2
    with pytest.raises(Refused):
        written(sample_batch(ADAPTER, 3), small)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"count":5,', b'"count":05,'),
        (b'"count":5,', b'"count":5.0,'),
        (b'"currency":"VND"', b'"currency":"USD"'),
        (b"2026-10-06", b"2026-02-30"),
        (b'{"kind":"head"', b'\xef\xbb\xbf{"kind":"head"'),
        (b'"amount":500000', b'"amount":500000,"amount":1'),
        (b'"amount":500000', b'"amount":5e5'),
        (b"Nguy", b"\\u004eguy"),
        (b"Nguy", b"\\nguy"),
        ("Thị".encode(), "Thi\u0323".encode()),
        (b'"kind":"foot"', b'"kind":"payment"'),
        (b'}\n{"kind":"foot"', b'}\n\n{"kind":"foot"'),
        (b'{"kind":"foot","count":5', b'{"kind":"foot","count":4'),
    ],
)
def test_another_way_of_saying_it_is_refused(old: bytes, new: bytes) -> None:
    data = written(sample_batch(ADAPTER))
    assert old in data
    with pytest.raises(Unreadable):
        read(data.replace(old, new, 1))


@pytest.mark.parametrize("place", [0, 1, 4])
def test_a_payment_left_out_twice_or_moved_is_refused_or_seen(place: int) -> None:
    head, *payments, foot = written(sample_batch(ADAPTER)).splitlines(keepends=True)
    for changed in (
        payments[:place] + payments[place + 1 :],
        [*payments, payments[place]],
    ):
        with pytest.raises(Unreadable):
            read(b"".join([head, *changed, foot]))
    for cut in (foot, foot[:-1]):
        with pytest.raises(Unreadable):
            read(b"".join([head, *payments, foot])[: -len(cut)])


def test_each_profile_reads_its_own_documents_alone() -> None:
    with pytest.raises(Unreadable):
        read(written(sample_batch(ADAPTER)), WALLET)
    with pytest.raises(Unreadable):
        read(written(sample_batch(ADAPTER), WALLET))


def test_a_letter_cut_in_two_by_a_window_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(sample_batch(ADAPTER, 40))
    right = read(data)
    for window in (1_201, 1_202, 1_203, 4_097):
        monkeypatch.setattr("bank_adapters.formats.strict_text.WINDOW", window)
        assert read(data) == right
    monkeypatch.setattr("bank_adapters.formats.strict_text.WINDOW", 5_000)
    with pytest.raises(Unreadable):
        read(data[:-40] + b"\xc3")


def test_memory_stays_small() -> None:
    item, count = payee(), 12_000
    data = written(replace(of(item), instructions=[item] * count, count=count,
                           total=count * item.amount))  # fmt: skip
    source = io.BytesIO(data)
    tracemalloc.start()
    _, items = ADAPTER.strict_reader().read(source)
    assert sum(1 for _ in items) == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def test_words_become_status_lines() -> None:
    head = Head("answer", "rest1", "M1", "PART")
    said = Event(references(1)[0], "ACSP", amount=500_000, at=START.isoformat(), event_id="e/1")
    refused = replace(said, status="RJCT", reason="AC04", amount=0)
    data = b"".join([head_line(head), event_line(said), event_line(refused)])
    (report,) = as_json(ADAPTER.read("x", io.BytesIO(data)))
    assert (report["kind"], report["message_id"], report["group_status"]) == (
        "status", "M1", "PART",
    )  # fmt: skip
    assert [(line["status"], line["amount"]) for line in report["lines"]] == [
        ("ACSP", 500_000), ("RJCT", 0),
    ]  # fmt: skip


WRONG: dict[str, dict[str, Any]] = {
    "an unknown word": {"speed": 1},
    "an unknown base": {"base": "paypal"},
    "no table": {"words": 1},
    "neither single nor bulk": {"by": "file"},
    "too many at once": {"at_once": 1_000},
    "no time": {"read_seconds": 0},
    "true for a number": {"tries": True},
    "a refusal that is a login": {"refused": [401]},
    "a refusal that is a fault of theirs": {"refused": [500]},
    "a header with a line break": {"key_header": "A\r\nB"},
    "a path that leads elsewhere": {"paths": {"payments": "//evil.example"}},
    "a path with a question": {"paths": {"payments": "/a?b=c"}},
    "no path for payments": {"paths": {"payments": ""}},
    "an id where none is": {"paths": {"payments": "/a/{id}"}},
    "no id where one is": {"paths": {"payment": "/a"}},
    "a field that is none of ours": {"fields": {"iban": "iban"}},
    "two fields of one name": {"fields": {"account": "remark"}},
    "a name that breaks JSON": {"fields": {"account": 'a"b'}},
    "a word that is not of ISO": {"words": {"OK": "DONE"}},
    "no words": {"words": {}},
    "a reason that is no code": {"reasons": {"X": "no such"}},
    "hosts that are none": {"hosts": ["https://bank.vn"]},
    "paid lists that are no table": {"paid_list": "csv"},
    "paid lists without columns": {"paid_list": {"format": "csv", "heading_row": 2}},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_profile_that_cannot_be_used_is_refused(case: str) -> None:
    with pytest.raises(Refused):
        load(WRONG[case])


def test_words_of_a_profile_stand_in_the_place_of_all_others() -> None:
    wallet = named("mobile_money")
    assert wallet.word("SUCCESSFUL") == "ACCC"
    assert wallet.word("ACCC") == ""
    assert (wallet.reason("WALLET_CLOSED"), wallet.reason("AC04")) == ("AC04", "NARR")
    assert named("default").reason("AC04") == "AC04"
    assert wallet.paths["reports"] == named("default").paths["reports"]
    assert load({"by": "bulk"}).is_single is False


LISTING = ADAPTER.with_profile({"paid_list": tomllib.loads(ANSWER_TEXT)})


def test_a_provider_with_an_advance_proves_by_his_lists() -> None:
    told = LISTING.capabilities
    assert (told.holds_advance, told.settles, told.by) == (True, "list", "single")
    assert not ADAPTER.capabilities.holds_advance
    samples = files("bank_adapters").joinpath("rest/samples")
    assert [one.detail for one in conform(LISTING, Path(str(samples))) if not one.ok] == []
    item = payee()
    head = FileHead("ASMAU1", "0011001234567", date(2026, 10, 6), "VND", 1, item.amount)
    fact = Fact(Word.PAID, item.amount, date(2026, 10, 6), "CT1", item)
    message = Message(ReportKind.SETTLEMENT, 1, START, head.debtor_account, head, (fact,),
                      opening=item.amount)  # fmt: skip
    name, data = LISTING.answerer().write(message)
    (report,) = as_json(LISTING.read(name, io.BytesIO(data)))
    (line,) = report["lines"]
    assert (report["message_id"], report["faults"]) == ("ASMAU1", [])
    assert (line["kind"], line["reference"], line["amount"]) == ("paid", item.reference, 500_000)


def test_movements_of_an_account_that_is_not_ours_are_refused() -> None:
    name, data = ADAPTER.answerer().write(Message(ReportKind.STATEMENT, 1, START, "0011001234567"))
    assert as_json(ADAPTER.read(name, io.BytesIO(data)))
    with pytest.raises(Unreadable, match="tạm ứng"):
        list(LISTING.read(name, io.BytesIO(data)))
