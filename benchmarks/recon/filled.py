"""A database of payments that were sent, with the lines of what the bank booked.

Made-up units of 3,000 payments, a contract with an account each. What obliges a payment to have a
payroll behind it is left out; its obligation is accrued, committed and sent in the books.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session

from app.disbursement.tables import batch, instruction
from app.schema import create
from app.units.tables import contract, fund, paying_unit, programme, provider
from bank_adapters.contract import BankReport, ReportKind
from bank_adapters.references import reference
from benchmarks.banks.filled import without_rules
from benchmarks.ledger.books import opened
from benchmarks.measure import Measured, measured
from ledger.bulk import insert_rows
from ledger.chart import Cell, open_accounts
from ledger.journal import EntryDraft, post, post_many
from ledger.schema import metadata, whole_sum
from reconciliation import intake
from reconciliation.lines import read_reports
from reconciliation.tables import inbound_file
from tests.support.reports import booked

A_LIST = 3_000
A_FILE = 50_000
ONE_IN = 50  # comes back: 2 %
SENT_ON, PAID_ON, BACK_ON = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 8)
NOW = datetime(2026, 10, 8, 11, tzinfo=UTC)
BANK = "bank"
_COLUMNS = ("id", "obligation_id", "attempt", "reference", "batch_id", "payroll_line_id",
            "destination_id", "method", "amount", "state")  # fmt: skip
_POSTED = ("accrue", "commit")


def fill(url: str, payments: int, server_pid: int | None) -> Measured:
    """Everything, the planner told of all but the lines; gives what storing the lines cost."""
    units = max(1, payments // A_LIST)
    with opened(url, owner=True) as database:
        metadata.create_all(database.engine)
        with Session(database.engine) as session:
            without_rules(session.connection())
            _places(session, units)
            _payments(session, units, payments)
            session.commit()
    with opened(url, owner=True) as database:
        with database.engine.begin() as connection:
            create(connection)
        for number in range(1, units + 1):
            with database.unit_of_work() as session:
                _books(session, number)
        if not database.is_sqlite:
            _keep_daemon_away(database)
        with measured(server_pid) as cost:
            for number, first in enumerate(range(1, payments + 1, A_FILE), start=1):
                last = min(first + A_FILE - 1, payments)
                with database.unit_of_work() as session:
                    _file(session, f"debits-{number}", _debits(first, last, units, payments))
            with database.unit_of_work() as session:
                _file(session, "back", _back(payments, units))
    return cost


def unit_of(number: int, units: int, payments: int) -> int:
    """The unit of a payment; those of one unit stand together."""
    return 1 + (number - 1) * units // payments


def amount_of(number: int) -> int:
    """The đồng of a payment."""
    return 500_000 + number % 7_000


def account_of(unit: int) -> str:
    """The account from which a unit pays."""
    return f"0011{unit:08d}"


def cell_of(unit: int) -> Cell:
    """Where a unit's money stands in the books."""
    return Cell("local", "pension", f"u{unit}", BANK)


def _places(session: Session, units: int) -> None:
    named: tuple[tuple[Table, dict[str, Any]], ...] = (
        (fund, {"code": "local", "name": "x"}),
        (programme, {"code": "pension", "name": "x", "fund": "local", "purpose": "x"}),
        (provider, {"code": BANK, "name": "x", "adapter": "iso20022", "holds_advance": 0,
                    "is_sandbox": 1}),
    )  # fmt: skip
    for table, values in named:
        session.execute(insert(table), values)
    numbers = range(1, units + 1)
    session.execute(insert(paying_unit), [
        {"code": f"u{n}", "name": "SYNTHETIC", "kind": "commune", "area_code": f"u{n}",
         "budget_code": str(n), "sort_key": "x"} for n in numbers])  # fmt: skip
    session.execute(insert(contract), [
        {"id": n, "number": str(n), "unit_code": f"u{n}", "programme": "pension", "fund": "local",
         "provider": BANK, "account": account_of(n), "methods": "account",
         "fee_per_ten_thousand": 0, "due_day": 10, "settlement_day": 19,
         "valid_from": date(2025, 1, 1)} for n in numbers])  # fmt: skip


