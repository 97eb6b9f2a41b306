"""Reports into bank lines: streamed, staged, each movement once.

A movement is told from others by account, bank reference, sign, amount and booking day
(`entry_keys`); a status or list line by its report and reference. A report whose figures do
not add up sends the whole file to quarantine: none of its lines is kept, so that they do not
stand in the way of the corrected file; the reports' figures and the raw bytes are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Row, Select, Text, func, insert, literal, select, true, update
from sqlalchemy.orm import Session

from bank_adapters.contract import BankLine, BankReport, Level, LineKind, ReportKind
from ledger.bulk import chunks, insert_rows, looked_up, refresh_statistics
from ledger.schema import Day
from reconciliation import chain_of_statements
from reconciliation.closed_days import closed_until
from reconciliation.digests import Counted, Digests
from reconciliation.entry_keys import KEYS, READER, day_of
from reconciliation.names import names_of
from reconciliation.tables import bank_line, bank_report, inbound_file

CURRENCY = "VND"
# Reports whose closing figure is the provider's word on the account, not one of the day so far.
_STATING = (ReportKind.STATEMENT.value, ReportKind.SETTLEMENT.value)
_COLUMNS = [column.name for column in bank_line.columns if column.name != "id"]
_KEY = _COLUMNS.index("entry_key")
_KIND, _BOOKED_ON = _COLUMNS.index("kind"), _COLUMNS.index("booked_on")
MANY = 5_000  # lines of a file of which PostgreSQL's planner is told before they are matched
AT_ONCE = 2_000  # lines looked up and stored by one statement; each takes 2 kB until then
WHY_MAX = 2_000  # characters of all notes or faults of a file
Values = tuple[Any, ...]


@dataclass(slots=True)
class ReadReport:
    """What reading one report gave: lines seen, lines that were new, booked sum, last day.

    `too_late` are new booked lines on days up to `closed`, which are closed for the account.
    """

    lines: int = 0
    repeated: int = 0
    booked: int = 0
    last_day: date | None = None
    closed: date | None = None
    too_late: int = 0


@dataclass(slots=True)
class _Told:
    """What is said of a file: its reports' rows, what a person should know, what is wrong."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_reports(
    session: Session, file_id: int, provider: str, reports: Iterable[BankReport], today: date
) -> str:
    """Store every report of a file with its lines; gives why it must be quarantined, or "".

    `today` stands in for a booking day that a status line does not have. What is only worth
    knowing is kept as the reason of a file that was read.
    """
    told = _Told()
    with session.begin_nested() as stored:
        for report in reports:
            _read_report(session, file_id, provider, report, today, told)
        if told.faults:
            stored.rollback()
    if told.faults:
        session.execute(insert(bank_report), told.rows)
    elif sum(row["lines"] for row in told.rows) >= MANY:
        refresh_statistics(session, bank_line)
    state = "quarantined" if told.faults else "read"
    session.execute(
        update(inbound_file)
        .where(inbound_file.c.id == file_id)
        .values(state=state, why="; ".join(told.faults or told.notes)[:WHY_MAX], reader=READER)
    )
    return "; ".join(told.faults)


def _read_report(
    session: Session,
    file_id: int,
    provider: str,
    report: BankReport,
    today: date,
    told: _Told,
) -> None:
    read = _store_lines(session, file_id, provider, report, today)
    notes, faults = list(report.notes), list(_faults(report, read))
    if report.kind is ReportKind.STATEMENT:
        link = chain_of_statements.link_of(file_id, report, read.last_day)
        missing, against = chain_of_statements.check(session, provider, link)
        notes, faults = notes + missing, faults + against
    row = _report_row(file_id, provider, report, read)
    session.execute(insert(bank_report).values(row))
    told.rows.append(row)
    where = report.account or report.report_id
    told.notes += [f"{where}: {note}" for note in notes]
    told.faults += [f"{where}: {fault}" for fault in faults]


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
    """Chunk by chunk into the table, past what is known already."""
    read = ReadReport(closed=closed_until(session, provider, report.account))
    maker = _Rows(file_id, provider, report, today, READER, read)
    for chunk in chunks(maker.rows(), AT_ONCE):
        fresh = _fresh(session, provider, report.account, chunk)
        read.repeated += len(chunk) - len(fresh)
        if read.closed is not None:
            fresh = _on_open_days(fresh, read, read.closed)
        insert_rows(session, bank_line, _COLUMNS, fresh)
    return read


def _on_open_days(rows: list[Values], read: ReadReport, closed: date) -> list[Values]:
    """The rows without those booked on days that are closed for the account, which are counted."""
    kept = [row for row in rows if row[_KIND] != LineKind.BOOKED.value or row[_BOOKED_ON] > closed]
    read.too_late += len(rows) - len(kept)
    return kept


def _fresh(session: Session, provider: str, account: str, chunk: Sequence[Values]) -> list[Values]:
    """The rows of a chunk whose key is neither stored nor earlier in the chunk."""
    by_key: dict[str, Values] = {}
    for row in chunk:
        by_key.setdefault(row[_KEY], row)
    with looked_up(session):
        known = session.scalars(_known(session, provider, account, list(by_key))).all()
    for key in known:
        del by_key[key]
    return list(by_key.values())


