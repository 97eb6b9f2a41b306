"""Statements and status reports flattened into what the matcher takes: reports and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from bank_adapters.contract import BankLine, BankReport, Level, LineKind, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.formats import camt029, pacs004, pain002
from bank_adapters.formats.camt import Statement
from bank_adapters.formats.camt_entry import BOOKED, Detail, Entry, details_fit

_KINDS = {
    "camt.052": ReportKind.ADVICE,
    "camt.053": ReportKind.STATEMENT,
    "camt.054": ReportKind.ADVICE,
    "MT940": ReportKind.STATEMENT,
    "MT942": ReportKind.ADVICE,
}
_SHORT = 6  # an NtryRef up to this length is a running number within one statement


def _reference(detail: Detail) -> str:
    """Our end-to-end id: the field made for it, else the instruction id."""
    return (detail.end_to_end_id or detail.instruction_id).strip().upper()


def entry_reference(entry: Entry, report_id: str) -> str:
    """The bank's own name of an entry, by which it is recognised in another report."""
    if entry.bank_reference:
        return entry.bank_reference
    if len(entry.entry_reference) > _SHORT:
        return entry.entry_reference
    return f"{report_id}/{entry.ordinal}"


def _detail_reference(base: str, detail: Detail, place: int, alone: bool) -> str:
    """The bank's name of one payment inside an entry; unique inside it."""
    if detail.bank_reference:
        return detail.bank_reference
    return base if alone else f"{base}/{detail.end_to_end_id or detail.transaction_id or place}"


def _bare(entry: Entry, report_id: str) -> BankLine:
    """An entry without usable details: one line of the whole amount."""
    return BankLine(
        kind=LineKind.BOOKED,
        amount=entry.amount,
        booking_date=entry.booking_date,
        value_date=entry.value_date,
        bank_reference=entry_reference(entry, report_id),
        message_id=entry.batch_message_id,
        status=entry.status,
        is_return=entry.is_return,
        remittance=entry.additional,
        payment_information_id=entry.batch_payment_information_id,
        batch_count=entry.batch_count or len(entry.details) or None,
    )


def _detailed(entry: Entry, report_id: str) -> Iterator[BankLine]:
    """One line for each payment of an entry."""
    base, alone = entry_reference(entry, report_id), len(entry.details) == 1
    for place, detail in enumerate(entry.details, 1):
        yield BankLine(
            kind=LineKind.BOOKED,
            amount=entry.amount if alone else detail.amount or 0,
            reference=_reference(detail),
            booking_date=entry.booking_date,
            value_date=entry.value_date,
            bank_reference=_detail_reference(base, detail, place, alone),
            message_id=detail.message_id or entry.batch_message_id,
            status=entry.status,
            reason=detail.return_reason,
            is_return=entry.is_return or detail.is_return,
            counterparty=detail.name,
            remittance=" ".join(filter(None, (detail.remittance, entry.additional))),
            instruction_id=detail.instruction_id,
            payment_information_id=detail.payment_information_id
            or entry.batch_payment_information_id,
            uetr=detail.uetr,
            charge=detail.charge if entry.is_return or detail.is_return else 0,
            batch_count=(entry.batch_count or None) if alone else None,
        )


def entry_lines(entry: Entry, report_id: str) -> Iterator[BankLine]:
    """The lines of a booked entry; their amounts add up to the entry's."""
    if len(entry.details) == 1 or (entry.details and details_fit(entry)):
        yield from _detailed(entry, report_id)
    else:
        yield _bare(entry, report_id)


def _statement_lines(statement: Statement) -> Iterator[BankLine]:
    """Booked lines only; when they end, a statement that does not balance says so."""
    for entry in statement.entries:
        if entry.status == BOOKED:
            yield from entry_lines(entry, statement.report_id)
    if statement.difference:
        statement.faults.append(
            f"{statement.report_id}: không cân, số dư cuối lệch {statement.difference}"
        )


def statement_reports(statements: Iterable[Statement]) -> Iterator[BankReport]:
    """One report for each statement or advice; walk its lines before taking the next."""
    for statement in statements:
        yield BankReport(
            kind=_KINDS[statement.kind],
            report_id=statement.report_id,
            account=statement.account,
            currency=statement.currency,
            lines=_statement_lines(statement),
            created_at=statement.created_at,
            sequence=statement.sequence,
            opening=statement.opening,
            closing=statement.closing,
            from_day=statement.from_day,
            to_day=statement.to_day,
            page=statement.page or 0,
            is_last_page=statement.last_page is not False,
            notes=statement.notes,
            faults=statement.faults,
        )


STATUS_READERS = {"pain.002": pain002.read, "camt.029": camt029.read, "pacs.004": pacs004.read}


def _status_lines(report: pain002.StatusReport) -> Iterator[BankLine]:
    """One line a payment, then one for each block that has a status of its own."""
    for item in report.transactions:
        yield BankLine(
            kind=LineKind.STATUS,
            amount=item.amount or 0,
            reference=(item.end_to_end_id or item.instruction_id).upper(),
            bank_reference=item.bank_reference,
            message_id=report.original_message_id,
            status=item.status,
            reason=item.reason,
            is_return=item.is_return,
            remittance=item.reason_text,
            instruction_id=item.instruction_id,
            payment_information_id=item.payment_information_id,
            uetr=item.uetr,
            charge=item.charge,
        )
    for block in report.blocks:
        if block.status:
            yield _block_line(block, report.original_message_id)


def _block_line(block: pain002.Block, message_id: str) -> BankLine:
    return BankLine(
        kind=LineKind.STATUS,
        amount=0,
        message_id=message_id,
        status=block.status,
        reason=block.reason,
        remittance=block.reason_text,
        level=Level.BLOCK,
        payment_information_id=block.payment_information_id,
    )


def status_report(source: BinaryIO, kind: str = "pain.002", currency: str = "VND") -> BankReport:
    """A pain.002, camt.029 or pacs.004 as a report: what it names, and only that.

    `group_status` and `group_reason` are those of the file, or of its first payment block
    where the bank gives the file none. Raises Unreadable.
    """
    if kind not in STATUS_READERS:
        raise Unreadable(f"{kind or 'tệp'}: không phải pain.002, camt.029 hay pacs.004")
    report = STATUS_READERS[kind](source)
    status, reason = report.level
    return BankReport(
        kind=ReportKind.STATUS,
        report_id=report.report_id,
        account="",
        currency=currency,
        lines=_status_lines(report),
        created_at=report.created_at,
        message_id=report.original_message_id,
        group_status=status,
        group_reason=reason,
        notes=report.notes,
    )