def _payments(session: Session, units: int, payments: int) -> None:
    rows = (
        (n, n, 1, reference(n, 1), unit_of(n, units, payments), n, n, "account", amount_of(n),
         "ready")
        for n in range(1, payments + 1)
    )  # fmt: skip
    insert_rows(session, instruction, _COLUMNS, rows)
    one = instruction.c
    sums = select(one.batch_id, whole_sum(one.amount).label("total")).group_by(one.batch_id)
    for row in session.execute(sums).all():
        count = sum(1 for _ in _numbers_of(row.batch_id, units, payments))
        session.execute(insert(batch).values(
            id=row.batch_id, payroll_id=row.batch_id, contract_id=row.batch_id,
            message_id=f"ASBENCH{row.batch_id}", lines=count, total=int(row.total),
            requested_on=SENT_ON, built_at=NOW, lines_digest="x", state="sent"))  # fmt: skip


def _numbers_of(unit: int, units: int, payments: int) -> range:
    """The payments of a unit, by number."""
    first = -(-(unit - 1) * payments // units) + 1
    return range(first, -(-unit * payments // units) + 1)


def _books(session: Session, unit: int) -> None:
    """A unit's money came, its payments are accrued, committed and sent."""
    cell = cell_of(unit)
    open_accounts(session, [cell])
    one = instruction.c
    items = select(one.obligation_id.label("item"), one.amount.label("amount"))
    items = items.where(one.batch_id == unit)
    part = session.execute(select(batch.c.lines, batch.c.total).where(batch.c.id == unit)).one()
    post(session, _draft("fund_bank", unit), part.total)
    for recipe in _POSTED:
        post_many(session, _draft(recipe, unit), items, count=part.lines, total=part.total)
    post(session, _draft("send", unit), part.total)


def _draft(recipe: str, unit: int) -> EntryDraft:
    return EntryDraft(f"{recipe}:{unit}", recipe, cell_of(unit), SENT_ON, NOW, "bench")


def _keep_daemon_away(database: Any) -> None:
    """The planner is told once what there is before the lines come; its own daemon would look now
    in one run and now in another."""
    with database.engine.begin() as connection:
        for name in metadata.tables:
            connection.execute(text(f"alter table {name} set (autovacuum_enabled = off)"))
        connection.execute(text("analyze"))


def _file(session: Session, name: str, reports: Iterator[BankReport]) -> None:
    digest = hashlib.sha256(name.encode()).hexdigest()
    intake.receive(session, BANK, f"{name}.xml", digest, 1, NOW)
    file_id = session.scalars(
        select(inbound_file.c.id).where(inbound_file.c.sha256 == digest)
    ).one()
    if why := read_reports(session, file_id, BANK, reports, PAID_ON):
        raise SystemExit(f"the made-up report was put aside: {why}")


def _debits(first: int, last: int, units: int, payments: int) -> Iterator[BankReport]:
    """The payments of a file as the bank booked them: by account, in an order of its own."""
    for unit in range(unit_of(first, units, payments), unit_of(last, units, payments) + 1):
        numbers = [n for n in _numbers_of(unit, units, payments) if first <= n <= last]
        Random(first + unit).shuffle(numbers)
        yield _report(f"D{first}-{unit}", unit, numbers, is_back=False)


def _back(payments: int, units: int) -> Iterator[BankReport]:
    for unit in range(1, units + 1):
        numbers = [n for n in _numbers_of(unit, units, payments) if n % ONE_IN == 0]
        yield _report(f"B{unit}", unit, numbers, is_back=True)


def _report(name: str, unit: int, numbers: list[int], *, is_back: bool) -> BankReport:
    sign, day = (1, BACK_ON) if is_back else (-1, PAID_ON)
    reason = "AC04" if is_back else ""
    lines = (
        booked(reference(n, 1), sign * amount_of(n), day.isoformat(), reason=reason,
               bank_reference=f"FT{sign}{n:012d}", counterparty="SYNTHETIC",
               remittance=reference(n, 1), is_return=is_back)
        for n in numbers
    )  # fmt: skip
    return BankReport(ReportKind.ADVICE, name, account_of(unit), "VND", lines)
