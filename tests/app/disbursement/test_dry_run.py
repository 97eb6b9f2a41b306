"""A file is tried before it is booked: what is told is what then happens, and nothing is left."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.disbursement.collection import process
from app.disbursement.dry_run import dry_run
from app.errors import Conflict, NotFound
from bank_adapters.contract import ReportKind
from ledger.schema import metadata
from reconciliation import intake, lines
from reconciliation.tables import bank_line, line_match
from tests.app.disbursement.evidence_office import DAY, SENT, back, debit
from tests.factories import BANK, SEPTEMBER, House, booked, report, september_sent
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)


def rows_of(house: House) -> dict[str, list[Any]]:
    """Every row of every table."""
    with house.owner.engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(select(table))))
                for name, table in metadata.tables.items()}  # fmt: skip


def test_what_would_be_and_then_is(house: House) -> None:
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    told = report(
        ReportKind.ADVICE, house.account(BANK), debit(one), back(one), debit(two),
        booked("", 7_000, DAY, bank_reference="X"),
    )  # fmt: skip
    now = house.later()
    with house.work() as session:
        intake.receive(session, BANK, "file", "0" * 64, 1, now)
        ((file_id, *_),) = intake.waiting(session, "received")
        lines.read_reports(session, file_id, BANK, iter([told]), now.date())
    before = rows_of(house)
    with house.work() as session:
        found = dry_run(session, file_id, now)
        again = dry_run(session, file_id, now)
    assert rows_of(house) == before
    assert found == again
    assert [(row.pass_name, row.verdict, row.lines, row.total) for row in found] == [
        ("reference-debit", "settled", 2, -2 * SENT), ("reference-return", "returned", 1, SENT),
        ("rest", "credit_unknown", 1, 7_000),
    ]  # fmt: skip
    assert [len(row.first) for row in found] == [2, 1, 1]
    with pytest.raises(DBAPIError):
        house.tamper("update inbound_file set state = 'applied'")  # no line has its verdict
    with house.work() as session:
        process(session, file_id, now)
    assert _booked(house) == {(row.pass_name, row.verdict, row.why, *row.first) for row in found}
    with house.work() as session, pytest.raises(Conflict):
        dry_run(session, file_id, now)
    with house.work() as session, pytest.raises(NotFound):
        dry_run(session, 99, now)
    nothing_broken(house)


def _booked(house: House) -> set[tuple[Any, ...]]:
    found: dict[tuple[str, ...], list[int]] = {}
    query = select(line_match.c.pass_name, line_match.c.verdict, line_match.c.why, bank_line.c.id)
    for *key, number in house.rows(query.join(bank_line).order_by(bank_line.c.id)):
        found.setdefault(tuple(key), []).append(number)
    return {(*key, *numbers) for key, numbers in found.items()}
