"""The kit every adapter must pass on its own samples before it may touch money.

A sample is an answer file with `<file>.expected.json` beside it. The kit needs no network
and no bank: `conform(adapter, samples)` gives one `Check` for every promise.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any

from bank_adapters.contract import (
    BankAdapter,
    BankReport,
    Debtor,
    Method,
    OutboundBatch,
    PaymentInstruction,
    ReportKind,
)
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats.charset import fold_name
from bank_adapters.references import reference

EXPECTED = ".expected.json"
_HANOI = timezone(timedelta(hours=7))
_NAMES = ("Nguyễn Thị Đào", "Hoàng Văn Ứng", "Lý Mẩy Pham", "Nông Thị Kiều Oanh", "Vừ A Dế")
_BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@dataclass(frozen=True, slots=True)
class Check:
    """One promise and whether it held; `detail` says what was found."""

    name: str
    ok: bool
    detail: str = ""


def sample_batch(adapter: BankAdapter, count: int = 5) -> OutboundBatch:
    """A small batch of made-up payees that uses every method the adapter declares."""
    methods = sorted(adapter.capabilities.methods)
    items = tuple(_payment(number, methods) for number in range(count))
    return OutboundBatch(
        message_id="ASMAU0000000000000000000000000001",
        created_at=datetime(2026, 10, 5, 8, 0, tzinfo=_HANOI),
        requested_on=date(2026, 10, 6),
        debtor=Debtor("UBND xã Mẫu - dữ liệu giả lập", "0011001234567", "KH001"),
        purpose="SSBE",
        count=count,
        total=sum(item.amount for item in items),
        instructions=items,
    )


def _payment(number: int, methods: list[Method]) -> PaymentInstruction:
    method = methods[number % len(methods)]
    by_account = method is Method.ACCOUNT
    return PaymentInstruction(
        reference=reference(number + 1, 1),
        amount=500_000 + number,
        payee_name=_NAMES[number % len(_NAMES)],
        method=method,
        account=f"{number:013d}" if by_account else "",
        bank_bin="970405" if by_account else "",
        place="" if by_account else "Nhà văn hóa xóm Mẫu",
        remark="Trợ cấp tháng 10/2026",
    )


def as_json(reports: Iterator[BankReport]) -> list[dict[str, Any]]:
    """Reports with all their lines as plain values, for `.expected.json` files."""
    found = []
    for report in reports:
        lines = [_plain(asdict(line)) for line in report.lines]
        head = {
            name: getattr(report, name)
            for name in BankReport.__slots__
            if name not in ("lines", "notes", "faults")
        }
        told = {"notes": list(report.notes), "faults": list(report.faults)}
        found.append({**_plain(head), "lines": lines, **told})
    return found


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Without empty values; dates and words as text."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if value in (None, "", False) and value != 0:
            continue
        if isinstance(value, Enum):
            plain[name] = value.value
        else:
            plain[name] = value.isoformat() if isinstance(value, date) else value
    return plain


def read_sample(adapter: BankAdapter, path: Path) -> list[dict[str, Any]]:
    """What the adapter reads in a file, as `as_json`."""
    with path.open("rb") as source:
        return as_json(adapter.read(path.name, source))


def conform(adapter: BankAdapter, samples: Path) -> list[Check]:
    """Every promise of the contract, tried; the adapter passes when all are ok."""
    checks = [
        _tried(name, lambda act=act: act(adapter))  # type: ignore[misc]
        for name, act in _WRITING.items()
    ]
    answers = sorted(path for path in samples.rglob("*") if _is_answer(path))
    checks.append(Check("has samples", bool(answers), f"{len(answers)} answer files"))
    for path in answers:
        if adapter.capabilities.settles == "list" and _has_movements(path):
            checks.append(_hostile(adapter, path.name, path.read_bytes()))
            continue
        label = f"reads {path.name}"
        checks.append(_tried(label, lambda path=path: _reads(adapter, path)))  # type: ignore[misc]
    checks += [_hostile(adapter, name, data) for name, data in _hostiles(answers)]
    return checks


def _is_answer(path: Path) -> bool:
    return path.is_file() and path.with_name(path.name + EXPECTED).exists()


def _has_movements(path: Path) -> bool:
    """Whether a sample shows movements of an account. Who proves by lists must refuse them: else
    one payment is proved twice."""
    expected = json.loads(path.with_name(path.name + EXPECTED).read_text("utf-8"))
    return not {ReportKind.ADVICE, ReportKind.STATEMENT}.isdisjoint(
        report["kind"] for report in expected
    )


def _tried(name: str, act: Callable[[], str]) -> Check:
    """Run one promise; whatever it raises is its failure, said in the report."""
    try:
        problem = act()
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    return Check(name, not problem, problem)


def _written(adapter: BankAdapter, batch: OutboundBatch) -> bytes:
    out = io.BytesIO()
    adapter.write(batch, out)
    return out.getvalue()


def _key(item: PaymentInstruction) -> tuple[object, ...]:
    """What must survive the way out and back, letter for letter but for accents."""
    name = fold_name(item.payee_name)
    return item.reference, item.amount, name, item.method, item.account, item.bank_bin


def _round_trip(adapter: BankAdapter) -> str:
    batch = sample_batch(adapter)
    back = list(adapter.read_back(io.BytesIO(_written(adapter, batch))))
    same = [_key(item) for item in back] == [_key(item) for item in batch.instructions]
    return "" if same else f"{len(back)} instructions came back, not as they went"


def _strict(adapter: BankAdapter) -> str:
    """The strict reader gives head and lines of our file, and refuses it with a byte too many."""
    batch = sample_batch(adapter)
    data = _written(adapter, batch)
    head, items = adapter.strict_reader().read(io.BytesIO(data))
    wanted = (batch.message_id, batch.debtor.account, batch.requested_on, batch.currency)
    if (head.message_id, head.debtor_account, head.requested_on, head.currency) != wanted:
        return "the head is not that of the batch"
    if (head.count, head.total) != (batch.count, batch.total):
        return "count or total are not those of the batch"
    if [_key(item) for item in items] != [_key(item) for item in batch.instructions]:
        return "the lines are not those of the batch"
    try:
        _, items = adapter.strict_reader().read(io.BytesIO(data + b"x"))
        list(items)
    except Unreadable:
        return ""
    return "a byte after the end was read over"


def _same_bytes(adapter: BankAdapter) -> str:
    first, second = (_written(adapter, sample_batch(adapter)) for _ in range(2))
    return "" if first == second else "the same batch gave different bytes"


def _names(adapter: BankAdapter) -> str:
    batch = sample_batch(adapter)
    other = replace(batch, message_id="ASMAU0000000000000000000000000002")
    name = adapter.file_name(batch)
    if "/" in name or name == adapter.file_name(other):
        return f"the file name {name} is not plain or not unique to the message id"
    return ""


def _refuses(change: Callable[[OutboundBatch], OutboundBatch]) -> Callable[[BankAdapter], str]:
    def act(adapter: BankAdapter) -> str:
        try:
            _written(adapter, change(sample_batch(adapter)))
        except Refused:
            return ""
        return "was written"

    return act


def _first(batch: OutboundBatch, **changes: Any) -> OutboundBatch:
    """The batch with its first instruction changed, totals kept true."""
    items = list(batch.instructions)
    items[0] = replace(items[0], **changes)
    return replace(batch, instructions=items, total=sum(item.amount for item in items))


def _foreign_method(adapter: BankAdapter) -> str:
    missing = set(Method) - adapter.capabilities.methods
    if not missing:
        return ""
    return _refuses(lambda batch: _first(batch, method=next(iter(missing))))(adapter)


_WRITING: dict[str, Callable[[BankAdapter], str]] = {
    "write and read back": _round_trip,
    "the strict reader agrees": _strict,
    "the same bytes again": _same_bytes,
    "file names": _names,
    "refuses a wrong count": _refuses(lambda batch: replace(batch, count=batch.count + 1)),
    "refuses a wrong total": _refuses(lambda batch: replace(batch, total=batch.total - 1)),
    "refuses an amount of zero": _refuses(lambda batch: _first(batch, amount=0)),
    "refuses a negative amount": _refuses(lambda batch: _first(batch, amount=-1)),
    "refuses a method not declared": _foreign_method,
}


def _reads(adapter: BankAdapter, path: Path) -> str:
    """The sample says what is expected, twice."""
    expected = json.loads(path.with_name(path.name + EXPECTED).read_text("utf-8"))
    first, second = read_sample(adapter, path), read_sample(adapter, path)
    if first != second:
        return "a second reading differs"
    return "" if first == expected else _difference(first, expected)


def _difference(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> str:
    """The first place where a reading is not as expected, and every fault that it names."""
    faults = [fault for report in found for fault in report["faults"]]
    said = f" ({'; '.join(faults)[:200]})" if faults else ""
    if len(found) != len(expected):
        return f"{len(found)} reports instead of {len(expected)}{said}"
    for number, (one, other) in enumerate(zip(found, expected, strict=True), 1):
        for name in sorted({*one, *other} - {"lines"}):
            if one.get(name) != other.get(name):
                return f"report {number}, {name}: {one.get(name)!r}, not {other.get(name)!r}{said}"
        if len(one["lines"]) != len(other["lines"]):
            return f"{len(one['lines'])} lines instead of {len(other['lines'])}{said}"
        for place, (line, told) in enumerate(zip(one["lines"], other["lines"], strict=True), 1):
            if line != told:
                odd = {k: (line.get(k), told.get(k)) for k in {*line, *told}
                       if line.get(k) != told.get(k)}  # fmt: skip
                return f"line {place}: {odd}{said}"
    return "the order of the reports"


def _hostiles(answers: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Bytes that are no answer: each must end in Unreadable (half a list may also warn)."""
    yield "an empty file", b""
    yield "zeros", bytes(4096)
    yield "noise", bytes((place * 7919 + 13) % 256 for place in range(4096))
    yield "an entity bomb", _BOMB
    yield "a zip bomb", _zip_bomb()
    yield "deep nesting", b"<a>" * 5_000
    for path in answers:
        data = path.read_bytes()
        yield f"half of {path.name}", data[: len(data) // 2]


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(20_000_000))
    return out.getvalue()


def _hostile(adapter: BankAdapter, name: str, data: bytes) -> Check:
    label = f"refuses {name}"
    try:
        found = as_json(adapter.read(name, io.BytesIO(data)))
    except Unreadable as error:
        return Check(label, True, str(error)[:200])
    except Exception as error:
        return Check(label, False, f"{type(error).__name__}: {error}")
    kept_apart = bool(found) and all(report["faults"] for report in found)
    return Check(label, kept_apart and name.startswith("half"), "was read")
