"""The settlement day of every provider: what was handed over, paid, kept, and the difference of 0.

Written down on the day itself, per provider over all paying units and programmes; the month's close
on its last day is another thing, and the result shows both.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.clock import local_date
from app.disbursement.paid import paid_in, reported_balances
from app.errors import Refused
from app.jobs.runtime import Runtime
from ledger.chart import Cell
from ledger.proofs import Proof
from reconciliation.closing import Closed, compute

_SUMS = ("opening", "funding", "credited", "cash_paid", "in_transit", "suspense", "unspent")


def settle_providers(runtime: Runtime, period: str) -> str:
    """Settle the month so far with every provider, and write it beside the results.

    Raises Refused with the cells in which something is left unexplained, or still on its way.
    """
    with runtime.database.view() as session:
        reported = reported_balances(session, local_date(runtime.clock.now()))
        cells = compute(session, period, paid_in(session, period), reported)
    wrong = sorted(_named(place) for place, cell in cells.items() if not _is_settled(cell))
    if wrong:
        raise Refused(
            f"{len(wrong)} ô chưa quyết toán được với đơn vị chi trả: {', '.join(wrong[:5])}.",
            "Đối chiếu lại với danh sách đã chi và sao kê.",
        )
    found = {provider: _row(of) for provider, of in _by_provider(cells).items()}
    _write(runtime.home, period, found)
    return f"{len(cells)} cells of {len(found)} providers settled"


def _named(place: Cell) -> str:
    return f"{place.unit}/{place.programme}/{place.provider}"


def _is_settled(cell: Closed) -> bool:
    """Whether nothing is left over; on the settlement day nothing is on its way any more."""
    return cell.closes and cell.in_transit == 0


def _by_provider(cells: Mapping[Cell, Closed]) -> dict[str, list[Closed]]:
    found: dict[str, list[Closed]] = defaultdict(list)
    for place in sorted(cells, key=_named):
        found[place.provider].append(cells[place])
    return dict(sorted(found.items()))


def _row(cells: Iterable[Closed]) -> dict[str, int]:
    every = list(cells)
    sums = {name: sum(getattr(one, name) for one in every) for name in _SUMS}
    difference = sum(abs(one.difference) + abs(one.bank_difference) for one in every)
    return {"cells": len(every), **sums, "difference": difference}


def _file(home: Path, period: str) -> Path:
    return home / "settlements" / f"{period}.json"


def _write(home: Path, period: str, found: Mapping[str, Mapping[str, int]]) -> None:
    path = _file(home, period)
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    new.replace(path)


def settled(home: Path, period: str) -> dict[str, dict[str, int]]:
    """What was written down on the settlement day of a month, by provider; nothing before it."""
    path = _file(home, period)
    found: dict[str, dict[str, int]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def prove_settlements(home: Path, periods: Iterable[str]) -> Proof:
    """Every provider was settled on the settlement day of every month, with a difference of 0."""
    every = {period: settled(home, period) for period in periods}
    rows = [row for of in every.values() for row in of.values()]
    difference = sum(row["difference"] for row in rows)
    figures = {
        "settlements": len(rows),
        "cells": sum(row["cells"] for row in rows),
        "unspent": sum(row["unspent"] for row in rows),
        "difference": difference,
    }
    ok = all(every.values()) and not difference
    return Proof("every provider settled on the settlement day", ok, figures)
