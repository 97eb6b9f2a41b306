"""Reports into bank lines: streamed, staged, each movement once.

A movement is told from others by account, bank reference, sign, amount and booking day; a
status or list line by its report and reference. A report whose figures do not add up sends
the whole file to quarantine: none of its lines is kept, so that they do not stand in the way
of the corrected file; the raw bytes are, for `ansinh bank read`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Row, Select, Table, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from bank_adapters.contract import BankLine, BankReport, LineKind, ReportKind
from ledger.bulk import chunks, insert_rows, written
from ledger.schema import STRICT, Day, Whole, metadata
from reconciliation.tables import bank_line, bank_report, inbound_file

bank_line_incoming = Table(
    "bank_line_incoming",
    metadata,
    Column("ordinal", Whole, nullable=False),
    *(
        Column(one.name, one.type, nullable=False)
        for one in bank_line.columns
        if one.name not in ("id",)
    ),
    **STRICT,
)

CURRENCY = "VND"
# Reports whose closing figure is the provider's word on the account, not one of the day so far.
_STATING = (ReportKind.STATEMENT.value, ReportKind.SETTLEMENT.value)
_STAGED = [column.name for column in bank_line_incoming.columns]
_COPIED = [name for name in _STAGED if name != "ordinal"]


@dataclass(slots=True)
class ReadReport:
    """What reading one report gave: lines seen, lines that were new, booked sum, last day."""

    lines: int = 0
    repeated: int = 0
    booked: int = 0
    last_day: date | None = None


def read_reports(
    session: Session, file_id: int, provider: str, reports: Iterable[BankReport], today: date
) -> str:
    """Store every report of a file with its lines; gives why it must be quarantined, or "".

    `today` stands in for a booking day that a status line does not have.
    """
    faults = []
    with session.begin_nested() as stored:
        for report in reports:
            read = _store_lines(session, file_id, provider, report, today)
            session.execute(
                insert(bank_report).values(_report_row(file_id, provider, report, read))
            )
            if why := _fault(report, read):
                faults.append(f"{report.account or report.report_id}: {why}")
        if faults:
            stored.rollback()
    state = "quarantined" if faults else "read"
    why = "; ".join(faults)
    session.execute(
        update(inbound_file).where(inbound_file.c.id == file_id).values(state=state, why=why)
    )
    return why


def refuse(session: Session, file_id: int, why: str) -> None:
    """A file that cannot be read at all waits in quarantine for a person."""
    session.execute(
        update(inbound_file)
        .where(inbound_file.c.id == file_id)
        .values(state="quarantined", why=why)
    )


def _store_lines(
    session: Session, file_id: int, provider: str, report: BankReport, today: date
) -> ReadReport:
    read = ReadReport()
    for chunk in chunks(_rows(file_id, provider, report, today)):
        for _, line, values in chunk:
            _count(read, line, values)
        insert_rows(
            session,
            bank_line_incoming,
            _STAGED,
            [(number, *(values[name] for name in _COPIED)) for number, _, values in chunk],
        )
        read.repeated += len(chunk) - _move_new(session)
    return read


def _rows(
    file_id: int, provider: str, report: BankReport, today: date
) -> Iterator[tuple[int, BankLine, dict[str, Any]]]:
    """The lines of a report with their number in it and their columns."""
    seen = Counter[str]()
    for number, line in enumerate(report.lines):
        yield number, line, _values(file_id, provider, report, line, number, today, seen)


def _count(read: ReadReport, line: BankLine, values: dict[str, Any]) -> None:
    read.lines += 1
    if line.kind is LineKind.BOOKED:
        read.booked += line.amount
        read.last_day = max(read.last_day or values["booked_on"], values["booked_on"])


def _values(
    file_id: int,
    provider: str,
    report: BankReport,
    line: BankLine,
    number: int,
    today: date,
    seen: Counter[str],
) -> dict[str, Any]:
    booked_on = line.booking_date or line.value_date or today
    return {
        "file_id": file_id,
        "provider": provider,
        "account": report.account,
        "entry_key": _nth(_entry_key(report, line, number, booked_on), line, seen),
        "kind": line.kind.value,
        "amount": line.amount,
        "reference": line.reference,
        "booked_on": booked_on,
        "value_on": line.value_date or booked_on,
        "bank_reference": line.bank_reference,
        "status": line.status,
        "reason": line.reason,
        "is_return": int(line.is_return),
        "voucher": line.voucher,
        "counterparty": line.counterparty,
        "remittance": line.remittance,
    }


def _entry_key(report: BankReport, line: BankLine, number: int, booked_on: date) -> str:
    if line.kind is LineKind.BOOKED and line.bank_reference:
        return f"{line.bank_reference}|{line.reference}|{line.amount}|{booked_on}"
    if line.kind is LineKind.BOOKED:
        return f"{report.report_id}|{number}|{line.amount}|{booked_on}"
    said = f"{line.kind.value}|{line.status}|{line.amount}"
    return f"{report.message_id or report.report_id}|{line.reference or number}|{said}"


def _nth(key: str, line: BankLine, seen: Counter[str]) -> str:
    """Two movements of one report that look alike are two: the second has its number."""
    if line.kind is not LineKind.BOOKED:
        return key
    seen[key] += 1
    return key if seen[key] == 1 else f"{key}#{seen[key]}"


def _move_new(session: Session) -> int:
    """Move staged lines that are not known yet; gives how many."""
    staged = bank_line_incoming
    known = (
        select(bank_line.c.id)
        .where(
            bank_line.c.provider == staged.c.provider,
            bank_line.c.account == staged.c.account,
            bank_line.c.entry_key == staged.c.entry_key,
        )
        .exists()
    )
    first = (
        select(func.min(staged.c.ordinal).label("ordinal"))
        .group_by(staged.c.provider, staged.c.account, staged.c.entry_key)
        .subquery()
    )
    fresh = (
        select(*(staged.c[name] for name in _COPIED))
        .join(first, first.c.ordinal == staged.c.ordinal)
        .where(~known)
        .order_by(staged.c.ordinal)
    )
    statement = insert(bank_line).from_select(_COPIED, fresh, include_defaults=False)
    moved = written(session, statement)
    session.execute(delete(staged))
    return moved


def not_in_reports(
    session: Session, file_id: int, provider: str, reports: Iterable[BankReport], today: date
) -> list[int]:
    """Ids of a file's stored lines that none of its reports holds as they are stored."""
    names = ("account", "entry_key", "kind", "amount", "reference", "status", "reason")
    said = {
        tuple(values[name] for name in names)
        for report in reports
        for _, _, values in _rows(file_id, provider, report, today)
    }
    rows = session.execute(
        select(bank_line.c.id, *(bank_line.c[name] for name in names))
        .where(bank_line.c.file_id == file_id)
        .order_by(bank_line.c.id)
    )
    return [row[0] for row in rows if tuple(row[1:]) not in said]


