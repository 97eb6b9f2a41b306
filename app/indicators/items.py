"""What lies between the exported books and the rates: one row a line, people by numbers of this
export alone.

The journal knows obligations as items and no person, and its settlements are sums. So that anybody
can recompute the rates from it, each line of a month is told with its item, the entry that proves
its payment, and a number for its person that means nothing outside this file. It tells no name, no
ID, no account; it is for auditors and not for publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.tables import obligation
from app.disbursement.tables import instruction, outcome
from app.indicators.credited import came_back, paid_by
from app.indicators.lines import due_days, lines

COLUMNS = (
    *("item", "person", "area", "amount", "credited", "cash", "usable", "on_time"),
    *("entry", "period_owed"),
)
_FETCH = 5_000


def item_rows(session: Session, period: str, until: datetime) -> Iterator[tuple[Any, ...]]:
    """The rows of `COLUMNS`, by item: amounts in VND, `usable` and `on_time` 1 or 0, `entry` ""
    where nothing is posted.

    People are numbered as they come: the numbers are those of no register.
    """
    query = _query(session, period, until).execution_options(yield_per=_FETCH)
    numbers: dict[int, int] = {}
    for row in session.execute(query):
        number = numbers.setdefault(row.person_id, len(numbers) + 1)
        yield (row.obligation_id, number, *tuple(row)[2:-2], row.entry or "", row.owed)


def _query(session: Session, period: str, until: datetime) -> Select[Any]:
    also = (person.c.area_code.label("area"), obligation.c.period.label("owed"))
    line = lines(period, until, due_days(session, period), *also).subquery("line").c
    debit = outcome.alias("debit")
    entry = (
        select(func.max(debit.c.entry_id))
        .join(instruction, instruction.c.id == debit.c.instruction_id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .where(instruction.c.obligation_id == line.obligation_id)
        .where(debit.c.state == "settled", debit.c.recorded_at <= until, debit.c.undone_by == 0)
        .where(paid_by(until), ~came_back(instruction.c.id, until))
        .scalar_subquery()
    )
    told = (line.area, line.amount, line.credited, line.cash, line.usable, line.on_time)
    return select(
        line.obligation_id, line.person_id, *told, entry.label("entry"), line.owed
    ).order_by(line.obligation_id)
