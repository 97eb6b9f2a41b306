"""Payment orders out: in memory against lxml's streaming writer, our strict reader, and from the
database with every account decrypted.

In memory the payees are 10,000 different made-up people, again and again; each payment is an
object that exists beforehand, so that only writing is measured. From the database a province's
payments lie in batches of 50,000, as the service builds them; sealing a batch is writing its file
and reading it back by the strict reader, line by line against what was approved.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from app.clock import TIME_ZONE
from app.disbursement import gate
from app.disbursement.submission import asked_day, details, outbound
from app.privacy import Keyring
from bank_adapters.contract import Debtor, Method, OutboundBatch, PaymentInstruction
from bank_adapters.iso20022.adapter import ADAPTER
from bank_adapters.references import reference
from benchmarks.banks import plain_writer
from benchmarks.banks.filled import KEY, batches, fill, names
from benchmarks.harness import Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import place
from benchmarks.measure import Comparison, Measured, compare, measured

IN_MEMORY = 100_000
TIMES_LXML = 5.0
STRICT_PER_SECOND = 80_000
FROM_DATABASE_PER_SECOND = 35_000
PEAK_MB_MAX = 200


def in_memory(bench: Bench, chosen: Any) -> None:
    """Writing alone, ours and lxml's in turn, the same document from the same objects."""
    cost = apart(_compared, chosen.rounds)
    ours, theirs = (min(one.cpu_seconds for one in side) for side in (cost.ours, cost.theirs))
    bench.row(
        "pain.001 in memory: ours against lxml's streaming writer",
        IN_MEMORY / ours,
        "payments/s CPU",
        against=IN_MEMORY / theirs,
    )
    bench.row("pain.001 in memory: times lxml, median", 1 / cost.cpu_ratio, "x",
              at_least=TIMES_LXML)  # fmt: skip


def _compared(rounds: int) -> Comparison:
    batch = _batch(IN_MEMORY)
    _same(batch)
    return compare(
        lambda: ADAPTER.write(batch, io.BytesIO()),
        lambda: plain_writer.write(batch, io.BytesIO()),
        rounds=rounds,
    )


def _same(batch: OutboundBatch) -> None:
    """Both write the same document, but for white space between elements."""
    few = replace(batch, instructions=list(batch.instructions)[:100], count=100,
                  total=sum(item.amount for item in list(batch.instructions)[:100]))  # fmt: skip
    documents = []
    for write in (ADAPTER.write, plain_writer.write):
        out = io.BytesIO()
        write(few, out)
        parser = etree.XMLParser(remove_blank_text=True)
        documents.append(etree.tostring(etree.fromstring(out.getvalue(), parser), method="c14n"))
    if documents[0] != documents[1]:
        raise AssertionError("the two writers give different documents")


def _batch(count: int) -> OutboundBatch:
    """A batch of made-up payments that exist as objects."""
    people = names()
    items: Sequence[PaymentInstruction] = [
        PaymentInstruction(
            reference=reference(number, 1),
            amount=500_000 + number % 7_000,
            payee_name=people[number % len(people)],
            method=Method.ACCOUNT,
            account=f"{number:013d}",
            bank_bin="970405",
            remark=f"{reference(number, 1)} Tro cap xa hoi",
        )
        for number in range(1, count + 1)
    ]
    return OutboundBatch(
        message_id="ASBENCH",
        created_at=datetime(2026, 10, 5, 8, tzinfo=TIME_ZONE),
        requested_on=date(2026, 10, 6),
        debtor=Debtor("SYNTHETIC", "0011001234567", "U1"),
        purpose="SSBE",
        count=count,
        total=sum(item.amount for item in items),
        instructions=items,
    )


def strict(bench: Bench, chosen: Any) -> None:
    """The strict reader over a file on disk."""
    costs = [apart(_read) for _ in range(min(chosen.rounds, 3))]
    best = min(one.cpu_seconds for one in costs)
    bench.row("strict reader", IN_MEMORY / best, "payments/s CPU", at_least=STRICT_PER_SECOND)
    bench.row("strict reader: process with the file's writer", costs[0].peak_mb, "MB")


def _read() -> Measured:
    with tempfile.TemporaryFile() as file:
        ADAPTER.write(_batch(IN_MEMORY), file)
        file.seek(0)
        with measured() as cost:
            head, items = ADAPTER.strict_reader().read(file)
            count = sum(1 for _ in items)
    if count != head.count:
        raise AssertionError("the strict reader lost payments")
    return cost


def from_database(bench: Bench, chosen: Any) -> None:
    """A province's batches: written from the database, and sealed."""
    for kind in chosen.database:
        with place(kind) as where:
            url = where.create()
            apart(fill, url, chosen.payments)
            where.checkpoint()
            acts = {"written": _write, "written and proved": _seal}
            costs = {name: apart(act, url, where.server_pid) for name, act in acts.items()}
        for name, cost in costs.items():
            target = FROM_DATABASE_PER_SECOND if name == "written" else None
            rate = chosen.payments / cost.cpu_seconds
            bench.row(f"{kind}: {name}", rate, "payments/s CPU", at_least=target)
            bench.row(f"{kind}: {name}, wall", cost.wall_seconds, "s")
            bench.row(f"{kind}: {name}, largest process", cost.peak_mb, "MB", at_most=PEAK_MB_MAX)


def _write(url: str, server_pid: int | None) -> Measured:
    return _each(url, server_pid, is_proved=False)


def _seal(url: str, server_pid: int | None) -> Measured:
    return _each(url, server_pid, is_proved=True)


def _each(url: str, server_pid: int | None, *, is_proved: bool) -> Measured:
    """Every batch of the database, one file after another."""
    keyring = Keyring(KEY)
    with (
        opened(url, owner=True) as database,
        database.view() as session,
        tempfile.TemporaryDirectory(prefix="ansinh-bench-") as folder,
        measured(server_pid) as cost,
    ):
        for number in batches(session):
            row, path = details(session, number), Path(folder) / "file"
            approved, what = gate.Approved(), outbound(session, keyring, row)
            if is_proved:
                what = replace(what, instructions=approved.passing(what.instructions))
            with path.open("wb") as out:
                ADAPTER.write(what, out)
            if is_proved:
                with path.open("rb") as file:
                    gate.require_same(
                        "file", file, ADAPTER, gate.head_of(row, asked_day(row)), approved
                    )
    return cost