def _fault(report: BankReport, read: ReadReport) -> str:
    """Why a report cannot be trusted, or ""; its figures are kept as they came."""
    if report.warnings:
        return "; ".join(report.warnings)
    if report.currency != CURRENCY:
        return f"tiền tệ {report.currency}, sổ này chỉ ghi {CURRENCY}"
    if report.kind is ReportKind.STATEMENT and None not in (report.opening, report.closing):
        difference = (report.opening or 0) + read.booked - (report.closing or 0)
        if difference:
            return f"số dư không khớp, lệch {difference} đồng"
    return ""


def _report_row(
    file_id: int, provider: str, report: BankReport, read: ReadReport
) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "provider": provider,
        "account": report.account,
        "kind": report.kind.value,
        "report_id": report.report_id,
        "sequence": report.sequence,
        "message_id": report.message_id,
        "group_status": report.group_status,
        "opening": report.opening,
        "closing": report.closing,
        "lines": read.lines,
        "repeated": read.repeated,
        "booked": read.booked,
        "last_day": read.last_day,
    }


def closing_balances(session: Session, provider: str, until: date) -> dict[str, int]:
    """Per account the closing balance of its last statement up to a day."""
    return dict(session.execute(_statements(provider, bank_report.c.closing, until=until)).all())


def opening_balances(session: Session, provider: str, since: date, until: date) -> dict[str, int]:
    """Per account the opening balance of its first statement of these days."""
    rows = session.execute(_statements(provider, bank_report.c.opening, since, until)).all()
    return dict(reversed(rows))


def count_statements(session: Session, provider: str, since: date, until: date) -> dict[str, int]:
    """Per account the number of its statements of these days."""
    rows = session.execute(_statements(provider, bank_report.c.id, since, until))
    return dict(Counter(row.account for row in rows))


def empty_statements(session: Session, provider: str, since: datetime, until: datetime) -> set[str]:
    """Accounts with a statement without lines that came from `since` to before `until`."""
    query = (
        select(bank_report.c.account)
        .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
        .where(bank_report.c.provider == provider, bank_report.c.last_day.is_(None))
        .where(bank_report.c.kind == ReportKind.STATEMENT.value)
        .where(inbound_file.c.received_at >= since, inbound_file.c.received_at < until)
        .where(inbound_file.c.state != "quarantined")
    )
    return set(session.scalars(query))


def _statements(
    provider: str, figure: Any, since: date = date.min, until: date = date.max
) -> Select[Any, Any]:
    """(account, figure) of every statement whose last movement is of these days, oldest first."""
    return (
        select(bank_report.c.account, figure)
        .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
        .where(bank_report.c.provider == provider)
        .where(bank_report.c.kind == ReportKind.STATEMENT.value)
        .where(bank_report.c.last_day.between(since, until))
        .where(inbound_file.c.state != "quarantined")
        .order_by(bank_report.c.last_day, bank_report.c.id)
    )


def newest_balances(session: Session) -> list[Row[Any]]:
    """Per provider and account the last closing balance that the provider stated, whenever it
    was: (provider, account, kind, closing, last_day, name, sha256, received_at)."""
    order = (func.coalesce(bank_report.c.last_day, literal(date.min, Day)).desc(),
             bank_report.c.id.desc())  # fmt: skip
    place = (bank_report.c.provider, bank_report.c.account)
    ranked = (
        select(
            *place,
            bank_report.c.kind,
            bank_report.c.closing,
            bank_report.c.last_day,
            inbound_file.c.name,
            inbound_file.c.sha256,
            inbound_file.c.received_at,
            func.row_number().over(partition_by=place, order_by=order).label("rank"),
        )
        .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
        .where(bank_report.c.kind.in_(_STATING), bank_report.c.closing.is_not(None))
        .where(inbound_file.c.state != "quarantined")
        .subquery()
    )
    query = select(ranked).where(ranked.c.rank == 1)
    return list(session.execute(query.order_by(ranked.c.provider, ranked.c.account)))
