"""camt.054 into bank lines against a bare lxml iterparse that reads the same fields."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app.clock import local_date
from app.migrations.upgrade import upgrade
from bank_adapters.iso20022.adapter import ADAPTER
from benchmarks.banks.statements import bare
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place
from benchmarks.measure import Comparison, Measured, measured
from reconciliation import intake
from reconciliation.lines import read_reports
from reconciliation.tables import inbound_file

PROVIDER = "banka"
NOW = datetime(2026, 10, 6, 18, tzinfo=UTC)


def compared(where: Place, path: Path, rounds: int = 3) -> Comparison:
    """Ours and the bare reader in turn, each in a process of its own, ours into an empty book."""
    result = Comparison([], [])
    for _ in range(rounds):
        url = where.create()
        apart(_empty, url)
        where.checkpoint()
        result.ours.append(apart(_ours, url, str(path), where.server_pid))
        where.drop(url)
        result.theirs.append(apart(_theirs, str(path)))
    return result


def _empty(url: str) -> None:
    with opened(url, owner=True) as database:
        upgrade(database.engine)
        with database.unit_of_work() as session:
            intake.receive(session, PROVIDER, "big.xml", "0" * 64, 1, NOW)


def _ours(url: str, path: str, server_pid: int | None) -> Measured:
    with (
        opened(url, owner=True) as database,
        Path(path).open("rb") as source,
        measured(server_pid) as cost,
        database.unit_of_work() as session,
    ):
        file_id = session.scalars(select(inbound_file.c.id)).one()
        reports = ADAPTER.read("big.xml", source)
        if why := read_reports(session, file_id, PROVIDER, reports, local_date(NOW)):
            raise SystemExit(f"the made-up statement was put aside: {why}")
    return cost


def _theirs(path: str) -> Measured:
    with measured() as cost:
        bare(Path(path))
    return cost
