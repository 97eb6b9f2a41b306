"""`verify` of ten million postings: everything recomputed, and with `fast`.

The books hold half as many obligations, each accrued and committed, and the chain is sealed and
anchored. Judged on CPU seconds of our process and of the database's.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness import Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import (
    NOW,
    Month,
    make_books,
    opened,
    post_step,
    seal,
    settle_statistics,
)
from benchmarks.ledger.place import Place
from benchmarks.ledger.sizes import postings
from benchmarks.measure import Measured, measured
from ledger.anchors import AnchorFile
from ledger.proof import verify

MONTHS = 25  # 5,000,000 obligations and 10,000,000 postings at 200,000 a month
SECONDS_MAX = {"verify": 90, "verify --fast": 15}


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of one database; one run of each, since it is long."""
    url = place.create()
    with measured(place.server_pid) as building:
        _build(url, obligations * MONTHS, place.folder)
    count = postings(url)
    bench.row(f"{place.kind}: {count:,} postings built, wall", building.wall_seconds, "s")
    for name, goal in SECONDS_MAX.items():
        place.checkpoint()
        is_fast = name.endswith("--fast")
        holds, cost = apart(_prove, url, place.folder, is_fast, place.server_pid)
        bench.row(f"{place.kind}: {name}, wall", cost.wall_seconds, "s")
        bench.row(f"{place.kind}: {name}, CPU", cost.cpu_seconds, "s", at_most=goal)
        bench.row(f"{place.kind}: {name}, peak", cost.peak_mb, "MB")
        bench.row(f"{place.kind}: {name}, every proof holds", int(holds), "", at_least=1)
    place.drop(url)


def _build(url: str, obligations: int, folder: Path) -> None:
    make_books(url, obligations, months=1)
    with opened(url) as database:
        for step in ("accrue", "pay"):
            post_step(database.unit_of_work, step, Month.numbered(1, obligations))
        seal(database)
        settle_statistics(database)
        with database.view() as session:
            _anchors(folder).add(session, NOW)


def _anchors(folder: Path) -> AnchorFile:
    return AnchorFile(folder, folder / "anchor.key")


def _prove(url: str, folder: Path, fast: bool, server_pid: int | None) -> tuple[bool, Measured]:
    anchors = _anchors(folder)
    with opened(url) as database, database.view() as session, measured(server_pid) as cost:
        proofs = verify(session, anchors.read(), anchors.public_key, fast=fast)
    return all(proof.ok for proof in proofs), cost