def _known(session: Session, provider: str, account: str, keys: list[str]) -> Select[Any]:
    """Those of the keys that are stored, each looked up in the index.

    PostgreSQL's planner must not choose: of rows that this very transaction wrote it knows
    nothing, and it would read all of them again for every chunk, or even for every key.
    """
    stored = select(bank_line.c.entry_key).where(
        bank_line.c.provider == provider, bank_line.c.account == account
    )
    if session.get_bind().dialect.name != "postgresql":
        return stored.where(bank_line.c.entry_key.in_(keys))
    asked = func.unnest(literal(keys, ARRAY(Text))).table_valued("key", name="asked")
    asked = asked.render_derived()
    found = stored.where(bank_line.c.entry_key == asked.c.key).limit(1).lateral("found")
    return select(found.c.entry_key).select_from(asked.join(found, true()))


class _Rows:
    """The lines of a report as rows of the table in the order of `_COLUMNS`.

    A status of a whole block is no line: it names no payment, and stands in the raw file.
    """

    def __init__(
        self,
        file_id: int,
        provider: str,
        report: BankReport,
        today: date,
        reader: int,
        read: ReadReport | None = None,
    ) -> None:
        self._place = (file_id, provider, report.account)
        self._report, self._today, self._reader = report, today, reader
        self._read = ReadReport() if read is None else read
        self._seen = Counted()

    def rows(self) -> Iterator[Values]:
        """One row a line, counted as it is given."""
        make_key = KEYS[self._reader]
        for number, line in enumerate(self._report.lines):
            if line.level is not Level.PAYMENT:
                continue
            booked_on = line.booking_date or day_of(self._report, line, self._today, self._reader)
            key = make_key(self._report, line, number, booked_on)
            if line.kind is LineKind.BOOKED:
                key = self._nth(key)
                self._count(line, booked_on)
            self._read.lines += 1
            yield (
                *self._place,
                key,
                line.kind.value,
                line.amount,
                line.reference.strip().upper(),
                booked_on,
                line.value_date or booked_on,
                line.bank_reference,
                line.status,
                line.reason,
                int(line.is_return),
                line.voucher,
                line.counterparty,
                line.remittance,
                *names_of(line),
            )

    def _nth(self, key: str) -> str:
        """Two movements of one report that look alike are two: the second has its number."""
        before = self._seen.before(key)
        return f"{key}#{before + 1}" if before else key

    def _count(self, line: BankLine, booked_on: date) -> None:
        read = self._read
        read.booked += line.amount
        if read.last_day is None or booked_on > read.last_day:
            read.last_day = booked_on


def not_in_reports(
    session: Session,
    file_id: int,
    provider: str,
    reports: Iterable[BankReport],
    today: date,
    reader: int,
) -> list[int]:
    """Ids of a file's stored lines that none of its reports holds as they are stored.

    `reader` is the version of the rule by which the file's lines were stored.
    """
    names = ("account", "entry_key", "kind", "amount", "reference", "status", "reason")
    places = [_COLUMNS.index(name) for name in names]
    said = Digests()
    for report in reports:
        for row in _Rows(file_id, provider, report, today, reader).rows():
            said.add(repr(tuple(row[place] for place in places)))
    rows = session.execute(
        select(bank_line.c.id, *(bank_line.c[name] for name in names))
        .where(bank_line.c.file_id == file_id)
        .order_by(bank_line.c.id)
        .execution_options(yield_per=AT_ONCE)
    )
    return [row[0] for row in rows if repr(tuple(row[1:])) not in said]


def _faults(report: BankReport, read: ReadReport) -> Iterator[str]:
    """Why a report cannot be trusted; its figures are kept as they came."""
    yield from report.faults
    if report.currency != CURRENCY:
        yield f"tiền tệ {report.currency}, sổ này chỉ ghi {CURRENCY}"
    if read.too_late and read.closed is not None:
        yield f"{read.too_late} dòng mới ghi vào ngày đã khóa, đến {read.closed:%d/%m/%Y}"
    balanced = report.kind is ReportKind.STATEMENT and not report.faults
    if balanced and None not in (report.opening, report.closing):
        difference = (report.opening or 0) + read.booked - (report.closing or 0)
        if difference:
            yield f"số dư không khớp, lệch {difference} đồng"


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
        "group_reason": report.group_reason,
        "from_day": report.from_day,
        "to_day": report.to_day,
        "page": report.page,
        "is_last_page": int(report.is_last_page),
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
    """(account, figure) of every statement whose last movement is of these days, oldest first.

    One without movements is of the day that it ends on, where it says one.
    """
    day = func.coalesce(bank_report.c.last_day, bank_report.c.to_day)
    return (
        select(bank_report.c.account, figure)
        .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
        .where(bank_report.c.provider == provider)
        .where(bank_report.c.kind == ReportKind.STATEMENT.value)
        .where(day.between(since, until))
        .where(inbound_file.c.state != "quarantined")
        .order_by(day, bank_report.c.id)
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
