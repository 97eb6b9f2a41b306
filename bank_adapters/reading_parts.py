"""The reports of a bank's file for `ansinh bank read`, whichever format it is in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from bank_adapters.continuity import problems
from bank_adapters.contract import BankReport, LineKind
from bank_adapters.errors import Unreadable
from bank_adapters.filelist.adapter import ANSWER
from bank_adapters.formats import camt, events, mt942, pain002
from bank_adapters.formats.amounts import to_text
from bank_adapters.formats.answer_reader import read_answer
from bank_adapters.formats.camt import Statement
from bank_adapters.formats.events import DIFFERS
from bank_adapters.formats.lines import STATUS_READERS
from bank_adapters.formats.sniff import sniff
from bank_adapters.oddities import MAX_SHOWN, Oddities
from bank_adapters.reading_entries import (
    Answer,
    amount_text,
    group_entry,
    list_entry,
    statement_entry,
    status_entry,
    word_entry,
)
from bank_adapters.rest.profile import NO_ANSWER, NOT_FOUND, NOT_SENT
from bank_adapters.statuses import Meaning, meaning

MAX_REPORTS = 20_000
_VERSIONED = re.compile(r"camt\.05[234]\.[0-9]{3}\.[0-9]{2}")


@dataclass(slots=True)
class Told:
    """What is said of the file as a whole; complete when every part has been walked."""

    format: str = ""
    warnings: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """One report: take `head`, walk `entries`, then call `tail`, then take the next."""

    head: Answer
    entries: Iterator[Answer]
    tail: Callable[[], Answer]


def parts_of(source: BinaryIO, told: Told) -> Iterator[Part]:
    """The reports of a file in order; raises Unreadable."""
    kind, whole = sniff(source)
    if kind == "camt":
        return _statements(camt.read(whole), told)
    if kind == "mt940":
        return _statements(mt942.read(whole), told)
    if kind == "xlsx":
        return _list_answer(whole, told)
    if kind in STATUS_READERS:
        return _status_report(STATUS_READERS[kind](whole), told)
    if kind == "events":
        return _words(events.read(whole), told)
    raise Unreadable(
        "định dạng chưa hỗ trợ; đọc được camt.052, 053, 054, 029, pain.002, pacs.004, "
        "MT940, MT942, tệp tin báo (JSON lines) và tệp Excel trả lời theo mẫu"
    )


def _statements(statements: Iterator[Statement], told: Told) -> Iterator[Part]:
    """Every statement of a file with its entries, and what is wrong between them."""
    seen: list[Statement] = []
    for statement in statements:
        found = _VERSIONED.search(statement.version)
        told.format = told.format or (found[0] if found else statement.kind)
        oddities = Oddities(statement)
        yield Part(
            {
                "id": statement.report_id or None,
                "account": statement.account or None,
                "currency": statement.currency or None,
            },
            _entries(statement, oddities),
            lambda one=statement: _tail(one),  # type: ignore[misc]
        )
        told.warnings += [*statement.notes, *oddities.told()]
        told.faults += statement.faults
        seen.append(statement)
        if len(seen) > MAX_REPORTS:
            raise Unreadable(f"tệp có quá {MAX_REPORTS} sổ phụ")
    if not seen:
        raise Unreadable("tệp không có sổ phụ hay báo có, báo nợ nào")
    if len(seen) > 1:
        told.warnings.append(f"tệp có {len(seen)} sổ phụ")
    told.faults += problems(seen)


def _entries(statement: Statement, oddities: Oddities) -> Iterator[Answer]:
    for entry in statement.entries:
        oddities.look_at(entry)
        yield statement_entry(entry)


def _tail(statement: Statement) -> Answer:
    currency, difference = statement.currency, statement.difference
    return {
        "opening": amount_text(statement.opening, currency),
        "closing": amount_text(statement.closing, currency),
        "balanced": None if difference is None else difference == 0,
        "difference": amount_text(difference, currency),
    }


def _no_balance() -> Answer:
    return dict.fromkeys(("opening", "closing", "balanced", "difference"))


def _status_report(report: pain002.StatusReport, told: Told) -> Iterator[Part]:
    """A pain.002, camt.029 or pacs.004: one entry a payment named, else one a level."""
    told.format = report.kind
    statuses = _Statuses()
    head = {"id": report.report_id or None, "account": None, "currency": None}
    yield Part(head, _status_entries(report, statuses), _no_balance)
    told.warnings += report.notes
    status, why = report.level
    if status:
        text = f"trạng thái cả tệp {report.original_message_id}: {status} {why}"
        told.warnings.append(text.strip())
    told.warnings += statuses.told(status, known=report.kind != "pain.002")


def _status_entries(report: pain002.StatusReport, statuses: _Statuses) -> Iterator[Answer]:
    for item in report.transactions:
        statuses.look_at(item)
        yield status_entry(item)
    if not statuses.count:
        blocks = [(one.status, one.reason) for one in report.blocks if one.status]
        levels = [report.level] if report.group_status or not blocks else blocks
        yield from (group_entry(*one) for one in levels if one[0])


@dataclass(slots=True)
class _Statuses:
    """What a person should know of the statuses that were read."""

    count: int = 0
    nameless: int = 0
    strange: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)

    def look_at(self, item: pain002.Transaction) -> None:
        self.count += 1
        self.nameless += not (item.end_to_end_id or item.instruction_id)
        if len(self.strange) < MAX_SHOWN and meaning(item.status) is Meaning.UNKNOWN:
            self.strange.add(item.status or "(trống)")
        if len(self.own) < MAX_SHOWN and item.proprietary and item.reason:
            self.own.add(item.reason)

    def told(self, group: str, known: bool) -> Iterator[str]:
        """`known` for words that are not those of a payment order."""
        strange = self.strange | ({group} if group and meaning(group) is Meaning.UNKNOWN else set())
        if strange and not known:
            yield f"trạng thái lạ, không đổi gì: {', '.join(sorted(strange))}"
        if self.own:
            yield f"mã lý do riêng của ngân hàng: {', '.join(sorted(self.own))}"
        if self.nameless:
            yield f"{self.nameless} giao dịch không có mã tham chiếu"


def _words(report: BankReport, told: Told) -> Iterator[Part]:
    """Words of a bank: one entry a word, or the one on the whole batch where no other was said."""
    told.format = "events"
    strange: set[str] = set()
    head = {"id": report.report_id, "account": None, "currency": report.currency}
    yield Part(head, _word_entries(report, strange), _no_balance)
    told.warnings += report.notes
    if report.group_status:
        text = f"trạng thái cả lô {report.message_id}: {report.group_status} {report.group_reason}"
        told.warnings.append(text.strip())
    if strange:
        told.warnings.append(f"trạng thái lạ, không đổi gì: {', '.join(sorted(strange))}")


def _word_entries(report: BankReport, strange: set[str]) -> Iterator[Answer]:
    has_any = False
    for line in report.lines:
        has_any = True
        is_ours = line.status in (NO_ANSWER, NOT_SENT, NOT_FOUND, DIFFERS)
        if not is_ours and len(strange) < MAX_SHOWN and meaning(line.status) is Meaning.UNKNOWN:
            strange.add(line.status or "(trống)")
        yield word_entry(line)
    if report.group_status and not has_any:
        yield group_entry(report.group_status, report.group_reason)


def _list_answer(source: BinaryIO, told: Told) -> Iterator[Part]:
    """An Excel answer: opening is the list's total, closing the unspent money."""
    told.format = "xlsx"
    report = read_answer(source, ANSWER)
    lines = list(report.lines)
    paid = sum(line.amount for line in lines if line.kind is not LineKind.UNPAID)
    difference = (report.closing or 0) - (report.opening or 0) + paid
    tail = {
        "opening": amount_text(report.opening, report.currency),
        "closing": amount_text(report.closing, report.currency),
        "balanced": difference == 0,
        "difference": to_text(difference, report.currency),
    }
    head = {"id": report.report_id, "account": report.account or None}
    yield Part({**head, "currency": report.currency}, map(list_entry, lines), lambda: tail)
    told.warnings += report.notes
    told.faults += report.faults
