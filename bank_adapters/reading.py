"""`ansinh bank read`: what a bank's file says, as one JSON object, whoever the bank is.

Nothing is repaired: what is odd becomes a warning, what does not add up puts the file in
quarantine, what cannot be read becomes an error. There is never a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from bank_adapters.continuity import problems
from bank_adapters.contract import BankLine, LineKind
from bank_adapters.errors import BankError, Unreadable
from bank_adapters.formats import camt, mt940, pain002, xlsx_answer
from bank_adapters.formats.amounts import to_text
from bank_adapters.formats.camt import Statement
from bank_adapters.formats.camt_entry import BOOKED, Detail, Entry
from bank_adapters.formats.sniff import sniff
from bank_adapters.reasons import CodeSet, reason
from bank_adapters.statuses import Meaning, meaning

Answer = dict[str, Any]
_VERSIONED = re.compile(r"camt\.05[234]\.[0-9]{3}\.[0-9]{2}")
_SHOWN = 20


def describe(path: Path | str) -> Answer:
    """The JSON of one file: format, reports, warnings, quarantine; or file and error."""
    name = str(path)
    try:
        with Path(path).open("rb") as source:
            return {"file": name, **_described(source)}
    except BankError as error:
        return {"file": name, "error": str(error)}
    except OSError as error:
        return {"file": name, "error": f"không mở được tệp: {error.strerror or error}"}
    except (ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        return {"file": name, "error": f"tệp không đọc được: {type(error).__name__}: {error}"}


def exit_code(results: Iterable[Answer]) -> int:
    """0 when all were read, 1 when any is in quarantine, 2 when any was refused."""
    code = 0
    for result in results:
        code = max(code, 2 if "error" in result else 1 if result["quarantine"] else 0)
    return code


def _described(source: BinaryIO) -> Answer:
    kind, whole = sniff(source)
    readers: dict[str, Callable[[BinaryIO], Answer]] = {
        "camt": lambda data: _statements(camt.read(data)),
        "mt940": lambda data: _statements(mt940.read(data)),
        "pain.002": _status_report,
        "xlsx": _list_answer,
    }
    if kind not in readers:
        raise Unreadable(
            "định dạng chưa hỗ trợ; đọc được camt.052, 053, 054, pain.002, MT940 "
            "và tệp Excel trả lời theo mẫu"
        )
    return readers[kind](whole)


def _answer(format_name: str, reports: list[Answer], warnings: list[str], why: str) -> Answer:
    return {
        "format": format_name,
        "reports": reports,
        "warnings": warnings,
        "quarantine": why or None,
    }


def _statements(statements: Iterator[Statement]) -> Answer:
    """Every statement of a file with its entries, and what is wrong between them."""
    reports, warnings, seen, name = [], [], [], ""
    for statement in statements:
        entries = list(statement.entries)
        found = _VERSIONED.search(statement.version)
        name = name or (found[0] if found else statement.kind)
        reports.append(_statement(statement, entries))
        warnings += [*statement.warnings, *_oddities(statement, entries)]
        seen.append(statement)
    if not seen:
        raise Unreadable("tệp không có sổ phụ hay báo có, báo nợ nào")
    if len(seen) > 1:
        warnings.append(f"tệp có {len(seen)} sổ phụ")
    return _answer(name, reports, warnings, "; ".join(problems(seen)))


def _amount(value: int | None, currency: str) -> str | None:
    return None if value is None else to_text(value, currency)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _statement(statement: Statement, entries: list[Entry]) -> Answer:
    currency, difference = statement.currency, statement.difference
    return {
        "id": statement.report_id or None,
        "account": statement.account or None,
        "currency": currency or None,
        "opening": _amount(statement.opening, currency),
        "closing": _amount(statement.closing, currency),
        "balanced": None if difference is None else difference == 0,
        "difference": _amount(difference, currency),
        "entries": [_entry(entry) for entry in entries],
    }


def _entry(entry: Entry) -> Answer:
    only = entry.details[0] if len(entry.details) == 1 else None
    return {
        "amount": to_text(entry.amount, entry.currency),
        "status": entry.status or None,
        "booking_date": _iso(entry.booking_date),
        "value_date": _iso(entry.value_date),
        "reversal": entry.reversal,
        "bank_reference": entry.bank_reference or entry.entry_reference or None,
        "end_to_end_id": (only.end_to_end_id or None) if only else None,
        "reason": (only.return_reason or None) if only else None,
        "details": [_detail(detail, entry, only is not None) for detail in entry.details],
    }


def _detail(detail: Detail, entry: Entry, alone: bool) -> Answer:
    """One payment of an entry; alone and without an amount it has the entry's."""
    amount = _amount(detail.amount, detail.currency)
    if amount is None and alone:
        amount = to_text(entry.amount, entry.currency)
    return {
        "amount": amount,
        "end_to_end_id": detail.end_to_end_id or None,
        "instruction_id": detail.instruction_id or None,
        "payment_information_id": detail.payment_information_id
        or entry.batch_payment_information_id
        or None,
        "transaction_id": detail.transaction_id or None,
        "bank_reference": detail.bank_reference or None,
        "return_reason": detail.return_reason or None,
        "remittance": detail.remittance or None,
        "name": detail.name or None,
    }


