"""What officers confirmed about payrolls, recomputed from what stands in the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.access.tables import joint_act
from app.payroll.approval_tables import (
    approval,
    approval_rule,
    payroll_exclusion,
    payroll_return,
    payroll_round,
    payroll_undo,
)
from app.payroll.digest import combined
from app.payroll.excluding import STEP as EXCLUDE
from app.payroll.excluding import exclusion_digest
from app.payroll.flags_decided import STEP as ACCEPT
from app.payroll.flags_decided import accepted_digest
from app.payroll.hours import hours_of
from app.payroll.hours_tables import approval_hours
from app.payroll.ladders import ladder_digest, rule_of
from app.payroll.returning import return_digest
from app.payroll.tables import flag_decision
from app.payroll.undone import undo_digest

Wanted = dict[tuple[int, int, str], str]
"""(act, officer, step), and the digest that act must carry."""


def payroll_acts(session: Session) -> Wanted:
    """Every act behind rounds, approvals, ways back, lines taken off, ladders, hours, undoing."""
    return {
        **confirmations(session),
        **_returns(session),
        **_exclusions(session),
        **_accepted(session),
        **_by_two(session, {**_ladders(session), **_undone(session), **_hours(session)}),
    }


def confirmations(session: Session, acts: Collection[int] | None = None) -> Wanted:
    """Submissions and approvals: all of them, or those of these acts."""
    return {**_rounds(session, acts), **_approvals(session, acts)}


def _rounds(session: Session, acts: Collection[int] | None) -> Wanted:
    """Submissions; of those that an earlier version took the act is not known."""
    made = payroll_round.c
    query = select(made.act_id, made.maker_id, made.payroll_id, made.digest)
    rows = session.execute(query.where(_of(made.act_id, acts)))
    return _covering((row[0], row[1], "submit", row[2], row[3]) for row in rows)


def _approvals(session: Session, acts: Collection[int] | None) -> Wanted:
    given = approval.c
    rows = session.execute(
        select(given.act_id, given.officer_id, given.step, given.payroll_id, payroll_round.c.digest)
        .join(payroll_round, (payroll_round.c.payroll_id == given.payroll_id)
              & (payroll_round.c.round == given.round))
        .where(_of(given.act_id, acts))
    )  # fmt: skip
    return _covering(tuple(row) for row in rows)


def _of(column: ColumnElement[int], acts: Collection[int] | None) -> ColumnElement[bool]:
    return column.is_not(None) if acts is None else column.in_(sorted(acts))


def _covering(rows: Any) -> Wanted:
    found: defaultdict[tuple[int, int, str], dict[int, str]] = defaultdict(dict)
    for act_id, officer_id, step, number, digest in rows:
        found[act_id, officer_id, step][number] = digest
    return {key: combined(digests) for key, digests in found.items()}


def _returns(session: Session) -> Wanted:
    back = payroll_return.c
    rows = session.execute(
        select(payroll_return, payroll_round.c.digest)
        .join(payroll_round, (payroll_round.c.payroll_id == back.payroll_id)
              & (payroll_round.c.round == back.round))
    )  # fmt: skip
    found: defaultdict[tuple[int, int, str], list[Any]] = defaultdict(list)
    reasons = {}
    for row in rows:
        key = row.act_id, row.officer_id, row.kind
        found[key].append((row.payroll_id, row.round, row.digest))
        reasons[key] = row.reason
    return {key: return_digest(rounds, reasons[key]) for key, rounds in found.items()}


def _exclusions(session: Session) -> Wanted:
    off = payroll_exclusion
    found: defaultdict[tuple[int, int, str], list[Any]] = defaultdict(list)
    for row in session.execute(select(off).order_by(off.c.act_id, off.c.line)):
        found[row.act_id, row.officer_id, EXCLUDE].append(row)
    return {
        key: exclusion_digest(
            rows[0].payroll_id, rows[0].digest_before, (one.line for one in rows), rows[0].reason
        )
        for key, rows in found.items()
    }


def _accepted(session: Session) -> Wanted:
    """Blocking flags of which an officer said why they are no hindrance."""
    found: defaultdict[tuple[int, int, str], list[Any]] = defaultdict(list)
    for row in session.execute(select(flag_decision).where(flag_decision.c.act_id.is_not(None))):
        found[row.act_id, row.officer_id, ACCEPT].append(row)
    return {
        key: accepted_digest(
            ((one.flag_id, one.digest) for one in rows), rows[0].reason_code, rows[0].reason
        )
        for key, rows in found.items()
    }


def _ladders(session: Session) -> dict[int, str]:
    """The digest of every ladder that was set, by joint act."""
    sets: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(select(approval_rule)):
        sets[row.joint_id].append(row)
    return {
        number: ladder_digest(rows[0].from_period, map(rule_of, rows))
        for number, rows in sets.items()
    }


def _undone(session: Session) -> dict[int, str]:
    undo = payroll_undo.c
    rows = session.execute(
        select(undo.joint_id, undo.payroll_id, undo.round, undo.reason, payroll_round.c.digest)
        .join(payroll_round, (payroll_round.c.payroll_id == undo.payroll_id)
              & (payroll_round.c.round == undo.round))
    )  # fmt: skip
    return {
        row.joint_id: undo_digest(row.payroll_id, row.round, row.digest, row.reason) for row in rows
    }


def _hours(session: Session) -> dict[int, str]:
    rows = session.execute(select(approval_hours))
    return {row.joint_id: hours_of(row).digest for row in rows}


def _by_two(session: Session, digests: dict[int, str]) -> Wanted:
    wanted: Wanted = {}
    for row in session.execute(select(joint_act)):
        if digest := digests.get(row.id):
            wanted[row.act_one, row.officer_one, row.step] = digest
            wanted[row.act_two, row.officer_two, row.step] = digest
    return wanted
