"""The matcher's passes that change payments, in their order: by our reference, by the bank's own,
whole batches, by our reference in free text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.disbursement import evidence, outcomes
from app.disbursement.charge_tables import contract_charge
from app.disbursement.executed_twice import judge_twice
from app.disbursement.expected import expected_payments, expected_returns
from app.disbursement.lumps import apply_backs, apply_lumps, expected_lumps, lumps_open
from app.disbursement.recall import recalls_open
from app.disbursement.states import RECALLED
from reconciliation import lumps, matching
from reconciliation.keys import BANKS, TEXT
from reconciliation.matching import Pass
from reconciliation.told import Traits

Planned = Iterable[tuple[Pass, Select[Any]]]


def run(
    session: Session, file_id: int, traits: Traits, counts: Counter[str], now: datetime
) -> set[str]:
    """Run and apply every pass over a file, each seeing what the one before it changed; adds to
    `counts` how many lines had which effect, and gives the kinds of lines that none has judged.

    Whole batches come before the rest and again after it: what a status of the same file refuses
    may be what the sum does not hold.
    """
    if traits.batches:
        _batches(session, file_id, counts, now)
    leaving, moving = list(_leaving(session)), list(_moving(session))
    left = _run(session, file_id, leaving, counts, now)
    if "booked" in left and (twice := judge_twice(session, file_id)):
        counts[matching.DEBIT_UNKNOWN] += twice
        left = matching.left_in(session, file_id)
    left = _run(session, file_id, moving, counts, now, left)
    plan = [*leaving, *moving]
    if left and traits.unnamed:
        left = _run(session, file_id, _by(BANKS, plan), counts, now, left)
    if left and traits.batches:
        _batches(session, file_id, counts, now)
        again = lumps.run_again_pass(session, file_id, expected_lumps())
        counts[matching.DEBIT_UNKNOWN] += again
        left = matching.left_in(session, file_id)
    if left and traits.found:
        left = _run(session, file_id, _by(TEXT, plan), counts, now, left)
    return set(left)


def _leaving(session: Session) -> Iterator[tuple[Pass, Select[Any]]]:
    """The passes that find a payment paid; those of lumps only where there are any."""
    if lumps_open(session):
        yield from ((one, expected_payments()) for one in (*evidence.OF_LUMPS, *evidence.NOTING))
    yield from ((one, expected_payments()) for one in evidence.LEAVING)


def _moving(session: Session) -> Iterator[tuple[Pass, Select[Any]]]:
    """What else may become of a payment; recalls and charges only where there are any."""
    recalls = recalls_open(session)
    for one in evidence.MOVING:
        if recalls or one.rules[0].to_state != RECALLED:
            yield one, expected_payments()
    if session.scalar(select(contract_charge.c.id).limit(1)) is not None:
        yield from ((one, expected_returns()) for one in evidence.LESS)


def _by(key: str, plan: Planned) -> Planned:
    """The passes over movements by a weaker key; the other lines always have the reference."""
    return [(one.by(key), wanted) for one, wanted in plan if "booked" in one.kinds]


def _run(
    session: Session,
    file_id: int,
    plan: Planned,
    counts: Counter[str],
    now: datetime,
    left: dict[str, int] | None = None,
) -> dict[str, int]:
    """Run these passes, told how many lines of each kind are left where that is known; gives it."""
    left = matching.left_in(session, file_id) if left is None else left
    for one, wanted in plan:
        mine = sorted(left.keys() & one.kinds)
        if mine and (found := matching.run_payment_pass(session, file_id, one, wanted)):
            counts[one.verdict] += found
            if one.verdict in outcomes.EFFECTS:
                outcomes.apply_pass(session, file_id, one, now)
            left = matching.left_in(session, file_id) if mine[1:] else _less(left, mine[0], found)
    return left


def _less(left: dict[str, int], kind: str, found: int) -> dict[str, int]:
    """What is left when so many lines of a kind were judged."""
    lines = left[kind] - found
    return {**left, kind: lines} if lines else {one: left[one] for one in left if one != kind}


def _batches(session: Session, file_id: int, counts: Counter[str], now: datetime) -> None:
    if found := lumps.run_lump_pass(session, file_id, expected_lumps()):
        counts[matching.LUMP] += found
        apply_lumps(session, file_id, now)
    if found := lumps.run_back_pass(session, file_id, expected_lumps()):
        counts[matching.LUMP_BACK_SUM] += found
        apply_backs(session, file_id, now)