def _oddities(statement: Statement, entries: list[Entry]) -> Iterator[str]:
    """What a person should know of entries that were read."""
    where = statement.report_id or statement.account
    booked = [entry for entry in entries if entry.status == BOOKED]
    nameless = sum(1 for e in booked if not (e.bank_reference or e.entry_reference))
    if nameless:
        yield f"{where}: {nameless} dòng không có mã của ngân hàng"
    details = list(chain.from_iterable(entry.details for entry in booked))
    no_id = sum(1 for detail in details if not (detail.end_to_end_id or detail.instruction_id))
    bare = sum(1 for entry in booked if not entry.details)
    if no_id or bare:
        yield f"{where}: {no_id + bare} khoản không có mã tham chiếu của bên gửi"
    reversals = sum(1 for entry in entries if entry.reversal)
    if reversals:
        yield f"{where}: {reversals} dòng đảo (RvslInd), dấu vẫn theo CdtDbtInd"
    yield from _strange_reasons(where, details)
    if statement.opening is None and statement.closing is None and statement.kind == "camt.053":
        yield f"{where}: sổ phụ không có số dư, không chứng minh được"
    if not statement.report_id or not statement.account:
        yield f"{where}: thiếu mã sổ phụ hoặc số tài khoản"


def _strange_reasons(where: str, details: Iterable[Detail]) -> Iterator[str]:
    """Return reasons of the bank's own, and codes that are not in our table."""
    returned = [detail for detail in details if detail.return_reason]
    own = sorted({detail.return_reason for detail in returned if detail.is_proprietary})
    if own:
        yield f"{where}: mã lý do riêng của ngân hàng: {', '.join(own[:_SHOWN])}"
    codes = {detail.return_reason for detail in returned if not detail.is_proprietary}
    lost = sorted(code for code in codes if not reason(CodeSet.RETURN, code).known)
    if lost:
        yield f"{where}: mã lý do lạ: {', '.join(lost[:_SHOWN])}"


def _bare_report(report_id: str, entries: list[Answer]) -> Answer:
    """A report that is not about an account's balance."""
    empty = ("account", "currency", "opening", "closing", "balanced", "difference")
    return {"id": report_id or None, **dict.fromkeys(empty), "entries": entries}


