"""Maker, checkers, approvers: different persons, each act with a one-time code.

A submission is a round: the steps that the ladder asks for are frozen with it, and each is taken
in its order. The code confirms the digest of the lines; an approval recomputes that digest from
the lines as they stand, and the last one accrues what is newly owed. Refusals name what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.audit.trail import record
from app.errors import Conflict, Refused
from app.payroll import flags_decided
from app.payroll.accruing import accrue, within_allotment
from app.payroll.approval_tables import approval, payroll_round, payroll_step
from app.payroll.barred import APPROVES, MAKES, bar, bar_near, refuse_barred
from app.payroll.digest import changed, combined, lines_digests
from app.payroll.duties import (
    CHECK,
    Step,
    due,
    is_last,
    require_duty,
    require_held,
    require_outsider,
    steps_of_rounds,
)
from app.payroll.hours import require_open
from app.payroll.ladders import rules_in_force, steps_for
from app.payroll.limits import refuse_high_lines
from app.payroll.seen import require_seen
from app.payroll.states import APPROVED, CHECKED, DRAFT, SUBMITTED, WAITING, WORDS
from app.payroll.tables import payroll
from app.privacy import Keyring

_DUTIES = {CHECK: "kiểm tra", "approve": "duyệt"}


@dataclass(frozen=True, slots=True)
class Approved:
    """What a confirmation did: its act, and the payrolls whose last step it was."""

    act_id: int
    finished: tuple[int, ...]


class Ready(NamedTuple):
    """Payrolls whose due step may be taken: that step of each, their digests, and those of which it
    is the last."""

    rows: Sequence[Row[Any]]
    steps: Mapping[int, Step]
    digests: Mapping[int, str]
    last: Sequence[Row[Any]]


def submit(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    payroll_ids: Sequence[int],
    now: datetime,
    *,
    seen: str,
) -> int:
    """The maker freezes the lines of these drafts, which begin a round; gives the act's id.

    `seen` is the short code of what he saw. Raises Refused while a blocking flag stands, a payroll
    is no draft or no ladder fits it, Conflict where something else was seen.
    """
    rows = payrolls_in(session, payroll_ids, (DRAFT,))
    for row in rows:
        require_held(session, officer_id, "maker", row, now)
    _no_empty(rows)
    flags_decided.require(session, payroll_ids, "submit", now, officer_id)
    refuse_high_lines(session, payroll_ids, now)
    bar(session, payroll_ids, now)
    refuse_barred(session, officer_id, payroll_ids, MAKES, ("maker",), now)
    rules = {month: rules_in_force(session, month) for month in {row.period for row in rows}}
    steps = {row.id: steps_for(rules[row.period], row) for row in rows}
    digests = lines_digests(session, payroll_ids)
    require_seen(session, digests, seen)
    act_id = _confirm(session, keyring, officer_id, code, "submit", rows, digests, now)
    for row in rows:
        _begin_round(session, row, digests[row.id], officer_id, act_id, steps[row.id], now)
    record(session, now, str(officer_id), "payroll:run:submit", combined(digests)[:16])
    return act_id


def _begin_round(
    session: Session,
    row: Row[Any],
    digest: str,
    officer_id: int,
    act_id: int,
    steps: Sequence[Row[Any]],
    now: datetime,
) -> None:
    """Write the round and its steps, then move the payroll: the database asks for that order."""
    begun = {"payroll_id": row.id, "round": row.round + 1}
    session.execute(
        insert(payroll_round).values(
            **begun, maker_id=officer_id, digest=digest, lines=row.lines, total=row.total,
            act_id=act_id, submitted_at=now,
        )
    )  # fmt: skip
    same = ("ordinal", "duty", "role", "held_at", "quorum")
    session.execute(
        insert(payroll_step),
        [{**begun, "rule_id": one.id, **{name: getattr(one, name) for name in same}}
         for one in steps],
    )  # fmt: skip
    session.execute(
        update(payroll)
        .where(payroll.c.id == row.id)
        .values(state=SUBMITTED, round=row.round + 1, digest=digest, maker_id=officer_id)
    )


def approve(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    duty: str,
    payroll_ids: Sequence[int],
    now: datetime,
    *,
    seen: str,
    brought_up: bool = False,
) -> Approved:
    """One officer takes the due step ('check' or 'approve') of many payrolls; the last accrues.
    `brought_up` where this work looked at their doubts before (`flags.look_again`).

    Raises Forbidden for the wrong role, Refused for a maker, a second step by one person or out
    of hours, Conflict when the lines are not those that were submitted or seen.
    """
    ready = ready_for(session, officer_id, duty, payroll_ids, now, brought_up=brought_up)
    rows, digests = ready.rows, ready.digests
    require_seen(session, digests, seen)
    within_allotment(session, ready.last)
    act_id = _confirm(session, keyring, officer_id, code, duty, rows, digests, now)
    session.execute(
        insert(approval),
        [_approval(row, ready.steps[row.id], officer_id, act_id) for row in rows],
    )
    _advance(session, rows)
    record(session, now, str(officer_id), f"payroll:run:{duty}", combined(digests)[:16])
    accrue(session, ready.last, now)
    return Approved(act_id, tuple(row.id for row in ready.last))


def ready_for(
    session: Session,
    officer_id: int,
    duty: str,
    payroll_ids: Sequence[int],
    now: datetime,
    *,
    brought_up: bool = False,
) -> Ready:
    """What an officer would take the due step of, if he now confirmed it; nothing is confirmed.

    Raises as `approve` does, but for what was seen and for the budget.
    """
    require_open(session, now)
    rows = payrolls_in(session, payroll_ids, WAITING)
    steps = steps_of_rounds(session, payroll_ids)
    taken = {row.id: _due_of(row, steps.get(row.id, ()), duty) for row in rows}
    for row in rows:
        require_duty(session, officer_id, taken[row.id], row, now)
    require_outsider(session, officer_id, payroll_ids)
    flags_decided.require(session, payroll_ids, duty, now, brought_up=brought_up)
    roles = sorted({one.role for one in taken.values()})
    bar_near(session, payroll_ids, now)
    refuse_barred(session, officer_id, payroll_ids, APPROVES, roles, now)
    digests = {row.id: str(row.digest) for row in rows}
    _as_submitted(session, digests)
    last = [row for row in rows if is_last(steps[row.id])]
    return Ready(rows, taken, digests, last)


def _due_of(row: Row[Any], steps: Sequence[Step], duty: str) -> Step:
    step = due(steps)
    if step is None or step.duty != duty:
        waits = _DUTIES[step.duty] if step else "không ai"
        raise Refused(
            f"Bảng {row.id} đang chờ {waits}, không chờ {_DUTIES[duty]}.",
            "Xem bảng đang chờ ai bằng `ansinh payroll approve` không kèm mã.",
        )
    return step


def _advance(session: Session, rows: Sequence[Row[Any]]) -> None:
    """Checked once every check has its quorum, approved once every step has."""
    steps = steps_of_rounds(session, [row.id for row in rows])
    for row in rows:
        mine, state = steps[row.id], row.state
        if state == SUBMITTED and all(one.is_done for one in mine if one.duty == CHECK):
            state = _move(session, row.id, CHECKED)
        if state == CHECKED and all(one.is_done for one in mine):
            _move(session, row.id, APPROVED)


def _move(session: Session, number: int, state: str) -> str:
    session.execute(update(payroll).where(payroll.c.id == number).values(state=state))
    return state


def payrolls_in(session: Session, ids: Sequence[int], states: Sequence[str]) -> Sequence[Row[Any]]:
    """Payrolls by number, held until the end of the work. Raises Refused unless all stand so."""
    rows = session.execute(
        select(payroll).where(payroll.c.id.in_(list(ids))).order_by(payroll.c.id).with_for_update()
    ).all()
    wrong = [row.id for row in rows if row.state not in states]
    if not rows or len(rows) != len(set(ids)) or wrong:
        numbers = ", ".join(map(str, wrong or ids))
        raise Refused(
            f"Bảng {numbers} không ở trạng thái “{'” hay “'.join(WORDS[one] for one in states)}”.",
            "Tải lại trang rồi xem lại.",
        )
    return rows


def _no_empty(rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        if not row.lines:
            raise Refused(f"Bảng {row.id} không có dòng nào.", "Không cần trình bảng trống.")


def _as_submitted(session: Session, digests: Mapping[int, str]) -> None:
    for number in changed(session, digests):
        raise Conflict(
            f"Bảng {number} đã thay đổi sau khi trình.", "Trả lại người lập để trình lại."
        )


def _confirm(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    step: str,
    rows: Sequence[Row[Any]],
    digests: Mapping[int, str],
    now: datetime,
) -> int:
    what = Confirmation(
        step=step,
        digest=combined(digests),
        things=sum(row.lines for row in rows),
        total=sum(row.total for row in rows),
    )
    return confirm(session, keyring, officer_id, code, now, what)


def _approval(row: Row[Any], step: Step, officer_id: int, act_id: int) -> dict[str, Any]:
    return {
        "payroll_id": row.id,
        "round": row.round,
        "ordinal": step.ordinal,
        "step": step.duty,
        "maker_id": row.maker_id,
        "digest": row.digest,
        "officer_id": officer_id,
        "act_id": act_id,
    }
