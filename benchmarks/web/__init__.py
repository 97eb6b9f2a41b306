"""Pages of a large province, and officers who approve at once: `python -m benchmarks web [..]`.

Every page of every role is asked for many times, its last page, an earlier month and what people
search for too: server time by the wall and of CPU, ours and the database's, and its statements;
judged on CPU, beside a page that holds nothing. Then fifty officers of fifty communes sign in,
open their lists and approve at the same moment by HTTP; judged on that every one is approved.
A province of the size asked for is made once and kept in `var/bench/web`.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.clock import FixedClock
from app.config import Settings
from app.db import Database
from app.web.application import create_app
from app.web.site import EXTENSION, read_installation
from benchmarks.harness import KINDS, RESULTS, Bench
from benchmarks.web.approvals import Approvals, Sent, approve_at_once
from benchmarks.web.examples import examples
from benchmarks.web.pages import EMPTY, Asked, Asking, at, every_page
from benchmarks.web.province import FILE, copied, made
from tests.app.web.serving import signed_in
from tests.support.postgres import BENCH_SETTINGS, postgres_server

PAYMENTS, PEOPLE, MONTHS = 1_000_000, 300, 3
TIMES, OFFICERS = 20, 50
P95_MS_MAX = 200
TOLD = 10
"""So many of the slowest pages are told one by one."""


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one; on the same rows."""
    chosen = _chosen(arguments)
    bench = Bench("web", f"{chosen.payments:,} payments")
    folder = Path(chosen.folder) / f"web-{chosen.payments}"
    made(folder, chosen.people, MONTHS, chosen.payments)
    for kind in chosen.database or KINDS:
        with _place(kind, folder, chosen.payments) as (url, another):
            _pages(bench, kind, url, chosen.times, chosen.only)
            bench.write()
            if chosen.officers:
                _approvals(bench, kind, approve_at_once(another, chosen.officers))
            bench.write()
    return bench


def _chosen(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="python -m benchmarks web")
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--people", type=int, default=PEOPLE, help="before they are multiplied")
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--officers", type=int, default=OFFICERS, help="0 for pages only")
    parser.add_argument("--only", default="", help="pages with this in their address")
    parser.add_argument("--database", choices=KINDS, action="append")
    parser.add_argument("--folder", default=str(RESULTS))
    return parser.parse_args(arguments)


@contextmanager
def _place(kind: str, folder: Path, payments: int) -> Iterator[tuple[str, str]]:
    """The URL of the province on a kind of database, and that of a copy which may be changed."""
    if kind == "sqlite":
        beside = folder / "changed"
        beside.mkdir(exist_ok=True)
        shutil.copytree(folder / "keys", beside / "keys", dirs_exist_ok=True)
        shutil.copyfile(folder / FILE, beside / FILE)
        yield f"sqlite:///{folder / FILE}", f"sqlite:///{beside / FILE}"
        shutil.rmtree(beside)
        return
    with postgres_server(BENCH_SETTINGS) as server:
        name = server.create_database("bench")
        copied(folder, server.url(name), payments)
        yield server.url(name), server.url(name)


def _pages(bench: Bench, kind: str, url: str, times: int, only: str) -> None:
    """Every page; the figures of all of them together, and the slowest by name."""
    database = Database(url)
    with database.view() as session:
        said, given = read_installation(session), examples(session)
    database.close()
    assert said.moment is not None
    settings = Settings(database_url=url, training=True)
    application = create_app(settings, clock=FixedClock(said.moment))
    served: Database = application.extensions[EXTENSION].database
    asking = Asking(served, times)
    unit = given["unit"]
    browsers = {role: signed_in(application, f"{role}.{unit}")
                for role in ("maker", "checker", "approver")}  # fmt: skip
    browsers |= {"releaser": signed_in(application, "finance.one"),
                 "admin": signed_in(application, "admin.one")}  # fmt: skip
    empty, _ = asking.ask("maker", browsers["maker"], EMPTY)
    first = "2026-10"
    asked = list(every_page(asking, application, browsers, given, first, only))
    served.close()
    _told(bench, kind, empty, [one for one in asked if one.status == 200])
    bad = sum(one.status >= 500 for one in asked)
    bench.row(f"{kind}: answers 5xx", bad, "", at_most=0)


def _told(bench: Bench, kind: str, empty: Asked, asked: Sequence[Asked]) -> None:
    cpus = tuple(one for page in asked for one in page.cpus)
    walls = tuple(one for page in asked for one in page.walls)
    bench.row(f"{kind}: pages asked for", len(asked), "")
    bench.row(f"{kind}: an empty page, p95 CPU", at(empty.cpus, 95), "ms")
    bench.row(f"{kind}: an empty page, p95 wall", at(empty.walls, 95), "ms")
    for percent in (50, 95, 100):
        limit = P95_MS_MAX if percent == 95 else None
        bench.row(f"{kind}: all pages, p{percent} CPU", at(cpus, percent), "ms", at_most=limit)
        bench.row(f"{kind}: all pages, p{percent} wall", at(walls, percent), "ms")
    slow = [one for one in asked if at(one.cpus, 95) > P95_MS_MAX]
    bench.row(f"{kind}: pages whose p95 CPU is above {P95_MS_MAX} ms", len(slow), "")
    bench.row(f"{kind}: most statements of a page", max(one.statements for one in asked), "")
    for one in sorted(asked, key=lambda page: -at(page.cpus, 95))[:TOLD]:
        bench.row(f"{kind}: {one.name}, p95 CPU", at(one.cpus, 95), "ms")


def _approvals(bench: Bench, kind: str, found: Approvals) -> None:
    everyone = found.done + found.left
    bench.row(f"{kind}: officers who approved at once", everyone, "")
    bench.row(f"{kind}: lists approved", found.done, "", at_least=everyone)
    bench.row(f"{kind}: answers 5xx or broken", found.errors, "", at_most=0)
    empty = _p95(found.empty)
    bench.row(f"{kind}: an empty page at once, p95 wall", empty, "ms")
    for name, sent in (("review page", found.opened), ("approval", found.approved)):
        bench.row(f"{kind}: {name} at once, p95 wall", _p95(sent), "ms", against=empty)


def _p95(sent: Sequence[Sent]) -> float:
    return at(tuple(one.took for one in sent), 95)