def _status_entry(item: pain002.Transaction) -> Answer:
    blank = dict.fromkeys(("booking_date", "value_date"))
    amount = _amount(item.amount, item.currency)
    detail = {
        "amount": amount,
        "end_to_end_id": item.end_to_end_id or None,
        "instruction_id": item.instruction_id or None,
        "payment_information_id": item.payment_information_id or None,
        "transaction_id": None,
        "bank_reference": item.bank_reference or None,
        "return_reason": None,
        "remittance": item.reason_text or None,
        "name": None,
    }
    return {
        "amount": amount,
        "status": item.status or None,
        **blank,
        "reversal": False,
        "bank_reference": item.bank_reference or None,
        "end_to_end_id": item.end_to_end_id or None,
        "reason": item.reason or None,
        "details": [detail],
    }


def _group_entry(status: str, why: str) -> Answer:
    """A status of the whole file or block, when no single payment is named."""
    empty = ("amount", "booking_date", "value_date", "bank_reference", "end_to_end_id")
    return {
        **dict.fromkeys(empty),
        "status": status,
        "reversal": False,
        "reason": why or None,
        "details": [],
    }


def _status_report(source: BinaryIO) -> Answer:
    """A pain.002: one entry a payment named, else one for the file."""
    report = pain002.read(source)
    items = list(report.transactions)
    warnings = list(report.warnings)
    group = report.group_status or report.block_status
    if group:
        warnings.append(f"trạng thái cả tệp {report.original_message_id}: {group} {report.reason}")
    statuses = {item.status for item in items} | ({group} if group else set())
    lost = sorted(s or "(trống)" for s in statuses if meaning(s) is Meaning.UNKNOWN)
    if lost:
        warnings.append(f"trạng thái lạ, không đổi gì: {', '.join(lost[:_SHOWN])}")
    own = sorted({item.reason for item in items if item.proprietary and item.reason})
    if own:
        warnings.append(f"mã lý do riêng của ngân hàng: {', '.join(own[:_SHOWN])}")
    nameless = sum(1 for item in items if not (item.end_to_end_id or item.instruction_id))
    if nameless:
        warnings.append(f"{nameless} giao dịch không có mã tham chiếu")
    blocks = [(status, why) for _, status, why in report.blocks if status]
    levels = [(group, report.reason)] if group else blocks
    entries = [_status_entry(i) for i in items] or [_group_entry(*one) for one in levels]
    reports = [_bare_report(report.report_id, entries)]
    return _answer("pain.002", reports, [text.strip() for text in warnings], "")


def _list_entry(line: BankLine) -> Answer:
    """A paid line took money from the batch, an unpaid one left it there."""
    amount = to_text(line.amount if line.kind is LineKind.UNPAID else -line.amount, "VND")
    detail = {
        "amount": amount,
        "end_to_end_id": line.reference or None,
        "instruction_id": None,
        "payment_information_id": line.message_id or None,
        "transaction_id": None,
        "bank_reference": line.voucher or None,
        "return_reason": line.reason or None,
        "remittance": line.status or None,
        "name": line.counterparty or None,
    }
    return {
        "amount": amount,
        "status": line.kind.value.upper(),
        "booking_date": None,
        "value_date": _iso(line.value_date),
        "reversal": False,
        "bank_reference": line.voucher or None,
        "end_to_end_id": line.reference or None,
        "reason": line.reason or None,
        "details": [detail],
    }


def _list_answer(source: BinaryIO) -> Answer:
    """An Excel answer: opening is the list's total, closing the unspent money."""
    report = xlsx_answer.read_answer(source)
    lines = list(report.lines)
    paid = sum(line.amount for line in lines if line.kind is not LineKind.UNPAID)
    difference = (report.closing or 0) - (report.opening or 0) + paid
    why = [warning for warning in report.warnings if "không cân" in warning]
    described = {
        "id": report.report_id,
        "account": report.account or None,
        "currency": report.currency,
        "opening": _amount(report.opening, report.currency),
        "closing": _amount(report.closing, report.currency),
        "balanced": difference == 0,
        "difference": to_text(difference, report.currency),
        "entries": [_list_entry(line) for line in lines],
    }
    others = [warning for warning in report.warnings if warning not in why]
    return _answer("xlsx", [described], others, "; ".join(why))
